begin;
\ir ../../_shared/setup.sql.raw
select plan(26);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen,greg}');
select tests.create_employee('Acme', 'emma');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run((select id from run), 'completed');
create temporary table payment as
select transaction.id, transaction.sequence_number::bigint as used, transaction.source_account as account
from public.transactions as transaction;

-- What horizon-sync tells of the account, under a lease of its own.
create function pg_temp.look(ledger bigint, sequence bigint, account_exists boolean default true)
returns void
language plpgsql
as $$
declare
  v_token uuid := gen_random_uuid();
  v_account text := (select account from payment);
begin
  insert into private.wallet_reads (account_id, lease_token, leased_until)
  values (v_account, v_token, now() + interval '1 minute')
  on conflict (account_id) do update
  set lease_token = v_token, leased_until = now() + interval '1 minute', useless_answers = 0, ask_again_at = null;
  perform public.apply_wallet_states(jsonb_build_array(jsonb_build_object(
    'account_id', v_account, 'lease_token', v_token, 'ledger', look.ledger, 'account_exists', look.account_exists,
    'sequence', look.sequence::text, 'balances', case when look.account_exists then
      '[{"asset_code": "XLM", "asset_issuer": "", "balance": "9", "is_authorized": true}]'::jsonb
      else '[]'::jsonb end)));
end;
$$;

select pg_temp.look(989, (select used - 1 from payment));
select is_empty(
  'select from public.ledger_contradictions',
  'a look from before the ledger of a payment contradicts nothing');
select pg_temp.look(990, (select used from payment));
select is_empty(
  'select from public.ledger_contradictions', 'a look that shows the sequence number used contradicts nothing');
select pg_temp.look(991, (select used + 7 from payment));
select is_empty(
  'select from public.ledger_contradictions', 'transactions of others from the account contradict no payment');
select ok(
  not private.source_account_is_held((select account from payment)), 'an account that no look contradicts is not held');

-- Another run is being paid from the account meanwhile.
create temporary table early as select tests.create_run('Acme') as id;
select tests.walk_run((select id from early), 'processing');
update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now();
select is(
  (select payroll_run_id from public.claim_disbursement()), (select id from early),
  'a run that is being paid is claimed as long as no look contradicts its account');
update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now();
select pg_temp.look(992, (select used - 1 from payment));
select is_empty(
  'select from public.claim_disbursement()',
  'nothing more of a run that is being paid is claimed once a look contradicts its account');
select results_eq(
  $$ select source_account, kind, believed_sequence, believed_ledger, seen_sequence, seen_ledger, provider, state
     from public.ledger_contradictions $$,
  format($$ values (%L, 'sequence_behind', %L, 990::bigint, %L, 992::bigint, 'https://horizon.example', 'open') $$,
    (select account from payment), (select used from payment), (select used - 1 from payment)),
  'an account that used fewer numbers than were recorded is kept with both numbers, both ledgers and the provider');
select results_eq(
  'select payroll_run_id, transaction_id from public.payments_in_doubt',
  format('values (%s::bigint, %s::bigint)', (select id from run), (select id from payment)),
  'the payments that the account knows nothing of are in doubt');
select is(
  (select transactions_in_doubt from public.payroll_run_summaries where payroll_run_id = (select id from run)), 1::bigint,
  'the summary of the run says how many of its transactions are in doubt');
select pg_temp.look(993, (select used - 1 from payment));
select results_eq(
  'select seen_ledger, last_seen_ledger from public.ledger_contradictions', 'values (992::bigint, 993::bigint)',
  'a second look that contradicts is kept beside the first and opens nothing');
select pg_temp.look(994, (select used from payment));
select results_eq(
  'select last_seen_sequence, state from public.ledger_contradictions',
  format($$ values (%L, 'open') $$, (select used from payment)),
  'a later look that agrees is kept and ends nothing by itself');
select is(
  (select count(*) from public.events where type = 'ledger.contradicted'), 1::bigint,
  'a contradiction is told once');
select is(
  (
    select (body::jsonb -> 'data' -> 'payroll_run_ids')::text from public.events where type = 'ledger.contradicted'),
  format('[%s]', (select id from run)), 'the event names the runs in doubt');
select is(
  (select resource_id from private.findings(null) where kind = 'ledger_contradicted'),
  (select id::text from public.ledger_contradictions), 'the doctor names the contradiction');

create temporary table contradiction as select id from public.ledger_contradictions;
grant select on contradiction to public;

-- The next run waits.
select tests.create_employee('Acme', 'olaf');
create temporary table next_run as select tests.create_run('Acme') as id;
grant select on next_run to public;
select tests.walk_run((select id from next_run), 'approved');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of(format('select public.disburse_payroll_run(%s)', (select id from next_run))), 'source_account_held',
  'no run is paid from an account that is held');

-- Two people decide.
select tests.authenticate_as('vic', 'Acme');
select is(
  tests.error_code_of($$ select public.resolve_ledger_contradiction(1, 'paid', 'Seen.') $$), 'role_too_low',
  'a viewer resolves no contradiction');
select tests.authenticate_as('gwen', 'Globex');
select is(
  tests.error_code_of(format($$ select public.resolve_ledger_contradiction(%s, 'paid', 'Seen.') $$,
    (select id from contradiction))), 'ledger_contradiction_not_found',
  'a manager of another organization finds no contradiction');
select is_empty('select from public.ledger_contradictions', 'members of another organization see no contradiction');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of(format($$ select public.resolve_ledger_contradiction(%s, 'maybe', 'Seen.') $$,
    (select id from contradiction))), 'invalid_verdict', 'a verdict that is none is refused');
select is(
  (select state from public.resolve_ledger_contradiction((select id from contradiction), 'paid', 'Another explorer shows it.')),
  'open', 'the word of one person resolves nothing');
select is(
  tests.error_code_of(format($$ select public.resolve_ledger_contradiction(%s, 'paid', 'Seen.') $$,
    (select id from contradiction))), 'ledger_contradiction_needs_another_person',
  'the person who proposed cannot agree with the own proposal');
select tests.authenticate_as('mia', 'Acme');
select is(
  (select state from public.resolve_ledger_contradiction((select id from contradiction), 'paid', 'I see it as well.')),
  'paid', 'a second person who says the same resolves the contradiction');
select is_empty('select from public.payments_in_doubt', 'payments of a resolved contradiction are no longer in doubt');
select lives_ok(
  format('select public.disburse_payroll_run(%s)', (select id from next_run)),
  'payments go on once the contradiction is resolved');
select tests.reset();
select is(
  tests.error_code_of($$ update public.ledger_contradictions set state = 'open', resolved_by = null,
    resolved_reason = null, resolved_at = null $$), 'immutable_columns',
  'a decision stays as it was, whoever changes it');
select pg_temp.look(995, null, false);
select is(
  (select kind from public.ledger_contradictions where state = 'open'), 'account_missing',
  'an account that is gone although it paid contradicts the books again');

select * from finish();
rollback;
