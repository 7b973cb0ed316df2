begin;
\ir ../../_shared/setup.sql.raw
select plan(15);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{ada}');
select tests.create_employees('Acme', 2);

select tests.authenticate_as('ada', 'Acme');
create temporary table first as select *
from public.create_payroll_run('2026-11-01', '2026-11-30', memo => 'Pay', idempotency_key => 'key-1');

select is(
  (select id from public.create_payroll_run('2026-11-01', '2026-11-30', memo => 'Pay', idempotency_key => 'key-1')),
  (select id from first),
  'the same call with the same key returns the first run');
select is(
  (select id from public.create_payroll_run('2026-11-01', '2026-11-30', memo => '  Pay ', idempotency_key => 'key-1')),
  (select id from first),
  'blanks around a value do not make a repeated call another call');
select is((select count(*) from public.payroll_runs), 1::bigint, 'a repeated call creates no second run');
select is(
  (select count(*) from public.payroll_items), 2::bigint, 'a repeated call creates no second item for an employee');

select is(tests.error_code_of(call), 'idempotency_key_reused', format('the same key with another %s is refused', what))
from (values
  ($$ select public.create_payroll_run('2026-11-02', '2026-11-30', memo => 'Pay', idempotency_key => 'key-1') $$,
    'first day'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-29', memo => 'Pay', idempotency_key => 'key-1') $$,
    'last day'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', memo => 'Pays', idempotency_key => 'key-1') $$,
    'memo'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => 'key-1') $$,
    'memo, which is missing,'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', 'USDC', tests.issuer(), 'Pay', 'key-1') $$, 'asset')
) as calls (call, what);

select tests.authenticate_as('ada', 'Globex');
select isnt(
  (select id from public.create_payroll_run('2026-11-01', '2026-11-30', memo => 'Pay', idempotency_key => 'key-1')),
  (select id from first),
  'a key used in one organization does not repeat the call in another');

select tests.authenticate_as('max', 'Acme');
select isnt(
  (select id from public.create_payroll_run('2026-11-01', '2026-11-30', memo => 'Pay', idempotency_key => 'key-1')),
  (select id from first),
  'a key used by one member does not repeat the call of another member');

select is(
  tests.error_code_of(
    format($$ select public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => %L) $$, key)), code, what)
from (values
  ('', 'invalid_idempotency_key', 'an empty key is refused'),
  (repeat('k', 256), 'invalid_idempotency_key', 'a key of 256 characters is refused'),
  (repeat('k', 255), 'no error', 'a key of 255 characters is accepted')
) as keys (key, code, what);

select is(
  tests.error_code_of($$ select public.create_payroll_run('2026-11-30', '2026-11-01', idempotency_key => 'key-2') $$)
  || ', '
    || tests.error_code_of(
      $$ select public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => 'key-2') $$),
  'period_reversed, no error', 'a refused call does not use up its key');

select * from finish();
rollback;
