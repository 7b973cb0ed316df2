begin;
\ir ../../_shared/setup.sql.raw
select plan(22);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run((select id from run), 'completed');
create temporary table payment as
select transaction.id, transaction.sequence_number::bigint as used, transaction.source_account as account
from public.transactions as transaction;
select private.open_ledger_contradiction(tests.organization_id('Acme'), account, used::text, 990, (used - 1)::text, 992)
from payment;
grant select on run, payment to public;
create temporary table contradiction as select id from public.ledger_contradictions;
grant select on contradiction to public;
create function pg_temp.say(person text, verdict text) returns text language plpgsql as $$
begin
  perform tests.authenticate_as(person, 'Acme');
  return tests.error_code_of(format('select public.resolve_ledger_contradiction(%s, %L, ''I looked.'')',
    (select id from contradiction), verdict));
end; $$;
grant execute on function pg_temp.say(text, text) to public;
create function pg_temp.tracked() returns bigint language sql
return (select count(*) from public.claim_transactions_to_track());
create function pg_temp.free() returns void language sql
begin atomic update private.source_accounts set lease_token = null, leased_until = null; end;

select is(pg_temp.say('max', 'not_paid'), 'no error', 'a manager proposes that payments were not made');
select tests.reset();
select is(pg_temp.tracked(), 0::bigint, 'on the word of one person no payment is looked for again');
select is(
  tests.error_code_of(format('select tests.settle(%L)', tests.evidence((select id from payment), 'unused'))),
  'evidence_proves_nothing', 'evidence alone does not take back what was recorded as used');
select is(pg_temp.say('max', 'not_paid'), 'ledger_contradiction_needs_another_person',
  'the same person cannot make it two');
select is(pg_temp.say('mia', 'not_paid'), 'no error', 'a second person says that payments were not made');
select tests.reset();
select is(
  (select (state, corrected_transactions) from public.ledger_contradictions), ('proving'::text, 0),
  'the word of two people proves nothing yet');
select is(
  (select (status, tests.run_status(payroll_run_id)) from public.payroll_items), ('completed'::text, 'completed'::text),
  'no employee counts as unpaid before the ledger proves it');
select ok(private.source_account_is_held((select account from payment)), 'the account stays held until the proof');
select is(
  (select count(*) from public.payments_in_doubt), 1::bigint, 'a payment that is being disproved stays in doubt');
select is(
  (select kind from private.findings(null) where command = 'resolve_ledger_contradiction'),
  'payments_being_disproved', 'the doctor says what is waited for and who ends it');
select pg_temp.free();
select is(pg_temp.tracked(), 1::bigint, 'a payment in doubt is looked for in the ledger once more');
select pg_temp.free();
select is(
  tests.error_code_of(format('select public.record_outcome(%L, %L)',
    tests.evidence((select id from payment), 'unused'), gen_random_uuid())), 'lease_lost',
  'whoever has no lease disproves nothing');

savepoint before_the_proof;
select lives_ok(
  format('select tests.settle(%L)', tests.evidence((select id from payment), 'applied')),
  'a proof that a doubted payment was made is taken');
select is(
  (select (contradiction.state, transaction.in_doubt_since is null, transaction.submission_state, noted.tx_hash)
    from public.ledger_contradictions as contradiction, public.transactions as transaction,
      private.sequence_numbers as noted),
  ('paid'::text, true, 'applied'::text, (select tx_hash from public.transactions)),
  'a payment that the ledger proves ends the contradiction as paid, with its number used again');
rollback to before_the_proof;

select lives_ok(
  format('select tests.settle(%L)', tests.evidence((select id from payment), 'unused')),
  'a proof that a doubted payment was never applied is taken');
select is(
  (select (state, corrected_transactions) from public.ledger_contradictions), ('not_paid'::text, 1),
  'a payment that the ledger disproves ends the contradiction as not paid');
select is(
  (select (status, failure_code, tx_hash, transaction_operation_id) from public.payroll_items),
  ('failed'::text, 'payment_never_happened'::text, null::text, null::bigint), 'the employee counts as unpaid');
select is(
  (select (status, failure_code) from public.payroll_runs), ('failed'::text, 'payment_never_happened'::text),
  'the run has failed and says why');
select is(
  (select count(*) from private.transaction_evidence where transaction_id = (select id from payment)), 2::bigint,
  'both proofs are kept, the false one and the true one');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of(format('select public.retry_payroll_run(%s)', (select id from run))), 'no error',
  'the run can be retried');
select tests.reset();
select is(
  tests.error_code_of(format('select tests.persist(%s, tests.lease_of_run(%s), 100, %L)', (select id from run),
    (select id from run), (select used + 1 from payment))), 'sequence_number_open',
  'the number of the payment that never happened is used first, so that it can never pay besides');
select lives_ok(
  format('select tests.persist(%s, tests.lease_of_run(%s), 100, %L)', (select id from run), (select id from run),
    (select used from payment)), 'the employee is paid with that number');

select * from finish();
rollback;
