-- rollback-of: 20261125080000_sync_wallets
-- rollback: lossy table public.sync_requests, table private.wallet_reads, table private.ledger_head
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_stale_wallets');
drop function private.check_stale_wallets(bigint);
delete from private.scheduled_jobs
where name in ('horizon-sync');
drop function private.sync_is_due();
delete from private.personal_data
where table_name in ('public.sync_requests');
delete from private.retention_rules
where table_name in ('public.sync_requests');
delete from private.notification_templates
where event_type in ('wallet.frozen');
delete from private.limits
where name in ('sync_requests_per_person_and_hour');
delete from private.preference_defaults
where key in (
  'notifications.wallets.frozen');
drop trigger wallets_emit_events on public.wallets;
drop function private.emit_wallet_events();
drop function private.forget_wallet_reads(bigint, text);
drop function public.apply_wallet_states(jsonb);
drop function private.apply_wallet_states(jsonb);
drop function private.read_balance_line(jsonb);
drop function private.ledger_amount(jsonb);
drop function private.ledger_is_plausible(bigint);
drop function public.claim_wallets_for_sync(integer, integer);
drop function private.claim_wallets_for_sync(integer, integer);
drop function private.wallet_read_waits(text);
drop function private.stale_wallets(integer);
drop function private.busy_organizations();
drop function private.finish_sync_requests();
drop function public.request_sync();
drop function private.request_sync();
delete from private.error_codes
where code in ('invalid_wallet_states');
drop table public.sync_requests;
drop table private.ledger_head;
drop table private.wallet_reads;
