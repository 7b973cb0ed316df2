begin;
\ir ../../_shared/setup.sql.raw
select plan(28);

select tests.create_organization_with('Acme', '{ada}', '{max}');
update public.organizations set wallet_change_policy = 'cooling_off';
grant update (wallet_change_policy) on public.organizations to public;

-- Each case is an employee at address 1 for whom address 2 was asked.
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
    jsonb_build_object('first_name', employee, 'last_name', 'Acme', 'email', employee || '@acme.example') || more)) where outcome in ('updated', 'unchanged');
$$;
create function pg_temp.states(employee text) returns text language sql as $$
  select string_agg(state, ' ' order by id) from public.wallet_changes where employee_id = tests.employee_id('Acme', employee);
$$;
create function pg_temp.number_of(employee text) returns text language sql as $$
  select coalesce((select number::text from generate_series(1, 9) as number where tests.address(number) = employees.wallet_address), 'none')
  from public.employees where first_name = employee;
$$;

select tests.act_as('max', 'Acme');
select pg_temp.asked(name) from unnest(array['present', 'cleared', 'filed', 'emptied', 'other', 'gone', 'kept', 'unfiled', 'again']) as name;

select is(pg_temp.update('present', jsonb_build_object('wallet_address', tests.address(1))), 1::bigint, 'whoever names the present address');
select is(pg_temp.states('present'), 'cancelled', 'withdraws the request');
select is(pg_temp.update('cleared', '{"wallet_address": null}'), 1::bigint, 'so does whoever takes the address away');
select is(pg_temp.states('cleared'), 'cancelled', 'which the request must not bring back');
select is(pg_temp.import('filed', jsonb_build_object('wallet_address', tests.address(1))), 1::bigint, 'a file with the present address');
select is(pg_temp.states('filed'), 'cancelled', 'withdraws it too');
select is(pg_temp.import('emptied', '{"wallet_address": ""}'), 1::bigint, 'and one that empties it');
select is(pg_temp.states('emptied'), 'cancelled', 'as well');
select is(pg_temp.update('other', jsonb_build_object('wallet_address', tests.address(3))), 1::bigint, 'yet another address');
select is(pg_temp.states('other'), 'cancelled waiting', 'replaces the request');
select is((select count(*) from public.remove_employee(tests.employee_id('Acme', 'gone'))), 1::bigint, 'whoever leaves');
select is(pg_temp.states('gone'), 'cancelled', 'leaves no request');

-- What says nothing about the address leaves the request alone.
select is(pg_temp.update('kept', '{"position": "Lead"}'), 1::bigint, 'an edit of something else');
select is(pg_temp.states('kept'), 'waiting', 'leaves the request');
select is(pg_temp.import('unfiled', '{"position": "Lead"}'), 1::bigint, 'and so does a file without the column');
select is(pg_temp.states('unfiled'), 'waiting', 'whatever else it changes');
create temporary table ends as select effective_at from public.wallet_changes where employee_id = tests.employee_id('Acme', 'again');
select is(pg_temp.update('again', jsonb_build_object('wallet_address', tests.address(2))), 1::bigint, 'the same address again');
select is(pg_temp.states('again'), 'waiting', 'is the same request');

-- A policy that was relaxed in between.
update public.organizations set wallet_change_policy = 'immediate';
select is(pg_temp.update('again', jsonb_build_object('wallet_address', tests.address(2), 'position', 'Lead')), 1::bigint, 'a policy that is relaxed');
select is(pg_temp.states('again') || ' ' || pg_temp.number_of('again'), 'waiting 1', 'shortens no request that was made before');
select is(pg_temp.update('again', jsonb_build_object('wallet_address', tests.address(4))), 1::bigint, 'a newer address takes effect at once');
select is(pg_temp.states('again') || ' ' || pg_temp.number_of('again'), 'cancelled applied 4', 'is written down, and withdraws the older request');

-- Time applies only what was asked last.
select tests.reset();
select is(private.apply_due_wallet_changes(now() + interval '73 hours'), 3, 'what still waits takes effect');
select is(
  (select string_agg(name || ' ' || pg_temp.number_of(name), ', ' order by name)
    from unnest(array['present', 'cleared', 'filed', 'emptied', 'other', 'gone', 'kept', 'unfiled', 'again']) as name),
  'again 4, cleared none, emptied none, filed 1, gone 1, kept 2, other 3, present 1, unfiled 2',
  'and nothing that was withdrawn');
select is((select count(*) from public.wallet_changes where state = 'waiting'), 0::bigint, 'nothing is left');
select is(
  (select count(*) from public.wallet_changes where state = 'cancelled' and decided_by is distinct from tests.member_id('max', 'Acme')), 0::bigint,
  'whoever withdrew a request is named');
select is(
  (select count(*) from public.wallet_changes as change where change.state = 'cancelled'
    and (select count(*) from public.events as event where event.resource_type = 'wallet_change' and event.resource_id = change.id::text and event.type = 'wallet_change.cancelled') <> 1),
  0::bigint, 'and every withdrawal is announced once');
select is(
  (select count(*) from public.audit_logs where action = 'wallet_change.cancelled'), (select count(*) from public.wallet_changes where state = 'cancelled'),
  'and audited');
select * from finish();
rollback;
