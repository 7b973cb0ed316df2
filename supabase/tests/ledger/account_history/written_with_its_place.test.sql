begin;
\ir ../../_shared/setup.sql.raw
select plan(49);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));
select public.enroll_source_account(tests.organization_id('Globex'), tests.address(31));

select tests.as_service();
select is(
  tests.error_code_of('select public.claim_history_walks()'), 'network_not_configured',
  'no walk is claimed before an operator configures the network');
select tests.reset();
select tests.configure_network();

create function pg_temp.transaction(place integer, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('toid', ((100 + place)::bigint * 4294967296 + 4096)::text, 'ledger', 100 + place,
    'closed_at', '2026-11-25T12:00:00Z', 'tx_hash', lpad(place::text, 64, 'a'), 'source_account', tests.address(30),
    'sequence_number', (1000 + place)::text, 'fee_account', tests.address(30), 'fee_charged_stroops', '100',
    'is_successful', true, 'result_code', 'tx_success', 'operation_count', 1, 'memo', null,
    'is_signed_by_source', true, 'may_skip_numbers', false, 'sequence_after', null, 'balances', '[]'::jsonb,
    'movements', jsonb_build_array(
      jsonb_build_object('operation_index', 0, 'kind', 'payment', 'direction', 'in', 'asset_code', 'XLM',
        'asset_issuer', '', 'amount', '5.0000000', 'counterparty', tests.address(1), 'claimable_balance_id', null)))
    || changes;
$$;
create function pg_temp.page(transactions jsonb, changes jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('account_id', walk.account_id, 'walk_id', walk.id, 'lease_token', walk.lease_token,
    'cursor', walk.place::text,
    'next_cursor', coalesce(transactions -> -1 ->> 'toid', walk.place::text), 'outcome', 'more',
    'latest_ledger', 200, 'elder_ledger', 1, 'unreadable_toid', null, 'transactions', transactions) || changes
  from private.history_walks as walk
  where walk.account_id = tests.address(30) and walk.gap_id is null;
$$;
create function pg_temp.told(page jsonb) returns text language sql as $$
  select (recorded, repeated)::text from public.apply_account_history(page);
$$;

create temporary table claims as select * from public.claim_history_walks();
select set_eq(
  'select account_id, "cursor", horizon_url from claims',
  $$ values (tests.address(30), '0', 'https://horizon.example'), (tests.address(31), '0', 'https://horizon.example') $$,
  'every enrolled account has a walk that begins at the beginning');
select is((select count(*) from public.claim_history_walks()), 0::bigint, 'a leased walk is not claimed again');
update private.history_walks set leased_until = now() - interval '1 second' where account_id = tests.address(31);
select is(
  (select array_agg(account_id) from public.claim_history_walks()), array[tests.address(31)],
  'a walk whose lease has ended is claimed again');

create temporary table told as
select pg_temp.page(jsonb_build_array(pg_temp.transaction(1), pg_temp.transaction(2))) as page;
select is(pg_temp.told((select page from told)), '(2,0)', 'the rows of a page are recorded');
select is(
  (select place::text from private.history_walks where account_id = tests.address(30)),
  (select page ->> 'next_cursor' from told), 'the walk stands behind the page that was recorded');
select is(pg_temp.told((select page from told)), '(0,2)', 'a page that is told again changes nothing');
select is(
  (select count(*) from public.events where type = 'payment.received'), 2::bigint,
  'each payment from outside is told exactly once');
select is(
  (select last_sequence || ' ' || state from public.account_histories where account_id = tests.address(30)),
  '1002 reading', 'the history knows the last sequence number it saw');

select is(
  tests.error_code_of(format('select pg_temp.told(%L)',
    pg_temp.page(jsonb_build_array(pg_temp.transaction(3)), jsonb_build_object('lease_token', gen_random_uuid())))),
  'lease_lost', 'a worker that was overtaken records nothing');

select is(
  tests.error_code_of(format('select pg_temp.told(%L)', pg_temp.page('[]', changes))), 'invalid_account_history',
  format('a page whose frame is wrong is refused: %s', what))
from (values
  ('{"cursor": "1e3"}'::jsonb, 'a place in another notation'),
  ('{"next_cursor": "1"}', 'a place that goes back'),
  ('{"outcome": "More!"}', 'an outcome without a name'),
  ('{"latest_ledger": "soon"}', 'a ledger that is no number'),
  ('{"transactions": {}}', 'transactions that are no list'),
  ('{"walk_id": null}', 'no walk')
) as wrong (changes, what);

select is(
  tests.error_code_of(format('select pg_temp.told(%L)',
    pg_temp.page(jsonb_build_array(pg_temp.transaction(3, changes)), jsonb_build_object('next_cursor',
      (103::bigint * 4294967296 + 4096)::text)))),
  'invalid_account_history', format('a transaction is refused: %s', what))
from (values
  ('{"toid": "9223372036854775807"}'::jsonb, 'it lies behind the page'),
  ('{"toid": "4096"}', 'it lies before the page'),
  ('{"toid": "442381631489"}', 'its place is that of an operation'),
  ('{"toid": "442381631488"}', 'its place is that of a ledger'),
  ('{"ledger": 104}', 'its ledger is not that of its place'),
  ('{"closed_at": "yesterday"}', 'it has no close time'),
  ('{"tx_hash": "A"}', 'it has no hash'),
  ('{"tx_hash": "aa"}', 'its hash is too short'),
  ('{"source_account": "GX"}', 'it has no source'),
  ('{"sequence_number": "1.5"}', 'it has no sequence number'),
  ('{"fee_charged_stroops": "-1"}', 'its fee is negative'),
  ('{"is_successful": "yes"}', 'it does not say whether it was successful'),
  ('{"operation_count": "many"}', 'it has no number of operations'),
  ('{"operation_count": 101}', 'it has more operations than a transaction can have'),
  ('{"movements": [{"kind": "payment", "direction": "in", "asset_code": "XLM", "asset_issuer": "", "amount": "1e3"}]}',
    'an amount is in another notation'),
  ('{"movements": [{"kind": "payment", "direction": "in", "asset_code": "XLM", "asset_issuer": "",
    "amount": "1234567.123"}]}', 'an amount has other than seven decimals'),
  ('{"movements": [{"kind": "payment", "direction": "up", "asset_code": "XLM", "asset_issuer": "",
    "amount": "1.0000000"}]}', 'an amount goes nowhere'),
  ('{"movements": [{"kind": "payment", "direction": "in", "asset_code": "X Y", "asset_issuer": "",
    "amount": "1.0000000"}]}', 'an asset is none'),
  ('{"movements": [{"kind": "payment", "direction": "in", "asset_code": "USDC", "asset_issuer": "GX",
    "amount": "1.0000000"}]}', 'an issuer is no account'),
  ('{"movements": [{"kind": "payment", "direction": "in", "asset_code": "XLM", "asset_issuer": "",
    "amount": "1.0000000", "claimable_balance_id": "00000000ab"}]}', 'a balance has an id that is none')
) as wrong (changes, what);
select is(
  (select count(*) from public.ledger_transactions), 2::bigint, 'a page that was refused leaves no row behind');

