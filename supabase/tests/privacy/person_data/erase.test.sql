begin;
\ir ../../_shared/setup.sql.raw
select plan(47);

select tests.create_world();
create temporary table person on commit drop as
  select tests.employee_id('Acme', 'eve') as eve, tests.employee_id('Acme', 'olga') as olga,
    tests.employee_id('Globex', 'earl') as earl;
grant select on person to authenticated;
update public.employees set position = 'Baker', department = 'Kitchen' where id = (select eve from person);
create temporary table books on commit drop as
  select 'items' as what,
    jsonb_agg(
      jsonb_build_array(item.id, item.amount::text, item.destination, item.tx_hash, item.status)
      order by item.id) as content from public.payroll_items as item
  union all
  select 'operations',
    jsonb_agg(
      jsonb_build_array(operation.id, operation.amount::text, operation.destination, operation.is_live)
      order by operation.id) from public.transaction_operations as operation
  union all
  select 'transactions',
    jsonb_agg(jsonb_build_array(transaction.id, transaction.tx_hash, transaction.amount::text) order by transaction.id)
  from public.transactions as transaction
  union all
  select 'runs',
    jsonb_agg(jsonb_build_array(run.id, run.total_amount::text, run.content_hash, run.status) order by run.id)
  from public.payroll_runs as run;
create temporary table address on commit drop as select wallet_address from public.employees
where id = (select eve from person);

-- A person who is still to be paid cannot be erased.
create temporary table run on commit drop as select tests.create_run('Acme') as id;
grant select on run to authenticated;
select tests.authenticate_as('ada', 'Acme');
select is(
  tests.error_code_of($$ select public.erase_person((select eve from person), 'Asked by letter') $$),
  'person_is_to_be_paid',
  'an employee with an item in a draft cannot be erased');
select matches(
  tests.error_of($$ select public.erase_person((select eve from person), 'Asked by letter') $$),
  format(
    'Employee %s is still to be paid: an item of payroll run %s is pending', (select eve from person),
    (select id from run)),
  'the refusal to erase names the run and the state of the unpaid item');
select tests.reset();
select tests.walk_run((select id from run), 'failed');
select tests.authenticate_as('ada', 'Acme');
select is(
  tests.error_code_of($$ select public.erase_person((select eve from person), 'Asked by letter') $$),
  'person_is_to_be_paid',
  'an employee whose payment failed cannot be erased');
select is(
  tests.error_code_of(
    $$ select public.erase_person((select eve from person), 'Asked by letter', settled_elsewhere => true) $$),
  'no error',
  'an employee with a failed payment can be erased when the debt was settled elsewhere');

select results_eq(
  $$
    select first_name, last_name, email, wallet_address, position, department, salary::text, auth_user_id, status,
      deleted_at is not null from public.employees where id = (select eve from person) $$,
  $$
    select 'Erased', 'person ' || eve, 'erased-' || eve || '@person.invalid', null::text, null::text, null::text,
      null::text, null::uuid, 'inactive', true from person $$,
  'an erased employee has no name, address, salary or account');
select is(
  (
    select search_vector @@ to_tsquery('simple', 'eve') or search_vector @@ to_tsquery('simple', 'baker')
    from public.employees where id = (select eve from person)), false,
  'a search for the old name or position does not find an erased employee');
select tests.reset();
select is_empty(
  $$ select place from tests.places_of('eve@') as place $$, 'the e-mail address of an erased employee is in no table');
select is_empty(
  $$ select what from books where what <> 'runs' and content <> case what
    when 'items' then (
      select jsonb_agg(
        jsonb_build_array(item.id, item.amount::text, item.destination, item.tx_hash, item.status) order by item.id)
      from public.payroll_items as item where item.payroll_run_id <> (select id from run))
    when 'operations' then (
      select jsonb_agg(
        jsonb_build_array(operation.id, operation.amount::text, operation.destination, operation.is_live)
        order by operation.id)
      from public.transaction_operations as operation where operation.payroll_run_id <> (select id from run))
    else (
      select jsonb_agg(
        jsonb_build_array(transaction.id, transaction.tx_hash, transaction.amount::text) order by transaction.id)
      from public.transactions as transaction where transaction.payroll_run_id <> (select id from run)) end $$,
  'the amounts, hashes and destinations of past payments stay after an erasure');
