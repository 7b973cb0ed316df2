-- rollback-of: 20261125070300_claim_disbursement
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.scheduled_jobs
where name in ('payroll-disburse');
drop function private.disbursement_is_due();
drop function public.plan_operations(bigint, uuid, integer);
drop function private.plan_operations(bigint, uuid, integer);
drop function private.act_for_number(text, uuid);
drop function private.fail_items_of_leavers(bigint);
drop function private.leased_run(bigint, uuid);
drop function public.claim_disbursement(integer);
drop function private.stored_operations(bigint);
drop function private.claim_disbursement(integer);
drop function private.source_account_is_due(private.source_accounts);
drop function private.channel_is_due(text);
drop function private.has_unplanned_items(bigint);
drop type public.claimed_disbursement;
drop function private.planned_operations(bigint, integer);
