begin;
\ir ../../_shared/setup.sql.raw
select plan(24);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gus}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;
create temporary table held as select max(id) as id from public.transactions;
grant select on run, held to public;
create function pg_temp.propose(resolution text, evidence text default 'Two explorers show no such transaction.')
returns text language sql return tests.error_code_of(
  format('select public.propose_resolution(%s, %L, %L)', (select id from held), resolution, evidence));
create function pg_temp.confirm(resolution text) returns text language sql return tests.error_code_of(
  format('select public.confirm_resolution(%s, %L)', (select id from held), resolution));
grant execute on function pg_temp.propose(text, text), pg_temp.confirm(text) to public;

select tests.authenticate_as('max');
select is(pg_temp.propose('never_applied'), 'transaction_not_held', 'a transaction that is not held ends by proof only');
select tests.as_service();
select is(
  tests.error_code_of(format('select public.hold_transaction(%s, %L, ''sequence_holder_not_seen'')', id,
    gen_random_uuid())), 'lease_lost', 'a worker without the lease cannot hold a transaction') from held;
select is(
  (
    select (answer.submission_state, answer.held_reason)
    from held, public.hold_transaction(id, tests.lease_of_run((select id from run)), 'sequence_holder_not_seen') as answer),
  ('held'::text, 'sequence_holder_not_seen'::text), 'a held transaction says why');
select tests.reset();
select is(
  (select (severity, kind) from private.findings(tests.organization_id('Acme'))),
  ('alert'::text, 'transaction_held'::text), 'the doctor names a held transaction at once');
select ok(
  (select safe_action like '%propose_resolution%confirm_resolution%' from private.findings(
    tests.organization_id('Acme'))), 'the doctor names the functions that end a held transaction');
update private.source_accounts set lease_token = null, leased_until = null;
update public.transactions set next_check_at = now();
select tests.as_service();
select is(
  (select count(*) from public.claim_disbursement()), 0::bigint, 'nothing is paid from the account of a held transaction');
select is(
  (select count(*) from public.claim_transactions_to_track()), 1::bigint,
  'a held transaction is still looked for in the ledger');

select tests.authenticate_as('vic');
select is(pg_temp.propose('never_applied'), 'role_too_low', 'a viewer cannot say how a transaction ended');
select tests.authenticate_as('gus');
select is(pg_temp.propose('never_applied'), 'transaction_not_found', 'a stranger learns nothing about a transaction');
select tests.authenticate_as('max');
select is(pg_temp.propose('applied'), 'invalid_resolution', 'nobody can say by hand that people were paid');
select is(pg_temp.propose('never_applied', ' '), 'text_missing', 'an end without evidence is refused');
select is(pg_temp.confirm('never_applied'), 'resolution_not_found', 'nothing can be confirmed before it is proposed');
select is(pg_temp.propose('never_applied'), 'no error', 'a manager proposes how a held transaction ended');
select is(
  pg_temp.confirm('never_applied'), 'resolution_needs_another_person',
  'whoever proposed the end of a transaction cannot confirm it');
select tests.authenticate_as('mia');
select is(
  pg_temp.confirm('resumed'), 'resolution_not_found', 'a person confirms only what was proposed');
select is(
  pg_temp.confirm('never_applied'), 'transaction_may_be_included',
  'nobody says that a transaction was never applied as long as a ledger can still take it');
select tests.reset();
insert into private.ledger_head (ledger) values (999);
select tests.act_as('mia', 'Acme');
select is(
  pg_temp.confirm('never_applied'), 'transaction_may_be_included',
  'nobody says that a transaction was never applied in the last ledger that can take it');
select tests.reset();
update private.ledger_head set ledger = 1000;
update public.users set role = 'viewer' where email like 'max@%';
select tests.act_as('mia', 'Acme');
select is(
  pg_temp.confirm('never_applied'), 'resolution_not_found',
  'what somebody proposed who may no longer decide is not confirmed');
select tests.reset();
update public.users set role = 'manager', deleted_at = now() where email like 'max@%';
select tests.act_as('mia', 'Acme');
select is(
  pg_temp.confirm('never_applied'), 'resolution_not_found', 'what a member proposed who left is not confirmed');
select tests.reset();
update public.users set deleted_at = null where email like 'max@%';
select tests.act_as('mia', 'Acme');
select is(
  pg_temp.confirm('never_applied'), 'no error',
  'another person confirms the end of a transaction that no ledger can take any more');
select tests.reset();
select is(
  (select (submission_state, proof) from public.transactions), ('never_applied'::text, 'resolved_by_people'::text),
  'a resolved transaction says that people ended it');
select is(
  (select (evidence ->> 'evidence', evidence ->> 'proposed_by' <> evidence ->> 'confirmed_by')
    from private.transaction_evidence),
  ('Two explorers show no such transaction.'::text, true), 'the evidence and both people are kept');
select is(
  (select (status, failure_code) from public.payroll_runs), ('failed'::text, 'resolved_by_people'::text),
  'the run of a resolved transaction stops with a reason');
select is(
  tests.error_code_of(format('select tests.settle(%L)', tests.evidence((select id from held), 'applied'))),
  'outcome_conflicts', 'a proof that two people were wrong is an alarm');

select * from finish();
rollback;
