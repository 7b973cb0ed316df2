begin;
\ir ../../_shared/setup.sql.raw
select plan(32);

-- The bytes are those that the Stellar SDK writes.
select is(
  encode(private.xdr_claimable_balance('GCR56SUVPJ3GL7IO6XPSO7B3CPTDHT7O5ASTFJSONO7DKNIYMPAJCT6A', 'USDC',
    'GC2PIWGA3JKDLS275MMMLTC7HAXL35LXVPCM2C7XJOW37PKE3QTIPQ4F', 12.5,
    'GACGL5RNY4WVSZKG45GGYF4BJQMMBNDHYVSUJFJ7ZTFRPPERJFX5W5RD', to_timestamp(1900000000)), 'hex'),
  '000000000000000e000000015553444300000000b4f458c0da5435cb5feb18c5cc5f382ebdf577abc4cd0bf74badbfbd44dc26870000000007'
  '735940000000020000000000000000a3df4a957a7665fd0ef5df277c3b13e633cfeee82532a64e6bbe35351863c0910000000000000000000000'
  '000465f62dc72d596546e74c6c17814c18c0b467c56544953fcccb17bc91496fdb00000003000000010000000400000000713fb300',
  'a claimable balance is written byte for byte as the Stellar SDK writes it');
select is(
  encode(private.xdr_claim('00000000' || repeat('ab', 32)), 'hex'), '000000000000000f00000000' || repeat('ab', 32),
  'a claim is written byte for byte as the Stellar SDK writes it');
select is(
  private.claimable_balance_id('GACGL5RNY4WVSZKG45GGYF4BJQMMBNDHYVSUJFJ7ZTFRPPERJFX5W5RD', '42', 0),
  '00000000c99d76ea1194d9958213cf1d7eef320867b2cb933af732bac1f592226a70700e',
  'the id of a balance is the one that the Stellar SDK computes from account, number and place');

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.configure_network();
select tests.treasury('Acme');
select tests.create_user('nina');
select tests.create_employee('Acme', person.name, '10', person.address, 'USDC', tests.issuer(),
  signs_in_as => person.user_name)
from (values ('anna', tests.address(1), null), ('nina', tests.address(2), 'nina'), ('abel', tests.address(3), null),
  ('frost', tests.address(4), null), ('mona', tests.address(5), null), ('ula', tests.address(6), null)
) as person (name, address, user_name);

-- What the ledger says: anna trusts the asset, nina does not, abel has no account, frost is frozen, mona wants a memo.
create function pg_temp.look(run_id bigint)
returns void
language plpgsql as $$
declare
  v_lease uuid := tests.lease_of_run(run_id);
  v_asked jsonb := public.accounts_to_check(run_id, v_lease);
begin
  if v_asked = '[]' then
    return;
  end if;

  perform public.apply_wallet_states(jsonb_agg(jsonb_build_object('account_id', asked.value ->> 'account_id',
      'lease_token', v_lease, 'ledger', 60, 'assets', asked.value -> 'assets')
    || case asked.value ->> 'account_id'
      when tests.address(3) then '{"account_exists": false, "balances": []}'::jsonb
      else jsonb_build_object('account_exists', true, 'memo_required', asked.value ->> 'account_id' = tests.address(5),
        'balances', jsonb_build_array(pg_temp.line('XLM', '', true))
          || case when asked.value ->> 'account_id' in (tests.address(1), tests.address(4), tests.address(6))
            then jsonb_build_array(pg_temp.line('USDC', tests.issuer(),
              asked.value ->> 'account_id' <> tests.address(4))) else '[]' end) end))
  from jsonb_array_elements(v_asked) as asked;
end;
$$;
create function pg_temp.line(code text, issuer text, is_authorized boolean)
returns jsonb language sql as $$
  select jsonb_build_object('asset_code', code, 'asset_issuer', issuer, 'balance', '5.0000000', 'limit',
    case when issuer <> '' then '1000.0000000' end, 'buying_liabilities', '0.0000000', 'selling_liabilities',
    '0.0000000', 'is_authorized', is_authorized);
$$;
create function pg_temp.plan_of(run_id bigint)
returns table (name text, kind text, days integer) language sql as $$
  select employee.first_name, planned.operation_type, planned.reclaim_after_days
  from public.plan_operations(run_id, tests.lease_of_run(run_id)) as planned
  join public.employees as employee on employee.id = planned.employee_id
  order by planned.operation_index;
$$;

-- Off by default.
create temporary table off as select tests.create_run('Acme', 'USDC', tests.issuer()) as id;
select tests.walk_run(id, 'processing') from off;
select pg_temp.look(id) from off;
select results_eq(
  $$ select name, kind from off, pg_temp.plan_of(off.id) $$, $$values ('anna', 'payment'), ('ula', 'payment')$$,
  'an organization that has not allowed claimable balances pays nobody with one');
