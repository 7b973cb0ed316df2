begin;
\ir ../../_shared/setup.sql.raw
select plan(28);

select tests.create_organization_with('Acme', '{ada}', '{max}');
update public.organizations set wallet_change_policy = 'cooling_off';
grant update (wallet_change_policy) on public.organizations to public;

-- In each case address 2 was asked for an employee who has address 1.
create function pg_temp.asked(employee text) returns bigint language plpgsql as $$
declare v_id bigint := tests.create_employee('Acme', employee, '1000', tests.address(1));
begin
  perform public.update_employee(v_id, 1, jsonb_build_object('wallet_address', tests.address(2)));
  return v_id;
end;
$$;
create function pg_temp.update(employee text, fields jsonb) returns bigint language sql as $$
  select count(*) from public.update_employee(
    tests.employee_id('Acme', employee), (select version from public.employees where first_name = employee), fields);
$$;
create function pg_temp.import(employee text, more jsonb) returns bigint language sql as $$
  select count(*) from public.import_employees(jsonb_build_array(
    jsonb_build_object('first_name', employee, 'last_name', 'Acme', 'email', employee || '@acme.example') || more))
    where outcome in ('updated', 'unchanged');
$$;
create function pg_temp.states(employee text) returns text language sql as $$
  select string_agg(state, ' ' order by id) from public.wallet_changes
  where employee_id = tests.employee_id('Acme', employee);
$$;
create function pg_temp.number_of(employee text) returns text language sql as $$
  select coalesce(
    (select number::text from generate_series(1, 9) as number where tests.address(number) = employees.wallet_address),
    'none')
  from public.employees where first_name = employee;
$$;

select tests.act_as('max', 'Acme');
select pg_temp.asked(name)
from unnest(array['present', 'cleared', 'filed', 'emptied', 'other', 'gone', 'kept', 'unfiled', 'again']) as name;

select is(
  pg_temp.update('present', jsonb_build_object('wallet_address', tests.address(1))), 1::bigint,
  'an update that names the present address is accepted');
select is(
  pg_temp.states('present'), 'cancelled', 'an update that names the present address cancels the waiting change');
select is(
  pg_temp.update('cleared', '{"wallet_address": null}'), 1::bigint, 'an update that removes the address is accepted');
select is(pg_temp.states('cleared'), 'cancelled', 'an update that removes the address cancels the waiting change');
select is(
  pg_temp.import('filed', jsonb_build_object('wallet_address', tests.address(1))), 1::bigint,
  'a file with the present address is accepted');
select is(pg_temp.states('filed'), 'cancelled', 'a file with the present address cancels the waiting change');
select is(
  pg_temp.import('emptied', '{"wallet_address": ""}'), 1::bigint, 'a file that empties the address is accepted');
select is(pg_temp.states('emptied'), 'cancelled', 'a file that empties the address cancels the waiting change');
select is(
  pg_temp.update('other', jsonb_build_object('wallet_address', tests.address(3))), 1::bigint,
  'an update to a third address is accepted');
select is(pg_temp.states('other'), 'cancelled waiting', 'an update to a third address replaces the waiting change');
select is(
  (select count(*) from public.remove_employee(tests.employee_id('Acme', 'gone'))), 1::bigint,
  'an employee with a waiting address change can be removed');
select is(pg_temp.states('gone'), 'cancelled', 'the removal of an employee cancels the waiting change');

-- An edit without the address leaves the waiting change alone.
select is(pg_temp.update('kept', '{"position": "Lead"}'), 1::bigint, 'an edit of another field is accepted');
select is(pg_temp.states('kept'), 'waiting', 'an edit of another field leaves the address change waiting');
select is(
  pg_temp.import('unfiled', '{"position": "Lead"}'), 1::bigint, 'a file without the address column is accepted');
select is(pg_temp.states('unfiled'), 'waiting', 'a file without the address column leaves the address change waiting');
create temporary table ends as select effective_at from public.wallet_changes
where employee_id = tests.employee_id('Acme', 'again');
select is(
  pg_temp.update('again', jsonb_build_object('wallet_address', tests.address(2))), 1::bigint,
  'an update with the address that is already waiting is accepted');
select is(
  pg_temp.states('again'), 'waiting', 'an update with the address that is already waiting makes no second change');

-- The policy of the organization is relaxed while a change waits.
update public.organizations set wallet_change_policy = 'immediate';
select is(
  pg_temp.update('again', jsonb_build_object('wallet_address', tests.address(2), 'position', 'Lead')), 1::bigint,
  'an edit under the relaxed policy that names the waiting address is accepted');
select is(
  pg_temp.states('again') || ' ' || pg_temp.number_of('again'), 'waiting 1',
  'a relaxed policy does not shorten the period of an older change');
select is(
  pg_temp.update('again', jsonb_build_object('wallet_address', tests.address(4))), 1::bigint,
  'a newer address under the relaxed policy is accepted');
select is(
  pg_temp.states('again') || ' ' || pg_temp.number_of('again'), 'cancelled applied 4',
  'a newer address under the relaxed policy takes effect at once and cancels the older change');

-- The job applies only the last instruction for each employee.
select tests.reset();
select is(
  private.apply_due_wallet_changes(now() + interval '73 hours'), 3,
  'the job applies the three changes that still wait');
select is(
  (select string_agg(name || ' ' || pg_temp.number_of(name), ', ' order by name)
    from unnest(array['present', 'cleared', 'filed', 'emptied', 'other', 'gone', 'kept', 'unfiled', 'again']) as name),
  'again 4, cleared none, emptied none, filed 1, gone 1, kept 2, other 3, present 1, unfiled 2',
  'every employee has the address of the last instruction');
select is(
  (select count(*) from public.wallet_changes where state = 'waiting'), 0::bigint,
  'no address change is left waiting after the job');
select is(
  (
    select count(*) from public.wallet_changes
    where state = 'cancelled' and decided_by is distinct from tests.member_id('max', 'Acme')), 0::bigint,
  'every cancelled change names the member who cancelled it');
select is(
  (select count(*) from public.wallet_changes as change where change.state = 'cancelled'
    and (
      select count(*) from public.events as event
      where event.resource_type = 'wallet_change' and event.resource_id = change.id::text
        and event.type = 'wallet_change.cancelled') <> 1),
  0::bigint, 'every cancelled change is announced exactly once');
select is(
  (select count(*) from public.audit_logs where action = 'wallet_change.cancelled'),
  (select count(*) from public.wallet_changes where state = 'cancelled'),
  'every cancelled change is in the audit trail');
select * from finish();
rollback;
