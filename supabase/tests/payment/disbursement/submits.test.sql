begin;
\ir ../../_shared/setup.sql.raw
select plan(25);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'persisted') from run;
create temporary table work as select run.id as run_id, tests.lease_of_run(run.id) as lease, (select max(id) from public.transactions) as id from run;
grant select on work to public;

select tests.as_service();
select is((select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, gen_random_uuid(), 'AAAA')) from work), 'lease_lost', 'a worker that lost the lease sends nothing');
select is((select tests.error_code_of(format('select public.begin_submission(-1, %L, %L)', lease, 'AAAA')) from work), 'transaction_not_found', 'an unknown transaction is not found');
select is((select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, envelope)) from work), 'invalid_transaction', format('a signed envelope that is %s is refused', what))
from (values (null, 'missing'), ('', 'empty'), ('not base64!', 'no base64'), (tests.secret_key(), 'a secret key')) as envelopes (envelope, what);

select is((select (begun.submission_state, begun.attempts, begun.signed_envelope_xdr) from work, public.begin_submission(id, lease, 'AAAAAgAAAAE=') as begun), ('submitting'::text, 1, 'AAAAAgAAAAE='::text),
  'an attempt is written before the envelope is sent');
select is((select begun.attempts from work, public.begin_submission(id, lease, 'AAAAAgAAAAE=') as begun), 2, 'every attempt counts');

-- No answer proves anything; it only says when to look again.
create function pg_temp.answer(http_status integer, code text default null, operation_codes text[] default null, retry_after integer default null) returns text language sql as $$
  select (answer.action, extract(epoch from answer.next_check_at - now())::integer)::text from work, public.record_submission(id, lease, http_status, code, operation_codes, retry_after) as answer;
$$;
grant execute on function pg_temp.answer(integer, text, text[], integer) to public;
select is(pg_temp.answer(status, code, codes, retry_after), expected, what)
from (values
  (200, null, null, null, '(poll,0)', 'after a success the ledger is looked at now'),
  (504, 'transaction_submission_timeout', null, null, '(poll,4)', 'after a timeout later, for a second attempt after four seconds'),
  (0, null, null, null, '(poll,4)', 'after no answer as well'),
  (429, 'rate_limit_exceeded', null, 30, '(poll,30)', 'a provider that asks for time gets it'),
  (429, 'rate_limit_exceeded', null, 100000, '(poll,600)', 'but not more than ten minutes'),
  (429, 'rate_limit_exceeded', null, -5, '(poll,4)', 'and a negative wish is none'),
  (400, 'tx_failed', '{op_success,op_no_trust,op_underfunded}'::text[], null, '(poll,4)', 'even an answer that names operations is no proof')
) as answers (status, code, codes, retry_after, expected, what);
select tests.reset();
select is((select (submission_state, status, last_code, last_http_status) from public.transactions), ('submitting'::text, 'pending'::text, 'op_no_trust'::text, 400), 'the transaction stays live, with the first bad code noted');
select is((select status from public.payroll_items), 'pending', 'and nobody counts as paid or failed');
update public.transactions set attempts = 9;
select tests.as_service();
select is(pg_temp.answer(500), '(poll,50)', 'the wait doubles up to fifty seconds');
select is((select tests.error_code_of(format('select public.record_submission(%s, %L, 200)', id, gen_random_uuid())) from work), 'lease_lost', 'a worker that lost the lease notes nothing');
select is((select tests.error_code_of(format('select public.stop_disbursement(%s, %L, ''code'')', run_id, lease)) from work), 'payroll_run_has_live_transaction', 'a run is not stopped while money may be on its way');

-- A live transaction is claimed when it is time to look, with all that a new worker needs to continue.
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null;
select tests.as_service();
select is((select count(*) from public.claim_disbursement()), 0::bigint, 'a live transaction is left alone until it is time to look again');
select is((select count(*) from public.claim_transactions_to_track()), 0::bigint, 'by the tracker too');
select tests.reset();
update public.transactions set next_check_at = now();
select tests.as_service();
select is((select (transaction ->> 'id', transaction ->> 'submission_state', transaction ->> 'sequence_number', transaction ->> 'signed_envelope_xdr', transaction ->> 'last_code') from public.claim_disbursement()),
  (select (id::text, 'submitting'::text, '1001'::text, 'AAAAAgAAAAE='::text, 'http_500'::text) from work), 'then it is claimed with its envelope, so that any worker can send the same again');
select is((select count(*) from public.claim_transactions_to_track()), 0::bigint, 'and the tracker leaves it to that worker');
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null;
select tests.as_service();
select is((select (transaction_id, tx_hash, max_ledger, network_passphrase) from public.claim_transactions_to_track()), (select (id, tests.hash('transaction 1'), 1000::bigint, 'Test SDF Network ; September 2015'::text) from work),
  'otherwise the tracker takes it, with what it needs to find it');

select * from finish();
rollback;
