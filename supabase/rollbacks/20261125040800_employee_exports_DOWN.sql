-- rollback-of: 20261125040800_employee_exports
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop view public.employee_exports;
