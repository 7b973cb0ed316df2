-- rollback-of: 20261125080059_waiting_runs
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.notification_templates
where event_type in ('payroll.waiting');
delete from private.preference_defaults
where key in ('notifications.payroll.waiting');
delete from private.scheduled_jobs
where name in ('waiting-runs');
drop function private.note_standing_runs();
drop function private.standing_runs();
