begin;
\ir ../../_shared/setup.sql.raw
select plan(37);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.configure_network();
select tests.treasury('Acme');
select tests.create_employee('Acme', person.name, '10', person.address, 'USDC', tests.issuer())
from (values ('nina', tests.address(2)), ('abel', tests.address(3))) as person (name, address);
update public.organizations set allows_claimable_balances = true, reclaim_after_days = 30;
create temporary table run as select tests.create_run('Acme', 'USDC', tests.issuer()) as id;
select tests.walk_run(id, 'processing') from run;
select public.apply_wallet_states(jsonb_agg(jsonb_build_object('account_id', asked.value ->> 'account_id',
  'lease_token', lease, 'ledger', 60, 'assets', asked.value -> 'assets', 'account_exists', false,
  'balances', '[]'::jsonb)))
from run, tests.lease_of_run(run.id) as lease, jsonb_array_elements(public.accounts_to_check(run.id, lease)) as asked;
create temporary table created as select tests.persist(run.id, tests.lease_of_run(run.id)) as id from run;
select tests.settle(tests.evidence(id, 'applied')) from created;
create temporary table balance as
  select balance.id, balance.claimable_balance_id, employee.first_name as name
  from public.claimable_balances as balance join public.employees as employee on employee.id = balance.employee_id;
grant select on run, balance to public;

create function pg_temp.id_of(name text)
returns bigint language sql stable as $$ select balance.id from pg_temp.balance where balance.name = id_of.name $$;
create function pg_temp.reclaim(name text)
returns text language sql as $$
  select tests.error_code_of(format('select public.reclaim_claimable_balance(%s)', pg_temp.id_of(reclaim.name)));
$$;

-- What a worker is given that rings when the account is free.
create function pg_temp.claimed()
returns setof public.claimed_disbursement language plpgsql as $$
begin
  update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now();
  return query select * from public.claim_disbursement(60);
end;
$$;

-- Who may ask, and when.
select tests.act_as('vic', 'Acme');
select is(pg_temp.reclaim('nina'), 'role_too_low', 'a viewer cannot ask a balance back');
select tests.act_as('gil', 'Globex');
select is(pg_temp.reclaim('nina'), 'claimable_balance_not_found', 'nobody can ask a balance of another organization back');
select tests.act_as('max', 'Acme');
select is(
  pg_temp.reclaim('nina'), 'claimable_balance_reclaimable_later', 'a balance cannot be asked back before its time');
select is(
  tests.error_code_of('select public.reclaim_claimable_balance(null)'), 'claimable_balance_not_found',
  'a balance without id is not found');
select tests.reset();
update public.claimable_balances set reclaimable_at = now() - interval '1 second';
select is(
  (select count(*) from pg_temp.claimed()), 0::bigint, 'nothing is taken back that nobody asked for');
select tests.act_as('max', 'Acme');
select is(
  (select (status, reclaim_requested_by = tests.member_id('max', 'Acme'), reclaim_failure_code)::text
    from public.reclaim_claimable_balance(pg_temp.id_of('nina'))), '(active,t,)',
  'a manager asks a balance back once its time has come');
select is(pg_temp.reclaim('nina'), 'no error', 'to ask twice is one wish');
select is(
  (select count(*) from public.audit_logs where action = 'claimable_balance.reclaim_requested'), 1::bigint,
  'the wish is in the trail once');
select tests.act_as(null);

-- What the worker is given, and the only transaction that it may store.
create temporary table claim as select * from pg_temp.claimed();
select results_eq(
  'select payroll_run_id, source_account, refund from claim',
  $$ select run.id, tests.treasury('Acme'), jsonb_build_object('id', balance.id, 'claimable_balance_id',
      balance.claimable_balance_id, 'payroll_run_id', run.id, 'asset_code', 'USDC', 'asset_issuer', tests.issuer())
    from run, balance where balance.name = 'nina' $$,
  'the claim of an account names the balance to take back');
create function pg_temp.envelope(operation bytea, sequence text default '3001', fee bigint default 100)
returns text language sql as $$
  select replace(encode('\x00000002'::bytea || private.xdr_transaction(tests.treasury('Acme'), sequence, fee, 1000,
    '2026-12-01', null, null, array[operation]) || '\x00000000'::bytea, 'base64'), e'\n', '');