select is(
  tests.error_code_of(format('select pg_temp.told(%L)', pg_temp.page(jsonb_build_array(
    pg_temp.transaction(3, jsonb_build_object('memo', tests.secret_key())))))),
  'secret_key_refused', 'a page that holds a secret key is refused');

select is(
  pg_temp.told(pg_temp.page(jsonb_build_array(pg_temp.transaction(3)), '{"latest_ledger": 4294967295}')), '(0,0)',
  'a page of a provider whose newest ledger cannot exist yet is not recorded');
select is(
  (select useless_answers from private.history_walks where account_id = tests.address(30)), 1,
  'an answer that cannot be used makes the walk wait');

-- A number that is left out.
update private.history_walks set lease_token = gen_random_uuid(), leased_until = now() + interval '1 minute'
where account_id = tests.address(30);
select is(pg_temp.told(pg_temp.page(jsonb_build_array(pg_temp.transaction(5)))), '(1,0)', 'a later page is recorded');
select is(
  (select (kind, from_sequence, to_sequence, state)::text from public.history_gaps), '(sequence_hole,1003,1004,open)',
  'sequence numbers that no transaction of the history used are named');
select is(
  (select count(*) from public.events where type = 'sync.gap'), 1::bigint, 'a gap is told exactly once');
select is(
  (select until_ledger from private.history_walks where gap_id is not null), 105::bigint,
  'a gap is read again up to its end');

-- Who may read and who may not.
select tests.authenticate_as('vic');
select is((select count(*) from public.ledger_movements), 3::bigint, 'a member reads the movements of the own account');
select is(
  tests.error_code_of('select public.accept_history_gap(1, ''Because'')'), 'role_too_low',
  'a viewer cannot accept a gap');
select tests.authenticate_as('gil');
select is(
  (select count(*) from public.ledger_movements) + (select count(*) from public.ledger_transactions)
    + (select count(*) from public.history_gaps), 0::bigint,
  'a member of another organization reads nothing of the account');
select tests.reset();
select is(
  tests.error_code_of('delete from public.ledger_movements'), 'append_only', 'movements cannot be removed');
select is(
  tests.error_code_of('update public.ledger_transactions set result_code = ''tx_failed'''), 'append_only',
  'transactions of the ledger cannot be changed');

select * from finish();
rollback;