select is(
  (select content from books where what = 'runs'),
  (
    select jsonb_agg(jsonb_build_array(run.id, run.total_amount::text, run.content_hash, run.status) order by run.id)
    from public.payroll_runs as run where run.id <> (select id from run)),
  'the totals and hashes of past runs stay after an erasure');
select is(
  (select count(*) from public.wallets where employee_id = (select eve from person)), 0::bigint,
  'the wallets of an erased employee are no longer linked to the employee');
select is(
  (select count(*) from public.notifications where employee_id = (select eve from person)), 0::bigint,
  'an erased employee has no notification');
select is(
  (select count(*) from public.payroll_items where destination = (select wallet_address from address)) > 0, true,
  'the destination of a past payment stays after an erasure');

select results_eq(
  $$
    select changes ->> 'reason', actor = 'user:' || tests.member_id('ada', 'Acme') from public.audit_logs
    where action = 'employee.erased' $$,
  $$ values ('Asked by letter', true) $$, 'the erasure is in the audit trail with its reason');
select results_eq(
  $$ select (body::jsonb #>> '{data,employee_id}')::bigint from public.events where type = 'employee.erased' $$,
  $$ select eve from person $$,
  'the erasure is announced as an event, so that copies can be erased too');
select results_eq(
  $$ select subject, subject_id, reason from private.erasures $$,
  $$ select 'employee', eve, 'Asked by letter' from person $$, 'the erasure is recorded in the table of erasures');

-- An erasure happens once.
select tests.authenticate_as('ada', 'Acme');
create temporary table before on commit drop as select version from public.employees
where id = (select eve from person);
grant select on before to authenticated;
select is(
  (select id from public.erase_person((select eve from person), 'Again')), (select eve from person),
  'a repeated erasure succeeds');
select is(
  (select version from public.employees where id = (select eve from person)), (select version from before),
  'a repeated erasure keeps the version of the employee');
select is(
  (select count(*) from public.audit_logs where action = 'employee.erased'), 1::bigint,
  'a repeated erasure is not in the audit trail');
select tests.reset();
select is(
  tests.error_code_of($$ delete from private.erasures $$), 'append_only', 'the record of an erasure cannot be deleted');

-- Who may erase a person.
select is(tests.error_code_of(command), code, promise)
from (values
  ('ada', $$ select public.erase_person((select olga from person), '') $$, 'text_missing',
    'an erasure with an empty reason is refused'),
  ('ada', $$ select public.erase_person((select olga from person), null) $$, 'text_missing',
    'an erasure without a reason is refused'),
  ('ada', $$ select public.erase_person((select olga from person), repeat('x', 1001)) $$, 'text_too_long',
    'an erasure with a reason of 1001 characters is refused'),
  ('ada', $$ select public.erase_person((select olga from person), tests.secret_key()) $$, 'secret_key_refused',
    'an erasure with a secret key as its reason is refused'),
  ('ada', $$ select public.erase_person(0, 'x') $$, 'employee_not_found',
    'an erasure of an unknown employee is refused'),
  ('ada', $$ select public.erase_person((select earl from person), 'x') $$, 'employee_not_found',
    'an erasure of another organization''s employee is refused'),
  ('max', $$ select public.erase_person((select olga from person), 'x') $$, 'role_too_low',
    'a manager cannot erase an employee'),
  ('vic', $$ select public.erase_person((select olga from person), 'x') $$, 'role_too_low',
    'a viewer cannot erase an employee')
) as refusal (person, command, code, promise)
cross join lateral (select tests.authenticate_as(refusal.person, 'Acme')) as acting;
select tests.as_anon();
select is(
  tests.error_code_of($$ select public.erase_person(1, 'x') $$), '42501',
  'a caller who has not signed in cannot erase an employee');
select tests.as_service();
select is(
  tests.error_code_of($$ select public.erase_person(1, 'x') $$), '42501', 'the service cannot erase an employee');

-- A claimable balance that waits is money that is owed.
select tests.reset();
select public.apply_claimable_balances(jsonb_build_array(jsonb_build_object(
  'organization_id', tests.organization_id('Acme'), 'claimable_balance_id', '00000000' || tests.hash('balance'),
  'asset_code', 'XLM', 'amount', '5',
  'sponsor', tests.address(1), 'claimant', tests.address(2), 'status', 'active', 'ledger', 1, 'closed_at',
  '2026-11-20T12:00:00Z', 'employee_id', (select olga from person))));
select tests.authenticate_as('ada', 'Acme');
select matches(
  tests.error_of($$ select public.erase_person((select olga from person), 'x', true) $$),
  'claimable balance [0-9]+ waits', 'an employee with a claimable balance that waits to be claimed cannot be erased');

-- A person who is both a member and an employee of the organization.
select tests.reset();
select tests.create_employee('Acme', 'bea', '100', signs_in_as => 'bea');
create temporary table bea on commit drop as select tests.employee_id('Acme', 'bea') as employee,
  tests.member_id('bea', 'Acme') as member;
grant select on bea to authenticated;
select tests.authenticate_as('bea', 'Acme');
select public.set_preference('appearance.theme', '"dark"');
select tests.authenticate_as('ada', 'Acme');
select public.invite_member('bea@new.example', 'viewer');
select is(
  tests.error_code_of($$ select public.erase_person((select employee from bea), 'x') $$), 'person_is_a_member',
  'an employee who is still a member cannot be erased');
select is(
  tests.error_code_of($$ select public.erase_member((select member from bea), 'x') $$), 'member_is_active',
  'a member who was not removed cannot be erased');
select is(
  tests.error_code_of(format('select public.erase_member(%s, ''x'')', id)), 'member_not_known', promise)
from (values
  ('0', 'an erasure of an unknown member is refused'),
  ('tests.member_id(''gil'', ''Globex'')', 'an erasure of another organization''s member is refused')
) as refusal (id, promise);
select public.remove_member((select member from bea));
select is(
  (select id from public.erase_person((select employee from bea), 'Asked')), (select employee from bea),
  'an employee who was removed as a member can be erased');
select results_eq(
  $$ select email, auth_user_id, role from public.users where id = (select member from bea) $$,
  $$ select 'erased-' || member || '@member.invalid', null::uuid, 'manager' from bea $$,
  'an erased membership keeps its role and loses address and account');
select tests.reset();
select is(
  (select count(*) from public.user_preferences where user_id = (select member from bea)), 0::bigint,
  'an erased member has no preferences');
select is(
  (select count(*) from public.user_preferences_history where user_id = (select member from bea)), 0::bigint,
  'an erased member has no history of preferences');
select is(
  (select count(*) from public.notifications where user_id = (select member from bea)), 0::bigint,
  'an erased member has no notification');
select is(
  (
    select array_agg(subject order by subject) from private.erasures
    where subject_id in (select employee from bea union select member from bea)), '{employee,member}',
  'the erasures of the employee and of the member are both recorded');
select lives_ok(
  $$ delete from auth.users where email = 'eve@example.com' $$, 'the account of an erased person can be deleted');
select is(
  (select auth_user_id from public.users where id = tests.member_id('bea', 'Globex')) is not null, true,
  'a membership in another organization is not erased');

-- A member who was not an employee.
update public.users set deleted_at = now() where id = tests.member_id('vic', 'Acme');
create temporary table vic on commit drop as select id from public.users where email = 'vic@example.com';
grant select on vic to authenticated;
select tests.authenticate_as('ada', 'Acme');
select is(
  (select email like 'erased-%@member.invalid' from public.erase_member((select id from vic), 'Asked')), true,
  'a removed member can be erased');
select is(
  (select count(*) from public.erase_member((select id from vic), 'Again')), 1::bigint,
  'a repeated erasure of a member succeeds');
select is(
  (select count(*) from public.audit_logs where action = 'member.erased'), 2::bigint,
  'every erasure of a member is in the audit trail once');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.erase_member((select id from vic), 'x') $$), 'role_too_low',
  'a manager cannot erase a member');
select tests.reset();
select is(
  tests.error_code_of($$ update public.users set auth_user_id = null where id = tests.member_id('ada', 'Acme') $$),
  '23514', 'a present member without an account is refused by the table');

select * from finish();
rollback;
