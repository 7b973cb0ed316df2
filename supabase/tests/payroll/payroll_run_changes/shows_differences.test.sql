begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.act_as('mia', 'Acme');
select tests.create_employee('Acme', 'emma', '1000', tests.address(1));
select tests.create_employee('Acme', 'olaf', '500', tests.address(2));
select tests.create_employee('Acme', 'gone', '100', tests.address(3));
select tests.act_as(null);
create temporary table runs as select 'first' as name, tests.create_run('Acme') as id;
grant select on runs to public;
create function pg_temp.changes(name text) returns table (
  kind text, first_name text, old_amount text, new_amount text, new_address text, is_first boolean, changed_by text
) language sql as $$
  select change.kind, change.first_name, change.old_amount::text, change.new_amount::text, change.new_address,
    change.is_first_payment_to_address, split_part(change.changed_by_email, '@', 1)
  from public.payroll_run_changes((select runs.id from runs where runs.name = changes.name)) as change;
$$;
grant execute on function pg_temp.changes(text) to public;

select tests.authenticate_as('vic');
select results_eq(
  $$ select kind, first_name, new_amount, is_first, changed_by from pg_temp.changes('first') $$,
  $$ values ('new', 'emma', '1000.0000000', true, 'mia'), ('new', 'olaf', '500.0000000', true, 'mia'),
    ('new', 'gone', '100.0000000', true, 'mia') $$,
  'everybody in a first run is new, with the person who added them');

select tests.reset();
select tests.walk_run((select id from runs), 'completed');
select tests.act_as('mia', 'Acme');
update public.employees set salary = 1200 where first_name = 'emma';
update public.employees set wallet_address = tests.address(1) where first_name = 'olaf';
update public.employees set status = 'inactive' where first_name = 'gone';
select tests.create_employee('Acme', 'nina', '1', tests.address(4));
select tests.act_as(null);
insert into runs select 'second', tests.create_run('Acme');
select tests.act_as('max', 'Acme');
select public.add_bonus((select id from runs where name = 'second'), tests.employee_id('Acme', 'nina'), '999999', 'Welcome');
select tests.authenticate_as('vic');
select results_eq(
  $$ select kind, first_name, old_amount, new_amount, changed_by from pg_temp.changes('second') where kind = 'amount' $$,
  $$ values ('amount', 'emma', '1000.0000000', '1200.0000000', 'mia') $$,
  'a changed salary is shown with both amounts and the person who changed it');
select results_eq(
  $$ select first_name, new_address, is_first, changed_by from pg_temp.changes('second') where kind = 'address' $$,
  $$ values ('olaf', tests.address(1), true, 'mia') $$,
  'a changed address is shown as a first payment, with the person who changed it');
select results_eq(
  $$ select first_name, old_amount from pg_temp.changes('second') where kind = 'left' $$,
  $$ values ('gone', '100.0000000') $$, 'a person who is no longer paid is shown with the last pay');
select results_eq(
  $$ select first_name, new_amount, changed_by from pg_temp.changes('second') where kind = 'new' $$,
  $$ values ('nina', '1000000.0000000', 'mia') $$, 'a new person is shown with everything the run pays to the person');
select results_eq(
  $$ select first_name, new_amount, changed_by from pg_temp.changes('second') where kind = 'item_added' $$,
  $$ values ('nina', '999999.0000000', 'max') $$, 'an item by hand is shown with its editor');
select results_eq(
  $$ select first_name from pg_temp.changes('second') where kind = 'shared_address' order by first_name $$,
  $$ values ('emma'), ('olaf') $$, 'an address of two people is shown for both');
select tests.authenticate_as('ada');
select is(
  tests.error_code_of(format(
    'select public.submit_payroll_run(%s, %s)', id, tests.version(id))), 'wallets_shared',
  'a run that pays two people at one address needs the submitter''s word') from runs where name = 'second';
select is(
  (
    select allows_shared_wallets from runs, public.submit_payroll_run(runs.id, tests.version(runs.id),
      allow_shared_wallets => true) where name = 'second'),
  true, 'a run for shared addresses says that they are meant');

select * from finish();
rollback;
