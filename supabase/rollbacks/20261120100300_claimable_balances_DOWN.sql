-- rollback-of: 20261120100300_claimable_balances
-- rollback: lossy table public.claimable_balances
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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

delete from private.state_transitions
where entity = 'claimable_balance';

drop table public.claimable_balances;
