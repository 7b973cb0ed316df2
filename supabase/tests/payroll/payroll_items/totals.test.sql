begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_employees('Acme', 3, '100');
create temporary table runs as select 1 as number, tests.create_run('Acme') as id
union all select 2, tests.create_run('Acme');

-- The totals stored with the runs, and the sums of their items.
create function pg_temp.totals() returns setof text language sql as $$
  select (run.total_base_amount, run.total_bonus_amount, run.total_amount, run.item_count)::text
  from public.payroll_runs as run order by run.id;
$$;
create function pg_temp.sums() returns setof text language sql as $$
  select (
    coalesce(sum(item.amount::numeric) filter (where item.item_type = 'base'), 0)::numeric(20, 7),
    coalesce(sum(item.amount::numeric) filter (where item.item_type = 'bonus'), 0)::numeric(20, 7),
    coalesce(sum(item.amount::numeric), 0)::numeric(20, 7), count(item.id)::integer)::text
  from public.payroll_runs as run left join public.payroll_items as item on item.payroll_run_id = run.id group by run.id
  order by run.id;
$$;
create function pg_temp.after(statement text) returns boolean language plpgsql as $$
begin
  execute statement;
  return (
    select array_agg(totals) from pg_temp.totals() as totals) = (select array_agg(sums) from pg_temp.sums() as sums);
end;
$$;

select ok(pg_temp.after('select 1'), 'the totals of new runs are those of their items');
select is(
  (select array_agg(totals) from pg_temp.totals() as totals),
  array['(300.0000000,0.0000000,300.0000000,3)', '(300.0000000,0.0000000,300.0000000,3)'],
  'three salaries of 100 give a total of 300');
select ok(pg_temp.after(statement), format('the totals are those of the items after %s', what))
from (values
  (
    $$
      insert into public.payroll_items (
        organization_id, payroll_run_id, employee_id, item_type, amount) select tests.organization_id('Acme'), id,
        tests.employee_id('Acme', 'worker1'), 'bonus', 0.0000001 * number from runs $$,
    'one statement adds items to two runs'),
  (
    $$
      insert into public.payroll_items (
        organization_id, payroll_run_id, employee_id, item_type, amount) select tests.organization_id('Acme'), id,
        tests.employee_id('Acme', 'worker2'), 'bonus', 5 from runs cross join generate_series(1, 50) $$,
    'one statement adds a hundred items'),
  ($$ update public.payroll_items set amount = amount + 0.0000001 $$, 'one statement changes every amount'),
  ($$ update public.payroll_items set item_type = 'bonus' where employee_id = tests.employee_id('Acme', 'worker3') $$,
    'salaries become bonuses'),
  (
    $$
      update public.payroll_items set payroll_run_id = (select id from runs where number = 2)
      where payroll_run_id = (select id from runs where number = 1) and item_type = 'bonus' $$,
    'items move to another run'),
  ($$ update public.payroll_items set description = 'x' $$, 'another column of the items changes'),
  ($$ delete from public.payroll_items where amount < 1 $$, 'one statement removes items of two runs'),
  ($$ delete from public.payroll_items $$, 'every item is removed'),
  (
    $$
      insert into public.payroll_items (
        organization_id, payroll_run_id, employee_id, item_type, amount) select tests.organization_id('Acme'), id,
        tests.employee_id('Acme', 'worker1'), 'base', 7 from runs where false $$, 'a statement adds nothing')
) as statements (statement, what);

-- A total above the largest amount of Stellar is refused, and a refused statement leaves everything as it was.
insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount)
select tests.organization_id('Acme'), id, tests.employee_id('Acme', 'worker1'), 'base', 922337203685.4775807 from runs
where number = 1;
select is(tests.error_code_of($$
  insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount)
  select tests.organization_id('Acme'), id, tests.employee_id('Acme', 'worker2'), 'base', 0.0000001 from runs
  where number = 1 $$), 'amount_too_large',
  'a total of one stroop more than the largest amount of Stellar is refused');
select ok(pg_temp.after('select 1'), 'the totals are those of the items after a refused statement');

select is(
  tests.error_code_of(
    $$
      update public.payroll_runs set total_base_amount = total_base_amount + 1, total_amount = total_amount + 1
      where id = (select id from runs where number = 2) $$), 'totals_follow_items',
  'an update of the totals of a run is refused, even for the owner of the table');
select is(
  tests.error_code_of($$ update public.payroll_runs set item_count = item_count + 1 $$), 'totals_follow_items',
  'an update of the item count of a run is refused');
select is(tests.error_code_of($$
  insert into public.payroll_runs (
    organization_id, batch_id, period_start, period_end, total_base_amount, total_amount, item_count)
  select organization_id, 'made up', period_start, period_end, 5, 5, 1 from public.payroll_runs
  limit 1 $$), 'totals_follow_items', 'a new run with totals and no items is refused');
alter table public.payroll_runs disable trigger payroll_runs_totals_follow_items;
select is(
  tests.error_code_of(
    $$
      update public.payroll_runs set total_amount = total_amount + 1
      where id = (select id from runs where number = 2) $$), '23514', 'a total that is not base plus bonus is refused');
select is(
  tests.error_code_of(
    $$
      update public.payroll_runs set total_base_amount = total_base_amount - total_base_amount::numeric - 1,
        total_amount = 0 $$), '23514', 'a negative total is refused');
select is(
  tests.error_code_of($$ update public.payroll_runs set item_count = -1 $$), '23514', 'a negative count is refused');

select * from finish();
rollback;
