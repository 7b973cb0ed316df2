begin;
\ir ../../_shared/setup.sql.raw
select plan(57);

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
    'organization_id', tests.organization_id('Acme'), 'claimable_balance_id', tests.balance_id(balance.number), 'asset_code', 'USDC',
    'asset_issuer', tests.issuer(), 'amount', '12.5000000', 'sponsor', tests.address(30), 'claimant', tests.address(1),
    'expires_at', '2026-12-01T00:00:00Z', 'status', balance.status, 'ledger', balance.ledger,
    'closed_at', case when balance.status = 'expired' then '2026-12-01T00:00:00Z' else '2026-11-20T12:00:00Z' end,
    'tx_hash', tests.hash('claim')) || balance.change;
$$;

create function tests.apply(variadic states jsonb[])
returns text
language sql volatile
as $$ select format('%s %s %s %s', created, changed, unchanged, stale) from public.apply_claimable_balances(to_jsonb(apply.states)); $$;
grant execute on all functions in schema tests to anon, authenticated, service_role;

select tests.as_service();
select is(tests.apply(tests.balance(1, 'active', 100, jsonb_build_object('employee_id', tests.employee_id('Acme', 'eve')))), '1 0 0 0', 'a balance is created');
select results_eq(
  $$ select status, amount::text, synced_ledger, created_at, employee_id, claimed_at, ended_at from public.claimable_balances $$,
  $$ values ('active', '12.5000000', 100::bigint, '2026-11-20 12:00:00+00'::timestamptz, tests.employee_id('Acme', 'eve'), null::timestamptz, null::timestamptz) $$,
  'as the ledger shows it');
select is(tests.apply(tests.balance(1, 'active', 101)), '0 0 1 0', 'a newer ledger that shows the same changes no state');
select is((select synced_ledger from public.claimable_balances), 101::bigint, 'but is remembered');
select is((select employee_id is not null from public.claimable_balances), true, 'and takes no link away');
select is(tests.apply(tests.balance(1, 'claimed', 99)), '0 0 0 1', 'an older ledger is not believed');
select is((select status from public.claimable_balances), 'active', 'and changes nothing');

-- An effect names little more than the balance.
select is(
  tests.apply(jsonb_build_object('claimable_balance_id', tests.balance_id(1), 'status', 'claimed', 'ledger', 150, 'closed_at', '2026-11-21T08:00:00Z', 'tx_hash', tests.hash('claim'))),
  '0 1 0 0', 'what is known need not be repeated');
select results_eq(
  $$ select status, claimed_at, ended_at, ended_tx_hash from public.claimable_balances $$,
  $$ values ('claimed', '2026-11-21 08:00:00+00'::timestamptz, '2026-11-21 08:00:00+00'::timestamptz, tests.hash('claim')) $$,
  'a claimed balance says when and by which transaction');
select is(tests.apply(tests.balance(1, 'claimed', 151)), '0 0 1 0', 'a repeat is success');
select is((select claimed_at from public.claimable_balances), '2026-11-21 08:00:00+00'::timestamptz, 'and keeps the time');

-- A balance that is first seen after its end tells both facts.
select is(tests.apply(tests.balance(2, 'reclaimed', 200)), '1 0 0 0', 'a balance can be first seen after its end');
select results_eq(
  $$ select type, body::jsonb -> 'data' ->> 'status' from public.events where type like 'claimable_balance.%' order by sequence $$,
  $$ values ('claimable_balance.created', 'active'), ('claimable_balance.claimed', 'claimed'), ('claimable_balance.created', 'active'), ('claimable_balance.reclaimed', 'reclaimed') $$,
  'every state is announced once');
