begin;
\ir ../../_shared/setup.sql.raw
select plan(25);

select tests.create_organization_with('Acme', '{ada}');
select tests.configure_network();
select tests.create_employee('Acme', 'emma');
select tests.create_employee('Acme', 'dora', asset_code => 'USDC', asset_issuer => tests.issuer());
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));

create function pg_temp.sees(account text, ledger bigint, account_exists boolean, balances jsonb default '[]') returns text language plpgsql as $$
declare v_token uuid := gen_random_uuid(); v_answer text;
begin
  insert into private.wallet_sync_leases (account_id, lease_token, leased_until) values (account, v_token, now() + interval '1 minute')
  on conflict (account_id) do update set lease_token = excluded.lease_token;
  select (updated, unchanged, stale)::text into v_answer from public.apply_wallet_states(jsonb_build_array(jsonb_build_object(
    'account_id', account, 'lease_token', v_token, 'ledger', ledger, 'account_exists', account_exists, 'balances', balances)));
  return v_answer;
end;
$$;
create function pg_temp.wallet(account text, code text default 'XLM') returns text language sql as $$
  select (balance, account_state, trustline_state, is_frozen, synced_ledger)::text from public.wallets where wallet_address = account and asset_code = code;
$$;
create function pg_temp.xlm(balance text) returns jsonb language sql as $$ select jsonb_build_object('asset_code', 'XLM', 'asset_issuer', '', 'balance', balance, 'is_authorized', true); $$;
create function pg_temp.usdc(balance text, is_authorized boolean default true) returns jsonb language sql as $$
  select jsonb_build_object('asset_code', 'USDC', 'asset_issuer', tests.issuer(), 'balance', balance, 'is_authorized', is_authorized);
$$;

select is(pg_temp.wallet(tests.address(1)), '(0.0000000,unknown,not_needed,f,)', 'a new wallet knows nothing yet');
select is(pg_temp.wallet(tests.address(2), 'USDC'), '(0.0000000,unknown,unknown,f,)', 'nor whether there is a trustline');

select is(pg_temp.sees(tests.address(1), 100, true, jsonb_build_array(pg_temp.xlm('12.5'))), '(1,0,0)', 'a first look is news');
select is(pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,100)', 'the balance is written with its ledger');
select is(pg_temp.sees(tests.address(1), 101, true, jsonb_build_array(pg_temp.xlm('12.5000000'))), '(0,1,0)', 'the same balance later is none');
select is(pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,101)', 'but says how fresh it is');
select is(pg_temp.sees(tests.address(1), 99, true, jsonb_build_array(pg_temp.xlm('1'))), '(0,0,1)', 'a lagging provider is not believed');
select is(pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,101)', 'and changes nothing');
select is(pg_temp.sees(tests.address(1), 101, true, jsonb_build_array(pg_temp.xlm('922337203685.4775807'))), '(1,0,0)', 'the largest balance is exact');
select is(pg_temp.sees(tests.address(1), 102, false), '(1,0,0)', 'an account that is gone is news');
select is(pg_temp.wallet(tests.address(1)), '(0.0000000,missing,not_needed,f,102)', 'it is missing and holds nothing');

select is(pg_temp.sees(tests.address(2), 100, true, jsonb_build_array(pg_temp.xlm('5'))) || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(0.0000000,exists,missing,f,100)', 'an account without the trustline is told from no account');
select is(pg_temp.sees(tests.address(2), 101, true, jsonb_build_array(pg_temp.usdc('0'))) || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(0.0000000,exists,exists,f,101)', 'an empty trustline is a trustline');
select is(pg_temp.sees(tests.address(2), 102, true, jsonb_build_array(pg_temp.usdc('7', false))) || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(7.0000000,exists,exists,t,102)', 'a trustline that is not authorized is frozen');
select is(pg_temp.sees(tests.address(2), 103, true, jsonb_build_array(pg_temp.usdc('7'))) || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(7.0000000,exists,exists,f,103)', 'and thawed again');
select is(pg_temp.sees(tests.address(2), 104, true, jsonb_build_array(pg_temp.usdc('9') || jsonb_build_object('asset_issuer', tests.address(39)))) || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0)(0.0000000,exists,missing,f,104)', 'the same code of another issuer is another asset');

-- What makes no sense is skipped; it spoils nothing else.
select is(pg_temp.sees(tests.address(2), 105, true, jsonb_build_array(pg_temp.usdc(balance), pg_temp.usdc('3'))) || pg_temp.wallet(tests.address(2), 'USDC'), expected, format('a balance of "%s" is skipped', balance))
from (values ('-1', '(1,0,0)(3.0000000,exists,exists,f,105)'), ('1e3', '(0,1,0)(3.0000000,exists,exists,f,105)'), ('922337203685.4775808', '(0,1,0)(3.0000000,exists,exists,f,105)'), ('NaN', '(0,1,0)(3.0000000,exists,exists,f,105)')) as wrong (balance, expected);

-- Accounts of the organization show what they hold; employees' do not.
select is(pg_temp.sees(tests.address(30), 100, true, jsonb_build_array(pg_temp.xlm('100'), pg_temp.usdc('500'))) || pg_temp.wallet(tests.address(30), 'USDC'), '(2,0,0)(500.0000000,exists,exists,f,100)', 'an asset that the treasury holds becomes a wallet by itself');
select pg_temp.sees(tests.address(2), 106, true, jsonb_build_array(pg_temp.usdc('3'), pg_temp.usdc('9') || jsonb_build_object('asset_code', 'EURC')));
select is((select count(*) from public.wallets where asset_code = 'EURC'), 0::bigint, 'what an employee holds besides is nobody''s business');
select pg_temp.sees(tests.address(30), 99, true, jsonb_build_array(pg_temp.usdc('9') || jsonb_build_object('asset_code', 'EURC')));
select is((select count(*) from public.wallets where asset_code = 'EURC'), 0::bigint, 'and a lagging provider finds nothing new');

select results_eq(
  $$ select event.type, event.body::jsonb #>> '{data,balance}', event.body::jsonb #>> '{data,ledger}' from public.events as event join public.wallets as wallet on wallet.id::text = event.resource_id
     where wallet.wallet_address = tests.address(2) order by event.sequence $$,
  $$ values ('wallet.frozen', '7.0000000', '102'), ('wallet.updated', '7.0000000', '103'), ('wallet.updated', '0.0000000', '104'), ('wallet.updated', '3.0000000', '105') $$,
  'the world hears of every changed balance and freeze, and of nothing else');
select ok((select updated_at < last_synced_at or updated_at = created_at from public.wallets where wallet_address = tests.address(1)) is not null, 'a look that finds nothing new is no update');

select * from finish();
rollback;
