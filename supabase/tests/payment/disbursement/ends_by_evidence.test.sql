begin;
\ir ../../_shared/setup.sql.raw
select plan(53);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;
create temporary table work as select tests.lease_of_run(run.id) as lease, (select max(id) from public.transactions) as id from run;
grant select on work to public;

-- One outcome under some change of the evidence, undone afterwards.
create function pg_temp.outcome(evidence jsonb) returns text language plpgsql as $$
declare v_code text; v_state text;
begin
  begin
    v_code := tests.error_code_of(format('select public.record_outcome(%L)', evidence));
    select submission_state into v_state from public.transactions order by id limit 1;
    raise exception 'undo';
  exception when raise_exception then
    return case v_code when 'no error' then v_state else v_code end;
  end;
end;
$$;
create function pg_temp.proof(kind text, change jsonb default '{}') returns jsonb language sql as $$ select tests.evidence(id, kind, '{op_success,op_no_trust}') || change from work; $$;

select is(pg_temp.outcome(pg_temp.proof(kind, change)), expected, what)
from (values
  ('applied', '{}'::jsonb, 'applied', 'found by its hash and successful: applied'),
  ('failed', '{}', 'applied_failed', 'found by its hash and not successful: applied and failed'),
  ('unused', '{}', 'never_applied', 'its number unused in its last ledger: never applied'),
  ('unused', '{"observed_ledger": 5000}', 'never_applied', 'its number unused long after: never applied'),
  ('other', '{}', 'never_applied', 'another transaction has its number: never applied'),
  ('applied', '{"ledger": 999}', 'applied', 'the last ledger it is valid in counts'),

  ('applied', '{"ledger": 1000}', 'evidence_proves_nothing', 'it cannot be in a ledger it is not valid in'),
  ('applied', '{"ledger": null}', 'evidence_proves_nothing', 'a success without a ledger proves nothing'),
  ('applied', '{"ledger": "soon"}', 'evidence_proves_nothing', 'a ledger that is no number proves nothing'),
  ('applied', '{"ledger": -1}', 'evidence_proves_nothing', 'a negative ledger proves nothing'),
  ('applied', '{"ledger": null, "observed_ledger": 990}', 'evidence_proves_nothing', 'the ledger of another kind of proof proves nothing'),
  ('applied', '{"successful": null}', 'invalid_outcome', 'a transaction found without its result is no outcome'),
  ('applied', '{"successful": "yes"}', 'invalid_outcome', 'a result that is no boolean is no outcome'),
  ('failed', '{"operation_codes": ["op_success"]}', 'evidence_proves_nothing', 'codes for another number of operations prove nothing'),
  ('failed', '{"operation_codes": []}', 'applied_failed', 'a failure of the whole transaction has no codes of operations'),

  ('unused', '{"observed_ledger": 999}', 'evidence_proves_nothing', 'before its last ledger an unused number proves nothing'),
  ('unused', '{"observed_ledger": null}', 'evidence_proves_nothing', 'an unused number without a ledger proves nothing'),
  ('unused', '{"observed_ledger": 999, "ledger": 5000}', 'evidence_proves_nothing', 'nor does the ledger of another kind of proof help'),
  ('unused', '{"observed_sequence": "1001"}', 'evidence_proves_nothing', 'a used number does not prove that it was not used by this one'),
  ('unused', '{"observed_sequence": "1002"}', 'evidence_proves_nothing', 'nor does a later number'),
  ('unused', '{"observed_sequence": null}', 'evidence_proves_nothing', 'no number proves nothing'),
  ('unused', '{"observed_sequence": "x"}', 'evidence_proves_nothing', 'a number that is none proves nothing'),
  ('unused', '{"observed_sequence": "-1"}', 'evidence_proves_nothing', 'a negative number proves nothing'),
  ('unused', '{"observed_ledger": 999, "observed_closed_at": "2999-01-01T00:00:00Z"}', 'never_applied', 'a ledger that closed after its last time proves it as well'),
  ('unused', '{"observed_ledger": 999, "observed_closed_at": "2000-01-01T00:00:00Z"}', 'evidence_proves_nothing', 'one that closed before does not'),
  ('unused', '{"observed_closed_at": "yesterday, about noon"}', 'invalid_outcome', 'a time that is none is no outcome'),

  ('other', '{"other_tx_hash": null}', 'evidence_proves_nothing', 'another transaction without a hash proves nothing'),
  ('other', '{"other_tx_hash": "beef"}', 'evidence_proves_nothing', 'a hash that is none proves nothing'),
  ('other', '{"other_ledger": null}', 'evidence_proves_nothing', 'another transaction without a ledger proves nothing'),

  ('applied', '{"proof": "i_saw_it"}', 'invalid_outcome', 'an unknown kind of proof is no outcome'),
  ('applied', '{"proof": null}', 'invalid_outcome', 'no kind of proof is no outcome'),
  ('applied', '{"transaction_id": null}', 'invalid_outcome', 'no transaction is no outcome'),
  ('applied', '{"transaction_id": "x"}', 'invalid_outcome', 'a transaction id that is none is no outcome'),
  ('applied', '{"transaction_id": 99999999}', 'transaction_not_found', 'an unknown transaction is not found'),
  ('applied', '{"closed_at": "x"}', 'invalid_outcome', 'a close time that is none is no outcome'),
  ('applied', '{"fee_charged_stroops": "1e3"}', 'invalid_outcome', 'a fee that is none is no outcome')
) as cases (kind, change, expected, what);
select is(pg_temp.outcome(pg_temp.proof('other', jsonb_build_object('other_tx_hash', tests.hash('transaction 1')))), 'evidence_proves_nothing', 'its own hash is no other transaction');
select is(pg_temp.outcome('null'), 'invalid_outcome', 'nothing is no outcome');
select is(pg_temp.outcome('[]'), 'invalid_outcome', 'a list is no outcome');
select is(tests.run_status((select id from run)), 'processing', 'after all that the run is still being paid');
select is((select submission_state from public.transactions), 'submitting', 'and the transaction is still live');

