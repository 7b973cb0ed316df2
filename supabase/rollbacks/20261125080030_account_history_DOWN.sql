-- rollback-of: 20261125080030_account_history
-- rollback: lossy table public.account_histories, table public.ledger_transactions, table public.ledger_movements,
--   table public.history_gaps, table private.history_walks, table private.ledger_positions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.history_gaps');
delete from private.retention_rules
where table_name in (
  'public.account_histories',
  'public.history_gaps',
  'public.ledger_transactions',
  'public.ledger_movements');
delete from private.notification_templates
where event_type in (
  'sync.gap',
  'payment.unplanned');
delete from private.preference_defaults
where key in (
  'notifications.ledger.gaps',
  'notifications.ledger.payments');
delete from private.doctor_checks
where function_name in ('private.check_account_histories');
drop function private.check_account_histories(bigint);
drop trigger ledger_movements_announce_inserts on public.ledger_movements;
drop function private.announce_ledger_movements();
drop function public.accept_history_gap(bigint, text);
drop function private.accept_history_gap(bigint, text);
drop function private.audit_account(text);
drop function private.note_account_states(jsonb);
drop function private.network_begun_at(text);
drop function private.end_gap_walk(private.history_walks, jsonb);
drop function private.begin_history_earlier(public.history_gaps);
drop function private.note_history(private.history_walks, jsonb, integer);
drop function private.walk_on(private.history_walks, jsonb);
drop function private.account_began_in_history(public.account_histories);
drop function private.balance_from_movements(text, integer, text, text, bigint, bigint);
drop function private.history_gap_is_filled(public.history_gaps);
drop function private.close_history_gap(bigint);
drop function private.emit_history_gap(public.history_gaps, text);
drop function private.open_history_gap(public.account_histories, text, bigint, bigint, jsonb);
drop function private.audit_sequence_numbers(public.account_histories, private.history_transaction[]);
drop function private.expire_claimable_balances(text, bigint, timestamptz);
drop function private.record_balance_facts(public.account_histories, private.history_transaction[]);
drop function private.record_history(private.history_walks, private.history_transaction[]);
drop function public.apply_account_history(jsonb);
drop function private.apply_account_history(jsonb);
drop function private.locked_history_walk(jsonb);
drop function private.history_transactions_problem(jsonb);
drop type private.history_transaction;
drop function private.history_page_problem(jsonb);
drop function public.claim_history_walks(integer, integer);
drop function private.claim_history_walks(integer, integer);
drop trigger source_accounts_begin_account_histories on private.source_accounts;
drop function private.begin_account_histories();
delete from private.error_codes
where code in (
  'invalid_account_history',
  'history_gap_not_found',
  'history_gap_closed');
drop table private.ledger_positions;
drop table private.history_walks;
delete from private.state_transitions
where entity = 'history_gap';
drop table public.history_gaps;
drop table public.ledger_movements;
drop table public.ledger_transactions;
drop table public.account_histories;
