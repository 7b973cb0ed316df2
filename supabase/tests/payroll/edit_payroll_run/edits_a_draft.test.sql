begin;
\ir ../../_shared/setup.sql.raw
select plan(47);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'dollars', '70', asset_code => 'USDC', asset_issuer => tests.issuer());
select tests.create_employee('Globex', 'gina', '1');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
select tests.create_employee('Acme', 'late', '300');
create function pg_temp.item(first_name text) returns bigint language sql security definer as $$
  select id from public.payroll_items
  where payroll_run_id = (select id from run) and employee_id = tests.employee_id('Acme', item.first_name)
    and item_type = 'base';
$$;
grant execute on function pg_temp.item(text) to public;
create function pg_temp.code(template text, variadic parts text[] default '{}') returns text language sql as $$
  select tests.error_code_of(format(replace(template, 'RUN', (select id from run)::text), variadic parts));
$$;
grant execute on function pg_temp.code(text, text[]) to public;

-- A double click.
select tests.authenticate_as('max');
select is(
  (
    select count(distinct made.id) from generate_series(1, 3),
      lateral public.create_payroll_run('2027-01-01', '2027-01-31', idempotency_key => gen_random_uuid()::text) as made),
  1::bigint, 'three clicks with a key each make one draft');
select tests.authenticate_as('mia');
select isnt(
  (select id from public.create_payroll_run('2027-01-01', '2027-01-31')),
  (select max(id) from public.payroll_runs where created_by = tests.member_id('max', 'Acme')),
  'the draft of another person is another draft');

-- Who may.
select tests.authenticate_as('vic');
select is(pg_temp.code(command), 'role_too_low', format('a viewer cannot call %s', command))
from (values
  ('select public.discard_payroll_run(RUN)'), ('select public.restore_payroll_run(RUN)'),
  ('select public.refresh_payroll_run(RUN)'), ('select public.update_payroll_run(RUN, 1, ''{}'')'),
  ('select public.add_base_pay(RUN, 1)'), ('select public.change_payroll_item(1, ''1'')'),
  ('select public.remove_employee_from_payroll_run(RUN, 1)')
) as commands (command);
select tests.authenticate_as('gil');
select is(pg_temp.code(command), 'payroll_run_not_found', format('the run of another organization is not found by %s', command))
from (values
  ('select public.discard_payroll_run(RUN)'), ('select public.restore_payroll_run(RUN)'),
  ('select public.refresh_payroll_run(RUN)'), ('select public.update_payroll_run(RUN, 1, ''{}'')'),
  ('select public.add_base_pay(RUN, 1)'), ('select public.remove_employee_from_payroll_run(RUN, 1)'),
  ('select * from public.payroll_run_changes(RUN)')
) as commands (command);
select is(
  pg_temp.code('select public.change_payroll_item(%s, ''1'', ''Why'')', pg_temp.item('emma')::text),
  'payroll_item_not_found', 'the item of another organization is not found');

-- One person more.
select tests.authenticate_as('max');
select is(
  (
    select (amount::text, item_type, destination) from public.add_base_pay(
      (select id from run), tests.employee_id('Acme', 'late'), idempotency_key => 'late')),
  ('300.0000000'::text, 'base'::text, tests.address(4)), 'a person who was added gets the base pay of the period');
select is(
  (select id from public.add_base_pay((select id from run), tests.employee_id('Acme', 'late'), idempotency_key => 'late')),
  pg_temp.item('late'), 'a repeat with the same key answers the same item');
select is(
  pg_temp.code('select public.add_base_pay(RUN, %s)', tests.employee_id('Acme', 'late')::text),
  'employee_in_payroll_run', 'a person who is in the run cannot be added again');
select is(
  pg_temp.code('select public.add_base_pay(RUN, %s)', tests.employee_id('Acme', 'dollars')::text),
  'employee_not_payable', 'a person who is paid in another asset cannot be added');
select is(
  pg_temp.code('select public.add_base_pay(RUN, %s)', tests.employee_id('Globex', 'gina')::text),
  'employee_not_found', 'a person of another organization is not found');

-- Another amount.
select is(
  pg_temp.code('select public.change_payroll_item(%s, ''800'')', pg_temp.item('emma')::text),
  'amount_reason_missing', 'another base pay needs a reason');
select is(
  (
    select (amount::text, amount_reason) from public.change_payroll_item(pg_temp.item('emma'), '800', 'Unpaid leave')),
  ('800.0000000'::text, 'Unpaid leave'::text), 'another base pay is stored with its reason');
select is(
  (select total_amount::text from public.payroll_runs where id = (select id from run)), '1600.0000000',
  'the total of the run follows another base pay');
select is(
  pg_temp.code('select public.change_payroll_item(%s, ''1'', ''Why'', 1)', pg_temp.item('olaf')::text),
  'payroll_run_outdated', 'an edit that names an earlier version of the run is refused');
