-- rollback-of: 20261125000400_doorbells
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_doorbells');
delete from private.doctor_checks
where function_name in ('private.check_doorbells');
drop function private.check_doorbells(bigint);
drop function private.ring(text);
drop function private.was_rung_just_now(text);
drop function private.doorbell_settings();
