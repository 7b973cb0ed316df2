-- rollback-of: 20261125040600_account_links
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.link_employee_account(bigint);
drop function private.link_employee_account(bigint);
