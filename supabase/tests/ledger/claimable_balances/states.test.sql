begin;
\ir ../../_shared/setup.sql.raw
select plan(59);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_user(name) from unnest(array['stan', 'eve', 'otto']) as name;
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');
select tests.create_employee('Acme', 'otto', signs_in_as => 'otto');

create function tests.balance_id(number integer)
returns text
language sql immutable
as $$ select '00000000' || tests.hash('balance ' || balance_id.number); $$;

create function tests.balance(number integer, status text, ledger integer, change jsonb default '{}')
returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'organization_id', tests.organization_id('Acme'), 'claimable_balance_id', tests.balance_id(balance.number),
    'asset_code', 'USDC',
    'asset_issuer', tests.issuer(), 'amount', '12.5000000', 'sponsor', tests.address(30), 'claimant', tests.address(1),
    'expires_at', '2026-12-01T00:00:00Z', 'status', balance.status, 'ledger', balance.ledger,
    'closed_at', case when balance.status = 'expired' then '2026-12-01T00:00:00Z' else '2026-11-20T12:00:00Z' end,
    'tx_hash', tests.hash('claim')) || balance.change;
$$;

create function tests.apply(variadic states jsonb[])
returns text
language sql volatile
as $$
  select format('%s %s %s %s', created, changed, unchanged, stale)
  from public.apply_claimable_balances(to_jsonb(apply.states)); $$;
grant execute on all functions in schema tests to anon, authenticated, service_role;

select tests.as_service();
select is(
  tests.apply(tests.balance(1, 'active', 100, jsonb_build_object('employee_id', tests.employee_id('Acme', 'eve')))),
  '1 0 0 0', 'a report of an unknown active balance creates it');
select results_eq(
  $$
    select status, amount::text, synced_ledger, created_at, employee_id, claimed_at, ended_at
    from public.claimable_balances $$,
  $$values
    ('active', '12.5000000', 100::bigint, '2026-11-20 12:00:00+00'::timestamptz, tests.employee_id('Acme', 'eve'),
      null::timestamptz, null::timestamptz)
  $$,
  'a new claimable balance is stored as the report shows it');
select is(
  tests.apply(tests.balance(1, 'active', 101)), '0 0 1 0',
  'a report of the same state from a newer ledger is counted as unchanged');
select is(
  (select synced_ledger from public.claimable_balances), 101::bigint,
  'a report of the same state from a newer ledger moves the ledger of the balance');
select is(
  (select employee_id is not null from public.claimable_balances), true,
  'a report without an employee keeps the link to the employee');
select is(tests.apply(tests.balance(1, 'claimed', 99)), '0 0 0 1', 'a report from an older ledger is counted as stale');
select is((select status from public.claimable_balances), 'active', 'a report from an older ledger keeps the state');

-- A Stellar effect names little more than the balance.
select is(
  tests.apply(
    jsonb_build_object(
      'claimable_balance_id', tests.balance_id(1), 'status', 'claimed', 'ledger', 150, 'closed_at',
      '2026-11-21T08:00:00Z', 'tx_hash', tests.hash('claim'))),
  '0 1 0 0', 'a report of a known balance need not repeat its amount and claimant');
select results_eq(
  $$ select status, claimed_at, ended_at, ended_tx_hash from public.claimable_balances $$,
  $$values
    ('claimed', '2026-11-21 08:00:00+00'::timestamptz, '2026-11-21 08:00:00+00'::timestamptz, tests.hash('claim'))
  $$,
  'a claimed balance holds the time and the transaction of its claim');
select is(
  tests.apply(tests.balance(1, 'claimed', 151)), '0 0 1 0', 'a repeated report of a claim is counted as unchanged');
select is(
  (select claimed_at from public.claimable_balances), '2026-11-21 08:00:00+00'::timestamptz,
  'a repeated report of a claim keeps the time of the claim');

-- A balance that is first seen after its end gets both events.
select is(
  tests.apply(tests.balance(2, 'reclaimed', 200)), '1 0 0 0', 'a report of an unknown reclaimed balance creates it');
select results_eq(
  $$
    select type, body::jsonb -> 'data' ->> 'status' from public.events where type like 'claimable_balance.%'
    order by sequence $$,
  $$values
    ('claimable_balance.created', 'active'), ('claimable_balance.claimed', 'claimed'),
    ('claimable_balance.created', 'active'), ('claimable_balance.reclaimed', 'reclaimed')
  $$,
  'every state of a claimable balance is announced exactly once');
select is(
  (
    select body::jsonb #>> '{data,amount}' from public.events where type = 'claimable_balance.created' order by id
    limit 1), '12.5000000',
  'an event of a claimable balance holds the amount as exact text');

select tests.reset();
select results_eq(
  $$
    select action, count(*) from public.audit_logs where resource_type = 'claimable_balance' group by action
    order by action $$,
  $$values
    ('claimable_balance.claimed', 1::bigint), ('claimable_balance.created', 2::bigint),
    ('claimable_balance.reclaimed', 1::bigint)
  $$,
  'every state of a claimable balance is in the audit trail exactly once');

-- Every pair of states.
create function tests.pair_outcome(number integer, from_state text, to_state text)
returns text
language plpgsql volatile
as $$
begin
  perform tests.apply(tests.balance(pair_outcome.number, 'active', 1));
  if pair_outcome.from_state <> 'active' then
    perform tests.apply(tests.balance(pair_outcome.number, pair_outcome.from_state, 2));
  end if;
  return tests.error_code_of(
    format('select tests.apply(tests.balance(%s, %L, 3))', pair_outcome.number, pair_outcome.to_state));
