-- rollback-of: 20261125080055_undo_payments
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_doubted_payments');
delete from private.doctor_checks
where function_name in ('private.check_doubted_payments');
drop function private.check_doubted_payments(bigint);
drop function private.pay_items_after_all(public.transactions);
drop function private.take_payments_back(public.transactions, text[]);
drop function private.correct_transaction(public.transactions, text, text, jsonb);
drop function private.finish_doubt(text, boolean);
drop function private.end_others_of_the_number(public.transactions, jsonb);
drop function private.record_doubted_outcome(public.transactions, text, text, jsonb);
drop function private.end_doubts(text);
drop function private.doubt_payments(public.ledger_contradictions);
delete from private.state_transitions
where (entity, from_state, to_state) in (
  ('transaction', 'applied', 'never_applied'),
  ('transaction', 'applied', 'applied_failed'),
  ('transaction', 'applied_failed', 'never_applied'),
  ('transaction', 'applied_failed', 'applied'),
  ('transaction', 'never_applied', 'applied'),
  ('transaction', 'never_applied', 'applied_failed'),
  ('payroll_item', 'completed', 'failed'),
  ('payroll_item', 'failed', 'completed'),
  ('payroll_run', 'completed', 'failed'));
