begin;
\ir ../../_shared/setup.sql.raw
select plan(52);

select tests.create_organization_with('Acme', '{ada}');
select tests.configure_network();
select tests.create_employee('Acme', 'emma');
select tests.create_employee('Acme', 'dora', asset_code => 'USDC', asset_issuer => tests.issuer());
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));

create function pg_temp.told(account text, report jsonb) returns text language plpgsql as $$
declare v_token uuid := gen_random_uuid(); v_answer text;
begin
  insert into private.wallet_reads (account_id, lease_token, leased_until)
  values (account, v_token, now() + interval '1 minute')
  on conflict (account_id) do update set lease_token = excluded.lease_token;
  select (updated, unchanged, stale, unreadable)::text into v_answer
  from public.apply_wallet_states(jsonb_build_array(
    jsonb_build_object('account_id', account, 'lease_token', v_token) || report));
  return v_answer;
end;
$$;
create function pg_temp.sees(
  account text, ledger bigint, account_exists boolean, balances jsonb default '[]') returns text language sql as $$
  select pg_temp.told(account, jsonb_build_object(
    'ledger', ledger, 'account_exists', account_exists, 'balances', balances));
$$;
create function pg_temp.problem(account text) returns text language sql as $$
  select coalesce(read_problem || case when asked_at >= last_synced_at then ', asked later' else '' end, 'nothing')
  from public.wallets where wallet_address = account and asset_code = 'USDC';
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
  pg_temp.sees(tests.address(1), 100, true, jsonb_build_array(pg_temp.xlm('12.5'))), '(1,0,0,0)',
  'the first report of an account is counted as an update');
select is(
  pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,100)',
  'a reported balance is stored with its ledger');
select is(
  pg_temp.sees(tests.address(1), 101, true, jsonb_build_array(pg_temp.xlm('12.5000000'))), '(0,1,0,0)',
  'a later report of the same balance is counted as unchanged');
select is(
  pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,101)',
  'a later report of the same balance moves the ledger of the wallet');
select is(
  pg_temp.sees(tests.address(1), 99, true, jsonb_build_array(pg_temp.xlm('1'))), '(0,0,1,0)',
  'a report from an older ledger is counted as stale');
select is(
  pg_temp.wallet(tests.address(1)), '(12.5000000,exists,not_needed,f,101)',
  'a report from an older ledger changes nothing');
select is(
  pg_temp.sees(tests.address(1), 101, true, jsonb_build_array(pg_temp.xlm('922337203685.4775807'))), '(1,0,0,0)',
  'the largest possible balance is accepted as an update');
select is(
  pg_temp.sees(tests.address(1), 102, false), '(1,0,0,0)', 'a report of an account that is gone is counted as an update');
select is(
  pg_temp.wallet(tests.address(1)), '(0.0000000,missing,not_needed,f,102)',
  'a wallet of an account that is gone is missing and has the balance zero');

select is(
  pg_temp.sees(tests.address(2), 100, true, jsonb_build_array(pg_temp.xlm('5')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0,0)(0.0000000,exists,missing,f,100)',
  'a wallet without its trustline is distinguished from a missing account');
select is(
  pg_temp.sees(tests.address(2), 101, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('0')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0,0)(0.0000000,exists,exists,f,101)',
  'a trustline with the balance zero exists');
select is(
  pg_temp.sees(tests.address(2), 102, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('7', false)))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0,0)(7.0000000,exists,exists,t,102)',
  'a trustline that is not authorized is frozen');
select is(
  pg_temp.sees(tests.address(2), 103, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('7')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0,0)(7.0000000,exists,exists,f,103)',
  'a frozen trustline that is authorized again is no longer frozen');
select is(
  pg_temp.sees(
    tests.address(2), 104, true,
    jsonb_build_array(
      pg_temp.xlm('1'), pg_temp.usdc('9') || jsonb_build_object('asset_issuer', tests.address(39))))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0,0)(0.0000000,exists,missing,f,104)',
  'a balance of the same asset code from another issuer belongs to another asset');