$$;
create function pg_temp.store(name text, envelope text, lease uuid default null, sequence text default '3001')
returns text language sql as $$
  select tests.error_code_of(format('select public.persist_refund(%s, %L, %L, %L, %L, 100, 1000, %L)',
    pg_temp.id_of(store.name), coalesce(store.lease, claim.lease_token), tests.hash_of(envelope), envelope, sequence,
    '2026-12-01'))
  from claim;
$$;
create function pg_temp.claim_of(name text)
returns bytea language sql as $$
  select private.xdr_claim(balance.claimable_balance_id) from balance where balance.name = claim_of.name $$;
select is(
  pg_temp.store('nina', pg_temp.envelope(operation)), 'envelope_differs_from_plan', format('an envelope with %s is refused', what))
from (values
  (pg_temp.claim_of('abel'), 'the claim of another balance'),
  (private.xdr_operation('payment', tests.address(20), 'USDC', tests.issuer(), 10), 'a payment to a thief')
) as attempts (operation, what);
select is(
  pg_temp.store('nina', pg_temp.envelope(pg_temp.claim_of('nina')), sequence => '3002'), 'envelope_differs_from_plan',
  'an envelope with another number than the one beside it is refused');
select is(
  pg_temp.store('nina', pg_temp.envelope(pg_temp.claim_of('nina')), gen_random_uuid()), 'lease_lost',
  'a worker without the lease of the treasury stores nothing');
select is(
  pg_temp.store('abel', pg_temp.envelope(pg_temp.claim_of('abel'))), 'claimable_balance_ended',
  'a balance that nobody asked back is not taken back');
select is(pg_temp.store('nina', pg_temp.envelope(pg_temp.claim_of('nina'))), 'no error', 'the claim of the balance is stored');
select is(
  pg_temp.store('nina', pg_temp.envelope(pg_temp.claim_of('nina'))), 'no error',
  'the same claim, stored again after a lost answer, is one transaction');
select results_eq(
  $$ select transaction_type, payroll_run_id, employee_id, amount::text, asset_code, status from public.transactions
    where transaction_type = 'refund' $$,
  $$ select 'refund', null::bigint, tests.employee_id('Acme', 'nina'), '10.0000000', 'USDC', 'pending' $$,
  'what is taken back is a refund among the transactions, with its employee and amount');
select is(
  pg_temp.store('nina', pg_temp.envelope(pg_temp.claim_of('nina'), '3002'), sequence => '3002'), 'live_transaction_exists',
  'a second claim is refused while the end of the first is not known');
select throws_ok(
  $$ insert into public.transaction_operations (organization_id, transaction_id, operation_index, payroll_run_id,
      employee_id, operation_type, destination, asset_code, asset_issuer, amount, claimable_balance_id)
    select organization_id, transaction_id, 1, payroll_run_id, employee_id, operation_type, destination, asset_code,
      asset_issuer, amount, claimable_balance_id
    from public.transaction_operations where operation_type = 'claim_claimable_balance' $$,
  '23505', null, 'no two live operations take the same balance back');

-- It never reached a ledger: the wish stays.
create function pg_temp.refund() returns bigint language sql as $$
  select max(id) from public.transactions where transaction_type = 'refund' $$;
select tests.settle(tests.evidence(pg_temp.refund(), 'unused'));
select is(
  (select jsonb_agg(claimed.refund ->> 'id') from pg_temp.claimed() as claimed),
  jsonb_build_array(pg_temp.id_of('nina')::text), 'a claim that reached no ledger is built again');

-- The network refused it in a ledger: a person hears why.
create function pg_temp.store_next(name text, sequence text)
returns text language sql as $$
  select tests.error_code_of(format('select public.persist_refund(%s, %L, %L, %L, %L, 200, 1000, %L)',
    pg_temp.id_of(store_next.name), tests.lease(tests.treasury('Acme')), tests.hash_of(envelope), envelope, sequence,
    '2026-12-01'))
  from pg_temp.envelope(pg_temp.claim_of(store_next.name), sequence, 200) as envelope;
