begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_user('ada');
select tests.create_user('bob');
select tests.create_user('nameless', null);
update auth.users set email = null where email = 'nameless@example.com';

select tests.authenticate_as('ada');
create temporary table made as select * from public.create_organization('  Acme  ', 'key');
select is((select name from made), 'Acme', 'a new organization has the given name, trimmed');
select is((select required_approvals from made), 1, 'a new organization needs one approval');
select is(
  (select (email, role, deleted_at) from public.users), ('ada@example.com'::text, 'admin'::text, null::timestamptz),
  'the founder of an organization is its first admin');
select is(
  (select id from public.create_organization('Acme', 'key')), (select id from made),
  'a repeat with the same key returns the organization that was created');
select is(
  tests.error_code_of($$ select public.create_organization('Other', 'key') $$), 'idempotency_key_reused',
  'another name with the same key is refused');
select is(tests.error_code_of(format('select public.create_organization(%L)', name)), code, what)
from (values
  (null, 'text_missing', 'a missing name is refused'), ('', 'text_missing', 'an empty name is refused'),
  ('   ', 'text_missing', 'a blank name is refused'),
  (repeat('x', 256), 'text_too_long', 'a name of 256 characters is refused'),
  (repeat('x', 255), 'no error', 'a name of 255 characters is accepted')
) as names (name, code, what);

select tests.reset();
select is(
  (
    select (action, actor, resource_id, user_id)::text from public.audit_logs
    where organization_id = (select id from made)),
  (select format('(organization.created,user:%s,%s,%1$s)', tests.member_id('ada', 'Acme'), id) from made),
  'the audit trail of the organization begins with its creation');
select is(
  (
    select (actor, user_id)::text from public.audit_logs
    where action = 'organization.created' and organization_id <> (select id from made)),
  (
    select format('(user:%s,%1$s)', member.id) from public.users as member
    where member.organization_id <> (select id from made)),
  'the audit trail of a second organization names the founder''s membership there, not the one in the first');

select tests.authenticate_as('bob');
select is(
  tests.error_code_of($$ select public.create_organization('Acme') $$), 'no error',
  'the name of an existing organization is accepted, so that no name tells who else is here');
select tests.as_anon();
select is(
  tests.error_code_of($$ select public.create_organization('Acme 2') $$), '42501',
  'a caller who has not signed in cannot create an organization');
select tests.as_service();
select is(
  tests.error_code_of($$ select public.create_organization('Acme 2') $$), '42501',
  'the service cannot create an organization');
select tests.reset();
select is(
  (
    select count(*) from public.users as member
    where not exists (
      select from auth.users as account
      where account.id = member.auth_user_id and lower(account.email) = member.email)), 0::bigint,
  'every member has the e-mail address of the own account');

select * from finish();
rollback;
