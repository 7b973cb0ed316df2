begin;
\ir ../../_shared/setup.sql.raw
select plan(30);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}', '{gus}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500.0000001');
select tests.create_employee('Globex', 'earl', '700');

select tests.as_service();
select is(
  tests.error_code_of('select public.claim_disbursement()'), 'network_not_configured',
  'no run is claimed before an operator configures the network');
select tests.reset();
select tests.configure_network();
create temporary table runs as select tests.create_run('Acme') as acme, tests.create_run('Globex') as globex;
grant select on runs to public;
select tests.act_as('ada', 'Acme');
select public.add_bonus(acme, tests.employee_id('Acme', 'emma'), '250') from runs;
select tests.act_as(null);

select tests.as_service();
select is(
  (select count(*) from public.claim_disbursement()), 0::bigint, 'no run is claimed while every run is a draft');
select tests.reset();
select tests.walk_run(acme, 'approved') from runs;
select tests.as_service();
select is(
  (select count(*) from public.claim_disbursement()), 0::bigint,
  'an approved run is not claimed before its payment is started');
select tests.reset();
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));
select tests.act_as('ada', 'Acme');
select public.disburse_payroll_run(acme) from runs;
select tests.act_as(null);

select tests.as_service();
create temporary table claim as select * from public.claim_disbursement(60);
select is(
  (
    select (
      payroll_run_id, organization_id, source_account, asset_code, asset_issuer, memo, network_passphrase, horizon_url,
      max_fee_stroops, transaction)::text from claim),
  (
    select (
      acme, tests.organization_id('Acme'), tests.address(30), 'XLM', '', null, 'Test SDF Network ; September 2015',
      'https://horizon.example', 100000, null)::text from runs),
  'a claim names the run, the account, the asset and the network, and no transaction yet');
select isnt((select lease_token from claim), null, 'a claim contains the token of its lease');
select is((select count(*) from public.claim_disbursement()), 0::bigint, 'a leased account is not claimed again');

select results_eq(
  $$ select planned.* from claim, public.plan_operations(claim.payroll_run_id, claim.lease_token) as planned $$,
  $$values
    (0, tests.employee_id('Acme', 'emma'), 'payment', tests.address(1), 'XLM', '', '1250.0000000', null::text,
      null::text, null::integer),
    (1, tests.employee_id('Acme', 'olaf'), 'payment', tests.address(2), 'XLM', '', '500.0000001', null, null, null)
  $$,
  'a plan has one payment for each employee, with salary and bonus summed, in a fixed order, to the approved address');
select is(
  (select array_agg(planned.employee_id) from claim,
    public.plan_operations(claim.payroll_run_id, claim.lease_token, 1) as planned),
  array[tests.employee_id('Acme', 'emma')], 'a plan has no more operations than asked for');
select is(
  (select count(*) from claim, public.plan_operations(claim.payroll_run_id, claim.lease_token, -5) as planned),
  1::bigint, 'a plan for a negative number of operations has one operation');
select is(
  (select count(*) from claim, public.plan_operations(claim.payroll_run_id, claim.lease_token, 100000) as planned),
  2::bigint, 'a plan for too many operations has every unpaid employee');

-- A worker without the current lease token is refused at every step.
select is(
  tests.error_code_of(format(command, (select acme from runs), gen_random_uuid())), 'lease_lost',
  format('a worker with another token cannot %s', what))
from (values
  ('select public.plan_operations(%s, %L)', 'plan'),
  ('select public.persist_transaction(%s, %L, null, null, null, null, null, null, null)', 'persist'),
  ('select public.stop_disbursement(%s, %L, ''code'')', 'stop')
) as commands (command, what);
select is(
  tests.error_code_of(format('select public.plan_operations(%s, null)', (select acme from runs))), 'lease_lost',
  'a plan without a lease token is refused');
select is(
  tests.error_code_of(format('select public.plan_operations(-1, %L)', (select lease_token from claim))), 'lease_lost',
  'a lease of one run does not plan another run');
select is(
  public.release_disbursement(tests.address(30), gen_random_uuid()), false,
  'an account cannot be released with another lease token');
select is(
  public.release_disbursement(tests.address(30), null), false, 'an account cannot be released without a lease token');

select tests.reset();
update private.source_accounts set leased_until = now() - interval '1 second';
select tests.as_service();
select lives_ok(
  format('select public.plan_operations(%s, %L)', (select payroll_run_id from claim), (select lease_token from claim)),
  'an expired lease still works as long as no other worker claimed the account');
create temporary table takeover as select * from public.claim_disbursement(60);
select is(
  (select payroll_run_id from takeover), (select acme from runs),
  'an account with an expired lease is claimed by the next worker');
select is(
  tests.error_code_of(
    format(
      'select public.plan_operations(%s, %L)', (select payroll_run_id from claim), (select lease_token from claim))),
  'lease_lost', 'a worker whose expired lease was taken over is refused');
select is(
  public.release_disbursement(tests.address(30), (select lease_token from takeover), 30), true,
  'the worker with the lease can release the account');
select is(
  (select count(*) from public.claim_disbursement()), 0::bigint,
  'a released account is not claimed before its next check');
select tests.reset();
select is(
  (select (lease_token is null, next_check_at = now() + interval '30 seconds') from private.source_accounts),
  (true, true), 'a released account has no lease and the next check that the worker asked for');
update private.source_accounts set next_check_at = now();

-- The account that waited longest comes first.
select public.enroll_source_account(tests.organization_id('Globex'), tests.address(31));
select tests.walk_run(globex, 'approved') from runs;
select tests.act_as('gil', 'Globex');
select public.disburse_payroll_run(globex) from runs;
select tests.act_as(null);
select tests.as_service();
select is(
  (
    select array_agg(source_account order by number)
    from (select number, (public.claim_disbursement()).source_account from generate_series(1, 3) as number) as claims),
  array[tests.address(31), tests.address(30)],
  'accounts are claimed one by one, the one that waited longest first');
select tests.reset();
select is(
  (select count(distinct lease_token) from private.source_accounts), 2::bigint,
  'every claimed account has its own lease token');

-- Only a run in processing is paid.
select tests.as_service();
create temporary table lease as select tests.lease_of_run(acme) as token from runs;
select is(
  (select tests.error_code_of(format('select public.stop_disbursement(%s, %L, %L)', acme, token, '')) from runs, lease),
  'text_missing', 'a stop of a run without a code is refused');
select is(
  (select (stopped.status, stopped.failure_code, stopped.failure_reason) from runs, lease,
    public.stop_disbursement(acme, token, 'tx_no_source_account', 'HTTP 404') as stopped),
  ('failed'::text, 'tx_no_source_account'::text,
    'The source account does not exist on this network. Check the treasury account and the network.'::text),
  'a stopped run is failed with the meaning of the code as its reason');
select is(
  (select count(*) from runs, lease, public.plan_operations(acme, token)), 0::bigint,
  'the plan of a stopped run is empty');
select tests.reset();
select is(
  (select count(*) from public.transactions), 0::bigint,
  'a run that was stopped before its first transaction has no transaction');
select is(
  (select count(*) from public.events where type = 'payroll.failed'), 1::bigint,
  'the stop of a run is announced as an event');

select * from finish();
rollback;
