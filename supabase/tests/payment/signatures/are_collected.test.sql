begin;
\ir ../../_shared/setup.sql.raw
select plan(68);

-- Two of three wallets sign for the treasury of Acme.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gus}');
select tests.configure_network();
select tests.create_employee('Acme', 'emma', '10');
select tests.create_employee('Acme', 'otto', '20');
create temporary table treasury as select tests.treasury('Acme') as account;
grant select on treasury to public;
select tests.act_as('ada', 'Acme');
select public.set_treasury_custody(account, 'wallet', array[tests.address(36), tests.address(37), tests.address(38)])
from treasury;
select tests.act_as(null);
create temporary table work as select tests.create_run('Acme') as run_id;
select tests.walk_run(run_id, 'processing') from work;
alter table work add column lease uuid, add column id bigint;
update work set lease = tests.lease_of_run(run_id);
grant select on work to public;

create function pg_temp.weighed(weights integer[], threshold integer default 2) returns jsonb language sql as $$
  select to_jsonb(counted)
  from work, treasury, public.record_signers(account, lease, 100, threshold, jsonb_build_array(
    jsonb_build_object('key', account, 'weight', 0),
    jsonb_build_object('key', tests.address(36), 'weight', weights[1]),
    jsonb_build_object('key', tests.address(37), 'weight', weights[2]),
    jsonb_build_object('key', tests.address(38), 'weight', weights[3]),
    jsonb_build_object('key', tests.address(39), 'weight', 5))) as counted; $$;
grant execute on function pg_temp.weighed(integer[], integer) to public;
select tests.as_service();
select is(
  pg_temp.weighed('{1,1,1}'),
  '{"named_weight": 3, "needed_weight": 2, "transaction_id": null, "submission_state": null, "signed_envelope_xdr": null}',
  'only named signers count, however many the ledger knows');
select is(
  tests.error_code_of(format('select public.record_signers(%L, %L, %s, %s, %L)', account, lease, ledger, threshold,
    signers)), code, what)
from work, treasury, (values
  (0, 2, '[]', 'invalid_signer_state', 'signers as of no ledger are refused'),
  (100, 256, '[]', 'invalid_signer_state', 'a threshold above 255 is refused'),
  (100, -1, '[]', 'invalid_signer_state', 'a negative threshold is refused'), (100, 2, '{}', 'invalid_signer_state', 'signers that are no list are refused'),
  (100, 2, '[{"key": "G", "weight": 1}]', 'invalid_signer_state', 'a signer that is no account is refused'),
  (100, 2, format('[{"key": "%s", "weight": 256}]', tests.address(36)), 'invalid_signer_state', 'a weight above 255 is refused'),
  (100, 2, format('[{"key": "%s", "weight": -1}]', tests.address(36)), 'invalid_signer_state', 'a negative weight is refused'),
  (100, 2, format('[{"key": "%s", "weight": 1}]', tests.secret_key()), 'secret_key_refused', 'a secret key among the signers is refused')
) as cases (ledger, threshold, signers, code, what);
select is(
  tests.error_code_of(format('select public.record_signers(%L, gen_random_uuid(), 100, 2, ''[]'')', account)),
  'lease_lost', 'a worker without the lease of the account says nothing about its signers')
from treasury;

select tests.reset();
-- As a worker prepares it, with bounds that leave people the time to sign.
create function pg_temp.persisted(sequence text, hours integer) returns bigint language plpgsql as $$
declare
  v_work record;
  v_operations jsonb;
  v_envelope text;
  v_until constant timestamptz := date_trunc('second', now()) + make_interval(hours => persisted.hours);
begin
  select * into v_work from work;
  v_operations := tests.operations(v_work.run_id, v_work.lease);
  v_envelope := tests.envelope(v_work.run_id, persisted.sequence, v_operations, 100, 1000, v_until);
  return (
    select stored.id from public.persist_transaction(v_work.run_id, v_work.lease, tests.hash_of(v_envelope), v_envelope,
      persisted.sequence, 100, 1000, v_until, v_operations) as stored);
end $$;
update work set id = pg_temp.persisted('1001', 36);
select is(
  (select (submission_state, is_live, signed_envelope_xdr is null)::text from public.transactions),
  '(awaiting_signature,t,t)', 'a transaction of a treasury that wallets sign waits for their signatures');