select matches(
  tests.error_of(format('select public.change_payroll_item(%s, ''1'', ''Why'', 2)', pg_temp.item('olaf'))),
  'base 300.0000000 of late Acme added by max@example.com; base 1000.0000000 -> 800.0000000 of emma Acme changed by max@example.com',
  'the refusal names what changed since that version and by whom');
select is(
  (select (total_amount::text, status) from public.refresh_payroll_run((select id from run))),
  ('1600.0000000'::text, 'draft'::text), 'a refresh keeps an amount by hand');
select is(tests.error_code_of(format('select tests.submit(%s)', (select id from run))), 'no error',
  'a run with an amount by hand can be submitted');
select is(
  (select amount::text from public.change_payroll_item(pg_temp.item('emma'), null)), '1000.0000000',
  'base pay without an amount follows the salary again');
select is(
  (select status from public.payroll_runs where id = (select id from run)), 'draft',
  'another amount takes a submitted run back to draft');

-- One person less.
select public.add_bonus((select id from run), tests.employee_id('Acme', 'olaf'), '5');
select is(
  (
    select (item_count, total_amount::text) from public.remove_employee_from_payroll_run(
      (select id from run), tests.employee_id('Acme', 'olaf'), 'On leave')),
  (2, '1300.0000000'::text), 'a person who is left out loses base pay and bonus');
select is(
  pg_temp.code('select public.remove_employee_from_payroll_run(RUN, %s)', tests.employee_id('Acme', 'olaf')::text),
  'employee_not_in_payroll_run', 'a person who is not in the run cannot be left out');
select results_eq(
  $$
    select employee.first_name, edit.item_type, edit.action, edit.old_amount::text, edit.new_amount::text, edit.reason,
      edit.user_id
    from public.payroll_item_edits as edit join public.employees as employee on employee.id = edit.employee_id
    where edit.payroll_run_id = (select id from run) order by edit.id $$,
  $$
    select first_name, item_type, action, old_amount, new_amount, reason, tests.member_id('max', 'Acme')
    from (values
      ('late', 'base', 'added', null, '300.0000000', null),
      ('emma', 'base', 'changed', '1000.0000000', '800.0000000', 'Unpaid leave'),
      ('emma', 'base', 'changed', '800.0000000', '1000.0000000', null),
      ('olaf', 'bonus', 'added', null, '5.0000000', null),
      ('olaf', 'base', 'removed', '500.0000000', null, 'On leave'),
      ('olaf', 'bonus', 'removed', '5.0000000', null, 'On leave')
    ) as edits (first_name, item_type, action, old_amount, new_amount, reason) $$,
  'every edit of an item is in the trail with amounts, reason and editor');

-- Memo, period and asset.
select is(
  pg_temp.code('select public.update_payroll_run(RUN, 1, ''{"memo": "Late"}'')'), 'payroll_run_outdated',
  'a change of the run needs the version that was seen');
select is(
  (
    select (memo, period_end, total_amount::text) from public.update_payroll_run(
      (select id from run), tests.version((select id from run)), '{"memo": "Half", "period_end": "2026-11-15"}')),
  ('Half'::text, date '2026-11-15', '650.0000000'::text), 'another period gives the items the pay of its days');
select is(
  pg_temp.code('select public.update_payroll_run(RUN, %s, %L)', tests.version((select id from run))::text, fields), code,
  format('a change to %s is refused', fields))
from (values
  ('{"status": "completed"}', 'unknown_payroll_run_field'), ('{"period_end": "2026-10-15"}', 'period_reversed'),
  ('{"period_end": "15.11.2026"}', 'invalid_date'), ('{"asset_code": "USDC"}', 'invalid_asset_issuer'),
  ('{"period_end": "2028-11-15"}', 'period_too_long'), ('[]', 'unknown_payroll_run_field')
) as changes (fields, code);
select is(
  (
    select (asset_code, item_count, total_amount::text) from public.update_payroll_run(
      (select id from run), tests.version((select id from run)),
      jsonb_build_object('asset_code', 'USDC', 'asset_issuer', tests.issuer(), 'period_end', '2026-11-30'))),
  ('USDC'::text, 1, '70.0000000'::text), 'another asset pays the people of that asset');

-- Discarded and restored.
select is(
  (select status from public.discard_payroll_run((select id from run), 'Made twice')), 'discarded',
  'a draft can be discarded');
select is(
  pg_temp.code('select public.discard_payroll_run(RUN)') || ', '
    || pg_temp.code('select public.add_base_pay(RUN, %s)', tests.employee_id('Acme', 'dollars')::text) || ', '
    || tests.error_code_of(format('select tests.submit(%s)', (select id from run))),
  'no error, employee_in_payroll_run, payroll_run_not_draft', 'a discarded run is discarded once and pays nothing');
select is((select status from public.restore_payroll_run((select id from run))), 'draft',
  'a discarded run can be restored');
select tests.reset();
select is(
  (select array_agg(action || coalesce(': ' || reason, '') order by id) from public.payroll_audit_logs
    where payroll_run_id = (select id from run) and action in ('discarded', 'restored')),
  array['discarded: Made twice', 'restored'], 'the trail keeps both steps with the reason');

select * from finish();
rollback;
