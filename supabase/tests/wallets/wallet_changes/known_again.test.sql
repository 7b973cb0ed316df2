begin;
\ir ../../_shared/setup.sql.raw
select plan(36);

-- Every way to get another address to a person at once, as a manager who acts alone would try it.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
update public.organizations set wallet_change_policy = 'second_person';

create function pg_temp.add(first_name text, last_name text, email text, wallet_address text, more jsonb default '{}')
returns text language plpgsql as $$
begin
  return (select coalesce(created.wallet_address, 'waits') from public.create_employee(jsonb_build_object(
    'first_name', first_name, 'last_name', last_name, 'email', email, 'wallet_address', wallet_address) || more) as created);
end;
$$;
create function pg_temp.set(email text, fields jsonb) returns public.employees language sql as $$
  select changed from public.employees as employee
  cross join lateral public.update_employee(employee.id, employee.version, fields) as changed
  where employee.email = set.email and employee.deleted_at is null;
$$;
create function pg_temp.import(rows jsonb) returns setof text language plpgsql as $$
declare v_ids bigint[] := array(select imported.employee_id from public.import_employees(rows) as imported order by imported.line);
begin
  return query select coalesce(employee.wallet_address, 'waits') from public.employees as employee
    where employee.id = any (v_ids) order by array_position(v_ids, employee.id);
end;
$$;
create function pg_temp.waiting(subject text default 'wallet') returns bigint language sql as $$
  select count(*) from public.wallet_changes where state = 'waiting' and wallet_changes.subject = waiting.subject;
$$;

select tests.act_as('max', 'Acme');
select is(pg_temp.add('Otto', 'Old', 'otto@acme.example', null), 'waits', 'somebody without an address is added first');
select is(pg_temp.add('Vera', 'Núñez', 'vera@acme.example', tests.address(1)), tests.address(1),
  'the first address of a new person takes effect at once');
select is(pg_temp.add('Tom', 'Other', 'tom@acme.example', tests.address(2)), tests.address(2),
  'the first address of another new person takes effect at once');

-- The record of the victim is renamed.
select is((pg_temp.set('vera@acme.example', '{"email": "old@acme.example", "status": "inactive"}')).email, 'vera@acme.example',
  'another e-mail address of a record with a payout address waits');
select is(pg_temp.waiting('email'), 1::bigint, 'the waiting e-mail address is a change that another person decides');
select results_eq(
  $$ select type from public.events where type like 'email_change.%' $$, $$ values ('email_change.requested'::text) $$,
  'the request for another e-mail address is announced');
select is((pg_temp.set('vera@acme.example', '{"position": "Lead"}')).email, 'vera@acme.example',
  'an edit of another field leaves the request as it is');
select is(pg_temp.waiting('email'), 1::bigint, 'the request for another e-mail address still waits after another edit');
select is(tests.error_code_of($$ select pg_temp.add('Vera', 'Nunez', 'vera@acme.example', tests.address(9)) $$), 'email_taken',
  'a second record with the e-mail address of the victim is refused while the change waits');
select is(
  tests.error_code_of($$ select pg_temp.set('vera@acme.example', '{"email": "tom@acme.example"}') $$), 'email_taken',
  'the e-mail address of a colleague is refused at once');
select is(
  tests.error_code_of(format('select public.confirm_wallet_change(%s)', (select max(id) from public.wallet_changes))),
  'wallet_change_needs_another_person', 'who asked for another e-mail address cannot confirm it');
select tests.act_as('mia', 'Acme');
select is(
  (select state from public.confirm_wallet_change((select max(id) from public.wallet_changes))), 'applied',
  'a second person confirms the other e-mail address');
select is((select email from public.employees where first_name = 'Vera'), 'old@acme.example', 'the confirmed e-mail address holds');

-- Now the earlier address is free, and still known.
select tests.act_as('max', 'Acme');
select is(pg_temp.add('Vera', 'Nunez', 'vera@acme.example', tests.address(9)), 'waits',
  'a record under an e-mail address that another record had gets its address later');
select is((select (previous_address, new_address) from public.wallet_changes where state = 'waiting' and subject = 'wallet'),
  (tests.address(1), tests.address(9)), 'the waiting change shows the address that the person had and the new one');
select is(pg_temp.add(E'Vera', E'Nu\u0301n\u0303ez', 'third@acme.example', tests.address(9)), 'waits',
  'a record with the same name in another form and another e-mail address gets its address later');
