begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select tests.create_user(name) from unnest('{ada,bob}'::text[]) as name;
select tests.authenticate_as('ada');
create temporary table made on commit drop as select id from public.create_organization('Acme', 'key');
create temporary table invited on commit drop as select token from public.invite_member('bob@example.com', 'admin');
grant select on made, invited to public;
select tests.authenticate_as('bob');
select public.accept_invitation((select token from invited));
select public.change_member_role(tests.member_id('ada', 'Acme'), 'viewer');

select tests.authenticate_as('ada');
select is(
  (select id from public.create_organization('Acme', 'key')), (select id from made),
  'a founder who is a viewer now may repeat the creation');

select tests.authenticate_as('bob');
select public.remove_member(tests.member_id('ada', 'Acme'));
select public.update_organization((select version from public.organizations), name => 'A secret name');

select tests.authenticate_as('ada');
select is(
  tests.error_of($$ select public.create_organization('Acme', 'key') $$),
  replace(
    tests.error_of($$ select public.choose_default_organization(987654321) $$), '987654321',
    (select id::text from made)),
  'a founder who was removed gets the same answer as for an organization that does not exist');
select unalike(
  tests.error_of($$ select public.create_organization('Acme', 'key') $$), '%secret%',
  'the answer to a removed founder does not contain the new name of the organization');

select tests.reset();
update public.organizations set deleted_at = now() where id = (select id from made);
select tests.authenticate_as('bob');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from invited)) $$), 'invitation_not_found',
  'an accepted invitation does not bring its member back into a closed organization');
select tests.authenticate_as('ada');
select is(
  tests.error_code_of($$ select public.create_organization('Acme', 'key') $$), 'not_your_organization',
  'the idempotency key of its creation does not show a closed organization to a former founder');

select * from finish();
rollback;
