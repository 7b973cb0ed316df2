begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma', '10');
select tests.treasury('Acme');
select tests.create_run('Acme');
select tests.walk_run(run.id, 'processing') from public.payroll_runs as run;
select private.fail_payroll_run(run.id, 'items_not_paid', 'Nobody was paid.') from public.payroll_runs as run;

-- Between sound checks one stumbles over a row of another company and quotes it.
create function private.check_a_broken_row(organization_id bigint) returns setof public.finding
language sql stable security definer set search_path = '' as $$
  select null::bigint, 'info', name, name, name, null::timestamptz, (name::integer)::text, name, name, null::timestamptz, name
  from public.organizations
  where name = 'Globex'; $$;
insert into private.doctor_checks (function_name, reason) values
  ('private.check_a_broken_row', 'It raises.'), ('private.check_nothing_of_the_kind', 'It is not there.');
set local client_min_messages = error;

select set_eq(
  $$ select resource_id, severity from private.findings(null) where kind = 'check_unanswered' $$,
  $$ values ('private.check_a_broken_row', 'alert'), ('private.check_nothing_of_the_kind', 'alert') $$,
  'each check that cannot answer is a finding of its own');
select matches(
  (select problem from private.findings(null) where resource_id = 'private.check_a_broken_row'),
  'check_a_broken_row could not answer: .*"Globex".*22P02', 'the operator reads why a check could not answer');
select is(
  (select count(*) from private.findings(null) where kind = 'payroll_run_failed'), 1::bigint,
  'the other checks answer beside one that raises');
select tests.act_as('ada', 'Acme');
select is(
  (select problem from public.doctor() where resource_id = 'private.check_a_broken_row'),
  'The check private.check_a_broken_row could not answer: it ended with the error 22P02.',
  'a member reads that a check could not answer and nothing of what it quoted');
select is(
  (select string_agg(kind, ',') from public.doctor() where kind = 'payroll_run_failed'), 'payroll_run_failed',
  'a member hears what the other checks found');
select tests.act_as(null);
select is(
  (select count(*) from private.standing_runs()), 0::bigint, 'runs are told why they stand still although a check raises');

select * from finish();
rollback;
