begin;
\ir ../../_shared/setup.sql.raw
select plan(4);

select tests.create_world();
select tests.create_user('newcomer');

select tests.authenticate_as('ada', 'Acme');
create temporary table given on commit drop as
  select * from public.invite_member('newcomer@example.com', 'viewer');

select is(
  tests.error_code_of($$ select public.revoke_invitation((select min(id) from public.invitations) + 1000) $$),
  'invitation_unknown',
  'the revocation of an unknown invitation is refused');
select isnt(
  (select revoked_at from public.revoke_invitation((select id from given))), null,
  'an admin revokes an open invitation');
select is(
  tests.error_code_of($$ select public.revoke_invitation((select id from given)) $$), 'invitation_unknown',
  'a revoked invitation cannot be revoked again');

select tests.reset();
grant select on given to authenticated;
select tests.authenticate_as('newcomer');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from given)) $$), 'invitation_not_found',
  'the token of a revoked invitation cannot be accepted');

select * from finish();
rollback;
