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

-- The members who must act are notified; the member who acted is not.
select tests.authenticate_as('max', 'Acme');
select tests.submit((select id from run));
select is(tests.told('ada', 'payroll.submitted'), 1::bigint, 'an admin is notified of a run that waits for approval');
select is(tests.told('mia', 'payroll.submitted'), 1::bigint, 'a manager is notified of a run that waits for approval');
select is(
  tests.told('max', 'payroll.submitted'), 0::bigint, 'the submitter of a run is not notified of the submission');
select is(
  tests.told('vic', 'payroll.submitted'), 0::bigint, 'a viewer is not notified of a run that waits for approval');
select is(
  tests.told('gil', 'payroll.submitted'), 0::bigint,
  'an admin of another organization is not notified of the submission');
select is(tests.told('eve', 'payroll.submitted'), 0::bigint, 'an employee is not notified of the submission');

select tests.authenticate_as('ada', 'Acme');
select results_eq(
  $$ select title, message, type, resource_type, resource_id, is_read, read_at, user_id from public.notifications $$,
  $$
    select format('Payroll run %s waits for approval', batch_id),
      '2 items, 3000.5 XLM for 2026-11-01 to 2026-11-30. A person who did not prepare it must approve it.',
    'payroll.submitted', 'payroll_run', id::text, false, null::timestamptz, tests.member_id('ada', 'Acme')
    from public.payroll_runs $$,
  'the notification of a submission is in words with exact amounts');

-- Preferences.
select public.set_preference('notifications.payroll.rejected', 'false');
select tests.authenticate_as('mia', 'Acme');
select public.reject_payroll_run((select id from run), 'Wrong month');
select is(
  tests.told('ada', 'payroll.rejected'), 0::bigint,
  'a member who switched off one kind of notification does not get it');
select is(
  tests.told('max', 'payroll.rejected'), 1::bigint, 'a member with the default preferences is notified of a rejection');
select tests.authenticate_as('max', 'Acme');
select public.set_preference('notifications.enabled', 'false');
select tests.authenticate_as('mia', 'Acme');
select tests.submit((select id from run));
select is(tests.told('max', 'payroll.submitted'), 0::bigint, 'a member who switched off all notifications gets none');
select is(tests.told('ada', 'payroll.submitted'), 2::bigint, 'a second submission makes a second notification');
select tests.authenticate_as('max', 'Acme');
select public.approve_payroll_run((select id from run), tests.seen((select id from run)));
select tests.reset();
select tests.configure_network();
select tests.treasury('Acme');
select tests.authenticate_as('mia', 'Acme');
select public.disburse_payroll_run((select id from run));
select is(tests.told('ada', 'payroll.started'), 0::bigint, 'a notification that is off by default is not sent');

-- An employee who signs in is notified of the own payment.
select tests.reset();
create temporary table lease on commit drop as select tests.lease_of_run((select id from run)) as token;
create temporary table paid on commit drop as select tests.persist(
  (select id from run), (select token from lease)) as id;
select public.begin_submission((select id from paid), (select token from lease), tests.signed_envelope((select id from paid)));
select public.record_outcome(tests.evidence((select id from paid), 'applied'), (select token from lease));
select is(tests.told('eve', 'payment.completed'), 1::bigint, 'an employee who signs in is notified of the own payment');
select is(
  (select count(*) from public.notifications where type = 'payment.completed'), 1::bigint,
  'an employee who does not sign in has no notification');
select is(tests.told('ada', 'payroll.completed'), 1::bigint, 'an admin is notified once of a completed run');
select is(tests.told('ada', 'payment.completed'), 0::bigint, 'an admin is not notified of single payments');
select public.record_outcome(tests.evidence((select id from paid), 'applied'), (select token from lease));
select is(
  tests.told('eve', 'payment.completed'), 1::bigint, 'an outcome that is recorded twice makes one notification');

select tests.authenticate_as('eve', 'Acme');
select results_eq(
  $$ select title, employee_id, user_id from public.notifications $$,
  $$ values ('You were paid 1000.5 XLM', tests.employee_id('Acme', 'eve'), null::bigint) $$,
  'an employee reads the own notification');
select is((select public.count_unread_notifications()), 1, 'an employee counts the own unread notification');
select is(
  (select is_read from public.mark_notification_read((select id from public.notifications))), true,
  'an employee marks the own notification as read');
select is((select public.count_unread_notifications()), 0, 'an employee with a read notification has no unread one');

