begin;
\ir ../../_shared/setup.sql.raw
select plan(84);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_user(name) from unnest(array['stan', 'eve']) as name;
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');

create function tests.monthly(change jsonb default '{}')
returns jsonb
language sql immutable
as $$
  select '{"name": "Salaries", "frequency": "monthly", "day_of_month": 31, "time_zone": "Europe/Berlin"}'::jsonb
    || monthly.change; $$;
grant execute on function tests.monthly(jsonb) to anon, authenticated, service_role;

select tests.authenticate_as('max', 'Acme');
create temporary table schedule on commit drop as select *
from public.create_payroll_schedule(tests.monthly(), 'first');
grant select on schedule to authenticated, service_role;
select results_eq(
  $$
    select name, frequency, day_of_month, time_zone, local_time, period_rule, missed_policy, asset_code, asset_issuer,
      is_active, version from schedule $$,
  $$values
    ('Salaries', 'monthly', 31, 'Europe/Berlin', time '09:00', 'since_last', 'create_latest', 'XLM', '', true, 1)
  $$,
  'a manager creates a schedule, with defaults for what was left out');
select results_eq(
  $$ select next_run_on, next_run_at from schedule $$,
  $$ select occurrence_on, runs_at from public.preview_payroll_schedule(tests.monthly(), 1) $$,
  'a new schedule has the next day that the preview showed');
select is(
  (select id from public.create_payroll_schedule(tests.monthly(), 'first')), (select id from schedule),
  'a repeat with the same key returns the first schedule');
select is(
  tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly('{"name": "Other"}'), 'first') $$),
  'idempotency_key_reused',
  'other fields with a used key are refused');
select is(
  (select count(*) from public.payroll_schedules), 1::bigint, 'a repeat with the same key creates no second schedule');
select is(
  (select count(*) from public.preview_payroll_schedule(tests.monthly(), 24)), 24::bigint,
  'a preview shows as many occurrences as asked for');
select is((select count(*) from public.payroll_schedules), 1::bigint, 'a preview stores no schedule');

-- Changes.
select results_eq(
  $$
    select version, name, memo, day_of_month
    from public.update_payroll_schedule((select id from schedule), 1, '{"name": "All salaries", "memo": "salary"}') $$,
  $$ values (2, 'All salaries', 'salary', 31) $$,
  'a change of a schedule keeps the fields it does not name');
select is(
  tests.error_code_of($$ select public.update_payroll_schedule((select id from schedule), 1, '{"name": "Mine"}') $$),
  'payroll_schedule_outdated',
  'a change with an outdated version is refused');
select is(
  (select version from public.update_payroll_schedule((select id from schedule), 2, '{"name": "All salaries"}')), 2,
  'a change to the present values keeps the version');
select results_eq(
  $$
    select version, frequency, day_of_week, day_of_month, next_run_on
    from public.update_payroll_schedule(
      (select id from schedule), 2, '{"frequency": "weekly", "day_of_week": 5, "memo": null}') $$,
  $$
    select 3, 'weekly', 5, null::integer, occurrence_on
    from public.preview_payroll_schedule(
      '{"name": "x", "frequency": "weekly", "day_of_week": 5, "time_zone": "Europe/Berlin"}', 1) $$,
  'another frequency comes with its own day and moves the next occurrence');
select is((select memo from public.payroll_schedules), null, 'a change to null empties an optional field');

select results_eq(
  $$
    select is_active, next_run_on, next_run_at, version
    from public.pause_payroll_schedule((select id from schedule)) $$,
  $$ values (false, null::date, null::timestamptz, 4) $$,
  'a paused schedule has no next day');
select is(
  (select version from public.pause_payroll_schedule((select id from schedule))), 4,
  'a pause of a paused schedule keeps the version');
select is(
  (select next_run_on from public.update_payroll_schedule((select id from schedule), 4, '{"day_of_week": 4}')), null,
  'a change of a paused schedule does not give it a next day');
select ok(
  (
    select is_active and next_run_on >= current_date and next_run_at > now()
    from public.resume_payroll_schedule((select id from schedule))),
  'a resumed schedule has a next day');

select tests.authenticate_as('ada', 'Acme');
select results_eq(
  $$
    select action, actor = 'user:' || tests.member_id('max', 'Acme') from public.audit_logs
    where resource_type = 'payroll_schedule' order by id $$,
  $$values
    ('payroll_schedule.created', true), ('payroll_schedule.updated', true), ('payroll_schedule.updated', true),
    ('payroll_schedule.paused', true), ('payroll_schedule.updated', true), ('payroll_schedule.resumed', true)
  $$,
  'every change of a schedule is in the audit trail with the member who made it');