select is(
  (select string_agg(item.failure_code, ' ' order by item.employee_id) from off
    join public.payroll_items as item on item.payroll_run_id = off.id where item.failure_code is not null),
  'op_no_trust op_no_destination op_not_authorized op_no_trust',
  'without the setting a missing trustline or account fails the item before anything is sent');

-- An admin allows them.
select tests.act_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.update_organization(1, allows_claimable_balances => true) $$), 'role_too_low',
  'a manager cannot allow claimable balances');
select tests.act_as('ada', 'Acme');
select is(
  tests.error_code_of(format($$ select public.update_organization((select version from public.organizations),
    reclaim_after_days => %s) $$, days)), 'invalid_setting', format('%s days until a reclaim are refused', days))
from unnest(array[0, -1, 3651]) as days;
select is(
  (select (allows_claimable_balances, reclaim_after_days)::text from public.update_organization(
    (select version from public.organizations), allows_claimable_balances => true, reclaim_after_days => 30)),
  '(t,30)', 'an admin allows claimable balances and says after how many days they may be taken back');
select is(
  (select changes from public.audit_logs where action = 'organization.updated' order by id desc limit 1),
  '{"allows_claimable_balances": {"old": false, "new": true}, "reclaim_after_days": {"old": 90, "new": 30}}'::jsonb,
  'the trail holds who allowed claimable balances, with both values');
select tests.reset();
select is(
  (select run.reclaim_after_days from off join public.payroll_runs as run using (id)), null,
  'a run that was submitted before keeps what its approvers saw');

create temporary table run as select tests.create_run('Acme', 'USDC', tests.issuer()) as id;
select is(
  (select private.reclaim_after_days(run.*::public.payroll_runs) from public.payroll_runs as run join pg_temp.run as this on this.id = run.id), 30,
  'a draft follows the setting of the organization');
select tests.walk_run(id, 'approved') from run;
select is(
  (select run.reclaim_after_days from pg_temp.run as this join public.payroll_runs as run using (id)), 30,
  'a submitted run says after how many days what is not claimed may be taken back');
select throws_ok(
  $$ update public.payroll_runs set reclaim_after_days = 1 where id = (select id from run);
    select tests.act_as('ada', 'Acme'); select public.disburse_payroll_run((select id from run)) $$,
  'PT409', null, 'an approved run whose days were changed is not paid');
select tests.reset();
select tests.act_as('ada', 'Acme');
select public.disburse_payroll_run(id) from run;
select tests.act_as(null);
select pg_temp.look(id) from run;
select results_eq(
  $$ select * from run, lateral (select * from pg_temp.plan_of(run.id)) as planned offset 0 $$,
  $$ select run.id, planned.* from run, (values ('anna', 'payment', null), ('nina', 'create_claimable_balance', 30),
    ('abel', 'create_claimable_balance', 30), ('ula', 'payment', null)) as planned (name, kind, days) $$,
  'who has no trustline, or no account, is paid with a claimable balance');
select is(
  (select string_agg(employee.first_name || ' ' || item.failure_code, ', ' order by item.employee_id) from run
    join public.payroll_items as item on item.payroll_run_id = run.id
    join public.employees as employee on employee.id = item.employee_id where item.failure_code is not null),
  'frost op_not_authorized, mona memo_required',
  'a frozen trustline, or a memo that is wanted and missing, is no case for a claimable balance');

-- The database accepts exactly the planned balance.
create temporary table lease as select tests.lease_of_run(id) as token from run;
create temporary table planned as select tests.operations(run.id, lease.token) as operations from run, lease;
grant select on run, lease, planned to public;
create function pg_temp.persist(operations jsonb, built jsonb)
returns text language sql as $$
  select tests.error_code_of(format(
    'select public.persist_transaction(%s, %L, %L, %L, %L, 100, 1000, %L, %L)', run.id, lease.token,
    tests.hash_of(envelope), envelope, '2001', '2099-12-01T00:00:00Z', operations))
  from run, lease, tests.envelope(run.id, '2001', built) as envelope;
$$;
select is(pg_temp.persist(changed, operations), 'operations_differ_from_plan',
  format('operations with %s are not the planned ones', what))
from planned, lateral (values
  (jsonb_set(operations, '{1,reclaim_after_days}', '29'), 'a day less until the reclaim'),
  (jsonb_set(operations, '{1,operation_type}', '"payment"'), 'a payment in the place of a balance'),
  (jsonb_set(operations, '{0,operation_type}', '"create_claimable_balance"'), 'a balance in the place of a payment')
) as changes (changed, what);
select is(pg_temp.persist(operations, changed), 'envelope_differs_from_plan', format('an envelope with %s is refused', what))
from planned, lateral (values
  (jsonb_set(operations, '{1,reclaim_after_days}', '29'), 'a day less until the reclaim'),
  (jsonb_set(operations, '{1,destination}', to_jsonb(tests.address(20))), 'a balance for a thief'),
  (jsonb_set(jsonb_set(operations, '{1,operation_type}', '"payment"'), '{1,reclaim_after_days}', 'null'),
    'a payment in the place of a balance')
) as changes (changed, what);

