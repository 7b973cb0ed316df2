begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_employee('Acme', 'emma');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'completed') from run;
create temporary table account as select tests.treasury('Acme') as id;
grant select on run, account to public;
insert into private.ledger_positions (account_id, asset_code, asset_issuer, checked_ledger, checked_balance)
select id, 'XLM', '', 900, 5000 from account;
update public.account_histories set begins_at_ledger = 1, complete_to_ledger = 995;

create function pg_temp.look(ledger bigint, balance text) returns void language plpgsql as $$
declare v_token uuid := gen_random_uuid();
begin
  insert into private.wallet_reads (account_id, lease_token, leased_until)
  select id, v_token, now() + interval '1 minute' from account
  on conflict (account_id) do update
  set lease_token = v_token, leased_until = now() + interval '1 minute', useless_answers = 0, ask_again_at = null;
  perform public.apply_wallet_states(jsonb_build_array(jsonb_build_object(
    'account_id', (select id from account), 'lease_token', v_token, 'ledger', look.ledger, 'account_exists', true,
    'sequence', '5000', 'balances', jsonb_build_array(jsonb_build_object(
      'asset_code', 'XLM', 'asset_issuer', '', 'balance', look.balance, 'is_authorized', true)))));
end;
$$;
-- The gap is read again to its end, and nothing is found.
create function pg_temp.read_again() returns void language plpgsql as $$
declare v_walk record;
begin
  update private.history_walks set next_read_at = now() + interval '1 hour' where gap_id is null;
  update private.history_walks set next_read_at = now() where gap_id is not null;
  select * into v_walk from public.claim_history_walks();
  perform public.apply_account_history(jsonb_build_object(
    'walk_id', v_walk.walk_id, 'lease_token', v_walk.lease_token, 'cursor', v_walk.cursor,
    'next_cursor', v_walk.cursor, 'outcome', 'end', 'latest_ledger', 997, 'elder_ledger', 1,
    'latest_closed_at', '2026-11-20T12:00:00Z', 'transactions', '[]'::jsonb));
end;
$$;

-- The history shows nothing, and the account is short: a payment that was called made and one that was not look alike.
select pg_temp.look(992, '4000');
select is(
  (select (kind, state)::text from public.history_gaps where kind = 'balance_differs'), '(balance_differs,open)',
  'a balance that its history does not explain is a gap first, because a page may be missing');
select is_empty('select from public.ledger_contradictions', 'a gap that was not read again contradicts nothing');
select pg_temp.read_again();
select results_eq(
  $$ select kind, state, believed_ledger, seen_ledger, believed_balance::numeric, seen_balance::numeric
     from public.ledger_contradictions $$,
  $$ values ('balance_differs', 'open', 900::bigint, 992::bigint, 5000::numeric, 4000::numeric) $$,
  'a balance that still differs after its history was read again is a contradiction');
select is(
  (select array_agg(payroll_run_id) from public.payments_in_doubt), array[(select id from run)],
  'the runs that ended since the last agreeing look are in doubt');
select ok(
  private.source_account_is_held(id), 'nothing more is paid from an account whose balance contradicts its books')
from account;
select tests.authenticate_as('ada', 'Acme');
select is(
  tests.error_code_of(format('select public.accept_history_gap(%s, ''It is fine.'')',
    (select id from public.history_gaps where kind = 'balance_differs'))), 'source_account_held',
  'one person alone does not accept a balance that contradicts payments');

-- The look itself was wrong: a later one fits.
select tests.reset();
select pg_temp.look(994, '5000');
select is(
  (select state from public.ledger_contradictions), 'agreed',
  'a contradiction closes itself when a later look fits the history');
select is(
  (select state from public.history_gaps where kind = 'balance_differs'), 'filled', 'the gap of a balance is closed with its contradiction');
select ok(
  not private.source_account_is_held(id), 'an account that agrees again is paid from again') from account;

select * from finish();
rollback;
