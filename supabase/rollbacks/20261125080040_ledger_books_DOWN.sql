-- rollback-of: 20261125080040_ledger_books
-- rollback: lossy table private.ledger_days
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop view public.ledger_differences;
drop view public.ledger_statements;
drop function private.ledger_statement(bigint, text, integer);
drop trigger ledger_movements_sum_days on public.ledger_movements;
drop function private.sum_ledger_days();
drop table private.ledger_days;
