-- rollback-of: 20261125080057_looks_before_payments
-- rollback: lossy table private.account_looks
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_account_looks');
delete from private.doctor_checks
where function_name in ('private.check_account_looks');
drop function private.check_account_looks(bigint);
drop function private.require_explained_balance(text);
drop function private.believe_seen_balance(public.ledger_contradictions);
drop function private.end_explained_contradiction(text);
drop function private.contradict_by_gap(public.history_gaps);
drop function private.judge_waiting_look(text);
drop function private.is_explained_by_payments(private.account_looks, bigint, jsonb);
drop function public.compare_source_account(text, uuid, jsonb);
drop function private.compare_source_account(text, uuid, jsonb);
drop function private.changed_by_history(text, text, bigint, bigint);
drop function private.history_is_complete(text, bigint, bigint);
drop function private.recorded_change(text, text, bigint, bigint);
drop function private.freed_up_to(text, bigint);
drop function private.read_balances(jsonb);
delete from private.error_codes
where code in (
  'invalid_account_look',
  'balance_unexplained');
drop table private.account_looks;
