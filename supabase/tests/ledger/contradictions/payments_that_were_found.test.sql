begin;
\ir ../../_shared/setup.sql.raw
select plan(13);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;
create temporary table first as select * from public.transactions;
create temporary table account as select tests.treasury('Acme') as id;
grant select on run, first, account to public;

-- A provider says that the number of the first transaction is unused, so the same people are in a second one.
select tests.settle(tests.evidence((select id from first), 'unused'));
create temporary table second as select tests.persist(id, tests.lease_of_run(id)) as id from run;
select public.begin_submission(
  second.id, tests.lease_of_run(run.id), tests.signed_envelope(second.id)) from second, run;
create temporary table told as
select tests.error_code_of(format('select public.record_sequence_holder(%L, %L, %L, 980)', account.id,
  tests.lease(account.id), first.signed_envelope_xdr)) as answer
from account, first;

-- Then it shows the first one in the ledger.
select is((select answer from told), 'no error', 'the own transaction that used the number is told of');
select results_eq(
  $$ select kind, state, believed_sequence, seen_ledger from public.ledger_contradictions $$,
  $$ values ('payment_found', 'open', '1001', 980::bigint) $$,
  'a payment that was called never applied and that the ledger shows is a contradiction');
select is(
  (select transaction_id from public.payments_in_doubt), (select id from first),
  'the payment that was found is in doubt, and the one that cannot be applied is not');
select is(
  (select count(*) from public.claim_disbursement()), 0::bigint, 'nothing more is paid from the account of a found payment');
select matches(
  (select problem from private.findings(null) where kind = 'ledger_contradicted'),
  'sequence number 1001 in ledger 980', 'the doctor names the number and the ledger of the found payment');
select is(
  (select tx_hash from private.sequence_numbers), null, 'the number stays open until the found payment is proven');

-- Two people let it be proven.
select tests.authenticate_as('max', 'Acme');
select public.resolve_ledger_contradiction(id, 'not_as_recorded', 'I see it.') from public.ledger_contradictions;
select tests.authenticate_as('mia', 'Acme');
select public.resolve_ledger_contradiction(id, 'not_as_recorded', 'I see it too.') from public.ledger_contradictions;
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null;
select is(
  (select array_agg(transaction_id) from public.claim_transactions_to_track()), array[(select id from first)],
  'the found payment is looked for in the ledger once more');
select lives_ok(
  format('select tests.settle(%L)', jsonb_set(tests.evidence((select id from first), 'applied'), '{ledger}', '980')),
  'the proof that the found payment was applied is taken');
select is(
  (select array_agg(submission_state order by id) from public.transactions), '{applied,never_applied}',
  'the found payment counts as applied, and what was built with its number as never applied');
select is(
  (select (status, tx_hash) from public.payroll_items), (select ('completed'::text, tx_hash) from first),
  'the employee is paid by the found payment, once');
select is((select tests.run_status(id) from run), 'completed', 'the run of the found payment is completed');
select is(
  (select (state, corrected_transactions) from public.ledger_contradictions), ('corrected'::text, 1),
  'the contradiction ends as corrected');
select is(
  (select count(*) from public.events where type = 'payment.completed'), 1::bigint,
  'the employee is told of one payment');

select * from finish();
rollback;
