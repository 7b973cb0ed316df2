begin;
\ir ../../_shared/setup.sql.raw
select plan(60);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_user(name) from unnest(array['eve', 'una', 'mallory']) as name;
update auth.users set email_confirmed_at = now() where email in ('eve@example.com', 'mallory@example.com');
select tests.create_employee(organization, name)
from (values
  ('Acme', 'eve'), ('Acme', 'una'), ('Acme', 'nobody'), ('Acme', 'twin'), ('Globex', 'evie'), ('Acme', 'gone')
) as given (organization, name);
update public.employees set email = 'eve@example.com' where first_name in ('eve', 'evie');
update public.employees set email = 'una@example.com' where first_name = 'una';
update public.employees set deleted_at = now(), status = 'inactive' where first_name = 'gone';
create temporary table tokens (name text, token text);
grant all on tokens to public;

create function pg_temp.invite(employee text, organization text default 'Acme') returns text language plpgsql as $$
declare v_code text;
begin
  v_code := tests.error_code_of(
    format('select public.invite_employee(%s)', tests.employee_id(organization, employee)));
  if v_code = 'no error' then
    delete from tokens where name = employee;
    insert into tokens select employee, token from public.invite_employee(tests.employee_id(organization, employee));
  end if;
  return v_code;
end;
$$;
create function pg_temp.token_of(employee text) returns text language sql as $$
  select token from tokens where name = employee;
$$;
create function pg_temp.accept(token text) returns text language sql as $$
  select tests.error_code_of(format('select public.accept_employee_invitation(%L)', token));
$$;
create function pg_temp.account_of(employee text) returns uuid language sql security definer as $$
  select auth_user_id from public.employees where first_name = employee;
$$;
create function pg_temp.edit(employee text, fields jsonb) returns text language sql as $$
  select tests.error_code_of(format('select public.update_employee(%s, %s, %L)', id, version, fields))
  from public.employees where first_name = employee;
$$;
grant execute on all functions in schema pg_temp to public;

select hasnt_function('public', 'link_employee_account', 'no function links an account without the consent of its owner');

select tests.authenticate_as('vic', 'Acme');
select is(pg_temp.invite('eve'), 'role_too_low', 'a viewer cannot invite an employee');
select is_empty($$ select id from public.employee_invitations $$, 'a viewer reads no invitations of employees');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of('select public.invite_employee(0)'), 'employee_not_found',
  'an employee who does not exist cannot be invited');
select is(pg_temp.invite('evie', 'Globex'), 'employee_not_found', 'an employee of another organization cannot be invited');
select is(pg_temp.invite('gone'), 'employee_not_found', 'an employee who left cannot be invited');

-- The answer is the same with and without an account.
select is(pg_temp.invite('eve'), 'no error', 'an employee whose address has a confirmed account is invited');
select is(pg_temp.invite('una'), 'no error', 'an employee whose address has an unconfirmed account is invited');
select is(pg_temp.invite('nobody'), 'no error', 'an employee whose address has no account is invited');
select is(
  (select count(distinct keys.list) from (
    select array_agg(key order by key) as list
    from unnest(array['eve', 'nobody']) as name
    cross join lateral (select to_jsonb(invited) as answer
      from public.invite_employee(tests.employee_id('Acme', name)) as invited) as answers
    cross join lateral jsonb_object_keys(answers.answer) as key
    group by name) as keys), 1::bigint,
  'the answer to an invitation has the same fields for a known and an unknown address');
select is(pg_temp.invite('eve'), 'no error', 'an employee can be invited again');
select is(
  (select count(*) from public.employee_invitations where revoked_at is null and employee_id = tests.employee_id('Acme', 'eve')),
  1::bigint, 'at most one invitation of an employee is open');
select is(pg_temp.account_of('eve'), null, 'an invitation links nothing by itself');
select is(
  (select count(*) from public.invite_employee(tests.employee_id('Acme', 'twin'), 'key')
    join public.invite_employee(tests.employee_id('Acme', 'twin'), 'key') as again using (id)), 1::bigint,
  'a repeat with the same key gives a new token of the same invitation');
select tests.reset();
select is_empty(
  $$ select from tokens where exists (select from tests.places_of(tokens.token)) $$, 'no table keeps the token of an invitation');

