begin;
\ir ../../_shared/setup.sql.raw
select plan(11);

select tests.create_organization_with('Acme', '{ada,evil,dan}', '{max}');
select tests.create_user(name) from unnest('{accomplice,friend,guest}'::text[]) as name;
create temporary table tokens (name text, token text) on commit drop;
grant select, insert on tokens to public;

select tests.authenticate_as('evil', 'Acme');
insert into tokens select 'accomplice', token from public.invite_member('accomplice@example.com', 'admin');
select tests.authenticate_as('dan', 'Acme');
insert into tokens select 'friend', token from public.invite_member('friend@example.com', 'viewer');
select tests.authenticate_as('ada', 'Acme');
insert into tokens select 'guest', token from public.invite_member('guest@example.com', 'viewer');

select public.remove_member(tests.member_id('evil', 'Acme'));
select tests.authenticate_as('accomplice');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from tokens where name = 'accomplice')) $$),
  'invitation_not_found',
  'an invitation by an admin who was removed cannot be accepted');

select tests.authenticate_as('ada', 'Acme');
select public.change_member_role(tests.member_id('dan', 'Acme'), 'manager');
select tests.authenticate_as('friend');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from tokens where name = 'friend')) $$),
  'invitation_not_found',
  'an invitation by an admin who became a manager cannot be accepted');

select tests.authenticate_as('ada', 'Acme');
select results_eq(
  $$ select email, revoked_at is not null from public.invitations order by email $$,
  $$ values ('accomplice@example.com', true), ('friend@example.com', true), ('guest@example.com', false) $$,
  'exactly the invitations by former admins are revoked');
select is(
  (
    select count(*) from public.audit_logs
    where action = 'member.invitation_revoked' and user_id = tests.member_id('ada', 'Acme')), 2::bigint,
  'the audit trail names the admin whose action revoked the invitations');

-- The trigger is switched off, as if the inviter had lost the role on an unknown path.
select tests.reset();
update public.users set role = 'admin' where id = tests.member_id('dan', 'Acme');
update public.invitations set revoked_at = null where email = 'friend@example.com';
set constraints all immediate;
alter table public.users disable trigger users_revoke_invitations;
update public.users set role = 'viewer' where id = tests.member_id('dan', 'Acme');
select tests.authenticate_as('friend');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from tokens where name = 'friend')) $$),
  'invitation_not_found',
  'the role of the inviter is checked again when an invitation is accepted');

select tests.authenticate_as('guest');
select is(
  (select role from public.accept_invitation((select token from tokens where name = 'guest'))), 'viewer',
  'an invitation by an admin who is still an admin can be accepted');

-- A lost answer is repeated with the same key.
select tests.authenticate_as('ada', 'Acme');
create temporary table first on commit drop as select *
from public.invite_member('friend@example.com', 'viewer', 'key');
create temporary table second on commit drop as select *
from public.invite_member('Friend@example.com ', 'viewer', 'key');
grant select on first, second to public;
select is((select id from second), (select id from first), 'a repeat with the same key returns the same invitation');
select is(
  tests.error_code_of($$ select public.invite_member('friend@example.com', 'admin', 'key') $$),
  'idempotency_key_reused',
  'another role with the same key is refused');
select tests.authenticate_as('friend');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from first)) $$), 'invitation_not_found',
  'the token of the first answer is worthless after a repeat');
select is(
  (select role from public.accept_invitation((select token from second))), 'viewer',
  'the token of the repeated answer can be accepted');
select tests.authenticate_as('ada', 'Acme');
select is(
  (select (id, token)::text from public.invite_member('friend@example.com', 'viewer', 'key')),
  (select format('(%s,)', id) from first),
  'a repeat after the invitation was accepted returns no token');

select * from finish();
rollback;
