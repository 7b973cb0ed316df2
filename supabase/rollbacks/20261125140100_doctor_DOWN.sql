-- rollback-of: 20261125140100_doctor
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.doctor();
drop function private.doctor();