select is(
  (select body::jsonb #>> '{data,amount}' from public.events where type = 'claimable_balance.created' order by id limit 1), '12.5000000',
  'amounts are exact texts');

select tests.reset();
select results_eq(
  $$ select action, count(*) from public.audit_logs where resource_type = 'claimable_balance' group by action order by action $$,
  $$ values ('claimable_balance.claimed', 1::bigint), ('claimable_balance.created', 2::bigint), ('claimable_balance.reclaimed', 1::bigint) $$,
  'and audited once');

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
  return tests.error_code_of(format('select tests.apply(tests.balance(%s, %L, 3))', pair_outcome.number, pair_outcome.to_state));
end;
$$;
select is(
  tests.pair_outcome(1000 + row_number() over (order by from_state, to_state)::integer, from_state, to_state),
  case when (from_state, to_state) in (
    ('active', 'claimed'), ('active', 'expired'), ('active', 'reclaimed'), ('active', 'clawed_back'), ('expired', 'claimed'), ('expired', 'reclaimed'))
  then 'no error' else 'transition_not_allowed' end,
  format('%s -> %s', from_state, to_state))
from unnest('{active,claimed,expired,reclaimed,clawed_back}'::text[]) as from_state
cross join unnest('{active,claimed,expired,reclaimed,clawed_back}'::text[]) as to_state
where from_state <> to_state;

select is(
  tests.error_code_of(format('update public.claimable_balances set %s where claimable_balance_id = tests.balance_id(1)', change)), code, promise)
from (values
  ($$ status = 'active', claimed_at = null, ended_at = null, ended_tx_hash = null $$, 'transition_not_allowed', 'no plain update takes a way that is not allowed'),
  ($$ amount = 1 $$, 'column_is_fixed', 'an amount on the ledger is fixed'),
  ($$ claimant = tests.address(2) $$, 'column_is_fixed', 'and its claimant')
) as change (change, code, promise);
select is(tests.error_code_of($$ delete from public.claimable_balances $$), 'append_only', 'no balance is forgotten');

select tests.as_service();
select is(tests.error_code_of(format('select tests.apply(%s)', state)), code, promise)
from (values
  ($$ tests.balance(1, 'claimed', 300, '{"amount": "13"}') $$, 'claimable_balance_differs', 'a balance never changes its amount'),
  ($$ tests.balance(1, 'claimed', 300, jsonb_build_object('organization_id', tests.organization_id('Globex'))) $$, 'claimable_balance_differs', 'nor its organization'),
  ($$ tests.balance(1, 'claimed', 300, '{"expires_at": "2027-01-01T00:00:00Z"}') $$, 'claimable_balance_differs', 'nor its end'),
  ($$ tests.balance(50, 'active', 300, '{"amount": 12.5}') $$, 'invalid_claimable_balance', 'an amount is a text, never a number'),
  ($$ tests.balance(50, 'active', 300, '{"amount": "0"}') $$, 'invalid_claimable_balance', 'and more than zero'),
  ($$ tests.balance(50, 'active', 300, '{"claimant": "G"}') $$, 'invalid_claimable_balance', 'a claimant is an account'),
  ($$ tests.balance(50, 'active', 300, jsonb_build_object('claimant', tests.secret_key())) $$, 'invalid_claimable_balance', 'and no secret key'),
  ($$ tests.balance(50, 'gone', 300) $$, 'invalid_claimable_balance', 'a state is a known one'),
  ($$ tests.balance(50, 'active', 300, '{"claimable_balance_id": "1"}') $$, 'invalid_claimable_balance', 'an id is one of the ledger'),
  ($$ tests.balance(50, 'expired', 300, '{"closed_at": "2026-11-30T23:59:59Z"}') $$, 'invalid_claimable_balance', 'nothing expires before its ledger says so'),
  ($$ tests.balance(50, 'active', 300, jsonb_build_object('employee_id', tests.employee_id('Acme', 'eve'), 'organization_id', tests.organization_id('Globex'))) $$, 'invalid_claimable_balance', 'an employee of another organization does not exist'),
  ($$ jsonb_build_object('claimable_balance_id', tests.balance_id(51), 'status', 'claimed', 'ledger', 1, 'closed_at', '2026-11-20T12:00:00Z') $$, 'invalid_claimable_balance', 'what is not known must be complete')
) as refusal (state, code, promise);

-- Who reads and who writes.
select tests.authenticate_as('vic', 'Acme');
select ok((select count(*) > 2 from public.claimable_balances), 'a member reads the balances of the organization');
select is(tests.error_code_of($$ select tests.apply(tests.balance(1, 'active', 1)) $$), '42501', 'and writes none');
select tests.authenticate_as('eve', 'Acme');
select is((select count(*) from public.claimable_balances), 1::bigint, 'an employee reads the own');
select tests.authenticate_as('otto', 'Acme');
select is((select count(*) from public.claimable_balances), 0::bigint, 'and no colleague''s');
select tests.authenticate_as('gil', 'Globex');
select is((select count(*) from public.claimable_balances), 0::bigint, 'another organization reads none');
select tests.authenticate_as('stan');
select is((select count(*) from public.claimable_balances), 0::bigint, 'a stranger reads none');

select * from finish();
rollback;
