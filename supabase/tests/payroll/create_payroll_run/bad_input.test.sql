begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}');
select tests.authenticate_as('ada');

select is(tests.error_code_of(call), code, what)
from (values
  ($$ select public.create_payroll_run('2026-11-30', '2026-11-29') $$, 'period_reversed',
    'a period that ends before it starts is refused'),
  ($$ select public.create_payroll_run('2026-11-30', '2026-11-30') $$, 'no error', 'a period of one day is accepted'),
  ($$ select public.create_payroll_run(null, '2026-11-30') $$, 'period_missing',
    'a period without a first day is refused'),
  ($$ select public.create_payroll_run('2026-11-30', null) $$, 'period_missing',
    'a period without a last day is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', 'USDC') $$, 'invalid_asset_issuer',
    'an asset without issuer is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', 'USDC', 'GBAD') $$, 'invalid_asset_issuer',
    'an issuer that is no Stellar address is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', 'xlm') $$, 'invalid_asset_issuer',
    'the asset code xlm in small letters is refused without an issuer'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', 'XLM', tests.issuer()) $$, 'no error',
    'an asset XLM with an issuer is accepted as an issued asset'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', '', tests.issuer()) $$, 'invalid_asset_code',
    'an empty asset code is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', 'ABCDEFGHIJKLM', tests.issuer()) $$,
    'invalid_asset_code', 'an asset code of thirteen characters is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', 'US-C', tests.issuer()) $$, 'invalid_asset_code',
    'an asset code with a sign is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', null) $$, 'invalid_asset_code',
    'a missing asset code is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', memo => repeat('x', 28)) $$, 'no error',
    'a memo of 28 letters is accepted'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', memo => repeat('x', 29)) $$, 'text_too_long',
    'a memo of 29 letters is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', memo => repeat('é', 14)) $$, 'no error',
    'a memo of 28 bytes in 14 letters is accepted'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', memo => repeat('é', 15)) $$, 'memo_too_long',
    'a memo of 30 bytes in 15 letters is refused'),
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30', memo => '   ') $$, 'no error',
    'a blank memo is accepted as no memo')
) as calls (call, code, what);

select * from finish();
rollback;
