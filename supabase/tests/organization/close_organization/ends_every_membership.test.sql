begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_world();
select tests.create_user('newcomer');
select tests.join_organization('gil', 'Acme', 'manager');
create temporary table acme on commit drop as select tests.organization_id('Acme') as id,
  tests.organization_id('Globex') as other;
grant select on acme to public;

-- Who may close an organization.
select tests.authenticate_as('ada', 'Acme');
select is(tests.error_code_of(format('select public.close_organization(%s, %L)', id, reason)), code, promise)
from (values
  ((select id from acme), null, 'text_missing', 'closing an organization without a reason is refused'),
  ((select id from acme), repeat('x', 1001), 'text_too_long',
    'closing an organization with a reason of 1001 characters is refused'),
  ((select id from acme), tests.secret_key(), 'secret_key_refused',
    'closing an organization with a secret key as its reason is refused'),
  ((select other from acme), 'no', 'not_your_organization', 'an admin cannot close another organization'),
  (987654321, 'no', 'not_your_organization', 'an admin cannot close an organization that does not exist')
) as refusals (id, reason, code, promise);
select is(
  tests.error_code_of($$ select public.close_organization(null, 'no') $$), 'not_your_organization',
  'an admin cannot close the organization null');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.close_organization((select id from acme), 'no') $$), 'role_too_low',
  'a manager cannot close the organization');
select tests.authenticate_as('gil', 'Globex');
select is(
  tests.error_code_of($$ select public.close_organization((select id from acme), 'no') $$), 'role_too_low',
  'a manager who is an admin of another organization cannot close this one');
select tests.authenticate_as('eve', 'Acme');
select is(
  tests.error_code_of($$ select public.close_organization((select id from acme), 'no') $$), 'not_your_organization',
  'an employee cannot close the organization');

-- Work that can still move money keeps an organization open.
select tests.reset();
create temporary table run on commit drop as select tests.create_run('Acme') as id;
grant select on run to public;
create function tests.close_as_ada() returns text language plpgsql as $$
begin
  perform tests.authenticate_as('ada', 'Acme');
  return tests.error_of($q$ select public.close_organization((select id from acme), 'We stop.') $q$);
end;
$$;
grant execute on function tests.close_as_ada() to public;
select tests.walk_run((select id from run), 'submitted');
select is(tests.close_as_ada(),
  format(
    'PT409 | Organization %s cannot be closed: payroll run %s is pending. | organization_has_open_work | Finish it, reject it or wait for its end, then close the organization.',
    acme.id, run.id),
  'a run that waits for approval keeps an organization open') from acme, run;
select tests.reset();
select tests.act_as('mia', 'Acme');
select public.approve_payroll_run((select id from run), tests.seen((select id from run)));
select tests.configure_network();
select public.disburse_payroll_run((select id from run), tests.treasury('Acme'));
select matches(
  tests.close_as_ada(), 'payroll run [0-9]+ is processing', 'a run that is being paid keeps an organization open');
select tests.reset();
create temporary table moving on commit drop as select tests.persist(run.id, tests.lease_of_run(run.id)) as id from run;
select tests.settle(
  tests.evidence((select id from moving), 'failed', '{op_no_destination,op_no_destination}'));
select is(
  (select status from public.payroll_runs where id = (select id from run)), 'failed',
  'a payment that failed ends its run as failed');
insert into public.claimable_balances (
  organization_id, claimable_balance_id, asset_code, amount, sponsor, claimant, synced_ledger)
select acme.id, '00000000' || tests.hash('balance'), 'XLM', 1, tests.address(1), tests.address(2), 10 from acme;
select matches(
  tests.close_as_ada(), 'claimable balance [0-9]+ waits to be claimed',
  'a claimable balance that waits to be claimed keeps an organization open');
select tests.reset();
update public.claimable_balances set status = 'claimed', claimed_at = now(), ended_at = now()
where organization_id = (select id from acme);

