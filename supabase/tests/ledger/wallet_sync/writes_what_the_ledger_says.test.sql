begin;
\ir ../../_shared/setup.sql.raw
select plan(25);

select tests.create_organization_with('Acme', '{ada}');
select tests.configure_network();
select tests.create_employee('Acme', 'emma');
select tests.create_employee('Acme', 'dora', asset_code => 'USDC', asset_issuer => tests.issuer());
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));

create function pg_temp.sees(
  account text, ledger bigint, account_exists boolean, balances jsonb default '[]') returns text language plpgsql as $$
declare v_token uuid := gen_random_uuid(); v_answer text;
begin
  insert into private.wallet_sync_leases (account_id, lease_token, leased_until)
  values (account, v_token, now() + interval '1 minute')
  on conflict (account_id) do update set lease_token = excluded.lease_token;
  select (updated, unchanged, stale)::text into v_answer
  from public.apply_wallet_states(jsonb_build_array(jsonb_build_object(
    'account_id', account, 'lease_token', v_token, 'ledger', ledger, 'account_exists', account_exists, 'balances',
    balances)));
  return v_answer;
end;
$$;
create function pg_temp.wallet(account text, code text default 'XLM') returns text language sql as $$
  select (balance, account_state, trustline_state, is_frozen, synced_ledger)::text from public.wallets
  where wallet_address = account and asset_code = code;
$$;
create function pg_temp.xlm(balance text) returns jsonb language sql as $$
  select jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'balance', balance, 'is_authorized', true); $$;
create function pg_temp.usdc(balance text, is_authorized boolean default true) returns jsonb language sql as $$
  select jsonb_build_object(
    'asset_code', 'USDC', 'asset_issuer', tests.issuer(), 'balance', balance, 'is_authorized', is_authorized);
$$;

select is(
  pg_temp.wallet(tests.address(1)), '(0.0000000,unknown,not_needed,f,)',
  'a new wallet has the balance zero and an unknown account state');
select is(
  pg_temp.wallet(tests.address(2), 'USDC'), '(0.0000000,unknown,unknown,f,)',
  'a new wallet of an issued asset has an unknown trustline state');

select is(
  pg_temp.sees(tests.address(1), 100, true, jsonb_build_array(pg_temp.xlm('12.5'))), '(1,0,0)',
  'the first report of an account is counted as an update');
select is(
  pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,100)',
  'a reported balance is stored with its ledger');
select is(
  pg_temp.sees(tests.address(1), 101, true, jsonb_build_array(pg_temp.xlm('12.5000000'))), '(0,1,0)',
  'a later report of the same balance is counted as unchanged');
select is(
  pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,101)',
  'a later report of the same balance moves the ledger of the wallet');
select is(
  pg_temp.sees(tests.address(1), 99, true, jsonb_build_array(pg_temp.xlm('1'))), '(0,0,1)',
  'a report from an older ledger is counted as stale');
select is(
  pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,101)',
  'a report from an older ledger changes nothing');
select is(
  pg_temp.sees(tests.address(1), 101, true, jsonb_build_array(pg_temp.xlm('922337203685.4775807'))), '(1,0,0)',
  'the largest possible balance is accepted as an update');
select is(
  pg_temp.sees(tests.address(1), 102, false), '(1,0,0)', 'a report of an account that is gone is counted as an update');
select is(
  pg_temp.wallet(tests.address(1)), '(0.0000000,missing,not_needed,f,102)',
  'a wallet of an account that is gone is missing and has the balance zero');

select is(
  pg_temp.sees(tests.address(2), 100, true, jsonb_build_array(pg_temp.xlm('5')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(0.0000000,exists,missing,f,100)',
  'a wallet without its trustline is distinguished from a missing account');
select is(
  pg_temp.sees(tests.address(2), 101, true, jsonb_build_array(pg_temp.usdc('0')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(0.0000000,exists,exists,f,101)',
  'a trustline with the balance zero exists');
select is(
  pg_temp.sees(tests.address(2), 102, true, jsonb_build_array(pg_temp.usdc('7', false)))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(7.0000000,exists,exists,t,102)',
  'a trustline that is not authorized is frozen');
select is(
  pg_temp.sees(tests.address(2), 103, true, jsonb_build_array(pg_temp.usdc('7')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(7.0000000,exists,exists,f,103)',
  'a frozen trustline that is authorized again is no longer frozen');
select is(
  pg_temp.sees(
    tests.address(2), 104, true,
    jsonb_build_array(pg_temp.usdc('9') || jsonb_build_object('asset_issuer', tests.address(39))))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(0.0000000,exists,missing,f,104)',
  'a balance of the same asset code from another issuer belongs to another asset');

-- An impossible balance is skipped, and the other balances of the report count.
select is(
  pg_temp.sees(tests.address(2), 105, true, jsonb_build_array(pg_temp.usdc(balance), pg_temp.usdc('3')))
    || pg_temp.wallet(tests.address(2), 'USDC'), expected, format('a reported balance of "%s" is skipped', balance))
from (values
  ('-1', '(1,0,0)(3.0000000,exists,exists,f,105)'), ('1e3', '(0,1,0)(3.0000000,exists,exists,f,105)'),
  ('922337203685.4775808', '(0,1,0)(3.0000000,exists,exists,f,105)'), ('NaN', '(0,1,0)(3.0000000,exists,exists,f,105)')
) as wrong (balance, expected);

-- Accounts of the organization show every asset they hold; employees' accounts show only the asset of the salary.
select is(
  pg_temp.sees(tests.address(30), 100, true, jsonb_build_array(pg_temp.xlm('100'), pg_temp.usdc('500')))
    || pg_temp.wallet(tests.address(30), 'USDC'), '(2,0,0)(500.0000000,exists,exists,f,100)',
  'another asset that the treasury holds gets a wallet');
select pg_temp.sees(
  tests.address(2), 106, true,
  jsonb_build_array(pg_temp.usdc('3'), pg_temp.usdc('9') || jsonb_build_object('asset_code', 'EURC')));
select is(
  (select count(*) from public.wallets where asset_code = 'EURC'), 0::bigint,
  'another asset that an employee holds gets no wallet');
select pg_temp.sees(
  tests.address(30), 99, true, jsonb_build_array(pg_temp.usdc('9') || jsonb_build_object('asset_code', 'EURC')));
select is(
  (select count(*) from public.wallets where asset_code = 'EURC'), 0::bigint,
  'a report from an older ledger makes no new wallet');

select results_eq(
  $$
    select event.type, event.body::jsonb #>> '{data,balance}', event.body::jsonb #>> '{data,ledger}'
    from public.events as event join public.wallets as wallet on wallet.id::text = event.resource_id
     where wallet.wallet_address = tests.address(2) order by event.sequence $$,
  $$values
    ('wallet.frozen', '7.0000000', '102'), ('wallet.updated', '7.0000000', '103'),
    ('wallet.updated', '0.0000000', '104'), ('wallet.updated', '3.0000000', '105')
  $$,
  'an event is written for every changed balance and every freeze, and for no other report');
select ok(
  (
    select updated_at < last_synced_at or updated_at = created_at from public.wallets
    where wallet_address = tests.address(1)) is not null,
  'a wallet that was read without a change keeps a defined time of its last update');

select * from finish();
rollback;