select is(
  (
    select changes -> 'frequency' from public.audit_logs where action = 'payroll_schedule.updated' order by id offset 1
    limit 1),
  '{"old": "monthly", "new": "weekly"}', 'the audit trail holds the old and the new value of a changed field');

-- Bad input.
select tests.authenticate_as('max', 'Acme');
select is(tests.error_code_of(format('select public.%s', command)), code, promise)
from (
  select command, code, promise
  from (values ('create_payroll_schedule(%s)'), ('preview_payroll_schedule(%s)')) as door (template)
  cross join (values
    ($$'[]'$$, 'invalid_schedule', 'a schedule given as an array is refused'),
    ($$null$$, 'invalid_schedule', 'a schedule given as null is refused'),
    ($$tests.monthly('{"weekday": 1}')$$, 'unknown_schedule_field', 'an unknown field is refused'),
    ($$tests.monthly('{"name": ""}')$$, 'text_missing', 'a schedule without a name is refused'),
    ($$tests.monthly(jsonb_build_object('name', repeat('x', 101)))$$, 'text_too_long',
      'a schedule name of 101 characters is refused'),
    ($$tests.monthly(jsonb_build_object('name', tests.secret_key()))$$, 'secret_key_refused',
      'a secret key as the name of a schedule is refused'),
    ($$tests.monthly(jsonb_build_object('asset_issuer', tests.secret_key()))$$, 'secret_key_refused',
      'a secret key as the asset issuer of a schedule is refused'),
    ($$tests.monthly(jsonb_build_object('time_zone', tests.secret_key()))$$, 'secret_key_refused',
      'a secret key as the time zone of a schedule is refused'),
    ($$tests.monthly('{"frequency": "daily"}')$$, 'invalid_schedule_field', 'the frequency daily is refused'),
    ($$tests.monthly('{"frequency": null}')$$, 'invalid_schedule_field', 'a schedule without a frequency is refused'),
    ($$tests.monthly('{"day_of_month": 32}')$$, 'invalid_schedule_field',
      'the 32nd as the day of a monthly schedule is refused'),
    ($$tests.monthly('{"day_of_month": 0}')$$, 'invalid_schedule_field', 'the day 0 of a monthly schedule is refused'),
    ($$tests.monthly('{"day_of_month": -1}')$$, 'invalid_schedule_field',
      'the day -1 of a monthly schedule is refused'),
    ($$tests.monthly('{"day_of_month": 1.5}')$$, 'invalid_schedule_field',
      'the day 1.5 of a monthly schedule is refused'),
    ($$tests.monthly('{"day_of_month": null}')$$, 'schedule_field_missing',
      'a monthly schedule without its day is refused'),
    ($$tests.monthly('{"day_of_week": 1}')$$, 'schedule_field_not_used',
      'a monthly schedule with a day of the week is refused'),
    ($$tests.monthly('{"frequency": "weekly", "day_of_month": null, "day_of_week": 7}')$$, 'invalid_schedule_field',
      'the weekday 7 of a weekly schedule is refused'),
    ($$tests.monthly('{"frequency": "biweekly", "day_of_month": null, "anchor_on": "2026-02-30"}')$$,
      'invalid_schedule_field', 'an anchor that is no day of the calendar is refused'),
    ($$tests.monthly('{"frequency": "biweekly", "day_of_month": null}')$$, 'schedule_field_missing',
      'a biweekly schedule without an anchor is refused'),
    ($$tests.monthly('{"time_zone": "Europe/Atlantis"}')$$, 'invalid_time_zone', 'an unknown time zone is refused'),
    ($$tests.monthly('{"time_zone": "CET"}')$$, 'invalid_time_zone', 'an abbreviation as a time zone is refused'),
    ($$tests.monthly('{"time_zone": "XYZ5"}')$$, 'invalid_time_zone', 'a POSIX rule as a time zone is refused'),
    ($$tests.monthly('{"time_zone": "Europe/Berlin+5"}')$$, 'invalid_time_zone',
      'a POSIX rule that looks like a place is refused as a time zone'),
    ($$tests.monthly('{"time_zone": "europe/berlin"}')$$, 'invalid_time_zone',
      'a time zone in small letters is refused'),
    ($$tests.monthly('{"time_zone": null}')$$, 'invalid_time_zone', 'a schedule without a time zone is refused'),
    ($$tests.monthly('{"local_time": "24:00"}')$$, 'invalid_schedule_field', 'the local time 24:00 is refused'),
    ($$tests.monthly('{"local_time": "9am"}')$$, 'invalid_schedule_field', 'the local time 9am is refused'),
    ($$tests.monthly('{"period_rule": "month"}')$$, 'invalid_schedule_field', 'an unknown period rule is refused'),
    ($$tests.monthly('{"missed_policy": "ignore"}')$$, 'invalid_schedule_field',
      'an unknown policy for missed pay days is refused'),
    ($$tests.monthly('{"asset_code": "USDC"}')$$, 'invalid_asset_issuer', 'an asset without its issuer is refused'),
    ($$tests.monthly('{"memo": "ääääääääääääääääääääääääääää"}')$$, 'memo_too_long',
      'a memo that does not fit into a transaction is refused'),
    ($$tests.monthly('{"starts_on": "next week"}')$$, 'invalid_schedule_field', 'a start that is no day is refused')
  ) as bad (fields, code, promise)
  cross join lateral (select format(door.template, bad.fields) as command) as built
  where door.template like 'create%' or bad.code = 'invalid_time_zone'
) as refusal;
select is(
  tests.error_code_of(format('select public.preview_payroll_schedule(tests.monthly(), %s)', count)),
  'invalid_schedule_field', format('a preview of %s days is refused', count))
