-- rollback-of: 20261125140200_release
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.payd_version();
drop type public.payd_release;