-- A balance that cannot be read says nothing: the known one stays, and the wallet says so.
select is(
  pg_temp.sees(tests.address(2), 105, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('3')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(1,0,0,0)(3.0000000,exists,exists,f,105)',
  'a balance that can be read is stored');
select is(
  pg_temp.sees(tests.address(2), 106, true, jsonb_build_array(pg_temp.xlm('1'), line))
    || pg_temp.wallet(tests.address(2), 'USDC')
    || pg_temp.problem(tests.address(2)),
  '(0,0,0,1)(3.0000000,exists,exists,f,105)balance_unreadable, asked later',
  format('a balance line with %s keeps the known balance and its ledger', what))
from (values
  ('a negative balance', pg_temp.usdc('-1')), ('an exponent', pg_temp.usdc('1e3')),
  ('a decimal comma', pg_temp.usdc('1,5')), ('eight decimals', pg_temp.usdc('0.00000001')),
  ('a balance above the largest', pg_temp.usdc('922337203685.4775808')), ('NaN', pg_temp.usdc('NaN')),
  ('a number instead of a text', pg_temp.usdc('3') || '{"balance": 3}'),
  ('a damaged asset code', pg_temp.usdc('3') || '{"asset_code": "US DC"}'),
  ('an issuer of a wrong kind', pg_temp.usdc('3') || '{"asset_issuer": {}}'),
  ('no word about the authorization', pg_temp.usdc('3') - 'is_authorized'),
  ('an authorization of a wrong kind', pg_temp.usdc('3') || '{"is_authorized": "maybe"}'),
  ('only a text', '"3"'::jsonb)
) as wrong (what, line);
select is(
  pg_temp.sees(tests.address(2), 106, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('4'), pg_temp.usdc('5')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(0,0,0,1)(3.0000000,exists,exists,f,105)',
  'two lines of one asset keep the known balance');
select is(
  pg_temp.sees(tests.address(1), 103, true, '[]'), '(0,0,0,1)',
  'an account that exists without a line of native XLM is unreadable');
select is(
  pg_temp.sees(tests.address(2), 107, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('3')))
    || pg_temp.problem(tests.address(2)), '(0,1,0,0)nothing', 'the next answer that can be read takes the problem away');
select is(
  pg_temp.told(tests.address(2), jsonb_build_object('problem', 'no_answer'))
    || pg_temp.wallet(tests.address(2), 'USDC') || pg_temp.problem(tests.address(2)),
  '(0,0,0,1)(3.0000000,exists,exists,f,107)no_answer, asked later', 'a provider that does not answer leaves what is known');

-- A report of a wrong kind about one account does not hold back the others.
select is(
  pg_temp.told(
    tests.address(2), jsonb_build_object('ledger', ledger, 'account_exists', account_exists, 'balances', '[]'::jsonb)),
  outcome, format('a report with %s is counted and not believed', what))
from (values
  ('a text as ledger', '"abc"'::jsonb, 'true'::jsonb, '(0,0,1,0)'),
  ('no ledger', 'null', 'true', '(0,0,1,0)'),
  ('the largest ledger of 32 bits', '4294967295', 'true', '(0,0,1,0)'),
  ('a ledger far beyond the known one', '99999', 'true', '(0,0,1,0)'),
  ('a text as existence', '108', '"yes"', '(0,0,0,1)')
) as wrong (what, ledger, account_exists, outcome);
select is(
  pg_temp.wallet(tests.address(2), 'USDC'), '(3.0000000,exists,exists,f,107)',
  'a report that is not believed changes nothing');
select is(
  (select ledger from private.ledger_head), 107::bigint,
  'the newest known ledger is that of the newest report that was believed');

-- An address whose last answer was useless waits, twice as long each time.
delete from private.wallet_reads;
select pg_temp.told(tests.address(2), jsonb_build_object('problem', 'no_answer')) from generate_series(1, 4);
select is(
  (select extract(epoch from ask_again_at - now()) from private.wallet_reads where account_id = tests.address(2)),
  240::numeric, 'an address waits four minutes after its fourth useless answer');
update public.wallets set last_synced_at = null, synced_ledger = null;
select tests.as_service();
select ok(
  not exists (select from public.claim_wallets_for_sync() where account_id = tests.address(2)),
  'an address that waits is not claimed, however stale it is');
select tests.reset();
update private.wallet_reads set ask_again_at = now() where account_id = tests.address(2);
select tests.as_service();
select ok(
  exists (select from public.claim_wallets_for_sync() where account_id = tests.address(2)),
  'an address that has waited is claimed again');
select tests.reset();
delete from private.wallet_reads;

-- An operator forgets what a provider claimed to know of later ledgers.
select pg_temp.sees(tests.address(2), 900, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('3')));
select pg_temp.sees(tests.address(2), 108, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('3')));
select is(
  (select read_problem from public.wallets where wallet_address = tests.address(2) and asset_code = 'USDC'),
  'provider_lags', 'a wallet says that the answer is older than what is known');
select is(private.forget_wallet_reads(500, 'The provider named a ledger that did not exist.'), 1,
  'an operator forgets what was read above a ledger, and is told about how many wallets');
select is(
  pg_temp.sees(tests.address(2), 108, true, jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('3')))
    || pg_temp.wallet(tests.address(2), 'USDC'), '(0,1,0,0)(3.0000000,exists,exists,f,108)',
  'an honest answer is believed after the operator has forgotten the lie');
select ok(
  exists (select from public.audit_logs where action = 'wallets.reads_forgotten'),
  'the audit trail says that reads were forgotten');

-- Accounts of the organization show every asset they hold; employees' accounts show only the asset of the salary.
select is(
  pg_temp.sees(tests.address(30), 100, true, jsonb_build_array(pg_temp.xlm('100'), pg_temp.usdc('500')))
    || pg_temp.wallet(tests.address(30), 'USDC'), '(2,0,0,0)(500.0000000,exists,exists,f,100)',
  'another asset that the treasury holds gets a wallet');
select pg_temp.sees(
  tests.address(2), 901, true,
  jsonb_build_array(pg_temp.xlm('1'), pg_temp.usdc('3'), pg_temp.usdc('9') || jsonb_build_object('asset_code', 'EURC')));
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
