begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
create function pg_temp.enroll(organization_id bigint, account text) returns text language sql as $$
  select tests.error_code_of(
    format('select public.enroll_source_account(%s, %L)', coalesce(organization_id::text, 'null'), account)); $$;
grant execute on function pg_temp.enroll(bigint, text) to public;

select tests.authenticate_as('ada');
select is(
  pg_temp.enroll(tests.organization_id('Acme'), tests.address(30)), '42501',
  'an admin cannot enroll a source account, because any address could be named');

select tests.as_service();
select is(
  (
    select (organization_id, wallet_address, wallet_type, asset_code, trustline_state)
    from public.enroll_source_account(tests.organization_id('Acme'), tests.address(30))),
  (tests.organization_id('Acme'), tests.address(30), 'treasury'::text, 'XLM'::text, 'not_needed'::text),
  'the service binds an account to an organization as its treasury wallet');
select is(
  pg_temp.enroll(tests.organization_id('Acme'), tests.address(30)), 'no error',
  'an account that is enrolled again for the same organization is accepted');
select is(
  pg_temp.enroll(tests.organization_id('Globex'), tests.address(30)), 'source_account_taken',
  'an account of one organization cannot be enrolled for another');
select is(
  pg_temp.enroll(tests.organization_id('Globex'), tests.address(31)), 'no error',
  'another organization can enroll its own account');
select is(
  pg_temp.enroll(tests.organization_id('Acme'), tests.address(32)), 'no error',
  'an organization can enroll several accounts');
select is(pg_temp.enroll(organization_id, account), code, what)
from (values
  (-1::bigint, tests.address(33), 'organization_not_found', 'an enrollment for an unknown organization is refused'),
  (null, tests.address(33), 'organization_not_found', 'an enrollment for the organization null is refused'),
  (tests.organization_id('Acme'), 'G', 'invalid_wallet_address', 'an enrollment of an invalid address is refused'),
  (tests.organization_id('Acme'), '', 'invalid_wallet_address', 'an enrollment of an empty address is refused'),
  (tests.organization_id('Acme'), null, 'invalid_wallet_address', 'an enrollment without an address is refused'),
  (tests.organization_id('Acme'), tests.secret_key(), 'secret_key_refused', 'an enrollment of a secret key is refused')
) as cases (organization_id, account, code, what);

select tests.reset();
select set_eq(
  'select account_id, organization_id from private.source_accounts',
  $$values
    (tests.address(30), tests.organization_id('Acme')), (tests.address(31), tests.organization_id('Globex')),
    (tests.address(32), tests.organization_id('Acme'))
  $$, 'exactly the accepted accounts are enrolled');
select is(
  (
    select array_agg((actor, changes ->> 'account_id')::text order by id) from public.audit_logs
    where organization_id = tests.organization_id('Acme') and action = 'source_account.enrolled'),
  array[format('(service_role,%s)', tests.address(30)), format('(service_role,%s)', tests.address(32))],
  'the audit trail names the service and each enrolled account once');
update public.organizations set deleted_at = now() where name = 'Globex';
select is(
  pg_temp.enroll(tests.organization_id('Globex'), tests.address(34)), 'organization_not_found',
  'a closed organization cannot enroll an account');
select is(
  tests.error_code_of(
    $$ update private.source_accounts set lease_token = gen_random_uuid() where account_id = tests.address(30) $$),
  '23514', 'a lease without an end is refused');

select * from finish();
rollback;