end;
$$;
select is(
  tests.pair_outcome(1000 + row_number() over (order by from_state, to_state)::integer, from_state, to_state),
  case when (from_state, to_state) in (
    ('active', 'claimed'), ('active', 'expired'), ('active', 'reclaimed'), ('active', 'clawed_back'),
    ('expired', 'claimed'), ('expired', 'reclaimed'), ('expired', 'clawed_back'))
  then 'no error' else 'transition_not_allowed' end,
  format('a claimable balance follows the state machine from %s to %s', from_state, to_state))
from unnest('{active,claimed,expired,reclaimed,clawed_back}'::text[]) as from_state
cross join unnest('{active,claimed,expired,reclaimed,clawed_back}'::text[]) as to_state
where from_state <> to_state;

-- An expiry is computed; a claim that is read later happened before it.
select tests.apply(tests.balance(2001, 'active', 100), tests.balance(2001, 'expired', 200));
select is(
  tests.apply(tests.balance(2001, 'claimed', 150)), '0 1 0 0',
  'a claim of an older ledger than the computed expiry is believed');
select is(
  (select status || ' ' || synced_ledger from public.claimable_balances
    where claimable_balance_id = tests.balance_id(2001)), 'claimed 150',
  'a claim that was read after the expiry leaves the same row as one that was read in time');

select is(
  tests.error_code_of(
    format('update public.claimable_balances set %s where claimable_balance_id = tests.balance_id(1)', change)), code,
  promise)
from (values
  ($$ status = 'active', claimed_at = null, ended_at = null, ended_tx_hash = null $$, 'transition_not_allowed',
    'a direct update cannot reactivate a claimed balance'),
  ($$ amount = 1 $$, 'column_is_fixed', 'a direct update cannot change the amount of a claimable balance'),
  ($$ claimant = tests.address(2) $$, 'column_is_fixed',
    'a direct update cannot change the claimant of a claimable balance')
) as change (change, code, promise);
select is(
  tests.error_code_of($$ delete from public.claimable_balances $$), 'append_only',
  'a claimable balance cannot be deleted');

select tests.as_service();
select is(tests.error_code_of(format('select tests.apply(%s)', state)), code, promise)
from (values
  ($$ tests.balance(1, 'claimed', 300, '{"amount": "13"}') $$, 'claimable_balance_differs',
    'a report with another amount of a known balance is refused'),
  ($$ tests.balance(1, 'claimed', 300, jsonb_build_object('organization_id', tests.organization_id('Globex'))) $$,
    'claimable_balance_differs', 'a report with another organization of a known balance is refused'),
  ($$ tests.balance(1, 'claimed', 300, '{"expires_at": "2027-01-01T00:00:00Z"}') $$, 'claimable_balance_differs',
    'a report with another expiry of a known balance is refused'),
  ($$ tests.balance(50, 'active', 300, '{"amount": 12.5}') $$, 'invalid_claimable_balance',
    'a report with an amount as a JSON number is refused'),
  ($$ tests.balance(50, 'active', 300, '{"amount": "0"}') $$, 'invalid_claimable_balance',
    'a report with the amount zero is refused'),
  ($$ tests.balance(50, 'active', 300, '{"claimant": "G"}') $$, 'invalid_claimable_balance',
    'a report with a claimant that is no Stellar address is refused'),
  ($$ tests.balance(50, 'active', 300, jsonb_build_object('claimant', tests.secret_key())) $$,
    'invalid_claimable_balance', 'a report with a secret key as the claimant is refused'),
  ($$ tests.balance(50, 'gone', 300) $$, 'invalid_claimable_balance', 'a report with an unknown state is refused'),
  ($$ tests.balance(50, 'active', 300, '{"claimable_balance_id": "1"}') $$, 'invalid_claimable_balance',
    'a report with an id that is no balance id of Stellar is refused'),
  ($$ tests.balance(50, 'expired', 300, '{"closed_at": "2026-11-30T23:59:59Z"}') $$, 'invalid_claimable_balance',
    'a report of an expiry before the expiry time is refused'),
  (
    $$
      tests.balance(
        50, 'active', 300,
        jsonb_build_object(
          'employee_id', tests.employee_id('Acme', 'eve'), 'organization_id', tests.organization_id('Globex'))) $$,
    'invalid_claimable_balance', 'a report with an employee of another organization is refused'),
  (
    $$
      jsonb_build_object(
        'claimable_balance_id', tests.balance_id(51), 'status', 'claimed', 'ledger', 1, 'closed_at',
        '2026-11-20T12:00:00Z') $$, 'invalid_claimable_balance',
    'a report of an unknown balance without its amount and claimant is refused')
) as refusal (state, code, promise);

-- Who may read and write claimable balances.
select tests.authenticate_as('vic', 'Acme');
select ok(
  (select count(*) > 2 from public.claimable_balances), 'a viewer reads the claimable balances of the organization');
select is(
  tests.error_code_of($$ select tests.apply(tests.balance(1, 'active', 1)) $$), '42501',
  'a viewer cannot report a claimable balance');
select tests.authenticate_as('eve', 'Acme');
select is((select count(*) from public.claimable_balances), 1::bigint, 'an employee reads the own claimable balance');
select tests.authenticate_as('otto', 'Acme');
select is(
  (select count(*) from public.claimable_balances), 0::bigint, 'an employee reads no claimable balance of a colleague');
select tests.authenticate_as('gil', 'Globex');
select is(
  (select count(*) from public.claimable_balances), 0::bigint,
  'an admin of another organization reads no claimable balance');
select tests.authenticate_as('stan');
select is((select count(*) from public.claimable_balances), 0::bigint, 'a stranger reads no claimable balance');

select * from finish();
rollback;
