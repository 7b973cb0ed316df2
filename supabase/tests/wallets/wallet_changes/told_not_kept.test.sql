begin;
\ir ../../_shared/setup.sql.raw
select plan(15);

select tests.create_user('bea');
select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
update public.organizations set wallet_change_policy = 'second_person';
select tests.create_employee('Acme', 'bea', '1000', tests.address(1), signs_in_as => 'bea');
select tests.create_employee('Acme', 'otto', '1000', tests.address(5));

create function pg_temp.told(type text) returns text language sql as $$
  select string_agg(split_part(account.email, '@', 1), ' ' order by account.email)
  from public.notifications as notification join auth.users as account on account.id = notification.auth_user_id
  where notification.type = 'wallet_change.' || told.type;
$$;
create function pg_temp.ask(address text) returns bigint language sql as $$
  select count(*) from public.update_employee(
    tests.employee_id('Acme', 'bea'), (select version from public.employees where first_name = 'bea'),
    jsonb_build_object('wallet_address', address));
$$;
create function pg_temp.waiting() returns bigint language sql as $$
  select id from public.wallet_changes where state = 'waiting'; $$;

select tests.act_as('max', 'Acme');
select pg_temp.ask(tests.address(2));
select is(
  pg_temp.told('requested'), 'ada bea mia',
  'the employee, the admins and the other managers are notified that an address is to change');
select is(
  (select string_agg(distinct title || ' ' || message, ' ') from public.notifications where user_id is not null),
  format(
    'The payout address of employee %s is to change Ask the employee whether that is right. Wallet change %s can be confirmed by another person or cancelled.',
    tests.employee_id('Acme', 'bea'), pg_temp.waiting()), 'the notification of members contains ids and no names');
select is(
  (select title || '. ' || message from public.notifications where employee_id is not null),
  format(
    'Your payout address is to change. If you did not ask for it, tell your employer now: wallet change %s can still be cancelled.',
    pg_temp.waiting()),
  'the notification of the employee says what to do');

select public.cancel_wallet_change(pg_temp.waiting());
select is(
  pg_temp.told('cancelled'), 'ada bea mia', 'the same people are notified that an address change was cancelled');
select pg_temp.ask(tests.address(2));
select tests.act_as('mia', 'Acme');
select public.confirm_wallet_change(pg_temp.waiting());
select is(
  pg_temp.told('applied'), 'ada bea max',
  'the employee, the admins and the other managers are notified that an address change was applied');

-- Members can switch the notification off; the employee who is paid cannot.
select tests.act_as('ada', 'Acme');
select public.set_preference('notifications.wallet_changes.requested', 'false');
select tests.act_as('max', 'Acme');
select pg_temp.ask(tests.address(3));
select is(
  (
    select count(*) from public.notifications
    where type = 'wallet_change.requested' and auth_user_id = tests.user_id('ada')), 2::bigint,
  'a member can switch off the notification of address changes');
select is(
  (
    select count(*) from public.notifications
    where type = 'wallet_change.requested' and auth_user_id = tests.user_id('bea')), 3::bigint,
  'an employee is always notified of the own address change');
select public.cancel_wallet_change(pg_temp.waiting());

-- Under the policy immediate an address change is still notified and recorded.
select tests.reset();
update public.organizations set wallet_change_policy = 'immediate';
select tests.act_as('max', 'Acme');
select pg_temp.ask(tests.address(3));
select is(
  (
    select count(*) from public.notifications
    where type = 'wallet_change.applied' and auth_user_id = tests.user_id('bea')), 2::bigint,
  'an employee is notified of an address change that took effect at once');
select is(
  (
    select (policy, state, previous_address, new_address, requested_by_user) from public.wallet_changes
    where policy = 'immediate'),
  ('immediate'::text, 'applied'::text, tests.address(2), tests.address(3), tests.member_id('max', 'Acme')),
  'an address change that took effect at once is recorded with the member who made it');
select is(
  (select count(*) from public.wallet_changes where employee_id = tests.employee_id('Acme', 'otto')), 0::bigint,
  'the first address of an employee is not recorded as a change');

-- What outlives the person.
select tests.reset();
select is(
  (
    select count(*) from public.audit_logs
    where action like 'wallet\_change.%'
      and changes <> jsonb_build_object(
        'wallet_change_id', changes -> 'wallet_change_id', 'fields', '["wallet_address"]'::jsonb)),
  0::bigint, 'the audit trail names the address change and the field, never an address');
select is(
  (select count(*) from public.audit_logs where action like 'wallet\_change.%'), 7::bigint,
  'every step of an address change is in the audit trail');
select is_empty(
  $$
    select body from public.events
    where type like 'wallet\_change.%'
      and (
        strpos(body, tests.address(1)) > 0 or strpos(body, tests.address(2)) > 0
          or strpos(body, tests.address(3)) > 0) $$,
  'no event of an address change contains an address');
select tests.act_as('ada', 'Acme');
select public.remove_employee(tests.employee_id('Acme', 'bea'));
select public.erase_person((select id from public.employees where first_name = 'bea'), 'Asked');
select tests.reset();
select is_empty(
  $$
    select tests.address(number), place from generate_series(1, 3) as number
    cross join lateral tests.places_of(tests.address(number)) as place $$,
  'no address of an employee is left in any table after the erasure');
select is(
  (select count(*) from tests.places_of(tests.address(5))), 2::bigint,
  'the search over all tables finds the address of an employee who was not erased');

select * from finish();
rollback;
