begin;
\ir ../../_shared/setup.sql.raw
select plan(23);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma');
select tests.create_employee('Acme', 'olaf');
select tests.create_employee('Acme', 'dora', asset_code => 'USDC', asset_issuer => tests.issuer());
select tests.create_employee('Globex', 'earl', wallet_address => tests.address(1));

select tests.as_service();
select is(
  tests.error_code_of('select public.claim_wallets_for_sync()'), 'network_not_configured',
  'no wallet is claimed before an operator configures the network');
select tests.reset();
select tests.configure_network();

select tests.as_service();
create temporary table claims as select * from public.claim_wallets_for_sync();
select set_eq(
  $$ select account_id from claims $$, $$ select tests.address(n) from generate_series(1, 3) as n $$,
  'an address is claimed once for all its wallets and organizations');
select is(
  (
    select count(*) from claims
    where horizon_url = 'https://horizon.example' and network_passphrase = 'Test SDF Network ; September 2015'),
  3::bigint, 'a claimed address comes with its provider and network');
select is((select count(*) from public.claim_wallets_for_sync()), 0::bigint, 'a leased address is not claimed again');

select tests.reset();
update private.wallet_reads set leased_until = now() - interval '1 second' where account_id = tests.address(1);
select tests.as_service();
create temporary table again as select * from public.claim_wallets_for_sync();
select is(
  (select array_agg(account_id) from again), array[tests.address(1)],
  'an address whose lease has ended is claimed again');
select isnt(
  (select lease_token from again), (select lease_token from claims where account_id = tests.address(1)),
  'an address that is claimed again gets another lease token');

-- A worker that lost its lease writes nothing.
select is(
  (
    select (updated, unchanged, stale, unreadable)::text
    from claims,
      public.apply_wallet_states(
        jsonb_build_array(
          jsonb_build_object(
            'account_id', account_id, 'lease_token', lease_token, 'ledger', 5, 'account_exists', true,
            'balances', '[{"asset_code": "XLM", "asset_issuer": "", "balance": "1", "is_authorized": true}]'::jsonb)))
    where account_id = tests.address(1)),
  '(0,0,0,0)', 'a worker with an outdated lease token writes nothing');
select is(
  (
    select (updated, unchanged, stale, unreadable)::text
    from again,
      public.apply_wallet_states(
        jsonb_build_array(
          jsonb_build_object(
            'account_id', account_id, 'lease_token', lease_token, 'ledger', 5, 'account_exists', true,
            'balances', '[{"asset_code": "XLM", "asset_issuer": "", "balance": "1", "is_authorized": true}]'::jsonb)))),
  '(2,0,0,0)', 'a worker with the lease writes the wallets of every organization at the address');
select is(
  (
    select (updated, unchanged, stale, unreadable)::text
    from again,
      public.apply_wallet_states(
        jsonb_build_array(
          jsonb_build_object(
            'account_id', account_id, 'lease_token', lease_token, 'ledger', 6, 'account_exists', true,
            'balances', '[{"asset_code": "XLM", "asset_issuer": "", "balance": "1", "is_authorized": true}]'::jsonb)))),
  '(0,0,0,0)', 'a lease ends with the first write');
select is(
  (select count(*) from public.claim_wallets_for_sync()), 0::bigint,
  'an address that was just read is not claimed again');

select tests.authenticate_as('gil');
select public.request_sync();
select tests.reset();
update public.sync_requests set requested_at = now() + interval '1 second';
select tests.as_service();
select is(
  (select array_agg(account_id) from public.claim_wallets_for_sync()), array[tests.address(1)],
  'an address that was just read is claimed when an organization at it asks for a sync');

select tests.reset();
delete from private.wallet_reads;
update public.sync_requests set state = 'done', completed_at = now(), wallets_read = 0, wallets_unreadable = 0;
update public.wallets set synced_ledger = 1,
  last_synced_at = now() - interval '3601 seconds' - make_interval(
    secs => case wallet_address when tests.address(2) then 60 when tests.address(3) then 30 else 0 end);
select tests.as_service();
select is(
  (
    select array_agg(account_id order by number)
    from (select number, (public.claim_wallets_for_sync(1)).account_id from generate_series(1, 3) as number) as claims),
  array[tests.address(2), tests.address(3), tests.address(1)],
  'the addresses that were not read for the longest time are claimed first');
select tests.reset();
delete from private.wallet_reads;
update public.wallets set last_synced_at = now() - interval '3599 seconds';
select tests.as_service();
select is(
  (select count(*) from public.claim_wallets_for_sync()), 0::bigint,
  'an address of an organization in which nothing is paid is read every hour');
select tests.reset();
select is(private.sync_is_due(), false, 'a project in which nothing is due does not call the worker');
select tests.walk_run(tests.create_run('Acme'), 'submitted');
select is(private.sync_is_due(), true, 'a run that waits for approval makes the wallets of its organization due');
select tests.as_service();
select set_eq(
  $$ select account_id, is_own, assets::text from public.claim_wallets_for_sync() $$,
  $$ values (tests.address(1), false, '[]'), (tests.address(2), false, '[]'),
    (tests.address(3), false, format('[{"asset_code": "USDC", "asset_issuer": "%s"}]', tests.issuer())) $$,
  'the addresses of an organization that is about to pay are read within five minutes, each with its assets');
select tests.reset();
delete from private.wallet_reads;
update public.wallets set last_synced_at = now() - interval '299 seconds';
select tests.as_service();
select is(
  (select count(*) from public.claim_wallets_for_sync()), 0::bigint,
  'an address is not read more often than every five minutes');
select tests.reset();
update public.wallets set asked_at = now() - interval '1 minute', read_problem = 'no_answer', last_synced_at = null,
  synced_ledger = null where wallet_address = tests.address(1);
select tests.authenticate_as('ada');
create temporary table asked as select * from public.request_sync();
select is(
  (select id from public.request_sync()), (select id from asked), 'a request that waits is joined by a second one');
select tests.reset();
update public.sync_requests set requested_at = now() - interval '2 minutes' where state = 'waiting';
update public.wallets set last_synced_at = now() where wallet_address <> tests.address(1);
delete from private.wallet_reads;
insert into private.wallet_reads (account_id, lease_token, leased_until, useless_answers, ask_again_at)
values (tests.address(1), gen_random_uuid(), now(), 1, now() + interval '1 minute');
select tests.as_service();
select count(*) from public.claim_wallets_for_sync();
select tests.reset();
select is(
  (select (state, wallets_read, wallets_unreadable)::text from public.sync_requests where id = (select id from asked)),
  '(incomplete,2,1)', 'a request ends when everything was read, and says what could not be');
select tests.reset();
update public.wallets set last_synced_at = null, synced_ledger = null, is_active = false
where wallet_address = tests.address(2);
update public.wallets set last_synced_at = null, synced_ledger = null where wallet_address = tests.address(3);
select tests.as_service();
select is(
  (select array_agg(account_id) from public.claim_wallets_for_sync()), array[tests.address(3)],
  'an inactive wallet is not claimed, and a wallet that was never read is claimed');

select tests.authenticate_as('ada');
select is(tests.error_code_of('select public.claim_wallets_for_sync()'), '42501', 'people cannot claim wallets');
select tests.as_service();
select is(
  tests.error_code_of(format('select public.apply_wallet_states(%L)', states)), 'invalid_wallet_states',
  format('a report of wallet states that is %s is refused', what))
from (values ('{}'::jsonb, 'an object'), ('[]', 'an empty list')) as wrong (states, what);

select * from finish();
rollback;