select is(pg_temp.add('NUNEZ', 'vera', 'fourth@acme.example', tests.address(9)), 'waits',
  'a record with the names swapped gets its address later');
select is(pg_temp.add('Vera', 'Núñez', 'fifth@acme.example', null), 'waits', 'a record without an address can be added');
select is((pg_temp.set('fifth@acme.example', jsonb_build_object('wallet_address', tests.address(9)))).wallet_address, null,
  'the first address of a second record of a known person waits');
select is(pg_temp.add('Vera', 'Núñez', 'sixth@acme.example', tests.address(1)), tests.address(1),
  'a second record at the address that the person was paid at asks for nothing new');

-- A record is renamed first.
select is(pg_temp.add('Zed', 'Temp', 'zed@acme.example', null), 'waits', 'somebody without an address is added');
select is((pg_temp.set('zed@acme.example', '{"first_name": "Tom", "last_name": "Other"}')).first_name, 'Tom',
  'the record gets the name of somebody who is paid');
select is((pg_temp.set('zed@acme.example', jsonb_build_object('wallet_address', tests.address(9)))).wallet_address, null,
  'the first address of the renamed record waits');
select is((pg_temp.set('otto@acme.example', '{"first_name": "Tom", "last_name": "Other"}')).first_name, 'Tom',
  'a record that is older than the one of somebody who is paid gets that name');
select is((pg_temp.set('otto@acme.example', jsonb_build_object('wallet_address', tests.address(9)))).wallet_address, null,
  'the first address of the older record waits too');
select is((pg_temp.set('tom@acme.example', '{"first_name": "Thomas"}')).first_name, 'Thomas', 'somebody who is paid is renamed');
select is(pg_temp.add('Tom', 'Other', 'tom2@acme.example', tests.address(9)), 'waits',
  'a record with the former name of somebody gets its address later');

-- Removed and added again.
select is((select count(*) from public.remove_employee((select id from public.employees where email = 'tom@acme.example'))), 1::bigint,
  'somebody is removed');
select is(pg_temp.add('Thomas', 'Other', 'back@acme.example', tests.address(9)), 'waits',
  'who comes back under another e-mail address gets another address later');
select is(pg_temp.add('Somebody', 'Else', 'tom@acme.example', tests.address(9)), 'waits',
  'a record under the e-mail address of who left gets its address later');

-- Files.
select results_eq(
  $$ select pg_temp.import(jsonb_build_array(
    jsonb_build_object('first_name', 'Vera', 'last_name', 'Nunez', 'email', 'seventh@acme.example', 'wallet_address', tests.address(9)),
    jsonb_build_object('first_name', 'Ann', 'last_name', 'New', 'email', 'ann@acme.example', 'wallet_address', tests.address(10)),
    jsonb_build_object('first_name', 'Ann', 'last_name', 'New', 'email', 'ann2@acme.example', 'wallet_address', tests.address(11)))) $$,
  $$ values ('waits'::text), (tests.address(10)), (tests.address(11)) $$,
  'a file gives a known person the address later, and two new people of one name theirs at once');

-- The memo is a part of where the money goes.
select is((pg_temp.set('ann@acme.example', '{"memo": "12345", "memo_type": "id"}')).memo, null,
  'a memo at an address that is paid already waits');
select is((select (new_address, new_memo_type, new_memo) from public.wallet_changes where employee_id = (
    select id from public.employees where email = 'ann@acme.example') and state = 'waiting'),
  (tests.address(10), 'id'::text, '12345'::text), 'the waiting change shows address and memo');
select is(pg_temp.add('Moe', 'Memo', 'moe@acme.example', tests.address(12), '{"memo": "A-77"}'), tests.address(12),
  'the first address of a new person may have a memo');
select is((select (memo_type, memo) from public.employees where email = 'moe@acme.example'), ('text'::text, 'A-77'::text),
  'a memo without a type is a text');

-- A job at the end of a cooling-off period must not fail over an e-mail address that somebody got meanwhile.
select tests.reset();
update public.organizations set wallet_change_policy = 'cooling_off';
select tests.act_as('max', 'Acme');
select pg_temp.set('moe@acme.example', '{"email": "wanted@acme.example"}');
select pg_temp.set('ann2@acme.example', jsonb_build_object('wallet_address', tests.address(13)));
select pg_temp.add('Quick', 'Colleague', 'wanted@acme.example', null);
select tests.reset();
select is(private.apply_due_wallet_changes(now() + interval '1 year'), 1, 'what is due for others is applied');

select * from finish();
rollback;
