begin;
\ir ../../_shared/setup.sql.raw
select plan(4);

select tests.create_world();

select trigger_is('public', 'employees', 'employees_write_audit_of_inserts', 'private', 'audit_employees',
  'audit_employees writes down every new employee');
select trigger_is('public', 'employees', 'employees_write_audit_of_updates', 'private', 'audit_employees',
  'audit_employees writes down every change of an employee');
select trigger_is('public', 'employees', 'employees_emit_events_of_inserts', 'private', 'emit_employee_events',
  'emit_employee_events announces every new employee');

update public.employees set first_name = 'Changed' where id = (select min(id) from public.employees);
select ok(
  (select changes::text not like '%Changed%' and changes -> 'fields' ? 'first_name'
   from public.audit_logs
   where resource_type = 'employee'
   order by id desc
   limit 1),
  'the audit row of a changed first name names the field and keeps the name out');

select * from finish();
rollback;
