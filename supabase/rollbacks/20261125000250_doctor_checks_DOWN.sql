-- rollback-of: 20261125000250_doctor_checks
-- rollback: lossy table private.standstills
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.findings(bigint);
drop function private.findings_of(text[], bigint);
drop function private.unanswered_check(text, bigint, text, text);
drop table private.standstills;
drop table private.doctor_checks;
drop function private.minute_of(timestamptz);
drop type public.finding;
