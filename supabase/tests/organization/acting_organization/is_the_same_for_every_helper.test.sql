begin;
\ir ../../_shared/setup.sql.raw
select plan(4);

-- The organization is looked up in three functions, because a call within a call costs more than the look-up.
select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil,ada}');
select tests.create_organization_with('Initech', '{ian}');
select tests.create_user(name) from unnest(array['eve', 'zed']) as name;
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');
update public.users set deleted_at = now() where id = tests.member_id('vic', 'Acme');

create temporary table callers (subject text, is_a_person boolean);
insert into callers
select id::text, true from auth.users
union all select upper(id::text), true from auth.users
union all
select given.subject, false
from auth.users as person
cross join lateral (values
  (replace(person.id::text, '-', '')), ('{' || person.id || '}'), (person.id || ' '), (' ' || person.id),
  (person.id || E'\n'), (left(person.id::text, 35)), (person.id || '0'), (overlay(person.id::text placing '-' from 1)),
  (overlay(person.id::text placing 'g' from 1)), (overlay(person.id::text placing '0' from 9)),
  (overlay(overlay(person.id::text placing '0' from 9) placing '-' from 10)), ('--------' || right(person.id::text, 28)),
  (translate(person.id::text, '-', '_'))) as given (subject)
union all values ('', false), ('nobody', false), (null, false), (repeat('-', 36), false);

create temporary table answers as
select caller.subject, caller.is_a_person, header.headers,
  private.organization_id() as organization_id, (private.membership()).organization_id as of_membership,
  private.readable_organization_id() as readable, (private.employment()).organization_id as of_employment,
  private.auth_user_id() as auth_user_id
from callers as caller
cross join lateral (
  select null::text as headers
  union all values (''), ('{}'), ('{"x-client-info": "x-organization-id"}'), ('{"x-organization-id": ""}'),
    ('{"x-organization-id": "0"}'), ('{"x-organization-id": "x"}')
  union all select json_build_object('x-organization-id', organization.id::text)::text
  from public.organizations as organization
) as header
cross join lateral (
  select set_config('request.jwt.claims', coalesce(json_build_object('sub', caller.subject)::text, ''), true),
    set_config('request.headers', coalesce(header.headers, ''), true) offset 0
) as entered;

select is_empty($$ select * from answers where organization_id is distinct from of_membership $$,
  'the organization of a caller is that of the membership, for every header and subject');
select is_empty(
  $$ select * from answers where readable is distinct from coalesce(of_membership, of_employment) $$,
  'the readable organization is that of the membership, else that of the employment');
select is_empty(
  $$ select * from answers where auth_user_id is distinct from case when is_a_person then subject::uuid end
    or (not is_a_person and coalesce(organization_id, readable) is not null) $$,
  'only a subject in the usual form of a uuid is a person');
select cmp_ok((select count(distinct organization_id) from answers), '=', 3::bigint,
  'members of every organization are among the callers');

select * from finish();
rollback;
