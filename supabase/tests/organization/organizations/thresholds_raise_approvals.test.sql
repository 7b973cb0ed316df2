begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{}');
select tests.create_employees('Acme', 3, '1000');

select tests.authenticate_as('ada', 'Acme');
select public.set_approval_threshold('XLM', '', '2500', 2);
select public.set_approval_threshold('XLM', '', '1000000', 3);

select tests.authenticate_as('max', 'Acme');
create temporary table run on commit drop as
  select id from public.create_payroll_run('2026-11-01', '2026-11-30');
select tests.submit((select id from run));
select tests.reset();
grant select on run to authenticated;

select tests.authenticate_as('mia', 'Acme');
select is(
  (select approved_at from public.approve_payroll_run((select id from run), tests.seen((select id from run)))), null,
  'one approval is not enough for a run above the threshold');
select is(
  (select approved_at from public.approve_payroll_run((select id from run), tests.seen((select id from run)))), null,
  'two approvals by the same person count as one');
select is(
  tests.error_code_of($$ select public.disburse_payroll_run((select id from run)) $$), 'payroll_run_not_approved',
  'a run without its second approval is not paid');

select tests.authenticate_as('ada', 'Acme');
select isnt(
  (select approved_at from public.approve_payroll_run((select id from run), tests.seen((select id from run)))), null,
  'the approval by a second person completes the approval');
select tests.reset();
select is(
  (select private.required_approvals(stored) from public.payroll_runs as stored), 2,
  'a threshold above the total of the run does not raise the number of approvals');

-- A payment that is split counts as one: the halves of a month together pass what none of them does alone.
select tests.act_as('max', 'Acme');
create temporary table halves as
  select half.number, created.id
  from (values (1, date '2027-02-01', date '2027-02-14'), (2, '2027-02-15', '2027-02-28')) as half (number, begins, ends)
  cross join lateral public.create_payroll_run(half.begins, half.ends) as created;
select tests.submit(id) from halves order by number;
select tests.reset();
select is(
  (
    select array_agg((total_amount::numeric < 2500, private.required_approvals(stored))::text order by number)
    from halves join public.payroll_runs as stored using (id)), array['(t,1)', '(t,2)'],
  'the second half of a month needs the approvals of the whole month');

select * from finish();
rollback;
