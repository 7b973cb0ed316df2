begin;
\ir ../../_shared/setup.sql.raw
select plan(73);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;
create temporary table work as select tests.lease_of_run(run.id) as lease,
  (select max(id) from public.transactions) as id from run;
grant select on work to public;

-- One outcome for each change of the evidence, undone afterwards.
create function pg_temp.outcome(evidence jsonb) returns text language plpgsql as $$
declare v_code text; v_state text;
begin
  begin
    v_code := tests.error_code_of(format('select public.record_outcome(%L, %L)', evidence, (select lease from work)));
    select submission_state into v_state from public.transactions order by id limit 1;
    raise exception 'undo';
  exception when raise_exception then
    return case v_code when 'no error' then v_state else v_code end;
  end;
end;
$$;
create function pg_temp.proof(kind text, change jsonb default '{}') returns jsonb language sql as $$
  select tests.evidence(id, kind, '{op_success,op_no_trust}') || change from work; $$;

select is(pg_temp.outcome(pg_temp.proof(kind, change)), expected, what)
from (values
  ('applied', '{}'::jsonb, 'applied', 'a transaction found by its hash as successful is applied'),
  ('failed', '{}', 'applied_failed', 'a transaction found by its hash as unsuccessful is applied_failed'),
  ('unused', '{}', 'never_applied',
    'a transaction whose sequence number is unused in its last valid ledger is never_applied'),
  ('unused', '{"observed_ledger": 5000}', 'never_applied',
    'a transaction whose sequence number is unused long after its last valid ledger is never_applied'),
  ('other', '{}', 'never_applied', 'a transaction whose sequence number was used by another is never_applied'),
  ('applied', '{"ledger": 999}', 'applied', 'a transaction found in its last valid ledger is applied'),

  ('applied', '{"ledger": 1000}', 'evidence_proves_nothing',
    'a transaction found after its last valid ledger is refused as evidence'),
  ('applied', '{"ledger": null}', 'evidence_proves_nothing', 'a success without a ledger proves nothing'),
  ('applied', '{"ledger": "soon"}', 'evidence_proves_nothing', 'a ledger that is no number proves nothing'),
  ('applied', '{"ledger": -1}', 'evidence_proves_nothing', 'a negative ledger proves nothing'),
  ('applied', '{"ledger": null, "observed_ledger": 990}', 'evidence_proves_nothing',
    'an observed ledger in place of the ledger of a success proves nothing'),
  ('applied', '{"result_xdr": null}', 'evidence_proves_nothing', 'a success without its result proves nothing'),
  ('applied', '{"result_xdr": "AAAAAAAAAGQ="}', 'evidence_proves_nothing', 'a result that ends early proves nothing'),
  ('applied', '{"result_xdr": "AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA="}', 'evidence_proves_nothing',
    'the result of another number of operations proves nothing'),
  ('failed', '{"result_xdr": "AAAAAAAAAGT////6AAAAAA=="}', 'applied_failed',
    'a failure of the whole transaction needs no codes of operations'),
  ('failed', '{"successful": true, "transaction_code": "tx_success"}', 'applied_failed',
    'the bytes of a result decide, and not what is said beside them'),
  ('applied', '{"envelope_xdr": null}', 'evidence_proves_nothing', 'a success without its envelope proves nothing'),
  ('applied', '{"envelope_xdr": "AAAA"}', 'evidence_proves_nothing', 'an envelope that is none proves nothing'),

  ('unused', '{"observed_ledger": 999}', 'evidence_proves_nothing',
    'an unused sequence number before the last valid ledger proves nothing'),
  ('unused', '{"observed_ledger": null}', 'evidence_proves_nothing',
    'an unused sequence number without an observed ledger proves nothing'),
  ('unused', '{"observed_ledger": 999, "ledger": 5000}', 'evidence_proves_nothing',
    'the ledger of a success does not complete the proof of an unused number'),
  ('unused', '{"observed_sequence": "1001"}', 'evidence_proves_nothing',
    'an observed sequence number equal to the transaction''s own proves nothing'),
  ('unused', '{"observed_sequence": "1002"}', 'evidence_proves_nothing',
    'an observed sequence number above the transaction''s own proves nothing'),
  ('unused', '{"observed_sequence": null}', 'evidence_proves_nothing',
    'a missing observed sequence number proves nothing'),
  ('unused', '{"observed_sequence": "x"}', 'evidence_proves_nothing',
    'an observed sequence number that is no number proves nothing'),
  ('unused', '{"observed_sequence": "-1"}', 'evidence_proves_nothing',
    'a negative observed sequence number proves nothing'),
  ('unused', '{"observed_ledger": 999, "observed_closed_at": "2999-01-01T00:00:00Z"}', 'never_applied',
    'an observed ledger that closed after the last valid time proves an unused number'),
  ('unused', '{"observed_ledger": 999, "observed_closed_at": "2000-01-01T00:00:00Z"}', 'evidence_proves_nothing',
    'an observed ledger that closed before the last valid time proves nothing'),
  ('unused', '{"observed_closed_at": "yesterday, about noon"}', 'invalid_outcome',
    'an outcome with an invalid close time of the observed ledger is refused'),

  ('other', '{"other_envelope_xdr": null}', 'evidence_proves_nothing',
    'another transaction without its envelope proves nothing'),
  ('other', '{"other_envelope_xdr": "AAAA"}', 'evidence_proves_nothing',
    'another transaction whose envelope is four letters proves nothing'),
  ('other', '{"other_ledger": 4294967295}', 'evidence_proves_nothing',
    'another transaction in a ledger that cannot exist yet proves nothing'),
  ('unused', '{"observed_ledger": 4294967295}', 'evidence_proves_nothing',
    'an unused number in a ledger that cannot exist yet proves nothing'),
  ('other', '{"other_ledger": null}', 'evidence_proves_nothing', 'another transaction without a ledger proves nothing'),

  ('applied', '{"proof": "i_saw_it"}', 'invalid_outcome', 'an outcome with an unknown kind of proof is refused'),
  ('applied', '{"proof": null}', 'invalid_outcome', 'an outcome without a kind of proof is refused'),
  ('applied', '{"transaction_id": null}', 'invalid_outcome', 'an outcome without a transaction id is refused'),
  ('applied', '{"transaction_id": "x"}', 'invalid_outcome', 'an outcome with an invalid transaction id is refused'),
  ('applied', '{"transaction_id": 99999999}', 'transaction_not_found',
    'an outcome of an unknown transaction is refused'),
  ('applied', '{"closed_at": "x"}', 'invalid_outcome', 'an outcome with an invalid close time is refused')
) as cases (kind, change, expected, what);
select is(
  pg_temp.outcome(pg_temp.proof('other', jsonb_build_object('other_envelope_xdr', envelope))), expected, what)
