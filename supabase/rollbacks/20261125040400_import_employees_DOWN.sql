-- rollback-of: 20261125040400_import_employees
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.import_employees(jsonb, boolean, text);
drop function private.import_employees(jsonb, boolean, text);
drop function private.write_import(bigint, jsonb, boolean);
drop function private.completed_import_row(jsonb, jsonb, public.employees);
drop function private.normalise_import_row(jsonb);
drop function private.import_problem_arguments(text, jsonb);
drop function private.import_problem(jsonb);
delete from private.error_codes
where code in (
  'invalid_import',
  'first_name_missing',
  'last_name_missing',
  'invalid_status',
  'duplicate_email_in_import');