-- Only the owner of the address, with the token.
select tests.authenticate_as('mallory');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'employee_invitation_not_found', 'another person cannot use the token');
select is(pg_temp.accept(null), 'employee_invitation_not_found', 'nothing is no token');
select is(pg_temp.accept(repeat('p', 1000000)), 'employee_invitation_not_found', 'a text of a megabyte is no token');
select tests.authenticate_as('una');
select is(
  pg_temp.accept(pg_temp.token_of('una')), 'employee_invitation_not_found',
  'an account whose address is not confirmed cannot accept');
select tests.as_anon();
select is(
  tests.error_of($$ select public.accept_employee_invitation('x') $$) ~ 'permission denied', true,
  'an invitation is accepted by somebody who is signed in');

select tests.authenticate_as('eve');
select is_empty($$ select id from public.employees $$, 'an invited person reads nothing before accepting');
select results_eq(
  format('select first_name from public.accept_employee_invitation(%L)', pg_temp.token_of('eve')),
  $$ values ('eve'::text) $$, 'the owner of the address accepts and gets the own record');
select results_eq(
  $$ select first_name from public.employees $$, $$ values ('eve'::text) $$,
  'an employee with a linked account reads the own record');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'no error', 'accepting twice succeeds');
select tests.authenticate_as('max', 'Acme');
select is(pg_temp.invite('eve'), 'account_linked', 'an employee with a linked account needs no invitation');
select tests.reset();
select results_eq(
  $$ select type from public.events where type ~ 'account_linked' or type = 'employee.invited' group by type order by type $$,
  $$ values ('employee.account_linked'::text), ('employee.invited') $$, 'invitation and link are announced');
select is(
  (select count(*) from public.audit_logs where action = 'employee.account_linked' and resource_id = tests.employee_id('Acme', 'eve')::text),
  1::bigint, 'the link is in the audit trail');
select is(
  (select count(*) from public.notifications where type = 'employee.account_linked' and auth_user_id = tests.user_id('eve')),
  1::bigint, 'the employee is told of the link');

-- A company that invites somebody first does not decide what the person sees.
select tests.authenticate_as('gwen', 'Globex');
select is(pg_temp.invite('evie', 'Globex'), 'no error', 'a second organization invites the same person');
select tests.authenticate_as('eve');
select is(pg_temp.accept(pg_temp.token_of('evie')), 'no error', 'the person accepts the second invitation');
select results_eq(
  $$ select first_name from public.employees $$, $$ values ('eve'::text) $$,
  'the person still reads the record of the first organization');
select results_eq(
  format('select name, is_default, is_employee from public.choose_default_organization(%s)', tests.organization_id('Globex')),
  $$ values ('Globex'::text, true, true) $$, 'an employee chooses the organization that is shown first');
select results_eq(
  $$ select first_name from public.employees $$, $$ values ('evie'::text) $$, 'the chosen organization is shown first');
select results_eq(
  $$ select name, is_default from public.my_organizations() order by name $$,
  $$ values ('Acme'::text, false), ('Globex', true) $$, 'a person sees both organizations and the choice');
select is(
  tests.error_code_of('select public.choose_default_organization(987654321)'), 'not_your_organization',
  'an organization where the person does not work cannot be chosen');
select tests.authenticate_as('gwen', 'Globex');
select is((select count(*) from public.events where type = 'employee.updated' and body ~ 'chosen'), 0::bigint,
  'the choice of a person is no event of a company');

-- Leaving and unlinking.
select tests.authenticate_as('eve');
select is(
  tests.error_code_of(format('select public.leave_employment(%s)', tests.organization_id('Globex'))), 'no error',
  'an employee leaves');
select results_eq(
  $$ select first_name from public.employees $$, $$ values ('eve'::text) $$,
  'after leaving the person reads the other organization');
select results_eq(
  $$ select name, is_default from public.my_organizations() $$, $$ values ('Acme'::text, false) $$,
  'after leaving the person has one organization');
select tests.reset();
select is_empty($$ select from private.chosen_employments $$, 'the choice of an organization ends with the employment');
select tests.authenticate_as('eve');
select is(
  tests.error_code_of(format('select public.leave_employment(%s)', tests.organization_id('Globex'))), 'not_your_employment',
  'a person cannot leave twice');