from (
  select tests.signed_envelope(transaction.id) as own, tests.other_envelope(transaction.id) as other, transaction.*
  from work join public.transactions as transaction using (id)
) as stored
cross join lateral (values
  (own, 'evidence_proves_nothing',
    'the transaction''s own envelope does not prove that another transaction used its number'),
  (replace(encode(substr(decode(other, 'base64'), 1, length(decode(other, 'base64')) - 76) || '\x00000000'::bytea,
    'base64'), e'\n', ''), 'evidence_proves_nothing',
    'another transaction that nobody signed does not prove that the number is used'),
  (tests.sign(replace(encode(substr(decode(other, 'base64'), 1, length(decode(other, 'base64')) - 76)
    || '\x00000000'::bytea, 'base64'), e'\n', ''), tests.address(39)), 'evidence_proves_nothing',
    'another transaction with the signature of a stranger does not prove that the number is used'),
  (tests.sign(replace(encode('\x00000002'::bytea || private.xdr_transaction(source_account, '1002', 100, 5000,
    '2027-01-01', null, null, array[private.xdr_operation('payment', tests.address(5), 'XLM', '', 1)])
    || '\x00000000'::bytea, 'base64'), e'\n', ''), source_account), 'evidence_proves_nothing',
    'a signed transaction with another number does not prove that the number is used'),
  (tests.sign(replace(encode('\x00000002'::bytea || private.xdr_transaction(tests.address(39), '1001', 100, 5000,
    '2027-01-01', null, null, array[private.xdr_operation('payment', tests.address(5), 'XLM', '', 1)])
    || '\x00000000'::bytea, 'base64'), e'\n', ''), tests.address(39)), 'evidence_proves_nothing',
    'a signed transaction of another account with the same number does not prove that the number is used'),
  (tests.sign(replace(encode('\x00000002'::bytea || private.xdr_transaction(tests.address(39), '1001', 100, 5000,
    '2027-01-01', null, null, array[private.xdr_operation('payment', tests.address(5), 'XLM', '', 1)])
    || '\x00000000'::bytea, 'base64'), e'\n', ''), source_account), 'evidence_proves_nothing',
    'a transaction of another account that the own key signed as well does not prove that the number is used')
) as attempts (envelope, expected, what);
select is(
  pg_temp.outcome(pg_temp.proof(kind, jsonb_build_object('envelope_xdr', envelope))), 'evidence_proves_nothing',
  format('an end as %s beside %s proves nothing', kind, what))