-- The organization is closed.
-- Vic had left before.
update public.users set deleted_at = now() - interval '1 day' where id = tests.member_id('vic', 'Acme');

select tests.authenticate_as('ada', 'Acme');
create temporary table invited on commit drop as select token
from public.invite_member('newcomer@example.com', 'viewer');
grant select on invited to public;
create temporary table closed on commit drop as select *
from public.close_organization((select id from acme), 'We stop.');
select is(
  (select (id, deleted_at is not null)::text from closed), (select format('(%s,t)', id) from acme),
  'an admin closes an organization');
select is(
  (select deleted_at from public.close_organization((select id from acme), 'We stop.')),
  (select deleted_at from closed), 'a repeat of the closing succeeds and changes nothing');
select is(
  tests.error_code_of($$ select * from public.create_payroll_run('2026-12-01', '2026-12-31') $$), 'no_organization',
  'an admin of a closed organization cannot act in it');
select is(
  (select count(*) from public.organizations) + (select count(*) from public.payroll_runs), 0::bigint,
  'an admin of a closed organization reads neither the organization nor its runs');
select is_empty(
  $$ select * from public.my_organizations() $$, 'a closed organization is not listed among the own organizations');
select is(
  tests.error_code_of(format('select public.choose_default_organization(%s)', id)), 'not_your_organization',
  'a closed organization cannot be chosen as the default') from acme;
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.retry_payroll_run((select id from run)) $$), 'no_organization',
  'a manager of a closed organization cannot retry its failed run');
select is(
  tests.error_code_of($$ select public.close_organization((select id from acme), 'Me too') $$), 'role_too_low',
  'a manager of a closed organization cannot close it again');
select tests.authenticate_as('newcomer');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from invited)) $$), 'invitation_not_found',
  'an open invitation of a closed organization cannot be accepted');
select tests.authenticate_as('bea');
select results_eq(
  $$ select name from public.organizations $$, $$ values ('Globex') $$,
  'a member of two organizations keeps the one that was not closed');
select tests.authenticate_as('max');
select is(
  (select data #>> '{organizations,0,organization}' from public.export_my_data() as data), 'Acme',
  'a member of a closed organization can still export the own data');

select tests.reset();
select is(
  (
    select (action, changes)::text from public.audit_logs
    where organization_id = (select id from acme) and action = 'organization.closed'),
  '(organization.closed,"{""reason"": ""We stop.""}")', 'the audit trail of a closed organization holds the reason');
select is(
  (select (body::jsonb #>> '{data,organization_id}')::bigint from public.events where type = 'organization.closed'),
  (select id from acme), 'the closing of an organization is announced as an event');
select is(
  (select count(*) from public.payroll_items where organization_id = (select id from acme)) > 0, true,
  'the payroll items of a closed organization stay');
select is(
  (select count(*) from public.users where organization_id = (select other from acme) and deleted_at is not null),
  0::bigint, 'the closing of one organization ends no membership in another');

-- An operator marks an organization as deleted by hand.
update public.organizations set deleted_at = now() where id = (select other from acme);
select is(
  (select count(*) from public.users where organization_id = (select other from acme) and deleted_at is null),
  0::bigint, 'an organization that an operator marks as deleted loses its memberships as well');

update public.organizations set deleted_at = null where id = (select id from acme);
select results_eq(
  $$
    select split_part(email, '@', 1), role from public.users
    where organization_id = (select id from acme) and deleted_at is null order by 1 $$,
  $$ values ('ada', 'admin'), ('bea', 'manager'), ('gil', 'manager'), ('max', 'manager'), ('mia', 'manager') $$,
  'an operator who takes the mark away restores exactly the memberships that ended with it');
select tests.authenticate_as('newcomer');
select is(
  tests.error_code_of($$ select public.accept_invitation((select token from invited)) $$), 'invitation_not_found',
  'an invitation of a reopened organization stays revoked');

select * from finish();
rollback;
