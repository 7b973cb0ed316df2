begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'persisted') from run;
create temporary table work as select run.id as run_id, tests.lease_of_run(run.id) as lease,
  (select max(id) from public.transactions) as id from run;
grant select on work to public;

select tests.as_service();
select is(
  (
    select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, gen_random_uuid(), 'AAAA'))
    from work), 'lease_lost', 'a worker that lost its lease cannot begin a submission');
select is(
  (select tests.error_code_of(format('select public.begin_submission(-1, %L, %L)', lease, 'AAAA')) from work),
  'transaction_not_found', 'the submission of an unknown transaction is refused');
select is(
  (select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, envelope)) from work),
  'invalid_transaction', format('a signed envelope that is %s is refused', what))
from (values
  (null, 'missing'), ('', 'empty'), ('not base64!', 'not base64'), (tests.secret_key(), 'a secret key')
) as envelopes (envelope, what);


-- What is handed over is exactly what was planned, signed by the account that pays.
create temporary table envelopes as
  select transaction.envelope_xdr as unsigned, tests.signed_envelope(transaction.id) as signed,
    tests.sign(transaction.envelope_xdr, tests.address(39)) as foreign_signature,
    tests.other_envelope(transaction.id) as other
  from work join public.transactions as transaction using (id);
select is(
  (select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, envelope)) from work),
  expected, format('%s is refused', what))
from envelopes
cross join lateral (values
  (unsigned, 'signature_invalid', 'the prepared transaction without a signature'),
  (foreign_signature, 'signature_invalid', 'the prepared transaction with the signature of another account'),
  (other, 'envelope_differs_from_plan', 'another transaction that the source account signed'),
  (overlay(signed placing 'AAAA' from length(signed) - 40), 'signature_invalid',
    'the prepared transaction with a damaged signature'),
  (replace(encode(substr(decode(signed, 'base64'), 1, length(decode(signed, 'base64')) - 76) || '\x00000002'::bytea
    || substr(decode(signed, 'base64'), length(decode(signed, 'base64')) - 71)
    || substr(decode(foreign_signature, 'base64'), length(decode(foreign_signature, 'base64')) - 71), 'base64'),
    e'\n', ''), 'signature_invalid', 'the signed transaction with a second signature that Stellar would refuse'),
  ('AAAAAgAAAAE=', 'envelope_differs_from_plan', 'an envelope without a transaction')
) as given (envelope, expected, what);
select is(
  (select (begun.submission_state, begun.attempts, begun.signed_envelope_xdr = signed) from work, envelopes,
    public.begin_submission(id, lease, signed) as begun), ('submitting'::text, 1, true),
  'an attempt is counted and the signed envelope stored before it is sent');
select is(
  (select begun.attempts from work, envelopes,
    public.begin_submission(id, lease, signed) as begun), 2,
  'a second attempt is counted');

-- The answer to a submission is no proof; it only says when to look again.
create function pg_temp.answer(
  http_status integer, code text default null, operation_codes text[] default null,
  retry_after integer default null) returns text language sql as $$
  select (answer.action, extract(epoch from answer.next_check_at - now())::integer)::text
  from work, public.record_submission(id, lease, http_status, code, operation_codes, retry_after) as answer;
$$;
grant execute on function pg_temp.answer(integer, text, text[], integer) to public;
select is(pg_temp.answer(status, code, codes, retry_after), expected, what)
from (values
  (200, null, null, null, '(poll,0)', 'a success is followed by a look at the ledger at once'),
  (504, 'transaction_submission_timeout', null, null, '(poll,4)',
    'a timeout of the second attempt is followed by a look after four seconds'),
  (0, null, null, null, '(poll,4)', 'a missing answer is followed by a look after four seconds'),
  (429, 'rate_limit_exceeded', null, 30, '(poll,30)',
    'a rate limit with a wait of 30 seconds is followed by a look after 30 seconds'),
  (429, 'rate_limit_exceeded', null, 100000, '(poll,600)',
    'a rate limit with a longer wait is followed by a look after ten minutes'),
  (429, 'rate_limit_exceeded', null, -5, '(poll,4)',
    'a rate limit with a negative wait is followed by a look after four seconds'),
  (400, 'tx_failed', '{op_success,op_no_trust,op_underfunded}'::text[], null, '(poll,4)',
    'an answer that names failed operations is followed by a look at the ledger')
) as answers (status, code, codes, retry_after, expected, what);
select tests.reset();
select is(
  (select (submission_state, status, last_code, last_http_status) from public.transactions),
  ('submitting'::text, 'pending'::text, 'op_no_trust'::text, 400),
  'a transaction with a failed answer stays live and keeps the first bad code');
select is((select status from public.payroll_items), 'pending', 'an item stays pending after a failed answer');
update public.transactions set attempts = 9;
select tests.as_service();
select is(pg_temp.answer(500), '(poll,50)', 'the wait after the ninth attempt is 50 seconds');
select is(
  (select tests.error_code_of(format('select public.record_submission(%s, %L, 200)', id, gen_random_uuid())) from work),
  'lease_lost', 'a worker that lost its lease cannot record an answer');
select is(
  (select tests.error_code_of(format('select public.stop_disbursement(%s, %L, ''code'')', run_id, lease)) from work),
  'payroll_run_has_live_transaction', 'a run with a live transaction cannot be stopped');

-- A live transaction is claimed when it is time to look, with all that a new worker needs to continue.
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null;
select tests.as_service();
select is(
  (select count(*) from public.claim_disbursement()), 0::bigint,
  'a live transaction is not claimed before its next check');
select is(
  (select count(*) from public.claim_transactions_to_track()), 0::bigint,
  'a live transaction is not tracked before its next check');
select tests.reset();
update public.transactions set next_check_at = now();
select tests.as_service();
select is(
  (
    select (
      transaction ->> 'id', transaction ->> 'submission_state', transaction ->> 'sequence_number',
      transaction ->> 'signed_envelope_xdr', transaction ->> 'last_code') from public.claim_disbursement()),
  (select (id::text, 'submitting'::text, '1001'::text, signed, 'http_500'::text) from work, envelopes),
  'a live transaction is claimed at its next check with its signed envelope');
select is(
  (select count(*) from public.claim_transactions_to_track()), 0::bigint,
  'a live transaction that a worker claimed is not tracked');
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null;
select tests.as_service();
select is(
  (select (transaction_id, tx_hash, max_ledger, network_passphrase) from public.claim_transactions_to_track()),
  (select (id, (select tx_hash from public.transactions), 1000::bigint, 'Test SDF Network ; September 2015'::text) from work),
  'a live transaction without a worker is tracked with its hash, last valid ledger and network');

select * from finish();
rollback;
