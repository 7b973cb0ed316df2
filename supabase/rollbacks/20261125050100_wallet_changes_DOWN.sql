-- rollback-of: 20261125050100_wallet_changes
-- rollback: lossy table public.wallet_changes, table private.former_identities, table private.scheduled_job_runs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_wallet_changes');
drop function private.check_wallet_changes(bigint);
delete from private.notification_templates
where event_type in (
  'email_change.applied',
  'email_change.cancelled',
  'email_change.requested',
  'wallet_change.applied',
  'wallet_change.cancelled',
  'wallet_change.requested');
delete from private.preference_defaults
where key in (
  'notifications.wallet_changes.requested',
  'notifications.wallet_changes.applied',
  'notifications.wallet_changes.cancelled');
drop function private.wanted_email(bigint, text);
drop function private.wanted_destination(bigint, text, text, text);
drop function public.cancel_wallet_change(bigint);
drop function private.cancel_wallet_change(bigint);
drop function public.confirm_wallet_change(bigint);
drop function private.confirm_wallet_change(bigint);
drop function private.asked_for_wallet_change(public.wallet_changes, uuid);
drop function private.locked_wallet_change(bigint, bigint);
delete from private.scheduled_jobs
where name in ('wallet-changes');
drop function private.apply_due_wallet_changes(timestamptz);
drop function private.email_is_taken_meanwhile(public.wallet_changes);
drop function private.apply_wallet_change(public.wallet_changes, bigint);
drop trigger users_withdraw_wallet_changes on public.users;
drop function private.withdraw_wallet_changes_of_member();
drop trigger employees_suspend_addresses_of_rehires on public.employees;
drop function private.hold_addresses_of_rehires();
drop trigger employees_hold_email_changes on public.employees;
drop function private.hold_email_changes();
drop trigger employees_hold_wallet_changes on public.employees;
drop function private.hold_wallet_changes();
drop function private.earlier_self(public.employees, bigint);
delete from private.personal_data_erasures
where table_name in ('private.former_identities');
delete from private.personal_data
where table_name in ('private.former_identities');
delete from private.retention_rules
where table_name in ('private.former_identities');
drop trigger employees_keep_former_identities on public.employees;
drop function private.keep_former_identities();
drop table private.former_identities;
drop function private.requested_destination(public.employees, public.employees);
drop function private.record_wallet_change(public.wallet_changes);
drop function private.withdraw_wallet_change(public.wallet_changes);
drop function private.caller_in(bigint);
drop function private.announce_wallet_change(public.wallet_changes, text);
delete from private.error_codes
where code in (
  'wallet_change_not_found',
  'wallet_change_needs_another_person',
  'email_taken_meanwhile',
  'wallet_change_still_cooling');
delete from private.retention_rules
where table_name in ('public.wallet_changes');
delete from private.personal_data_erasures
where table_name in ('public.wallet_changes');
delete from private.personal_data
where table_name in ('public.wallet_changes');
drop policy "Members can read wallet changes, and employees their own" on public.wallet_changes;
drop trigger wallet_changes_enforce_transitions on public.wallet_changes;
drop trigger wallet_changes_enforce_first_state on public.wallet_changes;
delete from private.state_transitions
where entity in ('wallet_change');
drop table public.wallet_changes;
