begin;
\ir ../../_shared/setup.sql.raw
select plan(49);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_user(name) from unnest(array['stan', 'eve']) as name;
select tests.create_employee('Acme', 'eve', '1000.5', signs_in_as => 'eve');
select tests.create_employee('Acme', 'otto', '2000');

create function tests.told(person text, event_type text)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select count(*) from public.notifications as notification
  where notification.auth_user_id = tests.user_id(told.person) and notification.type = told.event_type;
$$;
grant execute on function tests.told(text, text) to authenticated, service_role;

create temporary table run on commit drop as select tests.create_run('Acme') as id;
grant select on run to authenticated;

-- Whoever must act is told, whoever acted is not.
select tests.authenticate_as('max', 'Acme');
select public.submit_payroll_run((select id from run));
select is(tests.told('ada', 'payroll.submitted'), 1::bigint, 'an admin hears of a run that waits');
select is(tests.told('mia', 'payroll.submitted'), 1::bigint, 'and so does a manager');
select is(tests.told('max', 'payroll.submitted'), 0::bigint, 'whoever submitted it is not told');
select is(tests.told('vic', 'payroll.submitted'), 0::bigint, 'a viewer need not act');
select is(tests.told('gil', 'payroll.submitted'), 0::bigint, 'another organization hears nothing');
select is(tests.told('eve', 'payroll.submitted'), 0::bigint, 'nor does an employee');

select tests.authenticate_as('ada', 'Acme');
select results_eq(
  $$ select title, message, type, resource_type, resource_id, is_read, read_at, user_id from public.notifications $$,
  $$ select format('Payroll run %s waits for approval', batch_id), '2 items, 3000.5 XLM for 2026-11-01 to 2026-11-30. Somebody other than the submitter must approve it.',
    'payroll.submitted', 'payroll_run', id::text, false, null::timestamptz, tests.member_id('ada', 'Acme') from public.payroll_runs $$,
  'in words, with exact amounts');

-- Preferences.
select public.set_preference('notifications.payroll.rejected', 'false');
select tests.authenticate_as('mia', 'Acme');
select public.reject_payroll_run((select id from run), 'Wrong month');
select is(tests.told('ada', 'payroll.rejected'), 0::bigint, 'what a person does not want is not sent');
select is(tests.told('max', 'payroll.rejected'), 1::bigint, 'others still get it');
select tests.authenticate_as('max', 'Acme');
select public.set_preference('notifications.enabled', 'false');
select tests.authenticate_as('mia', 'Acme');
select public.submit_payroll_run((select id from run));
select is(tests.told('max', 'payroll.submitted'), 0::bigint, 'who wants none gets none');
select is(tests.told('ada', 'payroll.submitted'), 2::bigint, 'each event is one of its own');
select tests.authenticate_as('ada', 'Acme');
select public.approve_payroll_run((select id from run), tests.seen((select id from run)));
select tests.reset();
select tests.configure_network();
select tests.treasury('Acme');
select tests.authenticate_as('mia', 'Acme');
select public.disburse_payroll_run((select id from run));
select is(tests.told('ada', 'payroll.started'), 0::bigint, 'some are off until somebody wants them');

-- Payment: the employee who signs in hears of the own payment.
select tests.reset();
create temporary table lease on commit drop as select tests.lease_of_run((select id from run)) as token;
create temporary table paid on commit drop as select tests.persist((select id from run), (select token from lease)) as id;
select public.begin_submission((select id from paid), (select token from lease), 'AAAAAgAAAAE=');
select public.record_outcome(tests.evidence((select id from paid), 'applied'), (select token from lease));
select is(tests.told('eve', 'payment.completed'), 1::bigint, 'an employee hears of the own payment');
select is((select count(*) from public.notifications where type = 'payment.completed'), 1::bigint, 'and only of it; who does not sign in has no inbox');
select is(tests.told('ada', 'payroll.completed'), 1::bigint, 'members hear of the whole run once');
select is(tests.told('ada', 'payment.completed'), 0::bigint, 'and not of every payment');
select public.record_outcome(tests.evidence((select id from paid), 'applied'), (select token from lease));
select is(tests.told('eve', 'payment.completed'), 1::bigint, 'what is reported twice is told once');

select tests.authenticate_as('eve', 'Acme');
select results_eq(
  $$ select title, employee_id, user_id from public.notifications $$,
  $$ values ('You were paid 1000.5 XLM', tests.employee_id('Acme', 'eve'), null::bigint) $$,
  'an employee reads the own inbox');
