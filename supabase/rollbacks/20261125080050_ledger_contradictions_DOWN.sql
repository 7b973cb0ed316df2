-- rollback-of: 20261125080050_ledger_contradictions
-- rollback: lossy table public.ledger_contradictions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.ledger_contradictions');
delete from private.retention_rules
where table_name in ('public.ledger_contradictions');
delete from private.notification_templates
where event_type in ('ledger.contradicted');
delete from private.preference_defaults
where key in (
  'notifications.ledger.contradicted');
delete from private.standstills
where function_name in ('private.check_ledger_contradictions');
delete from private.doctor_checks
where function_name in ('private.check_ledger_contradictions');
drop function private.check_ledger_contradictions(bigint);
drop function private.contradiction_sentence(public.ledger_contradictions);
drop function public.resolve_ledger_contradiction(bigint, text, text);
drop function private.resolve_ledger_contradiction(bigint, text, text);
drop function private.emit_ledger_contradiction(public.ledger_contradictions, text);
drop function private.doubted_transactions(public.ledger_contradictions);
drop function private.contradict_by_payment(text, bigint);
drop function private.tell_ledger_contradiction(public.ledger_contradictions);
drop function private.open_ledger_contradiction(bigint, text, text, bigint, text, bigint);
drop function private.compare_sequence_number(bigint, text, bigint, text);
drop function private.compare_accounts_with_payments(jsonb);
drop function private.source_account_is_held(text);
drop view public.payments_in_doubt;
drop function private.is_doubted(public.transactions, public.ledger_contradictions);
delete from private.error_codes
where code in (
  'source_account_held',
  'ledger_contradiction_not_found',
  'ledger_contradiction_resolved',
  'ledger_contradiction_needs_another_person',
  'invalid_verdict');
drop policy "Members can read the contradictions of their organization" on public.ledger_contradictions;
drop trigger ledger_contradictions_refuse_removal on public.ledger_contradictions;
drop trigger ledger_contradictions_keep_immutable_columns on public.ledger_contradictions;
drop table public.ledger_contradictions;
