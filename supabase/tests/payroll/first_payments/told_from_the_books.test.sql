begin;
\ir ../../_shared/setup.sql.raw
select plan(7);

select tests.configure_network();
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'bea', '1000', tests.address(1));
select tests.create_employee('Acme', 'ben', '1000', tests.address(2));
select tests.create_employee('Acme', 'cy', '1000', tests.address(2));

create temporary table runs (number integer, id bigint);
insert into runs select 1, tests.create_run('Acme');

select results_eq(
  $$
    select employee_id, destination, was_paid_elsewhere
    from private.first_payments((select id from runs where number = 1)) $$,
  $$
    values (tests.employee_id('Acme', 'bea'), tests.address(1), false),
      (tests.employee_id('Acme', 'ben'), tests.address(2), false),
    (tests.employee_id('Acme', 'cy'), tests.address(2), false) $$,
  'every payment of the first run is a first payment of a new person');
select results_eq(
  $$ select destination, employee_ids from private.shared_destinations((select id from runs where number = 1)) $$,
  $$ values (tests.address(2), array[tests.employee_id('Acme', 'ben'), tests.employee_id('Acme', 'cy')]) $$,
  'an address that pays two employees is named with both');

select tests.walk_run((select id from runs where number = 1), 'completed');
insert into runs select 2, tests.create_run('Acme');
select is_empty($$ select * from private.first_payments((select id from runs where number = 2)) $$,
  'a second payment to the same address is no first payment');

update public.employees set wallet_address = tests.address(5) where first_name = 'bea';
select results_eq(
  $$
    select employee_id, destination, was_paid_elsewhere
    from private.first_payments((select id from runs where number = 2)) $$,
  $$ values (tests.employee_id('Acme', 'bea'), tests.address(5), true) $$,
  'the first payment to a changed address says that the person was paid elsewhere before');

select tests.walk_run((select id from runs where number = 2), 'submitted');
update public.employees set wallet_address = tests.address(1) where first_name = 'bea';
select results_eq(
  $$ select employee_id, destination from private.first_payments((select id from runs where number = 2)) $$,
  $$ values (tests.employee_id('Acme', 'bea'), tests.address(5)) $$,
  'a submitted run is judged by the address that was submitted');

update public.employees set wallet_address = tests.address(7) where first_name = 'bea';
insert into runs select 3, tests.create_run('Acme');
update public.employees set wallet_address = null where first_name = 'cy';
select is((select count(*) from private.shared_destinations((select id from runs where number = 3))), 0::bigint,
  'an address that only one employee of the run still has is not shared');
select ok(not has_function_privilege('authenticated', 'private.first_payments(bigint)', 'execute'),
  'people cannot ask for first payments of a run that is not theirs');

select * from finish();
rollback;