select is((select public.count_unread_notifications()), 1, 'which counts what is new');
select is((select is_read from public.mark_notification_read((select id from public.notifications))), true, 'and marks what was read');
select is((select public.count_unread_notifications()), 0, 'so that nothing is new');

-- The inbox of a member.
select tests.authenticate_as('ada', 'Acme');
select is((select public.count_unread_notifications()), 3, 'a member counts the own');
select ok((select count(*) = 3 from public.notifications), 'and reads the own');
create temporary table first on commit drop as select min(id) as id from public.notifications;
grant select on first to authenticated, service_role;
select results_eq(
  $$ select is_read, read_at = now() from public.mark_notification_read((select id from first)) $$, $$ values (true, true) $$, 'marks one');
select is((select is_read from public.mark_notification_read((select id from first))), true, 'marking it again is success');
select is((select public.mark_all_notifications_read((select id + 1 from first))) >= 0, true, 'marks those it has seen');
select is((select public.mark_all_notifications_read()) >= 1, true, 'and all');
select is((select public.count_unread_notifications()), 0, 'nothing is new');
select is((select public.mark_all_notifications_read()), 0, 'marking nothing is no change');

-- Who may.
select is(
  tests.error_code_of(format('select public.mark_notification_read(%s)', id)), 'notification_not_found', format('notification %s is not there', id))
from (values ('0'), ('null'), ('-1')) as bad (id);
select tests.authenticate_as('mia', 'Acme');
select is(
  tests.error_code_of($$ select public.mark_notification_read((select id from first)) $$), 'notification_not_found', 'a colleague''s is as if not there');
select is((select count(*) from public.notifications where auth_user_id <> tests.user_id('mia')), 0::bigint, 'and not read');
select tests.authenticate_as('gil', 'Globex');
select is(tests.error_code_of($$ select public.mark_notification_read((select id from first)) $$), 'notification_not_found', 'nor another organization''s');
select is((select count(*) from public.notifications), 0::bigint, 'whose inboxes stay closed');
select tests.authenticate_as('stan');
select is((select count(*) from public.notifications), 0::bigint, 'a stranger has an empty inbox');
select is((select public.count_unread_notifications()), 0, 'in which nothing is new');
select tests.as_anon();
select is(tests.error_code_of($$ select * from public.notifications $$), '42501', 'nobody reads without signing in');
select is(tests.error_code_of($$ select public.mark_all_notifications_read() $$), '42501', 'nor marks');
select tests.as_service();
select is(tests.error_code_of($$ delete from public.notifications $$), '42501', 'the service removes none');
select is(tests.error_code_of($$ select public.count_unread_notifications() $$), '42501', 'and has no inbox');

-- A member who left gets nothing more.
select tests.reset();
update public.users set deleted_at = now() where id = tests.member_id('ada', 'Acme');
insert into public.events (organization_id, sequence, event_id, type, body, resource_type, resource_id, dedupe_key)
values (tests.organization_id('Acme'), 10000, 'evt_test', 'payroll.failed', '{"type": "payroll.failed", "data": {"batch_id": "PAY-1", "failure_reason": "Not enough {asset_code}."}}', 'payroll_run', '1', 'test');
select is((select count(*) from public.notifications where type = 'payroll.failed'), 1::bigint, 'who left is told nothing, who switched off neither');
select is(
  (select message from public.notifications where type = 'payroll.failed'),
  'Not enough {asset_code}. Mend the cause, then retry the run: only what was not paid is paid.', 'a reason is repeated as it is');
select tests.authenticate_as('ada', 'Acme');
select is((select count(*) from public.notifications), 0::bigint, 'and reads nothing any more');

-- Rules that hold on every path.
select tests.reset();
select is(
  tests.error_code_of(format('update public.notifications set %s where type = ''payment.completed''', change)), code, promise)
from (values
  ('title = ''x''', 'column_is_fixed', 'what was told is not rewritten'),
  ('is_read = false', '23514', 'what was read has a time')
) as change (change, code, promise);
select is_empty(
  $$
    select template.event_type, placeholder.match[1]
    from private.notification_templates as template
    cross join lateral regexp_matches(template.title || template.message, '\{([^}]*)\}', 'g') as placeholder (match)
    where placeholder.match[1] !~ '^[a-z_]+$'
  $$,
  'every field of a template has a name');
select is(
  private.fill_template('{a} {b} {c} {d} {e}', '{"a": "4200.5000000", "b": "10.0000000", "c": "0.0000001", "d": "2026-11-30"}'),
  '4200.5 10 0.0000001 2026-11-30 ?', 'amounts lose only the zeros that say nothing, and what is missing is marked');

select * from finish();
rollback;
