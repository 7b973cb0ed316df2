begin;
\ir ../../_shared/setup.sql.raw
select plan(25);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run((select id from run), 'processing');
create temporary table account as select tests.treasury('Acme') as id;
grant select on run, account to public;

create function pg_temp.look(ledger bigint, balance text, sequence bigint) returns text language sql
as $$
  select public.compare_source_account((select id from account), tests.lease((select id from account)),
    jsonb_build_object('ledger', ledger, 'sequence', sequence::text, 'balances', jsonb_build_array(jsonb_build_object(
      'asset_code', 'XLM', 'asset_issuer', '', 'balance', balance, 'is_authorized', true))));
$$;
create function pg_temp.persisted() returns bigint language sql
as $$ select tests.persist(run.id, tests.lease_of_run(run.id)) from run; $$;
create function pg_temp.sent() returns bigint language plpgsql
as $$
declare v_id bigint := pg_temp.persisted();
begin
  perform public.begin_submission(v_id, tests.lease((select id from account)), tests.signed_envelope(v_id));
  return v_id;
end;
$$;
-- What the history of the account shows in a ledger, and how far it is known.
create function pg_temp.moved(ledger bigint, direction text, amount numeric) returns void language sql as $$
  insert into public.ledger_transactions (organization_id, account_id, ledger, application_order, tx_hash, origin,
    source_account, sequence_number, fee_account, fee_charged_stroops, is_successful, result_code, operation_count,
    is_signed_by_source, closed_at)
  select tests.organization_id('Acme'), account.id, moved.ledger, 1, lpad(moved.ledger::text, 64, 'b'), 'other',
    tests.address(9), '7', tests.address(9), 100, true, 'tx_success', 1, true, now() from account;
  insert into public.ledger_movements (organization_id, account_id, ledger, application_order, place, operation_index,
    kind, direction, asset_code, amount, tx_hash, closed_at)
  select tests.organization_id('Acme'), account.id, moved.ledger, 1, 0, 0, 'payment', moved.direction, 'XLM',
    moved.amount, lpad(moved.ledger::text, 64, 'b'), now() from account;
$$;
create function pg_temp.known_to(ledger bigint) returns void language sql as $$
  update public.account_histories set begins_at_ledger = 1, complete_to_ledger = known_to.ledger;
  select private.audit_account(account.id) from account;
$$;
create function pg_temp.states() returns text language sql
as $$ select string_agg(state, ',' order by id) from public.ledger_contradictions; $$;

select is(
  tests.error_code_of(format($$ select public.compare_source_account(%L, %L, '{}') $$, id, tests.lease(id))),
  'invalid_account_look', 'a look that says nothing is refused') from account;
select is(
  tests.error_code_of(format($$ select public.compare_source_account(%L, %L,
    '{"ledger": 980, "sequence": "1", "balances": []}') $$, id, gen_random_uuid())), 'lease_lost',
  'whoever has no lease of the account cannot say what it holds') from account;
select is(pg_temp.look(980, '5000.0000000', 1000), 'agrees', 'the first look at an account is where comparing begins');

create temporary table payment as select pg_temp.sent() as id;

-- The transaction failed, and so it charged its fee and nothing else.
savepoint before_the_failure;
select tests.settle(tests.evidence(id, 'failed', '{op_no_destination}')) from payment;
select is(
  pg_temp.look(989, '5000.0000000', 1000), 'behind',
  'a node that has not seen the ledger of the failure does not decide whether the money is still there');
select is(
  pg_temp.look(991, '4999.9999900', 1001), 'agrees',
  'a payment that failed and cost its fee alone is built again at once');
rollback to before_the_failure;

-- The same failure, and the money of the payment is gone.
select tests.settle(tests.evidence(id, 'failed', '{op_no_destination}')) from payment;
select tests.authenticate_as('max', 'Acme');
select public.retry_payroll_run(id) from run;
select tests.reset();
select is(
  pg_temp.look(991, '3999.9999900', 1001), 'unexplained',
  'a payment that was called failed is not built again when its money is gone');
