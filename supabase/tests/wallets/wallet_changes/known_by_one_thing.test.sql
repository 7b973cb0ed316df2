begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

-- A person is known again by any one of the things that a record has or had, and by nothing else than that one.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.act_as('max', 'Acme');

create function pg_temp.add(first_name text, last_name text, email text, wallet_address text, more jsonb default '{}')
returns text language plpgsql as $$
begin
  return (select coalesce(created.wallet_address, 'waits') from public.create_employee(jsonb_build_object(
    'first_name', first_name, 'last_name', last_name, 'email', email, 'wallet_address', wallet_address) || more) as created);
end;
$$;
create function pg_temp.import(first_name text, last_name text, email text, wallet_address text) returns text language plpgsql as $$
declare v_id bigint;
begin
  select imported.employee_id into v_id from public.import_employees(jsonb_build_array(jsonb_build_object(
    'first_name', first_name, 'last_name', last_name, 'email', email, 'wallet_address', wallet_address))) as imported;
  return (select coalesce(employee.wallet_address, 'waits') from public.employees as employee where employee.id = v_id);
end;
$$;
create function pg_temp.set(email text, fields jsonb) returns public.employees language sql as $$
  select changed from public.employees as employee
  cross join lateral public.update_employee(employee.id, employee.version, fields) as changed
  where employee.email = set.email and employee.deleted_at is null;
$$;

-- While addresses change at once, records get their history: another name, another e-mail address, a farewell.
select pg_temp.add('Nora', 'Named', 'nora@acme.example', tests.address(1));
select pg_temp.set('nora@acme.example', '{"first_name": "Noemi", "last_name": "Wed"}');
select pg_temp.add('Mila', 'Mailed', 'mila@acme.example', tests.address(2));
select pg_temp.set('mila@acme.example', '{"email": "mila.new@acme.example"}');
select pg_temp.add('Lena', 'Left', 'lena@acme.example', tests.address(3));
select public.remove_employee((select id from public.employees where email = 'lena@acme.example'));
select pg_temp.add('Sara', 'Same', 'sara@acme.example', tests.address(4));
select pg_temp.add('Mona', 'Memo', 'mona@acme.example', tests.address(5), '{"memo": "M-1"}');
select tests.reset();
update public.organizations set wallet_change_policy = 'second_person';
select tests.act_as('max', 'Acme');

select is(pg_temp.add(first_name, last_name, email, tests.address(9)), 'waits',
  format('the address of a new record waits when only the %s is that of somebody', what))
from (values
  ('Sara', 'Same', 'x1@acme.example', 'name'), ('Nora', 'Named', 'x2@acme.example', 'former name'),
  ('Other', 'Person', 'mila@acme.example', 'former e-mail address'),
  ('Somebody', 'Else', 'lena@acme.example', 'e-mail address of a person who left')
) as known (first_name, last_name, email, what);
select tests.reset();
delete from public.wallet_changes;
update public.employees set deleted_at = now(), email = 'gone-' || id || '@acme.example', first_name = 'Gone', last_name = id::text
where email in ('x1@acme.example', 'x2@acme.example', 'mila@acme.example') or (email = 'lena@acme.example' and deleted_at is null);
delete from private.former_identities as former using public.employees as employee
where employee.id = former.employee_id and employee.first_name = 'Gone';
select tests.act_as('max', 'Acme');
select is(pg_temp.import(first_name, last_name, email, tests.address(9)), 'waits',
  format('the address of a row of a file waits when only the %s is that of somebody', what))
from (values
  ('Same', 'Sara', 'y1@acme.example', 'name'), ('Named', 'Nora', 'y2@acme.example', 'former name'),
  ('Third', 'Person', 'mila@acme.example', 'former e-mail address'),
  ('Anybody', 'Else', 'lena@acme.example', 'e-mail address of a person who left')
) as known (first_name, last_name, email, what);
select is(pg_temp.add('Brand', 'New', 'brand@acme.example', tests.address(10)), tests.address(10),
  'the address of a record of which nothing is known takes effect at once');

-- A new record takes the name of somebody, loses it again, and only then gets its first address.
select pg_temp.add('Sara', 'Same', 'z1@acme.example', null);
select pg_temp.set('z1@acme.example', '{"first_name": "Zed", "last_name": "Zero"}');
select is((pg_temp.set('z1@acme.example', jsonb_build_object('wallet_address', tests.address(11)))).wallet_address, null,
  'the first address of a record waits when the record once had the name of somebody who is paid');

-- The memo decides with the address to whom the money goes.
select is((pg_temp.set('mona@acme.example', fields)).memo, 'M-1', format('the memo stays until another person confirms: %s', fields))
from (values ('{"memo": "M-2"}'::jsonb), ('{"memo": null}'), ('{"memo": "7", "memo_type": "id"}')) as changes (fields);
select is(
  (select outcome from public.import_employees('[{"first_name": "Mona", "last_name": "Memo", "email": "mona@acme.example", "memo": "M-3"}]')),
  'updated', 'a file asks for another memo');
select is((select memo from public.employees where email = 'mona@acme.example'), 'M-1',
  'the memo that a file asks for waits like an address');
select is(
  (select (new_address, new_memo) from public.wallet_changes where state = 'waiting' and employee_id
    = (select id from public.employees where email = 'mona@acme.example')),
  (tests.address(5), 'M-3'::text), 'the last memo that was asked for is what waits');

select * from finish();
rollback;
