begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}', '{}');
select tests.create_employee('Acme', 'eve', '1000', tests.address(1));

select tests.authenticate_as('ada', 'Acme');
select public.update_organization((select version from public.organizations), wallet_change_policy => 'second_person');

select tests.authenticate_as('max', 'Acme');
select public.update_employee(tests.employee_id('Acme', 'eve'), 1, jsonb_build_object('wallet_address', tests.address(2)));
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from public.wallet_changes)) $$), 'wallet_change_needs_another_person',
  'whoever asked cannot confirm');

select tests.reset();
select is(private.apply_due_wallet_changes(now() + interval '10 years'), 0, 'time alone never applies it');
create temporary table change on commit drop as select id from public.wallet_changes;
grant select on change to authenticated;

select tests.authenticate_as('vic', 'Acme');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from change)) $$), 'role_too_low',
  'a viewer cannot confirm');
select tests.authenticate_as('gwen', 'Globex');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from change)) $$), 'wallet_change_not_found',
  'a manager of another organization finds nothing');

-- A run that was submitted pays the address that was approved.
select tests.reset();
create temporary table run on commit drop as select tests.create_run('Acme') as id;
grant select on run to authenticated;
select tests.authenticate_as('max', 'Acme');
select public.submit_payroll_run((select id from run));

select tests.authenticate_as('mia', 'Acme');
select is((select state from public.confirm_wallet_change((select id from change))), 'applied', 'a second person confirms');
select is((select wallet_address from public.employees), tests.address(2), 'and the address changes');
select is(
  tests.error_code_of($$ select public.approve_payroll_run((select id from run), tests.seen((select id from run))) $$), 'payroll_run_changed',
  'a run that was submitted with the old address cannot be approved unseen');
select is((select destination from public.payroll_items), tests.address(1), 'its items keep what was submitted');
select is(
  tests.error_code_of($$ select public.cancel_wallet_change((select id from change)) $$), 'wallet_change_not_found',
  'what was applied cannot be cancelled');

select tests.authenticate_as('ada', 'Acme');
select public.update_organization((select version from public.organizations), wallet_change_policy => 'immediate');
select is(
  (select wallet_address from public.update_employee(
    tests.employee_id('Acme', 'eve'), (select version from public.employees), jsonb_build_object('wallet_address', tests.address(3)))),
  tests.address(3),
  'an organization may choose that changes take effect at once');

-- A second membership makes no second person.
select tests.reset();
update public.organizations set wallet_change_policy = 'second_person';
select tests.act_as('max', 'Acme');
select public.update_employee(tests.employee_id('Acme', 'eve'), (select version from public.employees), jsonb_build_object('wallet_address', tests.address(4)));
-- Leaving withdraws what was asked for; were it not so, nobody could confirm the own request through another membership.
select tests.reset();
alter table public.users disable trigger users_withdraw_wallet_changes;
select tests.act_as('ada', 'Acme');
select public.remove_member(tests.member_id('max', 'Acme'));
select tests.act_as('max');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from public.wallet_changes where state = 'waiting')) $$), 'no_organization',
  'whoever is no member any more confirms nothing');
update public.users set deleted_at = null where id = (select requested_by_user from public.wallet_changes where state = 'waiting');
select tests.act_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from public.wallet_changes where state = 'waiting')) $$), 'wallet_change_needs_another_person',
  'whoever left and came back is still the one who asked');
select tests.act_as('ada', 'Acme');
select public.remove_member((select requested_by_user from public.wallet_changes where state = 'waiting'));
select public.erase_member((select requested_by_user from public.wallet_changes where state = 'waiting'), 'Asked');
select tests.act_as('mia', 'Acme');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from public.wallet_changes where state = 'waiting')) $$), 'wallet_change_needs_another_person',
  'a request of somebody who was forgotten could be anybody''s, so nobody confirms it');
select is(
  (select state from public.cancel_wallet_change((select id from public.wallet_changes where state = 'waiting'))), 'cancelled',
  'it can only be cancelled and asked for again');

select * from finish();
rollback;