select is(
  (
    select (body::jsonb -> 'data' ->> 'submission_state', (body::jsonb -> 'data' ->> 'sign_before')::timestamptz > now() + interval '23 hours')::text
    from public.events where type = 'transaction.awaiting_signature'), '(awaiting_signature,t)',
  'an event tells that signatures are awaited and until when');

-- Envelopes with the signatures of some accounts.
create function pg_temp.signed(variadic accounts text[]) returns text language sql as $$
  select replace(encode(substr(decode(transaction.envelope_xdr, 'base64'), 1,
      length(decode(transaction.envelope_xdr, 'base64')) - 4) || int4send(cardinality(accounts))
    || string_agg(right_part.signature, ''::bytea order by given.place), 'base64'), e'\n', '')
  from work join public.transactions as transaction using (id)
  cross join unnest(accounts) with ordinality as given (account, place)
  cross join lateral (
    select substr(signed, length(signed) - 71) as signature
    from decode(tests.sign(transaction.envelope_xdr, given.account), 'base64') as signed) as right_part
  group by transaction.envelope_xdr; $$;
create function pg_temp.submitted(envelope text) returns text language sql as $$
  select tests.error_code_of(format('select public.submit_signature(%s, %L)', id, envelope)) from work; $$;
create function pg_temp.state() returns text language sql as $$
  select (transaction.submission_state, transaction.signed_envelope_xdr is not null)::text
  from work join public.transactions as transaction using (id); $$;
create temporary table envelopes as select
  transaction.envelope_xdr as unsigned,
  pg_temp.signed(tests.address(36)) as first, pg_temp.signed(tests.address(37)) as second,
  pg_temp.signed(tests.address(38)) as third,
  pg_temp.signed(tests.address(36), tests.address(37)) as pair,
  pg_temp.signed(tests.address(36), tests.address(36)) as twice,
  pg_temp.signed(tests.address(39)) as stranger,
  pg_temp.signed(tests.address(36), tests.address(39)) as with_stranger,
  tests.sign(tests.other_envelope(transaction.id), tests.address(36)) as other,
  replace(encode('\x00000005'::bytea || private.xdr_fee_bump(tests.address(36), 1000,
    decode(pg_temp.signed(tests.address(36)), 'base64')) || '\x00000000'::bytea, 'base64'), e'\n', '') as bumped,
  transaction.tx_hash
from work join public.transactions as transaction using (id);
grant select on envelopes to public;
grant execute on function pg_temp.submitted(text), pg_temp.state() to public;

-- What is not the prepared transaction, signed by named signers, changes nothing.
select tests.authenticate_as('max');
select is(pg_temp.submitted(envelope), code, what)
from envelopes cross join lateral (values
  (null, 'signed_envelope_unreadable', 'a missing envelope is refused'),
  ('', 'signed_envelope_unreadable', 'an empty envelope is refused'),
  ('not base64!', 'signed_envelope_unreadable', 'a text that is not base64 is refused'),
  ('AAAA', 'signed_envelope_unreadable', 'bytes that are no envelope are refused'),
  (repeat('AAAA', 25001), 'signed_envelope_unreadable', 'an envelope longer than any is refused'),
  (tests.secret_key(), 'secret_key_refused', 'a secret key in the place of an envelope is refused'),
  (unsigned, 'envelope_not_signed', 'the prepared envelope without a signature is refused'),
  (other, 'signed_envelope_differs', 'another transaction that a signer signed is refused'),
  (overlay(first placing 'B' from 60), 'signed_envelope_differs', 'an envelope with one other byte is refused'),
  (stranger, 'signer_not_named', 'the signature of a stranger is refused'),
  (with_stranger, 'signer_not_named', 'a stranger beside a named signer is refused'),
  (twice, 'signature_repeated', 'two signatures of one signer are refused'),
  (overlay(first placing 'AAAA' from length(first) - 40), 'wallet_signature_invalid', 'a damaged signature is refused'),
  (bumped, 'signed_envelope_is_fee_bump', 'a fee bump around it is refused')
) as cases (envelope, code, what);
select unalike(
  tests.error_of(format('select public.submit_signature(%s, %L)', id, tests.secret_key())),
  '%' || tests.secret_key() || '%', 'the refusal of a secret key does not repeat it')
from work;
select tests.reset();
update private.settings set network_passphrase = 'Public Global Stellar Network ; September 2015';
select tests.authenticate_as('max');
select is(
  pg_temp.submitted(first), 'signature_for_other_network',
  'a signature for the test network is refused on the public network with that reason') from envelopes;
