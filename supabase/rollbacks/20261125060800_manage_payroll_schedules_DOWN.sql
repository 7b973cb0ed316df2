-- rollback-of: 20261125060800_manage_payroll_schedules
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.preview_payroll_schedule(jsonb, integer);
drop function private.preview_payroll_schedule(jsonb, integer);
drop function public.resume_payroll_schedule(bigint);
drop function public.pause_payroll_schedule(bigint);
drop function private.switch_payroll_schedule(bigint, boolean);
drop function public.update_payroll_schedule(bigint, integer, jsonb);
drop function private.update_payroll_schedule(bigint, integer, jsonb);
drop function public.create_payroll_schedule(jsonb, text);
drop function private.create_payroll_schedule(jsonb, text);
drop function private.locked_payroll_schedule(bigint);
drop function private.schedule_fields(public.payroll_schedules);
drop function private.require_schedule(jsonb, timestamptz);
drop function private.require_schedule_day(public.payroll_schedules, jsonb);
drop function private.require_choice(text, text, text[]);
delete from private.error_codes
where code in (
  'invalid_schedule',
  'unknown_schedule_field',
  'invalid_schedule_field',
  'schedule_field_missing',
  'schedule_field_not_used',
  'payroll_schedule_not_found',
  'payroll_schedule_outdated');
delete from private.limits
where name in ('payroll_schedules_per_organization');
