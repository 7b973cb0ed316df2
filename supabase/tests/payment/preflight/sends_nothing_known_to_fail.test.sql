begin;
\ir ../../_shared/setup.sql.raw
select plan(20);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}', '{gus}');
select tests.configure_network();
select tests.treasury('Acme');
select tests.create_employee('Acme', person.name, person.salary, person.address)
from (values
  ('anna', '10', tests.address(1)), ('new', '5', tests.address(2)), ('poor', '0.9999999', tests.address(3)),
  ('exchange', '20', tests.address(6)), ('customer1', '30', tests.address(6)), ('customer2', '40', tests.address(6)),
  ('customer3', '50', tests.address(6)), ('wanting', '60', tests.address(7)), ('unread', '70', tests.address(8))
) as person (name, salary, address);
update public.employees set memo_type = 'id', memo = '18446744073709551615' where first_name = 'customer1';
update public.employees set memo_type = 'text', memo = 'ünï-çødé-28-bytes-ab' where first_name = 'customer2';
update public.employees set memo_type = 'text', memo = 'ünï-çødé-28-bytes-ab' where first_name = 'customer3';

create temporary table work as select tests.create_run('Acme') as id;
select tests.act_as('ada', 'Acme');
select public.update_payroll_run(id, tests.version(id), '{"memo": "Salary"}') from work;
select tests.act_as(null);
select is(
  (select array_agg(employee.first_name || ':' || item.memo order by employee.first_name)
    from work join public.payroll_items as item on item.payroll_run_id = work.id
    join public.employees as employee on employee.id = item.employee_id
    where item.memo is not null),
  array['customer1:18446744073709551615', 'customer2:ünï-çødé-28-bytes-ab', 'customer3:ünï-çødé-28-bytes-ab'],
  'the items of a run carry the memos of their employees');
select tests.walk_run(id, 'processing') from work;
create temporary table lease as select tests.lease_of_run(id) as token from work;
grant select on work, lease to public;

select tests.as_service();
create temporary table asked as select account.value ->> 'account_id' as account
  from work, lease, jsonb_array_elements(public.accounts_to_check(work.id, lease.token)) as account;
select is(
  (select array_agg(asked.account order by asked.account) from asked),
  (select array_agg(wanted order by wanted) from unnest(array[tests.address(1), tests.address(2), tests.address(3),
    tests.address(6), tests.address(7), tests.address(8)]) as wanted),
  'before a transaction is planned the accounts are named of which nothing is known, and those with an own memo are not next');
select is(
  public.accounts_to_check(work.id, lease.token), '[]', 'accounts that are being read right now are not named again')
from work, lease;
select tests.reset();
create temporary table elsewhere as select tests.treasury('Globex') as treasury, gen_random_uuid() as token;
grant select on elsewhere to public;
update private.wallet_reads set lease_token = elsewhere.token from elsewhere;
update private.source_accounts set lease_token = elsewhere.token, leased_until = now() + interval '1 minute'
from elsewhere where account_id = elsewhere.treasury;
select tests.as_service();
select is(
  tests.error_code_of(format('select public.accounts_to_check(%s, %L)', work.id, lease.token)), 'accounts_being_read',
  'what another payment reads right now is waited for')
from work, lease;
select tests.reset();
update private.source_accounts set lease_token = null, leased_until = null from elsewhere
where account_id = elsewhere.treasury;
select tests.as_service();
select is(
  (select count(*) from jsonb_array_elements(public.accounts_to_check(work.id, lease.token))), 6::bigint,
  'what is read for a report or the list of wallets is taken over by a payment, which does not go on without knowing it')
from work, lease;
select is(
  tests.error_code_of(format('select public.accounts_to_check(%s, gen_random_uuid())', (select id from work))),
  'lease_lost', 'a worker without the lease of the account is told nothing');

select public.apply_wallet_states(jsonb_agg(jsonb_build_object('account_id', asked.account, 'lease_token', lease.token,
    'assets', '[]'::jsonb)
  || case
    when asked.account = tests.address(8) then '{"problem": "no_answer"}'
    when asked.account in (tests.address(2), tests.address(3))
      then '{"ledger": 60, "account_exists": false, "balances": []}'::jsonb
    else jsonb_build_object('ledger', 60, 'account_exists', true, 'memo_required',
      asked.account in (tests.address(6), tests.address(7)), 'balances', jsonb_build_array(jsonb_build_object(
        'asset_code', 'XLM', 'asset_issuer', '', 'balance', '5.0000000', 'limit', null, 'buying_liabilities',
        '0.0000000', 'selling_liabilities', '0.0000000', 'is_authorized', true))) end))
from asked, lease;
select is(public.accounts_to_check(work.id, lease.token), '[]', 'what was read is not asked for again') from work, lease;
select tests.reset();

select results_eq(
  $$
    select employee.first_name, item.failure_code
    from work join public.payroll_items as item on item.payroll_run_id = work.id
    join public.employees as employee on employee.id = item.employee_id
    where item.status = 'failed' order by item.employee_id
  $$,
  $$values ('poor', 'op_low_reserve'), ('exchange', 'memo_required'), ('wanting', 'memo_required')$$,
  'items that are known to fail are failed before anything is sent, each with its reason');
