-- rollback-of: 20261125040100_own_record
-- rollback: lossy table private.chosen_employments
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('private.chosen_employments');
delete from private.retention_rules
where table_name in ('private.chosen_employments');
drop function public.my_employments();
drop function private.my_employments();
drop policy "Members can read employees, and employees their own record" on public.employees;
drop trigger users_forget_reader on public.users;
drop function private.forget_reader_of_members();
drop function private.last_readable_employee();
drop function private.first_readable_employee();
drop function private.reads_as_member();
drop function private.readable_organization_id();
drop function private.forget_reader();
drop function private.employee_id();
drop function private.employment();
drop table private.chosen_employments;
