-- rollback-of: 20261125040600_employee_accounts
-- rollback: lossy table public.employee_invitations
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('employee_invitations_per_person_and_hour');
delete from private.personal_data_erasures
where table_name in ('public.employee_invitations');
delete from private.personal_data
where table_name in ('public.employee_invitations');
delete from private.retention_rules
where table_name in ('public.employee_invitations');
delete from private.notification_templates
where event_type in ('employee.account_linked', 'employee.account_unlinked');
delete from private.preference_defaults
where key in ('notifications.employees.account_linked');
drop function public.leave_employment(bigint);
drop function private.leave_employment(bigint);
drop function public.unlink_employee_account(bigint);
drop function private.unlink_employee_account(bigint);
drop function private.unlink_account(public.employees);
drop function public.accept_employee_invitation(text);
drop function private.accept_employee_invitation(text);
drop function public.revoke_employee_invitation(bigint);
drop function private.revoke_employee_invitation(bigint);
drop function public.invite_employee(bigint, text);
drop function private.invite_employee(bigint, text);
drop function private.new_employee_invitation_token(bigint);
drop trigger employees_end_invitations on public.employees;
drop function private.end_employee_invitations();
drop function private.revoke_employee_invitations(bigint);
drop function private.announce_account(public.employees, text);
drop type public.employee_invitation;
delete from private.error_codes
where code in (
  'account_linked',
  'account_belongs_to_another_employee',
  'account_not_linked',
  'employee_invitation_not_found',
  'not_your_employment');
drop table public.employee_invitations;
