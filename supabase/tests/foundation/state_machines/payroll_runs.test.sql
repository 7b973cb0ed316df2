begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_organization_with('Acme', '{ada}');

-- What a row needs besides its status, so that only the transition can be what is refused.
create function pg_temp.run_in(state text) returns text language sql as $$
  select format('status = %L', state) || case state
    when 'draft'
      then ', submitted_by = null, submitted_at = null, content_hash = null, approved_at = null, processed_at = null, failure_code = null, failure_reason = null'
    else format(
      ', submitted_by = %s, submitted_at = now(), content_hash = %L', tests.member_id('ada', 'Acme'),
      'hash') || case state
      when 'pending' then ', processed_at = null, failure_code = null, failure_reason = null'
      else format(', approved_at = now(), source_account = %L', tests.address(30)) || case state
        when 'processing' then ', processed_at = null, failure_code = null, failure_reason = null'
        when 'completed' then ', processed_at = now(), failure_code = null, failure_reason = null'
        when 'failed' then ', processed_at = null, failure_code = ''code'', failure_reason = ''reason''' end end end;
$$;

create function pg_temp.new_run(path text[]) returns bigint language plpgsql as $$
declare v_id bigint; v_state text;
begin
  insert into public.payroll_runs (organization_id, batch_id, period_start, period_end)
  values (tests.organization_id('Acme'), gen_random_uuid()::text, '2026-11-01', '2026-11-30') returning id into v_id;
  foreach v_state in array path[2:] loop
    execute format('update public.payroll_runs set %s where id = %s', pg_temp.run_in(v_state), v_id);
  end loop;
  return v_id;
end;
$$;

create temporary table paths (state text, path text[]);
insert into paths
values ('draft', '{draft}'), ('pending', '{draft,pending}'), ('processing', '{draft,pending,processing}'),
  ('completed', '{draft,pending,processing,completed}'), ('failed', '{draft,pending,processing,failed}');

select is(
  tests.error_code_of(
    format(
      'update public.payroll_runs set %s where id = %s', pg_temp.run_in(into_state.state),
      pg_temp.new_run(from_state.path))),
  case when allowed.is_allowed or from_state.state = into_state.state then 'no error' else 'transition_not_allowed' end,
  format(
    case when from_state.state = into_state.state then 'a payroll run in the state %s may be updated'
      when allowed.is_allowed then 'a payroll run can go from %s to %s'
      else 'a payroll run cannot go from %s to %s' end, from_state.state, into_state.state))
from paths as from_state
cross join paths as into_state
cross join lateral (
  select (from_state.state, into_state.state) in (
    ('draft', 'pending'), ('pending', 'draft'), ('pending', 'processing'), ('processing', 'completed'),
    ('processing', 'failed'), ('failed', 'processing')) as is_allowed
) as allowed;

-- A new run is a draft, whichever statement writes it.
select is(
  tests.error_code_of(format($$
    insert into public.payroll_runs (
      organization_id, batch_id, period_start, period_end, status, submitted_by, submitted_at, content_hash,
      approved_at, source_account, processed_at, failure_code, failure_reason)
    values (%s, 'b', '2026-11-01', '2026-11-30', %L, %s, now(), 'hash', now(), %L, %s, %s) $$,
    tests.organization_id('Acme'), state, tests.member_id('ada', 'Acme'), tests.address(30),
    case state when 'completed' then 'now()' else 'null' end,
    case state when 'failed' then $$ 'code', 'reason' $$ else 'null, null' end)),
  'transition_not_allowed', format('a new payroll run is never %s', state))
from unnest(array['pending', 'processing', 'completed', 'failed']) as state;

select matches(
  tests.error_of(
    format(
      'update public.payroll_runs set %s where id = %s', pg_temp.run_in('draft'),
      pg_temp.new_run('{draft,pending,processing,completed}'))),
  'PT409 \| Payroll Run [0-9]+ cannot go from completed to draft\. \| transition_not_allowed \| From there it can go to: nowhere, it is final\.',
  'the refusal names the state of the run, the wanted state and the allowed states');
select matches(
  tests.error_of(
    format(
      'update public.payroll_runs set %s where id = %s', pg_temp.run_in('completed'),
      pg_temp.new_run('{draft,pending}'))),
  'From there it can go to: draft, processing\.', 'the refusal lists every state that a pending run can go to');

select * from finish();
rollback;
