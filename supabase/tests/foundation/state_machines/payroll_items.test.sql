begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');

create function pg_temp.item_in(state text) returns text language sql as $$
  select format('status = %L, ', state) || case state
    when 'pending' then 'tx_hash = null, failure_code = null, failure_reason = null'
    when 'completed' then format('tx_hash = %L, failure_code = null, failure_reason = null', tests.hash('x'))
    when 'failed' then 'tx_hash = null, failure_code = ''code'', failure_reason = ''reason''' end;
$$;
create function pg_temp.new_item(state text) returns bigint language plpgsql as $$
declare v_run_id bigint := tests.create_run('Acme'); v_id bigint;
begin
  select id into v_id from public.payroll_items where payroll_run_id = v_run_id;
  if state <> 'pending'
    then execute format('update public.payroll_items set %s where id = %s', pg_temp.item_in(state), v_id);
  end if;
  return v_id;
end;
$$;

create function pg_temp.transition(from_state text, into_state text) returns text language plpgsql as $$
declare v_id bigint := pg_temp.new_item(from_state);
begin
  return tests.error_code_of(
    format('update public.payroll_items set %s where id = %s', pg_temp.item_in(into_state), v_id));
end;
$$;

select is(
  pg_temp.transition(from_state, into_state),
  case when is_allowed or from_state = into_state then 'no error' else 'transition_not_allowed' end,
  format(
    case when from_state = into_state then 'a payroll item in the state %s may be updated' when is_allowed
      then 'a payroll item can go from %s to %s' else 'a payroll item cannot go from %s to %s' end, from_state,
    into_state))
from unnest(array['pending', 'completed', 'failed']) as from_state
cross join unnest(array['pending', 'completed', 'failed']) as into_state
cross join lateral (
  select (from_state, into_state) in (
    ('pending', 'completed'), ('pending', 'failed'), ('failed', 'pending')) as is_allowed) as allowed;

select is(
  tests.error_code_of(format($$
    insert into public.payroll_items (
      organization_id, payroll_run_id, employee_id, item_type, amount, status, tx_hash, failure_code, failure_reason)
    values (%s, %s, %s, 'bonus', 1, %L, %s) $$, tests.organization_id('Acme'), tests.create_run('Acme'),
      tests.employee_id('Acme', 'emma'), state,
    case state when 'completed' then format('%L, null, null', tests.hash('x')) else $$ null, 'code', 'reason' $$ end)),
  'transition_not_allowed', format('a new payroll item is never %s', state))
from unnest(array['completed', 'failed']) as state;

-- One wrong row stops the whole statement.
create temporary table two as select pg_temp.new_item('pending') as good, pg_temp.new_item('completed') as bad;
select is(
  tests.error_code_of(
    format(
      'update public.payroll_items set %s where id in (%s, %s)', pg_temp.item_in('failed'), (select good from two),
      (select bad from two))),
  'transition_not_allowed', 'a statement that moves one payroll item wrongly moves no item');

select * from finish();
rollback;
