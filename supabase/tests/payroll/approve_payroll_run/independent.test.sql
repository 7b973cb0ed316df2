begin;
\ir ../../_shared/setup.sql.raw
select plan(32);

select tests.create_organization_with('Acme', '{ada}', '{max,mia,moe,mel}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;

-- The answer to mia's approval after somebody did something to the draft and max submitted it. Everything is undone.
create function pg_temp.approval_after(person text, change text, approver text default 'mia') returns text
language plpgsql as $$
declare v_answer text;
begin
  begin
    perform tests.act_as(person, 'Acme');
    execute replace(change, 'RUN', (select id from run)::text);
    perform tests.act_as('max', 'Acme');
    perform public.refresh_payroll_run((select id from run));
    perform tests.submit((select id from run));
    perform tests.act_as(approver, 'Acme');
    v_answer := tests.error_code_of(format(
      'select public.approve_payroll_run(%s, %L)', (select id from run), tests.seen((select id from run))));
    raise exception 'undo';
  exception when raise_exception then
    return v_answer;
  end;
end;
$$;

select is(pg_temp.approval_after('mia', 'select 1'), 'no error', 'a person who had no part in the run approves it');
select is(pg_temp.approval_after('mia', change), 'approver_prepared_run', format('a person who %s does not approve it', what))
from (values
  ($$ select public.add_bonus(RUN, tests.employee_id('Acme', 'emma'), '999999') $$, 'added a bonus'),
  ($$ select public.change_payroll_item((select max(id) from public.payroll_items), '1', 'Why') $$, 'changed an amount'),
  ($$ select public.remove_payroll_item((select max(id) from public.payroll_items)) $$, 'removed an item'),
  ($$ select public.remove_employee_from_payroll_run(RUN, tests.employee_id('Acme', 'olaf')) $$, 'left somebody out'),
  ($$ select public.update_payroll_run(RUN, tests.version(RUN), '{"memo": "Mine"}') $$, 'changed the memo'),
  ($$ update public.employees set salary = 2000 where first_name = 'emma' $$, 'raised a salary of a payee'),
  ($$ update public.employees set wallet_address = tests.address(9) where first_name = 'emma' $$, 'changed an address of a payee'),
  ($$ update public.employees set memo_type = 'id', memo = '7' where first_name = 'emma' $$, 'changed the memo of a payee'),
  ($$ update public.employees set email = 'e@x.example' where first_name = 'emma' $$, 'changed the e-mail of a payee'),
  ($$ update public.employees set last_name = 'Other' where first_name = 'emma' $$, 'changed the name of a payee'),
  ($$ select public.create_employee(jsonb_build_object('first_name', 'Ghost', 'last_name', 'Person', 'email', 'g@x.example',
    'salary', '9', 'wallet_address', tests.address(8)));
    select tests.act_as('mel', 'Acme');
    select public.add_bonus(RUN, (select max(id) from public.employees), '5') $$, 'added a payee whom another person gave a bonus')
) as changes (change, what);
select is(
  pg_temp.approval_after('mia', $$ update public.employees set position = 'Lead' where first_name = 'emma' $$), 'no error',
  'a person who changed the position of a payee approves the run');
select is(
  pg_temp.approval_after('mia', $$ select tests.create_employee('Acme', 'idle', '9', status => 'inactive') $$), 'no error',
  'a person who added an employee whom the run does not pay approves it');
select is(
  pg_temp.approval_after('moe', $$ update public.employees set salary = 2000 where first_name = 'emma' $$), 'no error',
  'a salary that another person raised does not exclude an approver');

-- Where addresses change at once, and where an address has a memo before it is one.
update public.organizations set wallet_change_policy = 'immediate';
select is(pg_temp.approval_after('mia', change), 'approver_prepared_run', format('a person who %s at once does not approve it', what))
from (values
  ($$ update public.employees set wallet_address = tests.address(9) where first_name = 'emma' $$, 'changed an address'),
  ($$ update public.employees set memo_type = 'id', memo = '7' where first_name = 'emma' $$, 'changed a memo')
) as changes (change, what);
update public.organizations set wallet_change_policy = 'cooling_off';
select tests.create_employee('Acme', 'pia', '300', wallet_address => null);
select is(
  pg_temp.approval_after('mia', $$
    update public.employees set memo_type = 'id', memo = '7' where first_name = 'pia';
    select tests.act_as('mel', 'Acme');
    update public.employees set wallet_address = tests.address(12) where first_name = 'pia';
    select public.add_bonus(RUN, tests.employee_id('Acme', 'pia'), '5') $$), 'approver_prepared_run',
  'a person who chose the memo of an address that another person entered does not approve the run');
select is(
  pg_temp.approval_after('mia', change || $$;
    select public.add_bonus(RUN, tests.employee_id('Acme', 'pia'), '5') $$), 'approver_prepared_run',
  format('a person who %s of a payee who had no address does not approve the run', what))
from (values
  ($$ update public.employees set wallet_address = tests.address(12) where first_name = 'pia'; select tests.act_as('mel', 'Acme') $$,
    'entered the first address'),
  ($$
    update public.employees set email = 'thief@x.example' where first_name = 'pia';
    select tests.act_as('mel', 'Acme');
    update public.employees set wallet_address = tests.address(12) where first_name = 'pia' $$, 'changed the e-mail address')
) as changes (change, what);
select is(
  pg_temp.approval_after('mia', $$
    update public.employees set status = 'inactive' where first_name = 'olaf';
    update public.employees set status = 'active' where first_name = 'olaf' $$), 'approver_prepared_run',
  'a person who made a payee active again does not approve the run');
update public.employees set status = 'inactive' where first_name = 'pia';

-- An admin who asks for less protection does not approve the next run.
update public.organizations set required_approvals = 2, wallet_change_policy = 'cooling_off';
select tests.join_organization('amy', 'Acme', 'admin');
create function pg_temp.version() returns integer language sql as $$ select version from public.organizations; $$;
select is(pg_temp.approval_after('amy', change, 'amy'), 'approver_prepared_run', format('an admin who %s does not approve the next run', what))
from (values
  ($$ select public.update_organization(pg_temp.version(), required_approvals => 1) $$, 'lowered the number of approvals'),
  ($$ select public.update_organization(pg_temp.version(), wallet_change_policy => 'immediate') $$, 'let addresses change at once'),
  ($$ select public.update_organization(pg_temp.version(), salary_period => 'run') $$, 'said that a salary is for another time'),
  ($$ select public.update_organization(pg_temp.version(), wallet_change_hours => 1) $$, 'let addresses wait for less time')
) as changes (change, what);
select is(pg_temp.approval_after('amy', $$ select public.update_organization(pg_temp.version(), required_approvals => 3) $$, 'amy'),
  'no error', 'an admin who raised the number of approvals approves the next run');
update public.organizations set wallet_change_policy = 'second_person';
select is(pg_temp.approval_after('amy',
  $$ select public.update_organization(pg_temp.version(), wallet_change_policy => 'cooling_off') $$, 'amy'),
  'approver_prepared_run', 'an admin who lets addresses change without a second person does not approve the next run');
create temporary table paying as select tests.treasury('Acme') as account;
grant select on paying to public;
select is(pg_temp.approval_after('amy', change, 'amy'), code, what)
from (values
  ($$ select public.set_treasury_custody(account, 'wallet') from paying $$, 'no error',
    'an admin who lets wallets sign instead of the server approves the next run'),
  ($$
    select public.set_treasury_custody(account, 'wallet') from paying;
    select public.set_treasury_custody(account, 'server') from paying $$, 'approver_prepared_run',
    'an admin who lets the server sign instead of wallets does not approve the next run')
) as changes (change, code, what);
update public.organizations set required_approvals = 1;

-- A request of one person that another confirms is the change of the first.
update public.organizations set wallet_change_policy = 'second_person';
create function pg_temp.confirmed() returns text language sql as $$
  select $sql$
    update public.employees set wallet_address = tests.address(11) where first_name = 'emma';
    select tests.act_as('mel', 'Acme');
    select public.confirm_wallet_change((select id from public.wallet_changes where state = 'waiting'));
  $sql$;
$$;
select is(pg_temp.approval_after('mia', pg_temp.confirmed()), 'approver_prepared_run',
  'a person who asked for the address of a payee does not approve the run');
select is(pg_temp.approval_after('mia', pg_temp.confirmed(), 'mel'), 'no error',
  'a person who confirmed the address that another asked for approves the run');

create function pg_temp.confirmed_memo() returns text language sql as $$
  select replace(pg_temp.confirmed(), 'wallet_address = ', $sql$memo_type = 'id', memo = '7', wallet_address = $sql$);
$$;
select is(pg_temp.approval_after('mia', pg_temp.confirmed_memo(), 'mel'), 'no error',
  'a person who confirmed an address with a memo that another asked for approves the run');

select * from finish();
rollback;