select is(tests.error_code_of(format('select public.record_outcome(%L, %L)', pg_temp.proof('applied'), gen_random_uuid())), 'lease_lost', 'a worker that names a lease must hold it');
select tests.as_service();
select is((select (ended.submission_state, ended.status, ended.ledger, ended.proof, ended.fee_charged_stroops, ended.closed_at) from work, public.record_outcome(tests.evidence(id, 'applied'), lease) as ended),
  ('applied'::text, 'completed'::text, 990::bigint, 'found_by_hash'::text, 100::bigint, '2026-11-20T12:00:00Z'::timestamptz), 'a transaction ends with its ledger, time, fee and proof');
select tests.reset();
select is((select array_agg((status, tx_hash = tests.hash('transaction 1'))::text) from public.payroll_items), array['(completed,t)', '(completed,t)'], 'every item is paid by that transaction');
select is(tests.run_status((select id from run)), 'completed', 'and the run is completed');
select is((select array_agg(result_code) from public.transaction_operations where is_live), array['op_success', 'op_success'], 'the operations that paid stay live, so that nothing can pay them again');

-- Again, and otherwise.
create temporary table heard as select count(*) as events from public.events;
select lives_ok(format('select public.record_outcome(%L)', pg_temp.proof('applied')), 'the same evidence again is success');
select lives_ok(format('select public.record_outcome(%L)', pg_temp.proof('applied', '{"ledger": 5}')), 'so is the same end seen in another way');
select is((select count(*) from public.events), (select events from heard), 'and the world hears nothing new');
select is(pg_temp.outcome(pg_temp.proof('failed')), 'outcome_conflicts', 'proof of another end is an alarm');
select is(pg_temp.outcome(pg_temp.proof('other')), 'outcome_conflicts', 'whatever the proof');
select is(pg_temp.outcome(pg_temp.proof('unused', '{"observed_sequence": "5000"}')), 'evidence_proves_nothing', 'what proves nothing is no alarm');
select is((select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', id, tests.lease(tests.treasury('Acme')), 'AAAA')) from work), 'transaction_is_final', 'and what has ended is not sent again');

select * from finish();
rollback;
