begin;
\ir ../../_shared/setup.sql.raw
select plan(8);

-- A manager asks for another address and is dismissed before it takes effect.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
update public.organizations set wallet_change_policy = 'cooling_off';
select tests.create_employee('Acme', name, '1000', tests.address(number))
from (values ('bea', 1), ('ann', 2), ('ben', 3)) as people (name, number);
create function pg_temp.ask(person text, employee text, address text) returns void language plpgsql as $$
begin
  perform tests.act_as(person, 'Acme');
  perform public.update_employee(
    tests.employee_id('Acme', employee), (select version from public.employees where first_name = employee),
    jsonb_build_object('wallet_address', address));
end;
$$;
create function pg_temp.state_of(employee text) returns text language sql as $$
  select string_agg(change.state, ',' order by change.id) from public.wallet_changes as change
  where change.employee_id = tests.employee_id('Acme', employee);
$$;
select pg_temp.ask('max', 'bea', tests.address(9));
select pg_temp.ask('mia', 'ann', tests.address(10));
select is(pg_temp.state_of('bea'), 'waiting', 'an address change of a manager waits');

select tests.act_as('ada', 'Acme');
select public.remove_member(tests.member_id('max', 'Acme'));
select is(
  pg_temp.state_of('bea'), 'cancelled', 'an address change is cancelled when the manager who asked for it is removed');
select is(pg_temp.state_of('ann'), 'waiting', 'an address change that a colleague asked for keeps waiting');
select is(
  (select count(*) from public.events where type = 'wallet_change.cancelled'), 1::bigint,
  'the cancelled change of a removed manager is announced as an event');
select tests.reset();
select is(
  private.apply_due_wallet_changes(now() + interval '30 days'), 1,
  'only the colleague''s address change takes effect after the period');
select is(
  (select wallet_address from public.employees where first_name = 'bea'), tests.address(1),
  'an employee whose address change was cancelled keeps the old address');

select pg_temp.ask('mia', 'ben', tests.address(8));
select tests.act_as('ada', 'Acme');
select public.change_member_role(tests.member_id('mia', 'Acme'), 'viewer');
select is(
  pg_temp.state_of('ben'), 'cancelled',
  'an address change is cancelled when the manager who asked for it becomes a viewer');
select is(
  pg_temp.state_of('ann'), 'applied', 'an address change that was applied stays when the manager becomes a viewer');

select * from finish();
rollback;
