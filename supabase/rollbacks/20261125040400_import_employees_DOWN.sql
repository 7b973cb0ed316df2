-- rollback-of: 20261125040400_import_employees
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.import_employees(jsonb, boolean, text);
drop function private.import_employees(jsonb, boolean, text);
drop function private.write_import(bigint, jsonb, boolean);
drop function private.looks_decoded_twice(text);
drop function private.employee_fields_arguments(text, private.employee_fields, text);
drop function private.employee_fields_problem(private.employee_fields);
drop function private.name_problem(text, text);
drop function private.unknown_employee_field(jsonb);
drop function private.tidy_employee_fields(jsonb);
drop function private.tidy_name_value(text);
drop function private.tidy_value(text);
drop type private.employee_fields;
delete from private.error_codes
where code in (
  'invalid_import',
  'first_name_missing',
  'last_name_missing',
  'invalid_status',
  'unknown_field',
  'memo_type_missing',
  'ambiguous_amount',
  'duplicate_email_in_import');
