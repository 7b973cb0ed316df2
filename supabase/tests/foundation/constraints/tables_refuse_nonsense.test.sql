begin;
\ir ../../_shared/setup.sql.raw
select plan(47);

-- What a table cannot hold, whichever role writes it: each change is tried alone on a valid row.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.walk_run(tests.create_run('Acme'), 'completed');
select tests.create_run('Acme');
select tests.act_as('ada', 'Acme');
select public.create_webhook_subscription('https://hooks.example');
select tests.act_as(null);

-- These triggers refuse every change of an immutable column before a constraint is checked.
alter table public.payroll_runs disable trigger payroll_runs_keep_immutable_columns;
alter table public.transaction_operations disable trigger transaction_operations_keep_immutable_columns;

create function pg_temp.refused(table_name text, change text) returns text language sql as $$
  select tests.error_code_of(format('update %s set %s', table_name, change));
$$;

select is(
  pg_temp.refused('public.employees', change), code,
  format('an update to an employee with %s ends with: %s', what, code))
from (values
  ($$ email = 'Emma@acme.example' $$, '23514', 'an address in capitals'),
  ($$ email = 'x' $$, '23514', 'an address of one character'), ($$ first_name = '' $$, '23514', 'no first name'),
  ($$ last_name = repeat('x', 101) $$, '23514', 'a last name of 101 characters'),
  ($$ status = 'retired' $$, '23514', 'an unknown status'), ($$ salary = 0 $$, '23514', 'a salary of zero'),
  ($$ salary = 'NaN' $$, '23514', 'a salary that is no number'),
  ($$ wallet_address = left(wallet_address, 55) || 'A' $$, '23514', 'a wallet address with a wrong checksum'),
  ($$ wallet_address = '' $$, '23514', 'an empty wallet address'),
  ($$ asset_code = 'USDC' $$, '23514', 'an asset without issuer'),
  ($$ asset_issuer = null $$, '23502', 'no issuer at all'),
  ($$ organization_id = tests.organization_id('Globex') $$, '23503', 'another organization'),
  ($$ salary = null, wallet_address = null $$, 'no error', 'neither a salary nor a wallet address'),
  ($$ id = default $$, '23503', 'another id')
) as changes (change, code, what);

select is(
  pg_temp.refused('public.payroll_runs', change || ' where status = ''draft'''), '23514',
  format('a run with %s is refused', what))
from (values
  ($$ period_end = period_start - 1 $$, 'a period that ends before it starts'), ($$ memo = '' $$, 'an empty memo'),
  ($$ memo = repeat('é', 15) $$, 'a memo of 30 bytes'), ($$ batch_id = '' $$, 'an empty batch id'),
  ($$ batch_id = repeat('x', 65) $$, 'a batch id of 65 characters'),
  ($$ source_account = 'G' $$, 'a source account that is no address'),
  ($$ asset_issuer = 'G' $$, 'an asset issuer that is no address'), ($$ submitted_at = now() $$, 'half a submission'),
  ($$ approved_at = now() $$, 'an approval before its submission'),
  ($$ processed_at = now() $$, 'an end before its start'), ($$ failure_code = 'x' $$, 'half a failure'),
  ($$ status = 'paid' $$, 'an unknown status'),
  ($$ failure_code = 'x', failure_reason = 'y' $$, 'a failure while it is a draft')
) as changes (change, what);
select is(
  pg_temp.refused('public.payroll_runs', format('created_by = %s', tests.member_id('gil', 'Globex'))), '23503',
  'a run cannot have been created by a member of another organization');

select is(pg_temp.refused('public.users', change), '23514', format('a member with %s is refused', what))
from (values
  ($$ role = 'owner' $$, 'an unknown role'), ($$ email = 'ADA@example.com' $$, 'an address in capitals'),
  ($$ email = '' $$, 'no address')
) as changes (change, what);
select is(
  tests.error_code_of(
    $$
      insert into public.users (organization_id, auth_user_id, email, role) select organization_id, auth_user_id,
        'x@example.com', 'viewer' from public.users limit 1 $$), '23505',
  'a person cannot be a member of one organization twice');
select is(
  tests.error_code_of(
    $$
      insert into public.users (organization_id, auth_user_id, email, role) select organization_id, gen_random_uuid(),
        'x@example.com', 'viewer' from public.users limit 1 $$), '23503',
  'a member without an account in Auth is refused');

select is(pg_temp.refused('public.organizations', change), '23514', format('an organization with %s is refused', what))
from (values
  ($$ name = '  ' $$, 'a blank name'), ($$ required_approvals = 0 $$, 'no approval at all'),
  ($$ required_approvals = 11 $$, 'eleven approvals')
) as changes (change, what);

select is(pg_temp.refused('public.wallets', change), '23514', format('a wallet with %s is refused', what))
from (values
  ($$ wallet_address = 'x' $$, 'an address that is no Stellar address'), ($$ balance = -1 $$, 'a negative balance'),
  ($$ wallet_type = 'employee', employee_id = null $$, 'the type employee and no employee'),
  ($$ trustline_state = 'exists' $$, 'a trustline for XLM'),
  ($$ synced_ledger = 5, last_synced_at = null $$, 'half a sync')
) as changes (change, what);

select is(
  pg_temp.refused('public.transaction_operations', change), '23514', format('an operation with %s is refused', what))
from (values
  ($$ amount = 0 $$, 'no amount'), ($$ destination = 'x' $$, 'a destination that is no address'),
  ($$ operation_index = 100 $$, 'a place beyond the hundredth')
) as changes (change, what);

select is(
  pg_temp.refused('public.webhook_subscriptions', change), '23514', format('a subscription with %s is refused', what))
from (values ($$ events = '{}' $$, 'no events'), ($$ timeout_ms = 0 $$, 'a timeout of zero')) as changes (change, what);
select is(
  tests.error_code_of(
    $$
      insert into private.webhook_secrets (organization_id, subscription_id, signing_key) select organization_id, id,
        '\x00' from public.webhook_subscriptions $$), '23514', 'a signing key of one byte is refused');

select * from finish();
rollback;
