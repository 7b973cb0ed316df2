-- migration: the foundation every later migration stands on
-- Schema private holds the workers, queues and helpers that no API exposes; schema public is the only exposed one.
-- Nothing is executable by everybody: each function says who may call it. Schema archive keeps rows that left the live
-- tables.
-- author: PayD | date: 2026-11-25
-- tables: private.payd_migrations | depends: none
-- class: add-table, modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- A project with tables of its own may have one of PayD's names. Found half-way, it would leave a part of PayD behind;
-- so every name is looked for first. The lists are written by node tools/payd/names.ts and checked by a test.
do $clash$
declare
  v_taken text;
begin
  select string_agg(taken.name, ', ' order by taken.name) into v_taken
  from (
    select 'schema ' || schema.nspname as name
    from pg_catalog.pg_namespace as schema
    where schema.nspname in ('private', 'archive')
    union
    -- PayD's relations in public:
    select 'public.' || relation.typname
    from pg_catalog.pg_type as relation
    where relation.typnamespace = 'public'::pg_catalog.regnamespace and relation.typname = any (array[
      'account_histories', 'amount', 'approval_thresholds', 'audit_logs', 'audit_trail', 'balance_thresholds',
      'balances_by_asset', 'channel_account', 'channel_wish', 'claimable_balances', 'claimed_disbursement',
      'claimed_preflight', 'contract_events', 'contract_registry', 'contract_upgrade_logs', 'employee_exports',
      'employee_invitation', 'employee_invitations', 'employees', 'events', 'finding', 'history_gaps',
      'invitations', 'ledger_contradictions', 'ledger_differences', 'ledger_movements', 'ledger_statements',
      'ledger_transactions', 'member_invitation', 'notifications', 'organization_statements', 'organizations',
      'own_organization', 'payd_release', 'payments_in_doubt', 'payroll_audit_logs', 'payroll_decisions',
      'payroll_item_details', 'payroll_item_edits', 'payroll_items', 'payroll_preflight_findings',
      'payroll_preflight_reports', 'payroll_preflights', 'payroll_run_approvals', 'payroll_run_change',
      'payroll_run_summaries', 'payroll_runs', 'payroll_schedule_occurrences', 'payroll_schedules',
      'payroll_trail', 'payslips', 'revoked_invitation', 'schedule_occurrence', 'signing_request',
      'sync_requests', 'transaction_audit_logs', 'transaction_operations', 'transactions', 'treasury',
      'user_preferences', 'user_preferences_history', 'users', 'wallet_changes', 'wallets', 'webhook_attempts',
      'webhook_delivery_logs', 'webhook_subscription_with_secret', 'webhook_subscriptions'
    ])
    union
    -- PayD's functions in public:
    select 'function public.' || routine.proname
    from pg_catalog.pg_proc as routine
    where routine.pronamespace = 'public'::pg_catalog.regnamespace and routine.proname = any (array[
      'accept_employee_invitation', 'accept_history_gap', 'accept_invitation', 'accounts_to_check',
      'add_base_pay', 'add_bonus', 'add_channel_account', 'apply_account_history', 'apply_claimable_balances',
      'apply_contract_walk', 'apply_wallet_states', 'approve_payroll_run', 'begin_submission',
      'cancel_payroll_run', 'cancel_wallet_change', 'change_member_role', 'change_payroll_item',
      'channel_accounts', 'choose_default_organization', 'claim_channel_wishes', 'claim_contract_walks',
      'claim_disbursement', 'claim_history_walks', 'claim_preflight', 'claim_transactions_to_track',
      'claim_wallets_for_sync', 'claim_webhook_deliveries', 'close_organization', 'compare_source_account',
      'complete_webhook_deliveries', 'confirm_channel_account', 'confirm_resolution', 'confirm_wallet_change',
      'continue_preflight', 'count_unread_notifications', 'create_employee', 'create_organization',
      'create_payroll_run', 'create_payroll_schedule', 'create_webhook_subscription',
      'delete_webhook_subscription', 'disburse_payroll_run', 'discard_payroll_run', 'doctor',
      'enable_webhook_subscription', 'enroll_source_account', 'erase_member', 'erase_person', 'export_my_data',
      'export_person', 'extend_disbursement', 'extend_sync_leases', 'extend_webhook_deliveries',
      'finish_preflight', 'get_preferences', 'get_user_preference', 'hold_transaction', 'import_employees',
      'invite_employee', 'invite_member', 'leave_employment', 'mark_all_notifications_read',
      'mark_notification_read', 'my_employments', 'my_organizations', 'pause_payroll_run',
      'pause_payroll_schedule', 'pause_webhook_subscription', 'payd_version', 'payments_in_flight',
      'payroll_run_approval_state', 'payroll_run_changes', 'persist_refund', 'persist_transaction',
      'plan_fee_bump', 'plan_operations', 'preview_payroll_schedule', 'propose_resolution',
      'pull_webhook_events', 'reclaim_claimable_balance', 'record_channel_problem', 'record_contract_events',
      'record_contract_upgrade', 'record_outcome', 'record_sequence_holder', 'record_signers',
      'record_submission', 'recover_webhooks', 'refresh_payroll_run', 'register_contract', 'reject_payroll_run',
      'release_disbursement', 'release_webhook_deliveries', 'remove_channel_account', 'remove_employee',
      'remove_employee_from_payroll_run', 'remove_member', 'remove_payroll_item', 'replay_missing_webhooks',
      'report_provider', 'report_sent_away', 'reproduce_webhook', 'request_payroll_preflight', 'request_sync',
      'resend_webhook', 'reset_preference', 'resolve_ledger_contradiction', 'restore_payroll_run',
      'resume_payroll_run', 'resume_payroll_schedule', 'retry_payroll_run', 'revoke_employee_invitation',
      'revoke_invitation', 'rotate_webhook_secret', 'run_due_schedules', 'search_employees',
      'search_transactions', 'send_test_webhook', 'set_approval_threshold', 'set_balance_threshold',
      'set_preference', 'set_treasury_custody', 'signing_requests', 'start_contract_upgrade',
      'stop_disbursement', 'stop_refund', 'submit_payroll_run', 'submit_signature', 'take_provider_requests',
      'treasuries', 'unlink_employee_account', 'update_employee', 'update_organization', 'update_payroll_run',
      'update_payroll_schedule', 'update_webhook_subscription', 'verify_webhook_log', 'wait_for_funds'
    ])
  ) as taken;

  if v_taken is not null then
    raise exception 'Names that PayD needs are taken in this project, so nothing was installed: %.', v_taken
      using hint = 'Rename them, or install PayD into a project of its own; see docs/decisions.';
  end if;
end
$clash$;

create schema private;
comment on schema private is 'Workers, queues and helpers. Never exposed through the API.';
revoke all on schema private from public;
grant usage on schema private to authenticator, anon, authenticated, service_role;

-- The global form is needed: a per-schema one cannot take away the right that PostgreSQL gives PUBLIC by default.
alter default privileges revoke execute on functions from public;

create schema archive;
comment on schema archive is 'Rows that left the live tables but must be kept. Never exposed through the API.';
revoke all on schema archive from public;

-- Which migrations of which release this database has. A file that is installed by "payd init" or "payd upgrade" ends
-- with its own row, so the row and the change are one transaction.
create table private.payd_migrations (
  id text primary key,
  sha256 text not null,
  release text not null,
  applied_at timestamptz not null default now(),
  constraint payd_migrations_id_is_a_version check (id ~ '^[0-9]{14}$'),
  constraint payd_migrations_sha256_is_a_hash check (sha256 ~ '^[0-9a-f]{64}$')
);
comment on table private.payd_migrations is 'The migrations of PayD in this project, by their id, with their release.';
alter table private.payd_migrations enable row level security;
alter table private.payd_migrations force row level security;
revoke all on table private.payd_migrations from public, anon, authenticated, service_role;
