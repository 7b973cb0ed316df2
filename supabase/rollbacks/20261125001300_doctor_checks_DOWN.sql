-- rollback-of: 20261125001300_doctor_checks
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.checked_findings(bigint);
drop table private.doctor_checks;
drop type public.finding;