$$;
select is(pg_temp.store_next('nina', '3001'), 'no error', 'the next claim uses the number that is open');
select tests.settle(tests.evidence(pg_temp.refund(), 'failed', '{op_no_trust}'));
select is(
  (select (status, reclaim_failure_code, reclaim_failure_reason)::text from public.claimable_balances
    where id = pg_temp.id_of('nina')),
  '(active,op_no_trust,"The treasury account has no trustline for the asset. Add the trustline to the treasury account, '
  'then ask for it again.")', 'a claim that the network refused says why, and the balance still waits');
select is(
  (select count(*) from pg_temp.claimed()), 0::bigint, 'what the network refused is not tried again by itself');
select is(
  (select (code, function)::text from private.check_reclaims(null) as finding (organization_id, severity, code, resource,
    resource_id, since, sentence, advice, waits_for, until, function)), '(reclaim_failed,reclaim_claimable_balance)',
  'the doctor names the balance that was not taken back and the function to call');
select is(
  (select status || ' ' || (select status from public.payroll_items where payroll_run_id = run.id
    and employee_id = tests.employee_id('Acme', 'nina')) from run join public.payroll_runs using (id)),
  'completed completed', 'a failed claim changes neither the run nor the item');

-- It is applied.
select tests.act_as('ada', 'Acme');
select is(
  (select (status, reclaim_failure_code)::text from public.reclaim_claimable_balance(pg_temp.id_of('nina'))), '(active,)',
  'a balance whose claim failed can be asked back again');
select tests.act_as(null);
select is(pg_temp.store_next('nina', '3002'), 'no error', 'the claim that was asked for again is stored');
select tests.settle(tests.evidence(pg_temp.refund(), 'applied'));
select is(
  (select (status, submission_state, last_code)::text from public.transactions where id = pg_temp.refund()),
  '(completed,applied,tx_success)', 'the refund is completed');
select is(
  (select (balance.status, balance.ended_tx_hash = refund.tx_hash, balance.ended_at)::text
    from public.claimable_balances as balance, public.transactions as refund
    where balance.id = pg_temp.id_of('nina') and refund.id = pg_temp.refund()),
  '(reclaimed,t,"2026-11-20 12:00:00+00")', 'the balance is reclaimed in the transaction and at the time of the ledger');
select is(
  (select (item.status, item.claimable_balance_status)::text from run
    join public.payroll_items as item on item.payroll_run_id = run.id
    where item.employee_id = tests.employee_id('Acme', 'nina')), '(completed,reclaimed)',
  'the item was paid, and says that the payment was taken back');
select is(
  (select count(*) from public.events where type = 'claimable_balance.reclaimed'), 1::bigint,
  'the reclaim is announced once');
select is(
  (select count(*) from public.events where type in ('payment.completed', 'payment.failed')), 2::bigint,
  'a refund announces no payment');
select results_eq(
  $$ select employee, amount, payout_method, claimable_balance_status, refund_tx_hash is not null
    from public.organization_statements order by operation_index $$,
  $$values ('nina Acme', '10.0000000', 'claimable_balance', 'reclaimed', true),
    ('abel Acme', '10.0000000', 'claimable_balance', 'active', false)$$,
  'the statement shows each payment once, and of a refund where it went');
select tests.act_as('ada', 'Acme');
select is(pg_temp.reclaim('nina'), 'no error', 'asking for what is back already is success');
select is(
  tests.error_code_of(format('select public.retry_payroll_run(%s)', id)), 'payroll_run_not_failed',
  'a retry of the run does not pay again what was taken back') from run;
select tests.reset();

-- horizon-sync may see it first, or say something else.
select public.apply_claimable_balances(jsonb_build_array(jsonb_build_object('claimable_balance_id',
  (select claimable_balance_id from balance where name = 'abel'), 'status', 'claimed', 'ledger', 995, 'closed_at',
  '2026-11-20T12:00:00Z', 'tx_hash', tests.hash('claim'))));
select tests.act_as('ada', 'Acme');
select is(pg_temp.reclaim('abel'), 'claimable_balance_ended', 'what the employee claimed cannot be asked back');
select tests.reset();
select is(
  (select item.claimable_balance_status from run join public.payroll_items as item on item.payroll_run_id = run.id
    where item.employee_id = tests.employee_id('Acme', 'abel')), 'claimed', 'the item of the other employee says that it was claimed');

select * from finish();
rollback;
