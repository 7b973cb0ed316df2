begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employees('Acme', 205, '10');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'processing') from run;
create temporary table work as select id, tests.lease_of_run(id) as lease from run;

select is(
  (select count(*) from work, public.plan_operations(id, lease)), 100::bigint,
  'a plan has at most a hundred employees');
select is(
  tests.error_code_of(
    format(
      'select public.persist_transaction(%s, %L, %L, ''AAAA'', ''5'', 100, 1000, now(), %L)', id, lease,
      tests.hash('x'), (select jsonb_agg(jsonb_build_object('operation_index', n)) from generate_series(0, 100) as n))),
  'invalid_transaction', 'a transaction of 101 operations is refused') from work;
create temporary table first as select tests.persist(id, lease) as id from work;
select is(
  (select (operation_count, amount::text) from public.transactions), (100, '1000.0000000'::text),
  'the first transaction pays the first hundred employees');
select is(
  (select array_agg(distinct operation_index order by operation_index) from public.transaction_operations),
  (select array_agg(n) from generate_series(0, 99) as n), 'the operations of a transaction are numbered from 0 to 99');

select tests.settle(tests.evidence(id, 'applied')) from first;
select is(
  tests.run_status((select id from run)), 'processing',
  'a run with unpaid employees goes on after its first transaction');
update work set lease = tests.lease_of_run(id);
create temporary table second as select tests.persist(id, lease) as id from work;
select is(
  (
    select count(*) from public.transaction_operations as operation join second on second.id = operation.transaction_id
    where operation.employee_id in (
      select employee_id from public.transaction_operations where transaction_id <> second.id)), 0::bigint,
  'the second transaction contains no employee whom the first has paid');
-- The second transaction never reaches a ledger: its hundred items are free again, the first hundred stay paid.
select tests.settle(tests.evidence(id, 'unused')) from second;
select results_eq(
  $$ select status, transaction_operation_id is null, count(*) from public.payroll_items group by 1, 2 order by 1 $$,
  $$ values ('completed', false, 100::bigint), ('pending', true, 105::bigint) $$,
  'a transaction that was never applied frees exactly its own items');
update work set lease = tests.lease_of_run(id);
create temporary table third as select tests.persist(id, lease) as id from work;
select tests.settle(tests.evidence(id, 'applied')) from third;
update work set lease = tests.lease_of_run(id);
create temporary table fourth as select tests.persist(id, lease) as id from work;
select tests.settle(tests.evidence(id, 'applied')) from fourth;
select is(tests.run_status((select id from run)), 'completed', 'a run is completed when every employee is paid');
select is(
  (select count(*) from public.transactions), 4::bigint,
  'a run of 205 employees with one lost transaction has four transactions');
select is(
  (
    select max(n)
    from (select count(*) as n from public.transaction_operations where is_live group by employee_id) as live),
  1::bigint, 'every employee has one live operation');
select is(
  (select count(*) from public.events where type = 'payment.completed'), 205::bigint,
  'every payment is announced exactly once');
select is(
  (select (select sum(amount::numeric) from public.transaction_operations where is_live)::text),
  (select total_amount::text from public.payroll_runs),
  'the sum of the live operations equals the approved total to the stroop');

select * from finish();
rollback;
