begin;
\ir ../../_shared/setup.sql.raw
select plan(4);

select is(
  (select array_agg(distinct guarded.tgrelid::regclass::text order by guarded.tgrelid::regclass::text)
   from pg_catalog.pg_trigger as guarded
   where guarded.tgfoid = 'private.keep_immutable_columns()'::regprocedure),
  array['ledger_contradictions', 'payroll_item_edits', 'payroll_run_approvals', 'payroll_runs', 'transaction_operations', 'transactions'],
  'keep_immutable_columns guards the tables that say what is paid');

select is(
  (select array_agg(distinct guarded.tgrelid::regclass::text order by guarded.tgrelid::regclass::text)
   from pg_catalog.pg_trigger as guarded
   where guarded.tgfoid = 'private.refuse_other_changes()'::regprocedure),
  array['claimable_balances', 'contract_upgrade_logs', 'notifications'],
  'refuse_other_changes guards the tables of which only named columns change');

select volatility_is('private', 'keep_immutable_columns', 'stable', 'keep_immutable_columns only reads');
select isnt_empty(
  'select from private.error_codes where code = ''immutable_columns''',
  'the refusal of keep_immutable_columns is a declared error code');

select * from finish();
rollback;
