-- rollback-of: 20261125040000_employees
-- rollback: lossy table public.employees, table private.employee_counts
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.require_room_for_employees(bigint, bigint);
drop table private.employee_counts;
delete from private.limits
where name in ('employees_per_organization');
delete from private.personal_data_erasures
where table_name in ('public.employees');
delete from private.personal_data
where table_name in ('public.employees');
delete from private.retention_rules
where table_name in ('public.employees', 'private.employee_counts');
drop trigger employees_keep_when_address_was_set on public.employees;
drop function private.keep_when_address_was_set();
drop trigger employees_touch_version on public.employees;
drop table public.employees;
drop function private.person_key(text, text);
