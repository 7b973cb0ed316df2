begin;
\ir ../_shared/setup.sql.raw
select plan(24);

select tests.create_world();
select tests.create_employee('Globex', 'gina', '10');
create temporary table foreign_rows (kind text, id text);
insert into foreign_rows
select 'draft', tests.create_run('Globex')::text
union all select 'employee', tests.employee_id('Globex', 'gina')::text
union all select 'subscription', (select id from public.webhook_subscriptions where organization_id = tests.organization_id('Globex'));
insert into foreign_rows select 'item', min(id)::text from public.payroll_items where payroll_run_id = (select id::bigint from foreign_rows where kind = 'draft');
do $$ declare v_id bigint := tests.create_run('Globex'); begin
  perform tests.walk_run(v_id, 'submitted'); insert into foreign_rows values ('submitted', v_id::text);
  v_id := tests.create_run('Globex'); perform tests.walk_run(v_id, 'approved'); insert into foreign_rows values ('approved', v_id::text);
  v_id := tests.create_run('Globex'); perform tests.walk_run(v_id, 'failed'); insert into foreign_rows values ('failed', v_id::text);
  insert into foreign_rows values ('own_draft', tests.create_run('Acme')::text), ('own_employee', tests.employee_id('Acme', 'olga')::text), ('account', tests.treasury('Globex'));
end; $$;
grant select on foreign_rows to public;

-- The same call with an id of another organization and with an id that does not exist: same words but for the id itself.
create temporary table calls (command text, kind text, unknown text, what text);
insert into calls values
  ('select public.add_bonus(%s, (select id::bigint from foreign_rows where kind = ''own_employee''), ''1'')', 'draft', '987654321', 'add a bonus to its run'),
  ('select public.add_bonus((select id::bigint from foreign_rows where kind = ''own_draft''), %s, ''1'')', 'employee', '987654321', 'put its employee into a run of one''s own'),
  ('select public.remove_payroll_item(%s)', 'item', '987654321', 'remove its item'),
  ('select public.submit_payroll_run(%s)', 'draft', '987654321', 'submit its run'),
  ('select public.approve_payroll_run(%s, ''x'')', 'submitted', '987654321', 'approve its run'),
  ('select public.reject_payroll_run(%s, ''no'')', 'submitted', '987654321', 'reject its run'),
  ('select public.disburse_payroll_run(%s)', 'approved', '987654321', 'pay its run'),
  ('select public.disburse_payroll_run(%s)', 'draft', '987654321', 'learn that its run is a draft'),
  ('select public.retry_payroll_run(%s)', 'failed', '987654321', 'retry its run'),
  ('select public.delete_webhook_subscription(%L)', 'subscription', 'whs_unknown', 'end its subscription');
grant select on calls to public;

select tests.authenticate_as('ada');
select matches(tests.error_of(format(command, foreign_rows.id)), '^PT404 \|', format('nobody can %s', what))
from calls join foreign_rows using (kind);
select is(
  regexp_replace(tests.error_of(format(command, foreign_rows.id)), '\m' || foreign_rows.id || '\M', '#', 'g'),
  regexp_replace(tests.error_of(format(command, unknown)), '\m' || unknown || '\M', '#', 'g'),
  format('whoever tries to %s is told what is told about an id that does not exist', what))
from calls join foreign_rows using (kind);

select tests.reset();
select is(
  (select array_agg(status order by id) from public.payroll_runs where organization_id = tests.organization_id('Globex')), array['completed', 'draft', 'pending', 'pending', 'failed'],
  'nothing of the other organization was changed');
select is((select count(*) from public.payroll_items where payroll_run_id = (select id::bigint from foreign_rows where kind = 'draft')), 3::bigint, 'nor any of its items');
select ok((select is_active from public.webhook_subscriptions where id = (select id from foreign_rows where kind = 'subscription')), 'nor its subscription');
select is((select count(*) from public.audit_logs where organization_id = tests.organization_id('Globex') and user_id in (select id from public.users where organization_id <> tests.organization_id('Globex'))), 0::bigint,
  'and its audit trail names nobody from outside');

select * from finish();
rollback;