select results_eq(
  $$
    select employee.first_name, told.data ->> 'code', told.data ->> 'amount', told.data ->> 'destination',
      told.data ? 'tx_hash'
    from public.events as event
    cross join lateral (select event.body::jsonb -> 'data' as data) as told
    join public.employees as employee on employee.id = (told.data ->> 'employee_id')::bigint
    where event.type = 'payment.failed' order by employee.id
  $$,
  $$values ('poor', 'op_low_reserve', '0.9999999', tests.address(3), false),
    ('exchange', 'memo_required', '20.0000000', tests.address(6), false),
    ('wanting', 'memo_required', '60.0000000', tests.address(7), false)$$,
  'each payment that is held back before it is sent is told once, without a transaction');
select is(
  (select item.failure_reason from work join public.payroll_items as item on item.payroll_run_id = work.id
    where item.failure_code = 'op_low_reserve'),
  'The destination account does not exist, and the amount is less than a new account must hold. Ask the employee to '
  'fund the account, or pay at least 1 XLM.', 'the reason of a failed item says what the cure is');

select tests.as_service();
create temporary table planned as
  select planned.* from work, lease, public.plan_operations(work.id, lease.token) as planned;
select results_eq(
  $$ select employee.first_name, planned.operation_type, planned.memo_type, planned.memo from planned
    join public.employees as employee on employee.id = planned.employee_id order by planned.operation_index $$,
  $$values ('anna', 'payment', 'text', 'Salary'), ('new', 'create_account', 'text', 'Salary'),
    ('unread', 'payment', 'text', 'Salary')$$,
  'an account that does not exist is created by its payment, one that was not read is paid, and all carry the memo of '
  'the run');
select tests.persist(work.id, lease.token) from work, lease;
select is(
  (select (memo_type, memo, operation_count)::text from public.transactions),
  '(text,Salary,3)', 'the transaction that is stored is the one that was planned');
select tests.reset();
select tests.settle(tests.evidence((select max(id) from public.transactions), 'applied'));

select tests.as_service();
select results_eq(
  $$ select employee.first_name, planned.memo_type, planned.memo
    from work, public.plan_operations(work.id, tests.lease_of_run(work.id)) as planned
    join public.employees as employee on employee.id = planned.employee_id $$,
  $$values ('customer1', 'id', '18446744073709551615')$$,
  'a payment with a memo of its own goes alone, and never with the memo of the run');
select tests.reset();
create temporary table second as
  select tests.persist(work.id, tests.lease_of_run(work.id), sequence => '1002') as id from work;
select is(
  (select substr(decode(envelope_xdr, 'base64'), 109, 12) from public.transactions join second using (id)),
  '\x00000002ffffffffffffffff'::bytea, 'the largest number is written as a memo of 64 bits');
select tests.settle(tests.evidence((select id from second), 'applied'));
select is(
  (select array_agg(employee.first_name || ' ' || planned.memo order by planned.operation_index)
    from work, public.plan_operations(work.id, tests.lease_of_run(work.id)) as planned
    join public.employees as employee on employee.id = planned.employee_id),
  array['customer2 ünï-çødé-28-bytes-ab', 'customer3 ünï-çødé-28-bytes-ab'],
  'payments with the same memo go together');
select is(
  (select tests.error_code_of(format(
      'select public.persist_transaction(%s, %L, tests.hash_of(%3$L), %3$L, ''1003'', 100, 1000, ''2099-12-01'', %4$L)',
      work.id, lease, tests.envelope(work.id, '1003', operations), jsonb_set(operations, '{0,memo}', '"Salary"')))
    from work, tests.lease_of_run(work.id) as lease, tests.operations(work.id, lease) as operations),
  'operations_differ_from_plan', 'a plan with another memo is refused');
select is(
  (select tests.error_code_of(format(
      'select public.persist_transaction(%s, %L, tests.hash_of(%3$L), %3$L, ''1003'', 100, 1000, ''2099-12-01'', %4$L)',
      work.id, lease, tests.envelope(work.id, '1003', (
        select jsonb_agg(operation || '{"memo": "Salary"}') from jsonb_array_elements(operations) as operation)),
      operations))
    from work, tests.lease_of_run(work.id) as lease, tests.operations(work.id, lease) as operations),
  'envelope_differs_from_plan', 'an envelope with another memo is refused');
select tests.persist(work.id, tests.lease_of_run(work.id), sequence => '1003') from work;
select tests.settle(tests.evidence((select max(id) from public.transactions), 'applied'));
select is(
  (select (status, failure_code)::text from public.payroll_runs join work using (id)), '(failed,items_not_paid)',
  'a run with items that were not sent ends as failed');

-- The cure and the retry.
select tests.act_as('ada', 'Acme');
select public.retry_payroll_run(id) from work;
select tests.act_as(null);
select is(
  (select count(*) from work, public.plan_operations(work.id, tests.lease_of_run(work.id))), 0::bigint,
  'a cause that is known and not mended fails again without being sent');
select is(
  (select count(*) from public.transactions), 3::bigint, 'three transactions paid everybody who could be paid');

select * from finish();
rollback;