select is(
  tests.error_code_of('select pg_temp.persisted()'), 'balance_unexplained',
  'the database takes no transaction from an account that waits to be explained');
select is(
  (select (kind, resource_id) from private.findings(null) where kind = 'balance_unexplained'),
  (select ('balance_unexplained'::text, id::text) from run), 'the doctor names the run that waits and for what');
select is(
  (select count(*) from private.history_walks where next_read_at <= now() and gap_id is null), 1::bigint,
  'the history of the account is read on at once');
select pg_temp.known_to(990);
select is(pg_temp.states(), null, 'a history that has not reached the ledger of the look contradicts nothing');

-- Somebody else moved the money, in the ledgers that the history now shows: an ordinary race.
savepoint before_the_history;
select pg_temp.moved(985, 'in', 200);
select pg_temp.moved(990, 'out', 1200.00001);
select pg_temp.known_to(991);
select is(pg_temp.states(), null, 'money that the history explains contradicts nothing');
select is(
  pg_temp.look(992, '3999.9999900', 1001), 'agrees', 'an account that its history explains may be paid from');
rollback to before_the_history;

-- The history explains the fee only.
select pg_temp.moved(990, 'out', 0.0000100);
select pg_temp.known_to(991);
select results_eq(
  $$ select kind, state, asset_code, believed_ledger, seen_ledger, agreed_balance::numeric, believed_balance::numeric,
       seen_balance::numeric from public.ledger_contradictions $$,
  $$ values ('balance_differs', 'open', 'XLM', 980::bigint, 991::bigint, 5000::numeric, 4999.99999, 3999.99999) $$,
  'money that left and that nothing explains is a contradiction with both balances and both ledgers');
select is(
  (select payroll_run_id from public.payments_in_doubt), (select id from run),
  'the payment that was called failed is in doubt, and its run says so');
select is(
  (select body::jsonb -> 'data' -> 'payroll_run_ids' from public.events where type = 'ledger.contradicted'),
  to_jsonb(array[(select id from run)]), 'the event names the run in doubt');
select is(pg_temp.look(993, '3999.9999900', 1001), 'contradicted', 'an account with a contradiction is not paid from');
select is(
  tests.error_code_of('select pg_temp.persisted()'), 'source_account_held',
  'the database takes no transaction from an account with a contradiction');
select matches(
  (select problem from private.findings(null) where kind = 'ledger_contradicted'),
  'would hold 4999.9999900 XLM in ledger 991, and it holds 3999.9999900',
  'the doctor says what the account would hold and what it holds');

-- What a lagging provider had not shown comes later.
savepoint before_it_caught_up;
select pg_temp.moved(988, 'out', 1000);
select pg_temp.known_to(995);
select is(pg_temp.states(), 'agreed', 'a contradiction closes itself when the history leads to the balance after all');
select is(
  (select count(*) from public.events where type = 'ledger.contradiction_resolved'), 1::bigint,
  'the end of a contradiction is told');
select is(pg_temp.look(996, '3999.9999900', 1001), 'agrees', 'an explained account is paid from again');
rollback to before_it_caught_up;

-- Two people decide.
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of(format($$ select public.resolve_ledger_contradiction(%s, 'paid', 'Seen.') $$,
    (select id from public.ledger_contradictions))), 'invalid_verdict',
  'a balance that differs is neither paid nor not paid');
select public.resolve_ledger_contradiction(id, 'as_recorded', 'An old order was executed.')
from public.ledger_contradictions;
select is(
  (select state from public.ledger_contradictions), 'open', 'the word of one person opens no account');
select tests.authenticate_as('mia', 'Acme');
select public.resolve_ledger_contradiction(id, 'as_recorded', 'I saw that order too.') from public.ledger_contradictions;
select tests.reset();
select is(pg_temp.states(), 'as_recorded', 'two people who say the same open the account');
select is(
  pg_temp.look(997, '3999.9999900', 1001), 'agrees',
  'after the word of two people the books go on from what the account holds');

select * from finish();
rollback;
