begin;
\ir ../../_shared/setup.sql.raw
select plan(29);

-- One transaction in which the reader changes again and again, as no request does: the next reader must get the own
-- rows, whatever the reader before left behind.
select tests.configure_network();
select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic,ida}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_user(name) from unnest(array['eve', 'zed']) as name;
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');
select tests.create_employee('Acme', 'bob');
select tests.create_employee('Globex', 'eva', signs_in_as => 'eve');
select tests.create_employee('Globex', 'gus');
select tests.create_employee('Globex', 'ivy', signs_in_as => 'ida');
select tests.create_employee('Acme', 'vicky', signs_in_as => 'vic');
create temporary table run as select tests.create_run('Acme') as id;

create function pg_temp.reads() returns text language sql as $$
  select concat_ws('|',
    (select string_agg(first_name, ',' order by id) from public.employees),
    (select count(*) from public.payroll_items), (select count(*) from public.wallets));
$$;
grant execute on function pg_temp.reads() to public;

select tests.authenticate_as('max', 'Acme');
select is(pg_temp.reads(), 'eve,bob,vicky|3|3', 'a manager reads all employees, draft items and wallets');
select is(private.reads_as_member(), true, 'the note of a member who read is there');
select tests.authenticate_as('eve', 'Acme');
select is(pg_temp.reads(), 'eve|0|1', 'an employee who reads after a manager reads the own rows only');
select tests.authenticate_as('gil', 'Globex');
select is(pg_temp.reads(), 'eva,gus,ivy|0|3', 'an admin of another organization reads its rows after an employee');
select tests.authenticate_as('eve', 'Globex');
select is(pg_temp.reads(), 'eva|0|1', 'an employee who names another organization reads the own record there');
select tests.authenticate_as('eve');
select is(pg_temp.reads(), 'eve|0|1', 'an employee without a header reads the record of the first organization');
select tests.authenticate_as('zed', 'Acme');
select is(pg_temp.reads(), '0|0', 'a stranger reads nothing after an employee');
select tests.authenticate_as('max', 'Globex');
select is(pg_temp.reads(), '0|0', 'a manager who names another organization reads nothing');
select tests.authenticate_as('vic', 'Acme');
select is(pg_temp.reads(), 'eve,bob,vicky|3|3', 'a viewer who is also an employee reads as a member');

-- The membership ends while the note is there, and the person remains an employee.
select tests.reset();
select tests.act_as('vic', 'Acme');
select is(private.readable_organization_id(), tests.organization_id('Acme'), 'the viewer read as a member before');
update public.users set deleted_at = now() where id = tests.member_id('vic', 'Acme');
select is(private.reads_as_member(), false, 'the note is gone when a membership ends');
select tests.authenticate_as('vic', 'Acme');
select is(pg_temp.reads(), 'vicky|0|1', 'a former viewer reads the own record in the same transaction');

-- A note for other claims or headers says nothing.
select tests.authenticate_as('max', 'Acme');
select is(pg_temp.reads(), 'eve,bob,vicky|3|3', 'the manager reads everything again');
select set_config('request.jwt.claims', current_setting('request.jwt.claims') || ' ', true);
select is(private.reads_as_member(), false, 'the note does not hold for other claims');
select tests.authenticate_as('max', 'Acme');
select set_config('request.headers', '{"x-organization-id": "' || tests.organization_id('Globex') || '"}', true);
select is(private.reads_as_member(), false, 'the note does not hold for other headers');
select is(pg_temp.reads(), '0|0', 'the manager who names another organization now reads nothing');
select is(private.reads_as_member(), false, 'the note is gone after a read in another organization');

-- One person with the same claims is a member here and an employee there, under either kind of plan.
select tests.authenticate_as('ida', 'Acme');
select is(pg_temp.reads(), 'eve,bob,vicky|3|3', 'a viewer of one organization reads all of it');
select tests.authenticate_as('ida', 'Globex');
select is(pg_temp.reads(), 'ivy|0|1', 'the same person reads the own record where she is an employee');
set local enable_seqscan = off;
select tests.authenticate_as('ida', 'Acme');
select is(pg_temp.reads(), 'eve,bob,vicky|3|3', 'a viewer reads all of the organization through indexes');
select tests.authenticate_as('ida', 'Globex');
select is(pg_temp.reads(), 'ivy|0|1', 'the same person reads the own record through indexes');
set local enable_seqscan = on;
set local enable_indexscan = off;
set local enable_bitmapscan = off;
select tests.authenticate_as('ida', 'Acme');
select is(pg_temp.reads(), 'eve,bob,vicky|3|3', 'a viewer reads all of the organization without indexes');
select tests.authenticate_as('ida', 'Globex');
select is(pg_temp.reads(), 'ivy|0|1', 'the same person reads the own record without indexes');
set local enable_indexscan = on;
set local enable_bitmapscan = on;
select tests.as_anon();
select is(tests.error_of('select private.reads_as_member()') ~ 'permission denied', true,
  'only signed-in people may ask for the note');

-- An employee sees items once their payment has begun.
select tests.reset();
select tests.walk_run((select id from run), 'processing');
select tests.authenticate_as('eve', 'Acme');
select is(pg_temp.reads(), 'eve|1|1', 'an employee reads the own item of a run that is being paid');
select is((select count(*) from public.payslips), 1::bigint, 'an employee reads the own payslip');

select results_eq(
  $$ select first_name from public.my_employments() $$, $$ values ('eve'::text), ('eva') $$,
  'a person reads the own record in every organization');
select tests.authenticate_as('zed');
select is_empty($$ select * from public.my_employments() $$, 'a stranger has no record anywhere');
select tests.as_anon();
select is(tests.error_of('select public.my_employments()') ~ 'permission denied', true,
  'the own records need a person who is signed in');

select * from finish();
rollback;