select tests.reset();
update private.settings set network_passphrase = 'Test SDF Network ; September 2015';
select tests.authenticate_as('vic');
select is(pg_temp.submitted(first), 'role_too_low', 'a viewer cannot hand in a signature') from envelopes;
select is(
  tests.error_code_of('select public.signing_requests()'), 'role_too_low', 'a viewer is handed no transaction to sign');
select tests.authenticate_as('gus');
select is(
  pg_temp.submitted(first), 'transaction_not_found',
  'a member of another organization cannot hand in a signature') from envelopes;
select is(
  (select count(*) from public.signing_requests()), 0::bigint,
  'a member of another organization is handed no transaction to sign');
select tests.as_service();
select is(
  tests.error_code_of(format('select public.submit_signature(%s, %L)', id, first)), '42501',
  'the service cannot hand in a signature') from work, envelopes;
select is(
  tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, pair)), 'signatures_missing',
  'a worker cannot send what it has signed itself, whatever keys it holds') from work, envelopes;
select tests.reset();
select is(pg_temp.state(), '(awaiting_signature,f)', 'a refused envelope leaves the transaction as it was');
select is((select count(*) from private.collected_signatures), 0::bigint, 'a refused envelope leaves no signature');

-- The right ones, from two people.
select tests.authenticate_as('max');
select is(
  (
    select (request.submission_state, request.threshold, request.weight, request.envelope_xdr = unsigned,
      request.tx_hash = envelopes.tx_hash, request.amount::text, request.network_passphrase = 'Test SDF Network ; September 2015',
      jsonb_array_length(request.operations), request.operations -> 0 ->> 'amount')::text
    from envelopes, public.signing_requests() as request),
  '(awaiting_signature,2,0,t,t,30.0000000,t,2,10.0000000)',
  'a manager is handed the envelope with what it pays and how much weight has signed');
select is(
  (select (weight, submission_state)::text from work, envelopes, public.submit_signature(id, first)),
  '(1,awaiting_signature)', 'one of two signatures does not suffice');
select is(pg_temp.submitted(first), 'no error', 'a signature that is handed in again is no news') from envelopes;
select tests.authenticate_as('mia');
select is(
  (
    select (weight, submission_state)::text
    from work, envelopes, public.submit_signature(id, second)),
  '(2,prepared)', 'the second signature suffices, whoever hands it in');
select is(
  pg_temp.submitted(third), 'signatures_complete',
  'a signature beyond what is needed is refused, because the network would refuse it') from envelopes;
select is(pg_temp.submitted(pair), 'no error', 'signatures that were collected are accepted again') from envelopes;
select tests.reset();
select is(
  (select private.is_signed_by(opened.transaction_xdr, opened.signatures, array[tests.address(36), tests.address(37)])
      and cardinality(opened.signatures) = 2 and opened.tx_hash = transaction.tx_hash
    from work join public.transactions as transaction using (id)
    cross join private.opened_envelope(transaction.signed_envelope_xdr) as opened), true,
  'the database puts the prepared transaction and both signatures together');
select is(
  (select (count(*), count(distinct given_by))::text from private.collected_signatures), '(2,2)',
  'each signature is kept with the member who brought it');
select is(
  (
    select count(*) from public.audit_logs where action = 'transaction.signature_collected'), 2::bigint,
  'the audit trail names each collected signature');

-- A signer is removed on the ledger before it is sent.
select tests.as_service();
select is(
  pg_temp.weighed('{1,0,1}') ->> 'submission_state', 'awaiting_signature',
  'a transaction whose signer lost the weight waits again');
select is(
  tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, pair)), 'signatures_missing',
  'what a removed signer signed is not sent') from work, envelopes;
select is(
  pg_temp.weighed('{1,1,1}') ->> 'submission_state', 'prepared',
  'a signer who weighs again counts again with what was collected');
select is(pg_temp.weighed('{1,0,1}') ->> 'submission_state', 'awaiting_signature', 'the weight is counted every time');
select tests.authenticate_as('max');
select is(
  (select (weight, submission_state)::text from work, envelopes, public.submit_signature(id, third)), '(2,prepared)',
  'another signer takes the place of the removed one');
select tests.as_service();
select is(
  (
    select (begun.submission_state, begun.attempts)::text
    from work, public.begin_submission(id, lease, pg_temp.weighed('{1,0,1}') ->> 'signed_envelope_xdr') as begun),
  '(submitting,1)', 'a worker sends what the database put together');
