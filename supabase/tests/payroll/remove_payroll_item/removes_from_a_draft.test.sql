begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create temporary table items as select item.id, employee.first_name from public.payroll_items as item
join public.employees as employee on employee.id = item.employee_id;
grant select on items to public;

select tests.authenticate_as('vic');
select is(
  tests.error_code_of(format('select public.remove_payroll_item(%s)', (select min(id) from items))), 'role_too_low',
  'a viewer cannot remove an item');

select tests.authenticate_as('max');
select is(
  (
    select (status, total_amount::text, item_count)
    from public.remove_payroll_item((select id from items where first_name = 'olaf'))),
  ('draft'::text, '1000.0000000'::text, 1),
  'the removal of an item returns the run with its new totals');
select is(
  tests.error_code_of(
    format('select public.remove_payroll_item(%s)', (select id from items where first_name = 'olaf'))),
  'payroll_item_not_found', 'an item that was removed is not found');
select is(
  tests.error_code_of('select public.remove_payroll_item(null)'), 'payroll_item_not_found',
  'the removal of the item null is refused as unknown');
select is(
  tests.error_code_of('select public.remove_payroll_item(-1)'), 'payroll_item_not_found',
  'an unknown item is not found');

select public.add_bonus((select id from run), tests.employee_id('Acme', 'emma'), '10');
select tests.reset();
select tests.walk_run((select id from run), 'approved');
select tests.authenticate_as('max');
select is(
  (
    select (status, total_amount::text, item_count, approved_at is null)
    from public.remove_payroll_item((select max(id) from public.payroll_items))),
  ('draft'::text, '1000.0000000'::text, 1, true),
  'the removal of an item of a submitted run takes the run back to draft');
select is(
  (select count(*) from public.payroll_run_approvals where voided_at is null), 0::bigint,
  'the removal of an item of a submitted run voids every approval');

select tests.reset();
select tests.walk_run((select id from run), 'processing');
select tests.authenticate_as('max');
select is(
  tests.error_code_of(
    format('select public.remove_payroll_item(%s)', (select id from items where first_name = 'emma'))),
  'payroll_run_not_editable', 'an item of a run that is being paid cannot be removed');

select tests.reset();
create temporary table second as select tests.create_run('Acme') as id;
select tests.act_as('max', 'Acme');
select is(
  (
    select (item_count, total_amount::text)
    from second,
      public.remove_payroll_item(
        (select min(item.id) from public.payroll_items as item where item.payroll_run_id = second.id))),
  (1, '500.0000000'::text),
  'a first item can be removed from a run of two');
select is(
  (
    select (item_count, total_amount::text)
    from second,
      public.remove_payroll_item(
        (select min(item.id) from public.payroll_items as item where item.payroll_run_id = second.id))),
  (0, '0.0000000'::text),
  'the last item can be removed from a run');
select is(
  (select tests.error_code_of(format('select tests.submit(%s)', second.id)) from second),
  'payroll_run_is_empty', 'an empty run cannot be submitted');
select is(
  (
    select count(*) from public.payroll_audit_logs
    where action = 'items_changed' and payroll_run_id = (select id from second)), 3::bigint,
  'every change of the items is in the audit trail');

select * from finish();
rollback;
