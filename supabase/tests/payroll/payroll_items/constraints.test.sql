begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Globex', 'earl', '1000');
create temporary table run as select tests.create_run('Acme') as id;

create function pg_temp.insert_item(columns text, item_values text) returns text language sql as $$
  select tests.error_code_of(
    format(
      'insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount%s) values (%s)',
      columns, item_values));
$$;
create function pg_temp.item(
  item_type text, amount text, columns text default '', more text default '') returns text language sql as $$
  select pg_temp.insert_item(
    columns,
    format(
      '%s, %s, %s, %L, %s%s', tests.organization_id('Acme'), (select id from run), tests.employee_id('Acme', 'emma'),
      item_type, amount, more));
$$;

select is(pg_temp.item('base', '5'), '23505', 'a second salary of an employee in one run is refused by the table');
select is(
  pg_temp.item('bonus', '5') || pg_temp.item('bonus', '5'), 'no errorno error',
  'an employee may have several equal bonuses in one run');
select is(pg_temp.item(item_type, amount), code, what)
from (values
  ('bonus', '0', '23514', 'an amount of zero is refused'),
  ('bonus', '-1', '23514', 'a negative amount is refused'),
  ('bonus', $$'NaN'$$, '23514', 'an amount of NaN is refused'),
  ('bonus', '922337203685.4775808', '23514', 'an amount above the largest amount of Stellar is refused'),
  ('bonus', 'null', '23502', 'a missing amount is refused'),
  ('refund', '1', '23514', 'an unknown kind of item is refused')
) as cases (item_type, amount, code, what);
select is(pg_temp.item('bonus', '1', columns, more), '23514', what)
from (values
  (', destination', $$, 'GBAD'$$, 'a destination that is no Stellar address is refused'),
  (', destination', format(', %L', left(tests.address(1), 55)), 'a destination with a character missing is refused'),
  (', tx_hash', $$, 'beef'$$, 'a transaction hash of the wrong form is refused'),
  (', status, tx_hash', $$, 'completed', null$$, 'a paid item without its transaction is refused'),
  (', tx_hash', format(', %L', tests.hash('x')), 'an unpaid item with a transaction is refused'),
  (', status, failure_code', $$, 'failed', 'code'$$, 'a failed item without a reason is refused'),
  (', failure_code, failure_reason', $$, 'code', 'reason'$$, 'a pending item with a reason of failure is refused'),
  (', failure_code', $$, 'code'$$, 'a pending item with a failure code and no reason is refused'),
  (', description', format(', %L', repeat('x', 1001)), 'a description of 1001 characters is refused')
) as cases (columns, more, what);

select is(
  pg_temp.insert_item(
    '',
    format(
      '%s, %s, %s, ''bonus'', 1', tests.organization_id('Acme'), (select id from run),
      tests.employee_id('Globex', 'earl'))), '23503',
  'an item for an employee of another organization is refused by the table');
select is(
  pg_temp.insert_item(
    '',
    format(
      '%s, %s, %s, ''bonus'', 1', tests.organization_id('Globex'), (select id from run),
      tests.employee_id('Globex', 'earl'))), '23503',
  'an item of another organization is refused by the table');

select * from finish();
rollback;
