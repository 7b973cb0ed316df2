begin;
\ir ../../_shared/setup.sql.raw
select plan(20);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'pia', '300');
select tests.configure_network();
create temporary table named as
  select tests.treasury('Acme') as treasury, tests.address(35) as channel, tests.create_run('Acme') as run;
grant select on named to public;
select tests.walk_run(run, 'processing') from named;
create temporary table sent as
  select named.*, tests.lease(treasury) as lease, null::bigint as id from named;
update sent set id = tests.persist(run, lease, 1);
select tests.act_as('ada', 'Acme');
select public.add_channel_account(treasury, channel) from named;
select tests.act_as(null);
select tests.confirm_channels();
create temporary table work as select sent.*, tests.lease(sent.channel) as channel_lease from sent;
grant select on work to public;

create function pg_temp.in_flight(known_ledger bigint default 990) returns jsonb language sql as $$
  select public.payments_in_flight(work.treasury, work.channel_lease, known_ledger) from work; $$;
create function pg_temp.is_due(account text) returns boolean language sql security definer as $$
  select private.source_account_is_due(known) from private.source_accounts as known where known.account_id = account; $$;
grant execute on function pg_temp.in_flight(bigint), pg_temp.is_due(text) to public;

-- What is on its way.
select tests.as_service();
select is(
  pg_temp.in_flight(),
  (select jsonb_build_object('transaction_ids', jsonb_build_array(id), 'amounts', jsonb_build_array(
    jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'amount', '1000.0000100'))) from work),
  'what is on its way takes its payments and the fee that it offers, where the treasury pays that');
select is(
  tests.error_code_of(format('select public.payments_in_flight(%L, %L, 990)', treasury, gen_random_uuid())), 'lease_lost',
  'nobody without the lease learns what is on its way')
from work;
select tests.reset();
update public.transactions set required_fee_stroops = 200;
insert into private.fee_bumps (organization_id, transaction_id, outer_hash, fee_stroops, envelope_xdr)
select organization_id, id, tests.hash('bump'), 800, 'AAAA' from public.transactions;
select tests.as_service();
select is(pg_temp.in_flight() #>> '{amounts,0,amount}', '1000.0000800', 'a fee bump counts with what it offers');

-- Waiting for its end.
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now() - interval '1 second';
select ok(pg_temp.is_due(channel), 'a channel with people to pay is due') from named;
update work set channel_lease = tests.lease(channel);
select tests.as_service();
select lives_ok(
  format('select public.wait_for_funds(%s, %L, array[%s])', run, channel_lease, id),
  'a worker may wait for what is on its way')
from work;
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now() - interval '1 second';
select ok(not pg_temp.is_due(channel), 'a channel that waits for funds gets nothing to do') from named;
select is(
  (select (kind, command)::text from private.findings(tests.organization_id('Acme')) as finding
    where finding.kind = 'payments_in_flight'), '(payments_in_flight,"pause_payroll_run, cancel_payroll_run")',
  'the doctor names a run that waits for funds');
select is(
  (select kind from private.standing_runs() where payroll_run_id = run), 'payments_in_flight',
  'a run that waits for funds stands still under that name')
from named;
update private.funding_waits set next_look_at = now() - interval '1 second';
select ok(pg_temp.is_due(channel), 'a channel that waits for funds is due after a minute, because money may have come in')
from named;
update private.funding_waits set next_look_at = now() + interval '1 minute';

-- Its end.
update work set channel_lease = tests.lease(channel);
update public.transactions
set submission_state = 'submitting', attempts = 1, signed_envelope_xdr = tests.signed_envelope(id);
update public.transactions
set submission_state = 'applied', status = 'completed', proof = 'found_by_hash', ledger = 991, fee_charged_stroops = 300;
update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now() - interval '1 second';
select ok(pg_temp.is_due(channel), 'a channel that waits for funds is due as soon as something has ended') from named;
update work set channel_lease = tests.lease(channel);
select tests.as_service();
select is(
  pg_temp.in_flight(), '{"transaction_ids": [], "amounts": [{"asset_code": "XLM", "asset_issuer": "", "amount": "1000.0000300"}]}',
  'what was applied in a later ledger than the known one still counts, with the fee that was charged');
select is(
  pg_temp.in_flight(991), '{"transaction_ids": [], "amounts": []}',
  'what was applied in the known ledger is taken off there already');
select lives_ok(
  format('select public.wait_for_funds(%s, %L, array[%s])', run, channel_lease, id),
  'a worker may say that it waits for something that has just ended')
from work;
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now() - interval '1 second';
select ok(pg_temp.is_due(channel), 'nobody waits for something that has ended') from named;

-- What was begun after the counting.
create temporary table counting as
  select named.run, named.treasury, named.channel, tests.lease(named.treasury) as lease from named;
grant select on counting to public;
create function pg_temp.refusal() returns text language sql security definer set search_path = '' as $$
  select tests.error_code_of(format('select private.require_counted_funds(account) from private.source_accounts as account
    where account.account_id = %L', counting.channel)) from pg_temp.counting; $$;
update private.source_accounts set counted_up_to = null;
select is(pg_temp.refusal(), 'no error', 'whoever has counted nothing may write when nothing is on its way');
update work set channel_lease = tests.lease(channel);
select pg_temp.in_flight();
select is(pg_temp.refusal(), 'no error', 'whoever has counted everything may write');
update private.source_accounts set counted_up_to = counted_up_to - 1;
select is(pg_temp.refusal(), 'payments_not_counted', 'what was begun after the counting and is in a ledger already is counted first');
update private.source_accounts set counted_up_to = null;

-- A run stops although something else of it is on its way.
create temporary table again as select named.*, tests.lease(treasury) as lease from named;
select tests.persist(run, lease, 1) from again;
update work set channel_lease = tests.lease(channel);
grant select on again to public;
select is((select count(*) from private.funding_waits), 0::bigint, 'what is written next ends the waiting');
select tests.as_service();
select is(
  tests.error_code_of(format('select public.stop_disbursement(%s, %L, %L, %L)', run, lease, 'treasury_short', 'Short.')),
  'payroll_run_has_live_transaction', 'whoever has a transaction on its way stops no run')
from again;
select is(
  tests.error_code_of(format('select public.stop_disbursement(%s, %L, %L, %L)', run, channel_lease, 'treasury_short',
    'Short.')), 'no error', 'a channel that can pay nothing stops the run, whatever others have on their way')
from work;

select * from finish();
rollback;