from (
  select tests.other_envelope(transaction.id) as other, transaction.envelope_xdr as unsigned,
    tests.sign(transaction.envelope_xdr, tests.address(39)) as foreign_signature
  from work join public.transactions as transaction using (id)
) as stored
cross join lateral (values
  (other, 'another transaction that the source account signed'),
  (unsigned, 'the transaction without a signature'),
  (foreign_signature, 'the transaction with the signature of a stranger')
) as attempts (envelope, what)
cross join (values ('applied'), ('failed')) as ends (kind);
select is(
  tests.error_code_of(format('select public.record_outcome(%L, null)', pg_temp.proof(kind))), 'lease_lost',
  format('evidence of the kind %s is refused from somebody without the lease', kind))
from (values ('applied'), ('failed'), ('unused'), ('other')) as kinds (kind);
select is(pg_temp.outcome('null'), 'invalid_outcome', 'an outcome of null is refused');
select is(pg_temp.outcome('[]'), 'invalid_outcome', 'an outcome given as a list is refused');
select is(tests.run_status((select id from run)), 'processing', 'a run is still being paid after refused outcomes');
select is(
  (select submission_state from public.transactions), 'submitting',
  'a transaction is still live after refused outcomes');

select is(
  tests.error_code_of(format('select public.record_outcome(%L, %L)', pg_temp.proof('applied'), gen_random_uuid())),
  'lease_lost', 'an outcome with a lease token that is not current is refused');
select tests.as_service();
select is(
  (
    select (ended.submission_state, ended.status, ended.ledger, ended.proof, ended.fee_charged_stroops, ended.closed_at)
    from work, public.record_outcome(tests.evidence(id, 'applied'), lease) as ended),
  ('applied'::text, 'completed'::text, 990::bigint, 'found_by_hash'::text, 100::bigint,
    '2026-11-20T12:00:00Z'::timestamptz), 'an applied transaction is stored with its ledger, time, fee and proof');
select tests.reset();
select is(
  (select array_agg((item.status, item.tx_hash = transaction.tx_hash)::text) from public.payroll_items as item
    cross join public.transactions as transaction),
  array['(completed,t)', '(completed,t)'], 'the items of an applied transaction are completed with its hash');
select is(tests.run_status((select id from run)), 'completed', 'a run whose items are all completed is completed');
select is(
  (select array_agg(result_code) from public.transaction_operations where is_live), array['op_success', 'op_success'],
  'the operations of an applied transaction stay live, so that no other operation can pay again');

select is(
  (select evidence ->> 'proof' from private.transaction_evidence), 'found_by_hash',
  'the evidence that ended a transaction is kept as it was brought');

-- The same outcome again, and another one.
create temporary table heard as select count(*) as events from public.events;
select lives_ok(
  format('select public.record_outcome(%L, %L)', pg_temp.proof('applied'), (select lease from work)),
  'the same evidence of an ended transaction is accepted again');
select lives_ok(
  format('select public.record_outcome(%L, %L)', pg_temp.proof('applied', '{"ledger": 5}'), (select lease from work)),
  'other evidence for the same end is accepted');
select is((select count(*) from public.events), (select events from heard), 'repeated evidence writes no event');
select is(
  pg_temp.outcome(pg_temp.proof('failed')), 'outcome_conflicts',
  'evidence of a failure after a success is refused as a conflict');
select is(
  pg_temp.outcome(pg_temp.proof('other')), 'outcome_conflicts',
  'evidence of another transaction after a success is refused as a conflict');
select is(
  pg_temp.outcome(pg_temp.proof('unused')), 'evidence_proves_nothing',
  'a number that a found transaction used is not unused, whoever says so');
select is(
  (
    select tests.error_code_of(
      format('select public.begin_submission(%s, %L, %L)', id, tests.lease(tests.treasury('Acme')), 'AAAA')) from work),
  'transaction_is_final', 'an ended transaction cannot be submitted again');

select * from finish();
rollback;
