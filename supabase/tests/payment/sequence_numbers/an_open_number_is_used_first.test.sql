begin;
\ir ../../_shared/setup.sql.raw
select plan(15);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;
create temporary table first as select * from public.transactions;

-- A provider says that the number of the first transaction is unused. Nobody can sign that, and it may be a lie.
select tests.settle(tests.evidence((select id from first), 'unused'));
select is(
  (select (sequence_number::text, tx_hash) from private.sequence_numbers), ('1001'::text, null::text),
  'a number that a provider called unused is open');
select is(
  tests.error_code_of(format('select tests.persist(%s, %L, sequence => ''1002'')', id, tests.lease_of_run(id))),
  'sequence_number_open',
  'a transaction behind an open number is refused, because it could pay a second time') from run;
create temporary table second as select tests.persist(id, tests.lease_of_run(id)) as id from run;
select is(
  (select sequence_number from public.transactions where id = (select id from second)), '1001',
  'a transaction with the open number is accepted, because the ledger takes that number only once');
select public.begin_submission(
  second.id, tests.lease_of_run(run.id), tests.signed_envelope(second.id)) from second, run;

-- The provider had lied: the first transaction is in the ledger, and the second never can be.
select is(
  tests.error_code_of(format('select tests.settle(%L)', jsonb_build_object(
    'transaction_id', second.id, 'proof', 'sequence_used_by_other', 'other_ledger', 980,
    'other_envelope_xdr', first.signed_envelope_xdr))),
  'ledger_contradicts',
  'an own transaction that was called never applied cannot free the people of another one') from first, second;
select is(
  tests.error_code_of(format('select tests.settle(%L)', tests.evidence((select id from first), 'applied'))),
  'outcome_conflicts', 'the proof that a transaction was applied after all is an alarm');
select is(
  (select submission_state from public.transactions where id = (select id from second)), 'submitting',
  'a contradiction ends no transaction');
select is(
  (select count(*) from public.transaction_operations where is_live), 1::bigint,
  'a contradiction frees no employee for another payment');

select is(
  tests.error_code_of(format('select public.record_sequence_holder(%L, %L, %L, 980)', tests.treasury('Acme'),
    tests.lease_of_run(run.id), envelope)), 'evidence_proves_nothing', format('an open number is not closed by %s', what))
from run, second
cross join lateral (select tests.other_envelope(second.id) as signed) as other
cross join lateral (values
  ('AAAA', 'a text'),
  (replace(encode(substr(decode(signed, 'base64'), 1, length(decode(signed, 'base64')) - 76) || '\x00000000'::bytea,
    'base64'), e'\n', ''), 'a transaction that nobody signed'),
  (tests.sign(replace(encode(substr(decode(signed, 'base64'), 1, length(decode(signed, 'base64')) - 76)
    || '\x00000000'::bytea, 'base64'), e'\n', ''), tests.address(39)), 'a transaction that a stranger signed')
) as brought (envelope, what);

-- In truth another tool of the company used the number.
select is(
  (select ended.submission_state from tests.settle(tests.evidence((select id from second), 'other')) as ended),
  'never_applied', 'a signed transaction of another tool ends the second one');
select is(
  (select (tx_hash, ledger, envelope_xdr is not null) from private.sequence_numbers),
  (
    select (opened.tx_hash, 980::bigint, true)
    from second, private.opened_envelope(tests.other_envelope(second.id)) as opened),
  'the number is noted with the signed transaction that used it');
select is(
  (select claimed.open_sequence_number from tests.lease(tests.treasury('Acme')) as lease
    cross join lateral (select private.release_lease(tests.treasury('Acme'), lease, 0)) as released
    cross join lateral public.claim_disbursement() as claimed), null,
  'a claim names no open number when every number is proven');
select lives_ok(
  format('select tests.persist(%s, %L, sequence => ''1002'')', id, tests.lease_of_run(id)),
  'a transaction with the next number is accepted when the number before is proven') from run;
select is(
  tests.error_code_of(format('select tests.settle(%L)', jsonb_build_object(
    'transaction_id', (select max(id) from public.transactions), 'proof', 'sequence_unused_after_bounds',
    'observed_ledger', 5000, 'observed_sequence', '1000') )), 'no error',
  'a number above every used number may be called unused');

select * from finish();
rollback;
