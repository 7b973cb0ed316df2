begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}', '{}');
select tests.create_employee('Acme', 'eve', '1000', tests.address(1));

select tests.authenticate_as('ada', 'Acme');
select public.update_organization((select version from public.organizations), wallet_change_policy => 'second_person');

select tests.authenticate_as('max', 'Acme');
select public.update_employee(
  tests.employee_id('Acme', 'eve'), 1, jsonb_build_object('wallet_address', tests.address(2)));
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from public.wallet_changes)) $$),
  'wallet_change_needs_another_person',
  'the person who asked for an address change cannot confirm it');

select tests.reset();
select is(
  private.apply_due_wallet_changes(now() + interval '10 years'), 0,
  'an address change that needs a second person is never applied by time alone');
create temporary table change on commit drop as select id from public.wallet_changes;
grant select on change to authenticated;

select tests.authenticate_as('vic', 'Acme');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from change)) $$), 'role_too_low',
  'a viewer cannot confirm an address change');
select tests.authenticate_as('gwen', 'Globex');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from change)) $$), 'wallet_change_not_found',
  'a manager of another organization does not find the address change');

-- A run that was submitted pays the address that was approved.
select tests.reset();
create temporary table run on commit drop as select tests.create_run('Acme') as id;
grant select on run to authenticated;
select tests.authenticate_as('max', 'Acme');
select tests.submit((select id from run));

select tests.authenticate_as('mia', 'Acme');
select is(
  (select state from public.confirm_wallet_change((select id from change))), 'applied',
  'a second person confirms an address change');
select is(
  (select wallet_address from public.employees), tests.address(2),
  'the employee has the new address after the confirmation');
select is(
  tests.error_code_of($$ select public.approve_payroll_run((select id from run), tests.seen((select id from run))) $$),
  'payroll_run_changed',
  'a run that was submitted with the old address cannot be approved');
select is(
  (select destination from public.payroll_items), tests.address(1),
  'the items of the submitted run keep the old address');
select is(
  tests.error_code_of($$ select public.cancel_wallet_change((select id from change)) $$), 'wallet_change_not_found',
  'an address change that was applied cannot be cancelled');

select tests.authenticate_as('ada', 'Acme');
select public.update_organization((select version from public.organizations), wallet_change_policy => 'immediate');
select is(
  (select wallet_address from public.update_employee(
    tests.employee_id('Acme', 'eve'), (select version from public.employees),
    jsonb_build_object('wallet_address', tests.address(3)))),
  tests.address(3),
  'another address takes effect at once under the policy immediate');

-- A second membership of the same person is not a second person.
select tests.reset();
update public.organizations set wallet_change_policy = 'second_person';
select tests.act_as('max', 'Acme');
select public.update_employee(
  tests.employee_id('Acme', 'eve'), (select version from public.employees),
  jsonb_build_object('wallet_address', tests.address(4)));
-- The trigger that cancels the changes of a leaver is switched off, to test the second line of defence.
select tests.reset();
alter table public.users disable trigger users_withdraw_wallet_changes;
select tests.act_as('ada', 'Acme');
select public.remove_member(tests.member_id('max', 'Acme'));
select tests.act_as('max');
select is(
  tests.error_code_of(
    $$ select public.confirm_wallet_change((select id from public.wallet_changes where state = 'waiting')) $$),
  'no_organization',
  'a former member cannot confirm an address change');
update public.users set deleted_at = null
where id = (select requested_by_user from public.wallet_changes where state = 'waiting');
select tests.act_as('max', 'Acme');
select is(
  tests.error_code_of(
    $$ select public.confirm_wallet_change((select id from public.wallet_changes where state = 'waiting')) $$),
  'wallet_change_needs_another_person',
  'a member who left and came back cannot confirm the own address change');
select tests.act_as('ada', 'Acme');
select public.remove_member((select requested_by_user from public.wallet_changes where state = 'waiting'));
select public.erase_member((select requested_by_user from public.wallet_changes where state = 'waiting'), 'Asked');
select tests.act_as('mia', 'Acme');
select is(
  tests.error_code_of(
    $$ select public.confirm_wallet_change((select id from public.wallet_changes where state = 'waiting')) $$),
  'wallet_change_needs_another_person',
  'an address change whose requester was erased can be confirmed by no member');
select is(
  (select state from public.cancel_wallet_change((select id from public.wallet_changes where state = 'waiting'))),
  'cancelled',
  'an address change whose requester was erased can be cancelled');

select * from finish();
rollback;
