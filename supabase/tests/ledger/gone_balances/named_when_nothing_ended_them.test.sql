begin;
\ir ../../_shared/setup.sql.raw
select plan(13);

select tests.create_organization_with('Acme', '{ada}');
select tests.configure_network();
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));

create function pg_temp.balance_id(number integer) returns text language sql as $$
  select '00000000' || tests.hash('balance ' || number);
$$;
create function pg_temp.page(changes jsonb) returns jsonb language sql as $$
  update private.history_walks
  set lease_token = gen_random_uuid(), leased_until = now() + interval '1 minute'
  where gap_id is null;
  select jsonb_build_object('account_id', walk.account_id, 'walk_id', walk.id, 'lease_token', walk.lease_token,
    'cursor', walk.place::text, 'next_cursor', walk.place::text, 'outcome', 'end', 'latest_ledger', 200,
    'elder_ledger', 1, 'unreadable_toid', null, 'transactions', '[]'::jsonb) || changes
  from private.history_walks as walk
  where walk.gap_id is null;
$$;
create function pg_temp.listed(ledger bigint, variadic balances text[] default '{}') returns jsonb language sql as $$
  select jsonb_build_object('latest_ledger', ledger + 2,
    'sponsored', jsonb_build_object('ledger', ledger, 'balance_ids', to_jsonb(balances)));
$$;
create function pg_temp.gaps() returns text language sql as $$
  select string_agg(concat_ws(' ', kind, state, from_ledger, to_ledger), ', ' order by id) from public.history_gaps;
$$;

select is(
  (select lists_balances from public.claim_history_walks()), false, 'without a balance that waits none are listed');
select public.apply_account_history(pg_temp.page(jsonb_build_object(
  'next_cursor', (101::bigint * 4294967296 + 4096)::text, 'outcome', 'more', 'transactions', jsonb_build_array(
    jsonb_build_object('toid', (101::bigint * 4294967296 + 4096)::text, 'ledger', 101,
      'closed_at', '2026-11-25T12:00:00Z', 'tx_hash', tests.hash('created'), 'source_account', tests.address(30),
      'sequence_number', '1001', 'fee_account', tests.address(30), 'fee_charged_stroops', '100', 'is_successful', true,
      'result_code', 'tx_success', 'operation_count', 2, 'memo', null, 'is_signed_by_source', true,
      'may_skip_numbers', false, 'sequence_after', null,
      'movements', (select jsonb_agg(jsonb_build_object('operation_index', number, 'kind', 'claimable_balance_created',
          'direction', 'out', 'asset_code', 'XLM', 'asset_issuer', '', 'amount', '5.0000000', 'counterparty', null,
          'claimable_balance_id', pg_temp.balance_id(number))) from generate_series(0, 1) as number),
      'balances', (select jsonb_agg(jsonb_build_object('operation_index', number, 'claimable_balance_id',
          pg_temp.balance_id(number), 'status', 'created', 'asset_code', 'XLM', 'asset_issuer', '', 'amount',
          '5.0000000', 'claimants', jsonb_build_array(jsonb_build_object('destination', tests.address(1),
            'expires_at', null)))) from generate_series(0, 1) as number))))));
select is((select count(*) from public.claimable_balances), 2::bigint, 'two balances wait on the ledger');

update private.history_walks set lease_token = null, leased_until = null, next_read_at = now();
select is(
  (select lists_balances from public.claim_history_walks()), true,
  'balances that wait and were never listed are listed');
select public.apply_account_history(
  pg_temp.page(pg_temp.listed(150, pg_temp.balance_id(0), pg_temp.balance_id(1))));
select is(pg_temp.gaps(), null, 'balances that are all on the ledger are no gap');
update private.history_walks set lease_token = null, leased_until = null, next_read_at = now();
select is(
  (select lists_balances from public.claim_history_walks()), false,
  'balances are listed once an hour and not more often');

select public.apply_account_history(pg_temp.page(pg_temp.listed(160, pg_temp.balance_id(1))
  || '{"latest_ledger": 161}'));
select is(pg_temp.gaps(), null, 'a balance that is gone waits until the history has reached the ledger of the list');
select public.apply_account_history(pg_temp.page('{"latest_ledger": 170}'));
select is(
  pg_temp.gaps(), 'balance_gone open 101 160',
  'a balance that is gone and that nothing ended is a gap since its creation');
select is(
  (select place from private.history_walks where gap_id is not null), 101::numeric * 4294967296 - 1,
  'the ledgers since the creation of the balance are read again');

select public.apply_account_history(pg_temp.page(pg_temp.listed(180, pg_temp.balance_id(0), pg_temp.balance_id(1))));
select is(
  (select count(*) from private.gone_balances), 0::bigint, 'a balance that is listed again was never gone');
select public.apply_account_history(pg_temp.page(pg_temp.listed(4000000000)));
select is(
  (select count(*) from private.gone_balances), 0::bigint, 'a list of a ledger that cannot exist yet says nothing');
select public.apply_account_history(pg_temp.page(pg_temp.listed(101)));
select is(
  (select count(*) from private.gone_balances), 0::bigint,
  'a list of the ledger in which a balance was created does not say that it is gone');
select is(
  tests.error_code_of(format('select public.apply_account_history(%L)',
    pg_temp.page('{"sponsored": {"ledger": 180, "balance_ids": ["1"]}}'))), 'invalid_account_history',
  'a list of what are no balances is refused');
select is(
  tests.error_code_of(format('select public.apply_account_history(%L)', pg_temp.page('{"sponsored": "all"}'))),
  'invalid_account_history', 'a list that is none is refused');

select * from finish();
rollback;