from (values ('0'), ('367'), ('null')) as bad (count);
select unalike(
  tests.error_of(
    $$ select public.create_payroll_schedule(tests.monthly(jsonb_build_object('name', tests.secret_key()))) $$),
  '%' || tests.secret_key() || '%',
  'a refused secret key is not repeated');
select is((select count(*) from public.payroll_schedules), 1::bigint, 'a refused call writes no schedule');

-- Who may manage schedules.
select is(
  tests.error_code_of(format('select public.%s', command)), 'payroll_schedule_not_found',
  format('the call %s does not find an unknown schedule', command))
from (values
  ('update_payroll_schedule(0, 1, ''{}'')'), ('pause_payroll_schedule(null)'), ('resume_payroll_schedule(0)')
) as refusal (command);

select tests.authenticate_as('gwen', 'Globex');
select is(
  (select count(*) from public.payroll_schedules), 0::bigint, 'a member of another organization reads no schedule');
select is(
  tests.error_code_of(format('select public.%s', command)), 'payroll_schedule_not_found',
  format('the call %s does not find a schedule of another organization', command))
from (values
  ('update_payroll_schedule((select id from schedule), 5, ''{}'')'),
  ('pause_payroll_schedule((select id from schedule))'),
  ('resume_payroll_schedule((select id from schedule))')) as refusal (command);

select tests.authenticate_as('vic', 'Acme');
select is((select count(*) from public.payroll_schedules), 1::bigint, 'a viewer reads the schedules');
select is(
  (select count(*) from public.preview_payroll_schedule(tests.monthly(), 3)), 3::bigint,
  'a viewer can preview a schedule');
select is(
  tests.error_code_of(format('select public.%s', command)), 'role_too_low', format('a viewer cannot call %s', command))
from (values
  ('create_payroll_schedule(tests.monthly())'), ('update_payroll_schedule((select id from schedule), 5, ''{}'')'),
  ('pause_payroll_schedule((select id from schedule))'),
  ('resume_payroll_schedule((select id from schedule))')) as refusal (command);
select tests.authenticate_as('eve', 'Acme');
select is((select count(*) from public.payroll_schedules), 0::bigint, 'an employee reads no schedule');
select is(
  tests.error_code_of($$ select public.preview_payroll_schedule(tests.monthly()) $$), 'no_organization',
  'an employee cannot preview a schedule');
select tests.authenticate_as('stan');
select is((select count(*) from public.payroll_schedules), 0::bigint, 'a stranger reads no schedule');
select tests.as_anon();
select is(
  tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly()) $$), '42501',
  'a caller who has not signed in cannot create a schedule');
select tests.as_service();
select is(
  tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly()) $$), '42501',
  'the service cannot create a schedule');

-- Limits and rules that hold on every path.
select tests.authenticate_as('max', 'Acme');
select public.create_payroll_schedule(tests.monthly(jsonb_build_object('name', 'Number ' || number)))
from generate_series(2, 50) as number;
select is(
  tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly()) $$), 'limit_reached',
  'a 51st schedule of an organization is refused');
select tests.reset();
select is(
  tests.error_code_of(format('update public.payroll_schedules set %s where id = (select id from schedule)', change)),
  '23514', promise)
from (values
  ('day_of_month = 31', 'a weekly schedule cannot hold a day of the month'),
  ('day_of_week = 7', 'a weekly schedule with the weekday 7 is refused by the table'),
  ('next_run_on = null, next_run_at = null', 'an active schedule without a next day is refused by the table')
) as change (change, promise);
select is(
  tests.error_code_of($$ delete from public.payroll_schedules $$), 'append_only',
  'a schedule cannot be deleted; it can be paused');

select * from finish();
rollback;
