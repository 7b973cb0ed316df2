-- rollback-of: 20261125080110_reclaim_claimable_balances
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_reclaims');
drop function private.check_reclaims(bigint);
delete from private.state_transitions
where (entity, from_state, to_state) = ('claimable_balance', 'reclaimed', 'active');
drop function private.correct_refund(public.transactions);
drop function private.record_taken_back(public.transactions);
drop function private.refund_goes_in_circles(public.transactions, text);
drop function private.end_refund(public.transactions, text, text, jsonb);
drop function public.stop_refund(bigint, uuid, text, text);
drop function private.stop_refund(bigint, uuid, text, text);
drop function private.fail_reclaim(text, text, text);
drop function public.persist_refund(bigint, uuid, text, text, text, bigint, bigint, timestamptz);
drop function private.persist_refund(bigint, uuid, text, text, text, bigint, bigint, timestamptz);
drop function private.leased_reclaim(bigint, uuid);
drop function public.reclaim_claimable_balance(bigint);
drop function private.reclaim_claimable_balance(bigint);
drop view private.due_reclaims;
delete from private.error_codes
where code in (
  'claimable_balance_not_found',
  'claimable_balance_ended',
  'claimable_balance_not_reclaimable',
  'claimable_balance_reclaimable_later');
