begin;
\ir ../../_shared/setup.sql.raw
select plan(26);

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
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', 5) $$), 'version_outdated',
  'a threshold that is there is not changed by somebody who has not seen it');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', null) $$), 'version_outdated',
  'nor removed');
select is(
  (select (required_approvals, version)::text from public.set_approval_threshold('XLM', '', '4000', 2)), '(2,1)',
  'what is wanted and there already is success');
select is(
  (select (required_approvals, version)::text from public.set_approval_threshold('XLM', '', '4000', 3, expected_version => 1)), '(3,2)',
  'it is changed with the version that was seen');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', 4, expected_version => 1) $$), 'version_outdated',
  'which counts');
select is(
  (select required_approvals from public.set_approval_threshold('XLM', '', '4000', null, expected_version => 2, idempotency_key => 'remove')), 3,
  'null removes it and answers with what was there');
select is(
  (select count(*)::integer from public.approval_thresholds), 0,
  'and then it is gone');
select results_eq(
  $$ select (required_approvals, version, from_amount)::text from public.set_approval_threshold('XLM', '', '4000.0', null, expected_version => 2, idempotency_key => 'remove') $$,
  $$ values ('(3,2,4000.0000000)') $$,
  'a repeat with the key gets the first answer');
select is_empty(
  $$ select * from public.set_approval_threshold('XLM', '', '4000', null) $$,
  'what is not there need not be removed');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', 2, expected_version => 2) $$), 'version_outdated',
  'a change of a threshold that somebody removed does not bring it back');
select is(
  (select version from public.set_approval_threshold('XLM', '', '4000', 2, idempotency_key => 'again')), 1,
  'to set it again is a new threshold');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '5000', 2, idempotency_key => 'again') $$), 'idempotency_key_reused',
  'a key is for one command');
select results_eq(
  $$
    select action, changes ->> 'from_amount', changes #> '{required_approvals,old}', changes #> '{required_approvals,new}'
    from public.audit_logs where action like 'organization.threshold%' order by id
  $$,
  $$ values
    ('organization.threshold_set'::text, '4000.0000000'::text, 'null'::jsonb, '2'::jsonb),
    ('organization.threshold_set', '4000.0000000', '2', '3'),
    ('organization.threshold_removed', '4000.0000000', '3', 'null'),
    ('organization.threshold_set', '4000.0000000', 'null', '2') $$,
  'every change is in the audit trail once, the removal too');

select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '1', 1) $$), 'role_too_low',
  'a manager cannot lower the bar');

select * from finish();
rollback;
