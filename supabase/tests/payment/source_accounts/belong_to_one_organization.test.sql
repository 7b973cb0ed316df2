begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
create function pg_temp.enroll(organization_id bigint, account text) returns text language sql as $$ select tests.error_code_of(format('select public.enroll_source_account(%s, %L)', coalesce(organization_id::text, 'null'), account)); $$;
grant execute on function pg_temp.enroll(bigint, text) to public;

select tests.authenticate_as('ada');
select is(pg_temp.enroll(tests.organization_id('Acme'), tests.address(30)), '42501', 'an admin enrolls no account: whoever could name any address could spend the money behind it');

select tests.as_service();
select is((select (organization_id, wallet_address, wallet_type, asset_code, trustline_state) from public.enroll_source_account(tests.organization_id('Acme'), tests.address(30))),
  (tests.organization_id('Acme'), tests.address(30), 'treasury'::text, 'XLM'::text, 'not_needed'::text), 'an operator binds an account to an organization; it becomes its treasury wallet');
select is(pg_temp.enroll(tests.organization_id('Acme'), tests.address(30)), 'no error', 'doing it again is success');
select is(pg_temp.enroll(tests.organization_id('Globex'), tests.address(30)), 'source_account_taken', 'no other organization gets the account, so that nobody spends another''s money by naming its address');
select is(pg_temp.enroll(tests.organization_id('Globex'), tests.address(31)), 'no error', 'an organization has its own');
select is(pg_temp.enroll(tests.organization_id('Acme'), tests.address(32)), 'no error', 'or several');
select is(pg_temp.enroll(organization_id, account), code, what)
from (values
  (-1::bigint, tests.address(33), 'organization_not_found', 'an unknown organization is not found'),
  (null, tests.address(33), 'organization_not_found', 'no organization is an unknown one'),
  (tests.organization_id('Acme'), 'G', 'invalid_wallet_address', 'an address that is none is refused'),
  (tests.organization_id('Acme'), '', 'invalid_wallet_address', 'an empty address is refused'),
  (tests.organization_id('Acme'), null, 'invalid_wallet_address', 'no address is refused'),
  (tests.organization_id('Acme'), tests.secret_key(), 'secret_key_refused', 'the secret key instead of the address is refused')
) as cases (organization_id, account, code, what);

select tests.reset();
select set_eq('select account_id, organization_id from private.source_accounts', $$ values (tests.address(30), tests.organization_id('Acme')), (tests.address(31), tests.organization_id('Globex')), (tests.address(32), tests.organization_id('Acme')) $$, 'nothing else was enrolled');
select is((select array_agg((actor, changes ->> 'account_id')::text order by id) from public.audit_logs where organization_id = tests.organization_id('Acme') and action = 'source_account.enrolled'),
  array[format('(service_role,%s)', tests.address(30)), format('(service_role,%s)', tests.address(32))], 'the audit trail names the service and the account, once for each');
update public.organizations set deleted_at = now() where name = 'Globex';
select is(pg_temp.enroll(tests.organization_id('Globex'), tests.address(34)), 'organization_not_found', 'a closed organization gets no account');
select is(tests.error_code_of($$ update private.source_accounts set lease_token = gen_random_uuid() where account_id = tests.address(30) $$), '23514', 'a lease has an end');

select * from finish();
rollback;