create temporary table sent as select tests.persist(run.id, lease.token, sequence => '2001') as id from run, lease;
select results_eq(
  $$ select employee.first_name, item.payout_method, item.claimable_balance_id, item.claimable_balance_status
    from run join public.payroll_items as item on item.payroll_run_id = run.id
    join public.employees as employee on employee.id = item.employee_id where item.status = 'pending'
    order by item.employee_id $$,
  $$ select name, method, case when place is not null
      then private.claimable_balance_id(tests.treasury('Acme'), '2001', place) end, null
    from (values ('anna', 'payment', null), ('nina', 'claimable_balance', 1), ('abel', 'claimable_balance', 2),
      ('ula', 'payment', null)) as wanted (name, method, place) $$,
  'every item says before anything is sent how it is paid, with the id of its balance');
select tests.settle(tests.evidence(id, 'unused')) from sent;
select is(
  (select string_agg(distinct item.payout_method || coalesce(item.claimable_balance_id, ''), ' ') from run
    join public.payroll_items as item on item.payroll_run_id = run.id), 'payment',
  'items of a transaction that was never applied name no balance any more');
select pg_temp.look(id) from run;
truncate sent;
insert into sent select tests.persist(run.id, tests.lease_of_run(run.id)) from run;
select public.begin_submission(sent.id, tests.lease_of_run(run.id), tests.signed_envelope(sent.id)) from sent, run;
select tests.settle(tests.evidence(id, 'applied')) from sent;

select results_eq(
  $$ select employee.first_name, balance.status, balance.claimant, balance.sponsor, balance.amount::text,
      balance.expires_at, balance.reclaimable_at, balance.synced_ledger, item.claimable_balance_status,
      item.claimable_balance_id = balance.claimable_balance_id
    from public.claimable_balances as balance join public.employees as employee on employee.id = balance.employee_id
    join public.payroll_items as item on item.transaction_operation_id = balance.transaction_operation_id
    order by balance.id $$,
  $$ select name, 'active', address, tests.treasury('Acme'), '10.0000000', null::timestamptz,
      '2099-12-31T00:00:00Z'::timestamptz, 990::bigint, 'active', true
    from (values ('nina', tests.address(2)), ('abel', tests.address(3))) as wanted (name, address) $$,
  'what was applied waits for the employee, who can claim it at any time, and after 30 days also for the treasury');
select results_eq(
  $$ select employee.first_name, slip.status, slip.payout_method, slip.claimable_balance_status
    from run join public.payslips as slip on slip.payroll_run_id = run.id and slip.status = 'completed'
    join public.employees as employee on employee.id = slip.employee_id order by slip.employee_id $$,
  $$values ('anna', 'completed', 'payment', null), ('nina', 'completed', 'claimable_balance', 'active'),
    ('abel', 'completed', 'claimable_balance', 'active'), ('ula', 'completed', 'payment', null)$$,
  'a payslip says that the pay waits to be claimed');
select results_eq(
  $$ select type, body::jsonb #>> '{data,payout_method}', count(*) from public.events
    where type in ('payment.completed', 'claimable_balance.created') group by 1, 2 order by 1, 2 $$,
  $$values ('claimable_balance.created', null, 2::bigint), ('payment.completed', 'claimable_balance', 2::bigint),
    ('payment.completed', 'payment', 2::bigint)$$,
  'the events say who was paid with a payment and for whom it waits, once for each');
select results_eq(
  $$ select notification.type from public.notifications as notification where notification.auth_user_id = tests.user_id('nina')
    order by notification.id $$,
  $$values ('claimable_balance.created')$$,
  'the employee is told that a payment waits, and not that it arrived');

-- horizon-sync tells the same, and then that it was claimed, also in the ledger of its creation.
select tests.as_service();
select is(
  (select (created, changed, unchanged, stale)::text from public.apply_claimable_balances(jsonb_build_array(
    jsonb_build_object('claimable_balance_id', (select claimable_balance_id from public.claimable_balances order by id limit 1),
      'status', 'claimed', 'ledger', 990, 'closed_at', '2026-11-20T12:00:00Z', 'tx_hash', tests.hash('claim'))))),
  '(0,1,0,0)', 'a claim is recorded');
select is(
  (select (created, changed, unchanged, stale)::text from public.apply_claimable_balances(jsonb_build_array(
    jsonb_build_object('claimable_balance_id', (select claimable_balance_id from public.claimable_balances order by id limit 1),
      'status', 'active', 'ledger', 990, 'closed_at', '2026-11-20T12:00:00Z')))),
  '(0,0,0,1)', 'the creation, told again after a claim in the same ledger, changes nothing');
select tests.reset();
select is(
  (select item.claimable_balance_status from run join public.payroll_items as item on item.payroll_run_id = run.id
    where item.employee_id = tests.employee_id('Acme', 'nina')), 'claimed', 'the item says that it was claimed');

select * from finish();
rollback;
