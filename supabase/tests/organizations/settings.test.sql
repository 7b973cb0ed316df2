begin;
\ir ../_shared/setup.sql.raw
select plan(15);

select tests.create_world();
select tests.authenticate_as('ada', 'Acme');

select is(
  (select required_approvals from public.update_organization((select version from public.organizations), required_approvals => 2)), 2,
  'an admin changes a setting');
select is(
  (select wallet_change_policy from public.organizations), 'immediate',
  'what was not given keeps its value');
select is(
  tests.error_code_of($$ select public.update_organization(1, required_approvals => 3) $$), 'version_outdated',
  'whoever has not seen the last change is refused');
select is(
  tests.error_code_of($$ select public.update_organization(null, required_approvals => 3) $$), 'version_outdated',
  'no version is no version');
select is(
  tests.error_code_of($$ select public.update_organization((select version from public.organizations), required_approvals => 0) $$), 'invalid_setting',
  'fewer than one approval is refused');
select is(
  tests.error_code_of($$ select public.update_organization((select version from public.organizations), wallet_change_policy => 'never') $$), 'invalid_setting',
  'an unknown policy is refused');
select is(
  tests.error_code_of($$ select public.update_organization((select version from public.organizations), wallet_change_hours => 721) $$), 'invalid_setting',
  'a period of more than 30 days is refused');
select is(
  tests.error_code_of($$ select public.update_organization((select version from public.organizations), name => 'Globex') $$), 'organization_name_taken',
  'the name of another organization is refused');
select is(
  tests.error_code_of(format($$ select public.update_organization((select version from public.organizations), name => %L) $$, tests.secret_key())), 'secret_key_refused',
  'a secret key is no name');

-- Thresholds.
select is(
  (select required_approvals from public.set_approval_threshold('XLM', '', '4000', 2)), 2,
  'an admin sets a threshold');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '1e3', 2) $$), 'invalid_amount',
  'its amount is checked like any other');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('USDC', '', '10', 2) $$), 'invalid_asset_issuer',
  'so is its asset');
select is(
  (select count(*)::integer from public.set_approval_threshold('XLM', '', '4000', null)), 1,
  'null removes it');
select is(
  (select count(*)::integer from public.approval_thresholds), 0,
  'and then it is gone');

select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '1', 1) $$), 'role_too_low',
  'a manager cannot lower the bar');

select * from finish();
rollback;
