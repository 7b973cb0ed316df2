begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vera}');
select tests.create_organization_with('Globex', '{gil}');
select tests.configure_network();
select tests.create_employee('Acme', 'emma');
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));
select public.enroll_source_account(tests.organization_id('Globex'), tests.address(31));

create function pg_temp.holds(account text, ledger bigint, balance text) returns void language plpgsql as $$
declare v_token uuid := gen_random_uuid();
begin
  insert into private.wallet_reads (account_id, lease_token, leased_until)
  values (account, v_token, now() + interval '1 minute')
  on conflict (account_id) do update set lease_token = excluded.lease_token;
  perform public.apply_wallet_states(jsonb_build_array(jsonb_build_object(
    'account_id', account, 'lease_token', v_token, 'ledger', ledger, 'account_exists', true, 'balances',
    jsonb_build_array(jsonb_build_object(
      'asset_code', 'XLM', 'asset_issuer', '', 'balance', balance, 'is_authorized', true)))));
end;
$$;
create function pg_temp.told() returns text[] language sql as $$
  select coalesce(array_agg((event.body::jsonb #>> '{data,balance}') || ' of ' || (event.body::jsonb #>> '{data,minimum}')
    order by event.sequence), '{}')
  from public.events as event where event.type = 'balance.low';
$$;
create temporary table own as
select wallet.id from public.wallets as wallet where wallet.wallet_address = tests.address(30);
create temporary table known as
select wallet.id, wallet.wallet_type, wallet.wallet_address from public.wallets as wallet;
grant select on own, known to public;

select tests.act_as('ada', 'Acme');
select results_eq(
  $$ select minimum::text, is_low, version from public.set_balance_threshold((select id from own), '500') $$,
  $$ values ('500.0000000', false, 1) $$,
  'a wallet that was never read is not low, because its balance is unknown');
select results_eq(
  $$ select minimum::text, version from public.set_balance_threshold((select id from own), '500.0') $$,
  $$ values ('500.0000000', 1) $$,
  'setting the threshold that is there changes nothing');
select is(
  tests.error_code_of($$ select public.set_balance_threshold((select id from own), '400') $$), 'version_outdated',
  'a threshold is changed only by somebody who saw it');
select is(
  tests.error_code_of($$ select public.set_balance_threshold((select id from own), '0', 1) $$), 'amount_not_positive',
  'the minimum of zero is refused');
select is(
  tests.error_code_of($$
    select public.set_balance_threshold((select id from known where wallet_address = tests.address(31)), '5') $$),
  'wallet_not_found', 'the wallet of another company has no threshold here');
select is(
  tests.error_code_of($$ select public.set_balance_threshold((select id from known where wallet_type = 'employee'), '5') $$),
  'wallet_not_found', 'the wallet of an employee has no threshold');
select tests.act_as(null);

select pg_temp.holds(tests.address(30), 100, '499.9999999');
select is(pg_temp.told(), '{499.9999999 of 500.0000000}', 'the first balance below the minimum is told');
select pg_temp.holds(tests.address(30), 101, '300');
select pg_temp.holds(tests.address(30), 102, '300');
select is(cardinality(pg_temp.told()), 1, 'a balance that stays low is not told again');
select is(
  (select low_since_ledger from public.balance_thresholds), 100::bigint,
  'the threshold names the ledger since which the balance is low');
select pg_temp.holds(tests.address(30), 103, '500');
select ok((select not is_low and low_since_ledger is null from public.balance_thresholds),
  'a balance of exactly the minimum is not low');
select pg_temp.holds(tests.address(30), 104, '1');
select is(cardinality(pg_temp.told()), 2, 'a second fall below the minimum is told as well');
select is((select version from public.balance_thresholds), 1, 'a change of the balance makes no new version');
select is(
  (select count(*) from public.notifications where type = 'balance.low' and user_id = tests.member_id('ada', 'Acme')),
  2::bigint, 'managers are notified of each fall');

select tests.act_as('ada', 'Acme');
select results_eq(
  $$ select is_low, low_since_ledger, version from public.set_balance_threshold((select id from own), '1', 1) $$,
  $$ values (false, null::bigint, 2) $$,
  'a lower minimum ends the alarm at once');
select results_eq(
  $$ select is_low, low_since_ledger from public.set_balance_threshold((select id from own), '2', 2, 'k') $$,
  $$ values (true, 104::bigint) $$,
  'a balance below a new minimum is low at once');
select results_eq(
  $$ select is_low, version from public.set_balance_threshold((select id from own), '2', 2, 'k') $$,
  $$ values (true, 3) $$,
  'a repeated command with the same key answers what the first one did');
select results_eq(
  $$ select minimum::text from public.set_balance_threshold((select id from own), null, 3) $$,
  $$ values ('2.0000000') $$,
  'a removed threshold is answered as it was');
select is((select count(*) from public.balance_thresholds), 0::bigint, 'a removed threshold is gone');
select tests.act_as('vera', 'Acme');
select is(
  tests.error_code_of($$ select public.set_balance_threshold((select id from own), '400') $$), 'role_too_low',
  'somebody who may only read sets no threshold');

select * from finish();
rollback;
