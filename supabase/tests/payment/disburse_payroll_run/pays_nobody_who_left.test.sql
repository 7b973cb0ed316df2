begin;
\ir ../../_shared/setup.sql.raw
select plan(21);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'pia', '300');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.disburse() returns text language sql return format('select public.disburse_payroll_run(%s)', (select id from run));
create function pg_temp.retry() returns text language sql return format('select public.retry_payroll_run(%s)', (select id from run));
create function pg_temp.planned() returns text[] language sql as $$
  select array_agg(employee.first_name order by employee.id)
  from public.plan_operations((select id from run), tests.lease_of_run((select id from run))) as planned
  join public.employees as employee on employee.id = planned.employee_id;
$$;
grant execute on function pg_temp.disburse() to public;
grant execute on function pg_temp.retry() to public;
select tests.configure_network();
select tests.treasury('Acme');

-- Between approval and payment.
select tests.walk_run((select id from run), 'approved');
update public.employees set status = 'inactive' where first_name = 'olaf';
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.disburse()), 'payroll_items_not_payable', 'an approved run does not pay somebody who became inactive since');
select matches(tests.error_of(pg_temp.disburse()), '1 employees .* among them olaf', 'and says whom');
select is((select status from public.payroll_runs), 'pending', 'nothing was started');
select tests.reset();
update public.employees set status = 'active', deleted_at = now() where first_name = 'olaf';
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.disburse()), 'payroll_items_not_payable', 'nor somebody who left');
select is(tests.error_code_of(format('select public.reject_payroll_run(%s, %L)', (select id from run), 'olaf left')), 'no error', 'there is a way on: the run is sent back');
select public.remove_payroll_item(id) from public.payroll_items where employee_id = tests.employee_id('Acme', 'olaf');
select tests.reset();
select tests.walk_run((select id from run), 'processing');
select is(pg_temp.planned(), array['emma', 'pia'], 'and pays the others');

-- Between a failure and its retry: the network refused everybody, then pia left and emma was erased.
select tests.persist((select id from run), tests.lease_of_run((select id from run)));
select public.begin_submission((select max(id) from public.transactions), tests.lease_of_run((select id from run)), 'AAAAAgAAAAE=');
select public.record_outcome(tests.evidence((select max(id) from public.transactions), 'failed', '{op_no_trust,op_no_trust}'));
select is((select status from public.payroll_runs), 'failed', 'nobody was paid');
update public.employees set deleted_at = now() where first_name = 'pia';
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.retry()), 'no error', 'a retry pays whoever is still there');
select tests.reset();
select is(pg_temp.planned(), array['emma'], 'and not who was removed meanwhile');
select is((select (status, failure_code)::text from public.payroll_items where employee_id = tests.employee_id('Acme', 'pia')), '(failed,op_no_trust)', 'whose item still says why it failed');

select tests.persist((select id from run), tests.lease_of_run((select id from run)));
select public.begin_submission((select max(id) from public.transactions), tests.lease_of_run((select id from run)), 'AAAAAgAAAAE=');
select public.record_outcome(tests.evidence((select max(id) from public.transactions), 'failed', '{op_no_trust}'));
create temporary table emma as select tests.employee_id('Acme', 'emma') as id;
grant select on emma to public;
select tests.authenticate_as('ada');
select is(tests.error_code_of($$ select public.erase_person((select id from emma), 'Asked by letter') $$), 'person_is_to_be_paid', 'who may still be paid by a retry is not erased');
select is(tests.error_code_of($$ select public.erase_person((select id from emma), 'Asked by letter', settled_elsewhere => true) $$), 'no error', 'unless the debt was settled in another way');
select is(tests.error_code_of(pg_temp.retry()), 'payroll_items_not_payable', 'and then no retry pays it once more');
select is((select status from public.payroll_runs), 'failed', 'the run stays as it ended');

-- A run that stopped before anybody's turn: the items still wait.
select tests.reset();
select tests.create_employee('Acme', 'quin', '70');
select tests.create_employee('Acme', 'rosa', '80');
delete from run;
insert into run select tests.create_run('Acme');
select tests.walk_run((select id from run), 'processing');
select public.stop_disbursement((select id from run), tests.lease_of_run((select id from run)), 'signing_key_missing');
select is((select array_agg(status) from public.payroll_items where payroll_run_id = (select id from run)), '{pending,pending}', 'a stopped run leaves its items waiting');
select tests.authenticate_as('ada');
select is(tests.error_code_of($$ select public.erase_person(tests.employee_id('Acme', 'quin'), 'Asked') $$), 'person_is_to_be_paid', 'who waits in it is not erased');
select is(tests.error_code_of($$ select public.erase_person(tests.employee_id('Acme', 'quin'), 'Asked', settled_elsewhere => true) $$), 'no error', 'unless it was settled');
select is(tests.error_code_of(pg_temp.retry()), 'no error', 'the retry goes on');
select tests.reset();
select is(pg_temp.planned(), array['rosa'], 'with those who are there');
select is((select array_agg((status, failure_code)::text) from public.payroll_items where payroll_run_id = (select id from run) and status = 'failed'), array['(failed,employee_not_payable)'], 'and says of the others that they left');
select is((select (total_amount::text, item_count)::text from public.payroll_runs where id = (select id from run)), '(150.0000000,2)', 'what was approved stays written');

select * from finish();
rollback;