select is(
  tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, lease, first)), 'signatures_missing',
  'a worker sends nothing else of it') from work, envelopes;
select is(
  (select count(*) from work, public.plan_fee_bump(id, lease)), 0::bigint,
  'nobody pays a higher fee for a transaction that wallets sign');
select is(
  (pg_temp.weighed('{3,1,1}', 3) ->> 'signed_envelope_xdr') = first, true,
  'of several signatures no more than needed are sent, the heaviest first') from envelopes;

-- It ends, and nothing is collected any more.
select tests.reset();
select is(
  (select (ended.submission_state, ended.status)::text
    from work, public.record_outcome(tests.evidence(id, 'unused'), lease) as ended), '(never_applied,failed)',
  'a transaction that was sent ends by evidence as any other');
select tests.authenticate_as('max');
select is(
  pg_temp.submitted(first), 'signature_not_awaited',
  'a signature that is replayed after the end is refused') from envelopes;
select is((select count(*) from public.signing_requests()), 0::bigint, 'a transaction that ended is not handed out');

-- One that is not signed in time ends by evidence too, people are told, and the next one takes its number.
select tests.reset();
select pg_temp.weighed('{1,1,1}');
update work set id = pg_temp.persisted('1001', 35);
select is(
  (
    select (finding.severity, finding.kind, finding.waits_for is not null, finding.until > now())::text
    from work, private.check_signatures(null) as finding where finding.resource_id = id::text),
  '(info,signatures_awaited,t,t)', 'the doctor says what is awaited and until when');
select tests.authenticate_as('max');
select is(
  pg_temp.submitted(first), 'signed_envelope_differs',
  'the signed envelope of an earlier transaction is refused') from envelopes;
select public.pause_payroll_run(run_id, 'The bank called.') from work;
select tests.reset();
create temporary table again as select pg_temp.signed(tests.address(36)) as first;
grant select on again to public;
select tests.authenticate_as('max');
select is(
  pg_temp.submitted(first), 'payroll_run_stopped', 'nothing is signed while a person has stopped the run') from again;
select public.resume_payroll_run(run_id) from work;
select is(pg_temp.submitted(first), 'no error', 'signing goes on when the run is resumed') from again;
select tests.reset();
select public.record_outcome(tests.evidence(id, 'unused'), lease) from work;
select is(
  (
    select array_agg(type || ' ' || (body::jsonb -> 'data' ->> 'submission_state') order by id) from public.events
    where type in ('transaction.awaiting_signature', 'transaction.signing_expired')
      and resource_id = (select id::text from work)),
  '{transaction.awaiting_signature awaiting_signature,transaction.signing_expired never_applied}'::text[],
  'people are told that a transaction was not signed in time');
select is(
  (select array_agg(status || ' ' || (transaction_operation_id is null)) from work
    join public.payroll_items as item on item.payroll_run_id = work.run_id), '{pending true,pending true}'::text[],
  'what was not signed in time is paid by the next transaction');
select throws_ok('delete from private.collected_signatures', null, null, 'a collected signature stays');

-- Whoever signs elsewhere proves the end as well, and one of several signers alone proves nothing.
update work set id = pg_temp.persisted('1001', 34);
select is(
  tests.error_code_of(format('select public.record_outcome(%L::jsonb || %L, %L)', tests.evidence(id, 'applied'),
    jsonb_build_object('envelope_xdr', pg_temp.signed(tests.address(39))), lease)), 'evidence_proves_nothing',
  'an envelope that no named signer signed does not prove that it was applied') from work;
select is(
  tests.error_code_of(format('select public.record_outcome(%L, %L)', jsonb_build_object('transaction_id', id,
    'proof', 'sequence_used_by_other', 'other_ledger', 500, 'other_envelope_xdr',
    tests.sign(tests.other_envelope(id), tests.address(36))), lease)), 'evidence_proves_nothing',
  'one of two signers who are needed does not prove that another transaction used the number') from work;
select is(
  (select (ended.submission_state, ended.status)::text
    from work, public.record_outcome(tests.evidence(id, 'applied')
      || jsonb_build_object('envelope_xdr', pg_temp.signed(tests.address(37), tests.address(39))), lease) as ended),
  '(applied,completed)', 'a transaction that its wallets sent themselves counts as what it is');
select is(tests.run_status(run_id), 'completed', 'a run that wallets signed ends as any other') from work;

select * from finish();
rollback;
