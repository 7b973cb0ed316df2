begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');

create function pg_temp.change_in(state text) returns text language sql as $$
  select format('state = %L, decided_at = %s', state, case when state = 'waiting' then 'null' else 'now()' end);
$$;
create function pg_temp.new_change(state text, policy text default 'second_person') returns bigint language sql as $$
  insert into public.wallet_changes (organization_id, employee_id, new_address, policy, requested_by, state, decided_at)
  values (
    tests.organization_id('Acme'), tests.employee_id('Acme', 'emma'), tests.address(9), policy, 'postgres', state,
    case when state <> 'waiting' then now() end)
  returning id;
$$;
create function pg_temp.waiting() returns bigint language sql as $$
  select id from public.wallet_changes where state = 'waiting'; $$;

create function pg_temp.transition(from_state text, into_state text) returns text language plpgsql as $$
declare
  v_id bigint := pg_temp.new_change('waiting');
  v_answer text;
begin
  if from_state <> 'waiting'
    then execute format('update public.wallet_changes set %s where id = %s', pg_temp.change_in(from_state), v_id);
  end if;
  v_answer := tests.error_code_of(
    format('update public.wallet_changes set %s where id = %s', pg_temp.change_in(into_state), v_id));
  delete from public.wallet_changes where id = v_id;
  return v_answer;
end;
$$;

select is(
  pg_temp.transition(from_state, into_state),
  case when is_allowed or from_state = into_state then 'no error' else 'transition_not_allowed' end,
  format(
    case when from_state = into_state then 'an address change in the state %s may be updated' when is_allowed
      then 'an address change can go from %s to %s' else 'an address change cannot go from %s to %s' end, from_state,
    into_state))
from unnest(array['waiting', 'applied', 'cancelled']) as from_state
cross join unnest(array['waiting', 'applied', 'cancelled']) as into_state
cross join lateral (
  select (from_state, into_state) in (('waiting', 'applied'), ('waiting', 'cancelled')) as is_allowed) as allowed;

select is(tests.error_code_of(format($$ select pg_temp.new_change(%L, %L) $$, state, policy)), code, promise)
from (values
  ('cancelled', 'second_person', 'transition_not_allowed', 'a new address change is never cancelled'),
  ('applied', 'immediate', 'transition_not_allowed', 'a new address change is not applied without having waited'),
  ('other', 'second_person', '23514', 'an address change has no other states')
) as cases (state, policy, code, promise);

select * from finish();
rollback;