-- The inbox of a member.
select tests.authenticate_as('ada', 'Acme');
select is((select public.count_unread_notifications()), 4, 'a member counts the own unread notifications');
select ok((select count(*) = 4 from public.notifications), 'a member reads the own notifications');
create temporary table first on commit drop as select min(id) as id from public.notifications;
grant select on first to authenticated, service_role;
select results_eq(
  $$ select is_read, read_at = now() from public.mark_notification_read((select id from first)) $$,
  $$ values (true, true) $$, 'a member marks a notification as read');
select is(
  (select is_read from public.mark_notification_read((select id from first))), true,
  'a notification that is marked as read a second time stays read');
select is(
  (select public.mark_all_notifications_read((select id + 1 from first))) >= 0, true,
  'a member marks all notifications up to an id as read');
select is((select public.mark_all_notifications_read()) >= 1, true, 'a member marks all notifications as read');
select is((select public.count_unread_notifications()), 0, 'a member who marked all notifications has no unread one');
select is((select public.mark_all_notifications_read()), 0, 'marking all notifications again changes none');

-- Who may read and mark notifications.
select is(
  tests.error_code_of(format('select public.mark_notification_read(%s)', id)), 'notification_not_found',
  format('a notification with the id %s is not found', id))
from (values ('0'), ('null'), ('-1')) as bad (id);
select tests.authenticate_as('mia', 'Acme');
select is(
  tests.error_code_of($$ select public.mark_notification_read((select id from first)) $$), 'notification_not_found',
  'the notification of a colleague is not found');
select is(
  (select count(*) from public.notifications where auth_user_id <> tests.user_id('mia')), 0::bigint,
  'a member reads no notification of a colleague');
select tests.authenticate_as('gil', 'Globex');
select is(
  tests.error_code_of($$ select public.mark_notification_read((select id from first)) $$), 'notification_not_found',
  'the notification of another organization''s member is not found');
select is(
  (select count(*) from public.notifications), 0::bigint, 'an admin reads no notification of another organization');
select tests.authenticate_as('stan');
select is((select count(*) from public.notifications), 0::bigint, 'a stranger reads no notification');
select is((select public.count_unread_notifications()), 0, 'a stranger has no unread notification');
select tests.as_anon();
select is(
  tests.error_code_of($$ select * from public.notifications $$), '42501',
  'a caller who has not signed in cannot read notifications');
select is(
  tests.error_code_of($$ select public.mark_all_notifications_read() $$), '42501',
  'a caller who has not signed in cannot mark notifications');
select tests.as_service();
select is(
  tests.error_code_of($$ delete from public.notifications $$), '42501', 'the service cannot delete notifications');
select is(
  tests.error_code_of($$ select public.count_unread_notifications() $$), '42501',
  'the service cannot count notifications');

-- A member who left is no longer notified.
select tests.reset();
update public.users set deleted_at = now() where id = tests.member_id('ada', 'Acme');
insert into public.events (organization_id, sequence, event_id, type, body, resource_type, resource_id, dedupe_key)
values (
  tests.organization_id('Acme'), 10000, 'evt_test', 'payroll.failed',
  '{"type": "payroll.failed", "data": {"batch_id": "PAY-1", "failure_reason": "Not enough {asset_code}."}}',
  'payroll_run', '1', 'test');
select is(
  (select count(*) from public.notifications where type = 'payroll.failed'), 1::bigint,
  'a failed run is notified to neither a former member nor one who switched notifications off');
select is(
  (select message from public.notifications where type = 'payroll.failed'),
  'Not enough {asset_code}. Mend the cause, then retry the run: only what was not paid is paid.',
  'a failure reason with braces is repeated literally in a notification');
select tests.authenticate_as('ada', 'Acme');
select is((select count(*) from public.notifications), 0::bigint, 'a former member reads no notification');

-- Rules that hold on every path.
select tests.reset();
select is(
  tests.error_code_of(format('update public.notifications set %s where type = ''payment.completed''', change)), code,
  promise)
from (values
  ('title = ''x''', 'column_is_fixed', 'the title of a notification cannot be changed'),
  ('is_read = false', '23514', 'a read notification without a time of reading is refused')
) as change (change, code, promise);
select is_empty(
  $$
    select template.event_type, placeholder.match[1]
    from private.notification_templates as template
    cross join lateral regexp_matches(template.title || template.message, '\{([^}]*)\}', 'g') as placeholder (match)
    where placeholder.match[1] !~ '^[a-z_]+$'
  $$,
  'every placeholder of a notification template is a field name');
select is(
  private.fill_template(
    '{a} {b} {c} {d} {e}', '{"a": "4200.5000000", "b": "10.0000000", "c": "0.0000001", "d": "2026-11-30"}'),
  '4200.5 10 0.0000001 2026-11-30 ?',
  'amounts in a notification lose trailing zeros only, and a missing field is shown as a question mark');

select * from finish();
rollback;
