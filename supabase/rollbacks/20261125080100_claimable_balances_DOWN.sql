-- rollback-of: 20261125080100_claimable_balances
-- rollback: lossy table public.claimable_balances
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.claimable_balances');
delete from private.retention_rules
where table_name in ('public.claimable_balances');
delete from private.notification_templates
where event_type in (
  'claimable_balance.claimed',
  'claimable_balance.created',
  'claimable_balance.expired',
  'claimable_balance.reclaimed');
delete from private.preference_defaults
where key in (
  'notifications.claimable_balances.claimed',
  'notifications.claimable_balances.expired');
drop function private.disprove_balances(public.transactions);
drop function private.record_created_balances(public.transactions);
drop function private.record_balance_states(bigint, jsonb);
drop trigger claimable_balances_tell_items on public.claimable_balances;
drop function private.tell_items_of_balances();
drop trigger claimable_balances_announce_updates on public.claimable_balances;
drop trigger claimable_balances_announce_inserts on public.claimable_balances;
drop function private.announce_claimable_balances();
drop function public.apply_claimable_balances(jsonb);
drop function private.apply_claimable_balances(jsonb);
drop function private.apply_claimable_balance(private.claimable_balance_state);
drop type private.claimable_balance_state;
drop function private.require_claimable_balances(jsonb);
drop function private.complete_claimable_balance(jsonb);
drop function private.claimable_balance_problem(jsonb);
delete from private.error_codes
where code in (
  'invalid_claimable_balances',
  'invalid_claimable_balance',
  'claimable_balance_differs');
drop policy "Members can read claimable balances, and employees their own" on public.claimable_balances;
drop trigger claimable_balances_refuse_removal on public.claimable_balances;
drop trigger claimable_balances_refuse_other_changes on public.claimable_balances;
drop trigger claimable_balances_enforce_transitions on public.claimable_balances;
drop trigger claimable_balances_enforce_first_state on public.claimable_balances;
drop trigger claimable_balances_touch_updated_at on public.claimable_balances;
delete from private.state_transitions
where entity in ('claimable_balance');
drop table public.claimable_balances;
