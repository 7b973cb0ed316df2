begin;
\ir ../../_shared/setup.sql.raw
select plan(37);

select tests.create_user(name) from unnest(array['guest', 'other']) as name;
select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');

select tests.authenticate_as('max');
select is(
  tests.error_code_of($$ select public.invite_member('x@example.com', 'viewer') $$), 'role_too_low',
  'a manager cannot invite a member');
select tests.authenticate_as('ada');
select is(tests.error_code_of(format('select public.invite_member(%L, %L)', email, role)), code, what)
from (values
  ('', 'viewer', 'text_missing', 'an empty address is refused'),
  (null, 'viewer', 'text_missing', 'a missing address is refused'),
  ('guest', 'viewer', 'invalid_email', 'an address without a host is refused'),
  ('guest@example', 'viewer', 'invalid_email', 'an address without a domain is refused'),
  ('guest@example..com', 'viewer', 'invalid_email', 'an address with an empty label is refused'),
  ('a b@example.com', 'viewer', 'invalid_email', 'an address with a blank is refused'),
  ('Guest <guest@example.com>', 'viewer', 'invalid_email', 'a name around the address is refused'),
  (E'guest@example.com\nbcc: x@example.com', 'viewer', 'invalid_email', 'an address of two lines is refused'),
  (repeat('x', 250) || '@example.com', 'viewer', 'text_too_long', 'an address of 262 characters is refused'),
  ('guest@example.com', 'owner', 'invalid_role', 'an unknown role is refused'),
  ('guest@example.com', '', 'invalid_role', 'an empty role is refused'),
  ('guest@example.com', null, 'invalid_role', 'a missing role is refused'),
  ('MAX@example.com', 'viewer', 'already_a_member', 'a member is not invited again')
) as cases (email, role, code, what);

create temporary table first as select * from public.invite_member(' Guest@Example.COM ', 'manager');
grant select on first to public;
select is(
  (select (email, role, expires_at) from first),
  ('guest@example.com'::text, 'manager'::text, now() + interval '7 days'),
  'an invitation is for one address, in lower case, with a role, for seven days');
select matches(
  (select token from first), '^pinv_[0-9a-f]{64}$', 'the answer to an invitation contains its token: 32 random bytes');
select tests.reset();
select is_empty(
  $$ select place from first, tests.places_of(substr(first.token, 6)) as place $$,
  'the token of an invitation is stored in no table');
select is(
  (select token_hash from public.invitations), (select sha256(convert_to(token, 'UTF8')) from first),
  'an invitation is stored with the hash of its token');
select is_empty(
  $$ select id from public.audit_logs where changes::text ~ 'guest' $$,
  'the audit trail of an invitation does not contain the address');

-- Who may use a token.
create function pg_temp.accept(token text default null) returns text language sql as $$
  select tests.error_code_of(
    format('select public.accept_invitation(%L)', coalesce(accept.token, (select first.token from first))));
$$;
grant execute on function pg_temp.accept(text) to public;
select tests.authenticate_as('other');
select is(pg_temp.accept(), 'invitation_not_found', 'a token works only for the address that was invited');
select tests.authenticate_as('guest');
select is(pg_temp.accept(token), 'invitation_not_found', format('an invitation cannot be accepted %s', what))
from (values
  ('', 'with an empty token'), ('pinv_', 'with only the prefix of a token'), (repeat('0', 64), 'with a guessed token'),
  ((select left(token, -1) from first), 'with a token that lacks a character'),
  ((select upper(token) from first), 'with a token in capitals')
) as tokens (token, what);
select is(
  (select count(*) from public.organizations), 0::bigint,
  'a person who was invited and has not accepted reads no organization');

select tests.reset();
update public.invitations set expires_at = now();
select tests.authenticate_as('guest');
select is(pg_temp.accept(), 'invitation_not_found', 'an expired token does not work');
select tests.reset();
update public.invitations set expires_at = now() + interval '1 second';
select tests.authenticate_as('ada');
create temporary table second as select * from public.invite_member('guest@example.com', 'viewer');
grant select on second to public;
select tests.authenticate_as('guest');
select is(pg_temp.accept(), 'invitation_not_found', 'a second invitation makes the first token worthless');

create temporary table joined as select *
from second,
  public.accept_invitation(second.token) as member (
    member_id, organization_id, auth_user_id, member_email, member_role, is_default, created_at, updated_at,
    deleted_at);
select is(
  (select (organization_id, member_role, member_email) from joined),
  (tests.organization_id('Acme'), 'viewer'::text, 'guest@example.com'::text),
  'a person who accepts becomes a member with the role offered last');
select is((select name from public.organizations), 'Acme', 'a new member sees the organization');
select is(
  (select again.id from second, public.accept_invitation(second.token) as again), (select member_id from joined),
  'a token that is accepted again returns the same membership');
select tests.authenticate_as('other');
select is(
  pg_temp.accept((select token from second)), 'invitation_not_found', 'another person cannot use an accepted token');

select tests.reset();
update public.users set deleted_at = now() where id = (select member_id from joined);
select tests.authenticate_as('guest');
select is(
  pg_temp.accept((select token from second)), 'invitation_not_found',
  'a removed member does not come back with the old token');
select tests.authenticate_as('ada');
create temporary table third as select * from public.invite_member('guest@example.com', 'manager');
grant select on third to public;
select tests.authenticate_as('guest');
select is(
  (select again.id from third, public.accept_invitation(third.token) as again), (select member_id from joined),
  'a removed member who accepts a new invitation gets the old membership back');
select is(
  (select (role, deleted_at is null)::text from public.users where id = (select member_id from joined)), '(manager,t)',
  'a member who returns has the role of the new invitation');

-- A person whose address changed is still the same person.
select tests.authenticate_as('ada');
create temporary table fourth as select * from public.invite_member('new@example.com', 'admin');
grant select on fourth to public;
select tests.reset();
update auth.users set email = 'new@example.com' where email = 'guest@example.com';
select set_config(
  'request.jwt.claims',
  jsonb_build_object('sub', (select id from auth.users where email = 'new@example.com'), 'role', 'authenticated')::text,
  true);
select is(
  pg_temp.accept((select token from fourth)), 'already_a_member',
  'a member who was invited under a new e-mail address does not become two members');
select tests.reset();
select is(
  (select array_agg(actor order by id) from public.audit_logs where action = 'member.joined'),
  (select array_agg('user:' || member_id) from joined cross join generate_series(1, 2)),
  'the audit trail names the same member for both times of joining');

select * from finish();
rollback;
