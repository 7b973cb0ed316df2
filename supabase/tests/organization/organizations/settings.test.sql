begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_world();
select tests.authenticate_as('ada', 'Acme');

select is(
  (
    select required_approvals
    from public.update_organization((select version from public.organizations), required_approvals => 2)), 2,
  'an admin changes a setting');
select is(
  (select wallet_change_policy from public.organizations), 'immediate',
  'a setting that was not given keeps its value');
select is(
  tests.error_code_of($$ select public.update_organization(1, required_approvals => 3) $$), 'version_outdated',
  'a change with an outdated version is refused');
select is(
  tests.error_code_of($$ select public.update_organization(null, required_approvals => 3) $$), 'version_outdated',
  'a change without a version is refused');
select is(
  tests.error_code_of(
    $$ select public.update_organization((select version from public.organizations), required_approvals => 0) $$),
  'invalid_setting',
  'a required number of approvals below one is refused');
select is(
  tests.error_code_of(
    $$
      select public.update_organization(
        (select version from public.organizations), wallet_change_policy => 'never') $$), 'invalid_setting',
  'an unknown policy for address changes is refused');
select is(
  tests.error_code_of(
    $$ select public.update_organization((select version from public.organizations), wallet_change_hours => 721) $$),
  'invalid_setting',
  'a cooling-off period of more than 30 days is refused');
select is(
  tests.error_code_of(
    $$ select public.update_organization((select version from public.organizations), salary_period => 'year') $$),
  'invalid_setting',
  'an unknown salary period is refused');
select is(
  tests.error_code_of(
    format(
      $$ select public.update_organization((select version from public.organizations), name => %L) $$,
      tests.secret_key())), 'secret_key_refused',
  'a secret key as the name of an organization is refused');
select is(public.get_preferences() #>> '{locale,time_zone}', 'UTC', 'a new organization shows times in UTC');
select is(
  (
    select time_zone
    from public.update_organization((select version from public.organizations), time_zone => 'Europe/Berlin')),
  'Europe/Berlin', 'an admin chooses the time zone of the organization');
select is(public.get_preferences() #>> '{locale,time_zone}', 'Europe/Berlin',
  'a person without an own time zone reads times in the one of the organization');
select is(
  tests.error_code_of(
    $$ select public.update_organization((select version from public.organizations), time_zone => 'CEST') $$),
  'invalid_time_zone',
  'an abbreviation is no time zone of an organization');
select is(
  tests.error_code_of($$ select public.create_organization('Zoned', time_zone => 'Europe/Nowhere') $$),
  'invalid_time_zone',
  'a place that is no time zone is refused at the creation of an organization');

-- Approval thresholds.
select is(
  (select required_approvals from public.set_approval_threshold('XLM', '', '4000', 2)), 2,
  'an admin sets a threshold');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '1e3', 2) $$), 'invalid_amount',
  'a threshold with an invalid amount is refused');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('USDC', '', '10', 2) $$), 'invalid_asset_issuer',
  'a threshold with an asset that lacks its issuer is refused');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', 5) $$), 'version_outdated',
  'a change of an existing threshold without its version is refused');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', null) $$), 'version_outdated',
  'a removal of an existing threshold without its version is refused');
select is(
  (select (required_approvals, version)::text from public.set_approval_threshold('XLM', '', '4000', 2)), '(2,1)',
  'a threshold that is set to its present value is left as it is');
select is(
  (
    select (required_approvals, version)::text
    from public.set_approval_threshold('XLM', '', '4000', 3, expected_version => 1)), '(3,2)',
  'a threshold is changed with its present version');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', 4, expected_version => 1) $$),
  'version_outdated',
  'a change of a threshold with an outdated version is refused');
select is(
  (
    select required_approvals
    from public.set_approval_threshold('XLM', '', '4000', null, expected_version => 2, idempotency_key => 'remove')), 3,
  'the removal of a threshold returns the removed threshold');
select is(
  (select count(*)::integer from public.approval_thresholds), 0,
  'a removed threshold is gone');
select results_eq(
  $$
    select (required_approvals, version, from_amount)::text
    from public.set_approval_threshold(
      'XLM', '', '4000.0', null, expected_version => 2, idempotency_key => 'remove') $$,
  $$ values ('(3,2,4000.0000000)') $$,
  'a repeated removal with the same key returns the first answer');
select is_empty(
  $$ select * from public.set_approval_threshold('XLM', '', '4000', null) $$,
  'the removal of a threshold that does not exist succeeds and returns no row');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '4000', 2, expected_version => 2) $$),
  'version_outdated',
  'a change with the version of a removed threshold does not bring it back');
select is(
  (select version from public.set_approval_threshold('XLM', '', '4000', 2, idempotency_key => 'again')), 1,
  'a threshold that is set again after its removal starts with version 1');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '5000', 2, idempotency_key => 'again') $$),
  'idempotency_key_reused',
  'another amount with the key of an earlier command is refused');
select results_eq(
  $$
    select action, changes ->> 'from_amount', changes #> '{required_approvals,old}',
      changes #> '{required_approvals,new}'
    from public.audit_logs where action like 'organization.threshold%' order by id
  $$,
  $$ values
    ('organization.threshold_set'::text, '4000.0000000'::text, 'null'::jsonb, '2'::jsonb),
    ('organization.threshold_set', '4000.0000000', '2', '3'),
    ('organization.threshold_removed', '4000.0000000', '3', 'null'),
    ('organization.threshold_set', '4000.0000000', 'null', '2') $$,
  'every change and the removal of a threshold is in the audit trail once');

select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.set_approval_threshold('XLM', '', '1', 1) $$), 'role_too_low',
  'a manager cannot change a threshold');

select * from finish();
rollback;
