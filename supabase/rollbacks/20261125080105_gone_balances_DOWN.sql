-- rollback-of: 20261125080105_gone_balances
-- rollback: lossy table private.gone_balances
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.audit_sponsored_balances(text);
drop function private.balances_are_missed(text, bigint, bigint);
drop function private.note_sponsored_balances(private.history_walks, jsonb);
drop function private.balances_are_due(text);
drop table private.gone_balances;
