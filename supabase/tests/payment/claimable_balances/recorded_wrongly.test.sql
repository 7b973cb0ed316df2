begin;
\ir ../../_shared/setup.sql.raw
select plan(10);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.configure_network();
select tests.treasury('Acme');
select tests.create_employee('Acme', 'nina', '10', tests.address(2), 'USDC', tests.issuer());
update public.organizations set allows_claimable_balances = true, reclaim_after_days = 30;
create temporary table run as select tests.create_run('Acme', 'USDC', tests.issuer()) as id;
select tests.walk_run(id, 'processing') from run;
select public.apply_wallet_states(jsonb_agg(jsonb_build_object('account_id', asked.value ->> 'account_id',
  'lease_token', lease, 'ledger', 60, 'assets', asked.value -> 'assets', 'account_exists', false,
  'balances', '[]'::jsonb)))
from run, tests.lease_of_run(run.id) as lease, jsonb_array_elements(public.accounts_to_check(run.id, lease)) as asked;
create temporary table created as select tests.persist(run.id, tests.lease_of_run(run.id)) as id from run;
select tests.settle(tests.evidence(id, 'applied')) from created;
update public.claimable_balances set reclaimable_at = now() - interval '1 second';
select tests.act_as('ada', 'Acme');
select public.reclaim_claimable_balance(id) from public.claimable_balances;
select tests.act_as(null);
select public.persist_refund(balance.id, lease, tests.hash_of(envelope), envelope, '3001', 100, 1000, '2026-12-01')
from public.claimable_balances as balance, tests.lease(tests.treasury('Acme')) as lease,
  lateral (
    select replace(encode('\x00000002'::bytea || private.xdr_transaction(balance.sponsor, '3001', 100, 1000,
      '2026-12-01', null, null, array[private.xdr_claim(balance.claimable_balance_id)]) || '\x00000000'::bytea,
      'base64'), e'\n', '') as envelope) as built;
create temporary table refund as
  select id from public.transactions where transaction_type = 'refund';
select tests.settle(tests.evidence(id, 'applied')) from refund;

create function pg_temp.doubt(transaction_id bigint, kind text, codes text[] default null)
returns void language sql as $$
  update public.transactions set in_doubt_since = now() where id = doubt.transaction_id;
  select tests.settle(tests.evidence(doubt.transaction_id, doubt.kind, doubt.codes));
$$;
create function pg_temp.seen()
returns text language sql as $$
  select string_agg(concat_ws(' ', balance.status, balance.reclaim_failure_code), ', ' order by balance.id)
    || ' / ' || (select concat_ws(' ', item.status, item.claimable_balance_status) from public.payroll_items as item)
  from public.claimable_balances as balance;
$$;

select is(pg_temp.seen(), 'reclaimed / completed reclaimed', 'the balance was recorded as taken back');
select pg_temp.doubt(id, 'failed', '{op_no_trust}') from refund;
select is(
  pg_temp.seen(), 'active payment_never_happened / completed active',
  'a refund that is proven not to have happened leaves the balance on the ledger, and says so');
select is(
  (select ended_at is null and ended_tx_hash is null from public.claimable_balances), true,
  'a balance that was not taken back names no end');
select is(
  (select count(*) from public.events where type in ('payment.failed', 'payroll.failed')), 0::bigint,
  'a refund that did not happen announces no failed payment and fails no run');
select pg_temp.doubt(id, 'applied') from refund;
select is(pg_temp.seen(), 'reclaimed / completed reclaimed',
  'a refund that is proven to have happened after all takes the balance back');
select pg_temp.doubt(id, 'failed', '{op_no_trust}') from refund;

-- The balance itself was never created.
select pg_temp.doubt(id, 'failed', '{op_underfunded}') from created;
select is(pg_temp.seen(), 'disproved payment_never_happened / failed',
  'a balance that is proven never to have been created is disproved, and its item was not paid');
select is(
  (select (payout_method, claimable_balance_id)::text from public.payroll_items), '(payment,)',
  'an item that was not paid names no balance');
select is(
  (select count(*) from public.events where type = 'claimable_balance.disproved'), 1::bigint,
  'the disproof is announced once');
select tests.act_as('ada', 'Acme');
select is(
  tests.error_code_of(format('select public.reclaim_claimable_balance(%s)', id)), 'claimable_balance_ended',
  'what never was on the ledger cannot be taken back') from public.claimable_balances;
select tests.act_as(null);

-- It was created after all: the same id lives again.
select pg_temp.doubt(id, 'applied') from created;
select is(pg_temp.seen(), 'disproved payment_never_happened, active / completed active',
  'a balance that is proven to have been created after all is on the ledger again, under the same id');

select * from finish();
rollback;
