-- rollback-of: 20261125140050_named_trails
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop view public.audit_trail;
drop view public.payroll_trail;
drop view public.payroll_decisions;
drop view public.payroll_item_details;
