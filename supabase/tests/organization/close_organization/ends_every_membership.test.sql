begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_world();
select tests.create_user('newcomer');
select tests.join_organization('gil', 'Acme', 'manager');
create temporary table acme on commit drop as select tests.organization_id('Acme') as id, tests.organization_id('Globex') as other;
grant select on acme to public;

-- Who may.
select tests.authenticate_as('ada', 'Acme');
select is(tests.error_code_of(format('select public.close_organization(%s, %L)', id, reason)), code, promise)
from (values
  ((select id from acme), null, 'text_missing', 'a reason is asked for'),
  ((select id from acme), repeat('x', 1001), 'text_too_long', 'a reason is short'),
  ((select id from acme), tests.secret_key(), 'secret_key_refused', 'a secret key is none'),
  ((select other from acme), 'no', 'not_your_organization', 'nobody closes the organization of others'),
  (987654321, 'no', 'not_your_organization', 'nor one that does not exist')
) as refusals (id, reason, code, promise);
select is(tests.error_code_of($$ select public.close_organization(null, 'no') $$), 'not_your_organization', 'nor none');
select tests.authenticate_as('max', 'Acme');
select is(tests.error_code_of($$ select public.close_organization((select id from acme), 'no') $$), 'role_too_low', 'a manager closes nothing');
select tests.authenticate_as('gil', 'Globex');
select is(tests.error_code_of($$ select public.close_organization((select id from acme), 'no') $$), 'role_too_low', 'also one who is an admin elsewhere');
select tests.authenticate_as('eve', 'Acme');
select is(tests.error_code_of($$ select public.close_organization((select id from acme), 'no') $$), 'not_your_organization', 'an employee is no member');

-- While money could move.
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
  format('PT409 | Organization %s cannot be closed: payroll run %s is pending. | organization_has_open_work | Finish it, reject it or wait for its end, then close the organization.', acme.id, run.id),
  'a run that waits for approval keeps an organization open') from acme, run;
select tests.reset();
select tests.act_as('mia', 'Acme');
select public.approve_payroll_run((select id from run), tests.seen((select id from run)));
select tests.configure_network();
select public.disburse_payroll_run((select id from run), tests.treasury('Acme'));
select matches(tests.close_as_ada(), 'payroll run [0-9]+ is processing', 'so does one that is being paid');
select tests.reset();
create temporary table moving on commit drop as select tests.persist(run.id, tests.lease_of_run(run.id)) as id from run;
select public.record_outcome(tests.evidence((select id from moving), 'failed', '{op_no_destination,op_no_destination}'));
select is((select status from public.payroll_runs where id = (select id from run)), 'failed', 'a run that failed moves nothing');
insert into public.claimable_balances (organization_id, claimable_balance_id, asset_code, amount, sponsor, claimant, synced_ledger)
select acme.id, '00000000' || tests.hash('balance'), 'XLM', 1, tests.address(1), tests.address(2), 10 from acme;
select matches(tests.close_as_ada(), 'claimable balance [0-9]+ waits to be claimed', 'a payment that waits to be claimed keeps it open');
select tests.reset();
update public.claimable_balances set status = 'claimed', claimed_at = now(), ended_at = now() where organization_id = (select id from acme);

-- The end.
-- Somebody who had left before.
update public.users set deleted_at = now() - interval '1 day' where id = tests.member_id('vic', 'Acme');

select tests.authenticate_as('ada', 'Acme');
create temporary table invited on commit drop as select token from public.invite_member('newcomer@example.com', 'viewer');
grant select on invited to public;
create temporary table closed on commit drop as select * from public.close_organization((select id from acme), 'We stop.');
select is((select (id, deleted_at is not null)::text from closed), (select format('(%s,t)', id) from acme), 'an admin closes an organization');
select is((select deleted_at from public.close_organization((select id from acme), 'We stop.')), (select deleted_at from closed), 'a repeat is success and changes nothing');
select is(tests.error_code_of($$ select * from public.create_payroll_run('2026-12-01', '2026-12-31') $$), 'no_organization', 'nobody acts in it any more');
select is((select count(*) from public.organizations) + (select count(*) from public.payroll_runs), 0::bigint, 'or reads it');
select is_empty($$ select * from public.my_organizations() $$, 'it is not listed');
select is(tests.error_code_of(format('select public.choose_default_organization(%s)', id)), 'not_your_organization', 'and cannot be chosen') from acme;
select tests.authenticate_as('max', 'Acme');
select is(tests.error_code_of($$ select public.retry_payroll_run((select id from run)) $$), 'no_organization', 'nobody pays what had failed');
select is(tests.error_code_of($$ select public.close_organization((select id from acme), 'Me too') $$), 'role_too_low', 'who was no admin closes nothing afterwards either');
select tests.authenticate_as('newcomer');
select is(tests.error_code_of($$ select public.accept_invitation((select token from invited)) $$), 'invitation_not_found', 'its invitations are worthless');
select tests.authenticate_as('bea');
select results_eq($$ select name from public.organizations $$, $$ values ('Globex') $$, 'whoever works elsewhere goes on there');
select tests.authenticate_as('max');
select is((select data #>> '{organizations,0,organization}' from public.export_my_data() as data), 'Acme', 'everybody can still ask what is stored about them');

select tests.reset();
select is((select (action, changes)::text from public.audit_logs where organization_id = (select id from acme) and action = 'organization.closed'),
  '(organization.closed,"{""reason"": ""We stop.""}")', 'the audit trail says why');
select is((select (body::jsonb #>> '{data,organization_id}')::bigint from public.events where type = 'organization.closed'), (select id from acme), 'systems of the company hear of it');
select is((select count(*) from public.payroll_items where organization_id = (select id from acme)) > 0, true, 'the books stay');
select is((select count(*) from public.users where organization_id = (select other from acme) and deleted_at is not null), 0::bigint, 'nobody of another company lost anything');

-- By hand.
update public.organizations set deleted_at = now() where id = (select other from acme);
select is((select count(*) from public.users where organization_id = (select other from acme) and deleted_at is null), 0::bigint, 'an operator who sets the mark gets the same');

update public.organizations set deleted_at = null where id = (select id from acme);
select results_eq(
  $$ select split_part(email, '@', 1), role from public.users where organization_id = (select id from acme) and deleted_at is null order by 1 $$,
  $$ values ('ada', 'admin'), ('bea', 'manager'), ('gil', 'manager'), ('max', 'manager'), ('mia', 'manager') $$,
  'and who takes the mark away gives back the memberships that ended with it, and no other');
select tests.authenticate_as('newcomer');
select is(tests.error_code_of($$ select public.accept_invitation((select token from invited)) $$), 'invitation_not_found', 'invitations stay worthless');

select * from finish();
rollback;
