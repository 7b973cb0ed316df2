-- rollback-of: 20261125140100_doctor
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.doctor();
drop function private.doctor();
drop function private.all_findings(bigint);
drop function private.findings(bigint);
drop function private.minute_of(timestamptz);
drop type private.plain_finding;