select tests.authenticate_as('vic', 'Acme');
select is(
  tests.error_code_of(format('select public.unlink_employee_account(%s)', tests.employee_id('Acme', 'eve'))), 'role_too_low',
  'a viewer cannot unlink an account');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of(format('select public.unlink_employee_account(%s)', tests.employee_id('Acme', 'eve'))), 'no error',
  'a manager unlinks an account');
select is(pg_temp.account_of('eve'), null, 'an unlinked record has no account');
select tests.authenticate_as('eve');
select is_empty($$ select id from public.employees $$, 'an unlinked person reads nothing');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'employee_invitation_not_found', 'a used token does not link again');

-- Invitations end with the address, the inviter and the employee.
select tests.authenticate_as('max', 'Acme');
select pg_temp.invite('eve');
select is(pg_temp.edit('eve', '{"email": "mallory@example.com"}'), 'no error', 'the address of the record changes');
select tests.authenticate_as('eve');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'employee_invitation_not_found', 'another address of the record ends the invitation');
select tests.authenticate_as('mallory');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'employee_invitation_not_found', 'the new address does not inherit the invitation');
select tests.authenticate_as('mia', 'Acme');
select pg_temp.invite('eve');
select tests.reset();
update public.users set role = 'viewer' where id = tests.member_id('mia', 'Acme');
select tests.authenticate_as('mallory');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'employee_invitation_not_found', 'an invitation ends when its sender may no longer invite');
select tests.authenticate_as('max', 'Acme');
select pg_temp.invite('eve');
select public.revoke_employee_invitation(tests.employee_id('Acme', 'eve'));
select tests.authenticate_as('mallory');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'employee_invitation_not_found', 'a revoked invitation is not accepted');

select tests.authenticate_as('max', 'Acme');
select pg_temp.invite('eve');
select tests.reset();
alter table public.employee_invitations disable trigger user;
update public.employee_invitations set created_at = now() - interval '40 days', expires_at = now() - interval '1 second';
alter table public.employee_invitations enable trigger user;
select tests.authenticate_as('mallory');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'employee_invitation_not_found', 'an invitation that has expired is not accepted');

-- Another address of the record may be another person, who must not read on.
select tests.authenticate_as('max', 'Acme');
select pg_temp.invite('eve');
select tests.authenticate_as('mallory');
select is(pg_temp.accept(pg_temp.token_of('eve')), 'no error', 'the owner of the new address accepts an invitation of their own');
select tests.authenticate_as('max', 'Acme');
select is(pg_temp.edit('eve', '{"email": "eve@example.com"}'), 'no error', 'the address of a linked record changes');
select tests.reset();
select is(
  (select (email, auth_user_id) from public.employees where id = tests.employee_id('Acme', 'eve')),
  ('eve@example.com'::text, null::uuid), 'a linked account ends with the address that it was linked for');


-- Nothing is left of an invitation when its sender, its organization or its employee is gone, or when the record has an account.
select tests.authenticate_as('max', 'Acme');
select pg_temp.invite('eve');
create function pg_temp.accepted_after(change text) returns text language plpgsql as $$
declare v_answer text;
begin
  begin
    perform tests.reset();
    -- Without the triggers that revoke it first.
    alter table public.users disable trigger user;
    alter table public.organizations disable trigger user;
    alter table public.employees disable trigger user;
    execute change;
    perform tests.authenticate_as('eve');
    v_answer := pg_temp.accept(pg_temp.token_of('eve'));
    raise exception 'undo';
  exception when raise_exception then
    return v_answer;
  end;
end;
$$;
select is(pg_temp.accepted_after(change), answer, format('an invitation is answered with "%s" when %s', answer, what))
from (values
  ('select 1', 'no error', 'nothing has changed'),
  ($$ update public.users set deleted_at = now() where id = tests.member_id('max', 'Acme') $$, 'employee_invitation_not_found',
    'its sender has left'),
  ($$ update public.organizations set deleted_at = now() where name = 'Acme' $$, 'employee_invitation_not_found',
    'the organization is closed'),
  ($$ update public.employees set deleted_at = now() where id = tests.employee_id('Acme', 'eve') $$, 'employee_invitation_not_found',
    'the employee has left'),
  ($$ update public.employees set auth_user_id = tests.user_id('mallory') where id = tests.employee_id('Acme', 'eve') $$,
    'employee_invitation_not_found', 'the record has another account')
) as changes (change, answer, what);

select * from finish();
rollback;
