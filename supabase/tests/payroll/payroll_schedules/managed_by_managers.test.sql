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
as $$ select '{"name": "Salaries", "frequency": "monthly", "day_of_month": 31, "time_zone": "Europe/Berlin"}'::jsonb || monthly.change; $$;
grant execute on function tests.monthly(jsonb) to anon, authenticated, service_role;

select tests.authenticate_as('max', 'Acme');
create temporary table schedule on commit drop as select * from public.create_payroll_schedule(tests.monthly(), 'first');
grant select on schedule to authenticated, service_role;
select results_eq(
  $$ select name, frequency, day_of_month, time_zone, local_time, period_rule, missed_policy, asset_code, asset_issuer, is_active, version from schedule $$,
  $$ values ('Salaries', 'monthly', 31, 'Europe/Berlin', time '09:00', 'since_last', 'create_latest', 'XLM', '', true, 1) $$,
  'a manager creates a schedule, and what was left out has defaults');
select results_eq(
  $$ select next_run_on, next_run_at from schedule $$,
  $$ select occurrence_on, runs_at from public.preview_payroll_schedule(tests.monthly(), 1) $$,
  'it knows its next day, which the preview showed');
select is(
  (select id from public.create_payroll_schedule(tests.monthly(), 'first')), (select id from schedule), 'a repeat with the same key is the same schedule');
select is(
  tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly('{"name": "Other"}'), 'first') $$), 'idempotency_key_reused',
  'the key of another command is refused');
select is((select count(*) from public.payroll_schedules), 1::bigint, 'there is one');
select is(
  (select count(*) from public.preview_payroll_schedule(tests.monthly(), 24)), 24::bigint, 'a preview shows as many occurrences as asked for');
select is((select count(*) from public.payroll_schedules), 1::bigint, 'and stores nothing');

-- Changes.
select results_eq(
  $$ select version, name, memo, day_of_month from public.update_payroll_schedule((select id from schedule), 1, '{"name": "All salaries", "memo": "salary"}') $$,
  $$ values (2, 'All salaries', 'salary', 31) $$,
  'a change keeps what it does not name');
select is(
  tests.error_code_of($$ select public.update_payroll_schedule((select id from schedule), 1, '{"name": "Mine"}') $$), 'payroll_schedule_outdated',
  'a change of what one has not seen is refused');
select is(
  (select version from public.update_payroll_schedule((select id from schedule), 2, '{"name": "All salaries"}')), 2, 'a change of nothing is none');
select results_eq(
  $$ select version, frequency, day_of_week, day_of_month, next_run_on from public.update_payroll_schedule((select id from schedule), 2, '{"frequency": "weekly", "day_of_week": 5, "memo": null}') $$,
  $$ select 3, 'weekly', 5, null::integer, occurrence_on from public.preview_payroll_schedule('{"name": "x", "frequency": "weekly", "day_of_week": 5, "time_zone": "Europe/Berlin"}', 1) $$,
  'another frequency brings its own day and moves the next one');
select is((select memo from public.payroll_schedules), null, 'and null takes a field away');

select results_eq(
  $$ select is_active, next_run_on, next_run_at, version from public.pause_payroll_schedule((select id from schedule)) $$,
  $$ values (false, null::date, null::timestamptz, 4) $$,
  'a paused schedule has no next day');
select is((select version from public.pause_payroll_schedule((select id from schedule))), 4, 'pausing again is no change');
select is(
  (select next_run_on from public.update_payroll_schedule((select id from schedule), 4, '{"day_of_week": 4}')), null, 'a change does not wake it');
select ok(
  (select is_active and next_run_on >= current_date and next_run_at > now() from public.resume_payroll_schedule((select id from schedule))),
  'a resumed schedule goes on with its next day');

select tests.authenticate_as('ada', 'Acme');
select results_eq(
  $$ select action, actor = 'user:' || tests.member_id('max', 'Acme') from public.audit_logs where resource_type = 'payroll_schedule' order by id $$,
  $$ values ('payroll_schedule.created', true), ('payroll_schedule.updated', true), ('payroll_schedule.updated', true), ('payroll_schedule.paused', true), ('payroll_schedule.updated', true), ('payroll_schedule.resumed', true) $$,
  'every change is audited');
select is(
  (select changes -> 'frequency' from public.audit_logs where action = 'payroll_schedule.updated' order by id offset 1 limit 1),
  '{"old": "monthly", "new": "weekly"}', 'with what it was and what it is');

-- Bad input.
select tests.authenticate_as('max', 'Acme');
select is(tests.error_code_of(format('select public.%s', command)), code, promise)
from (
  select command, code, promise
  from (values ('create_payroll_schedule(%s)'), ('preview_payroll_schedule(%s)')) as door (template)
  cross join (values
    ($$'[]'$$, 'invalid_schedule', 'a schedule is an object'),
    ($$null$$, 'invalid_schedule', 'and not missing'),
    ($$tests.monthly('{"weekday": 1}')$$, 'unknown_schedule_field', 'an unknown field is refused'),
    ($$tests.monthly('{"name": ""}')$$, 'text_missing', 'a name is needed'),
    ($$tests.monthly(jsonb_build_object('name', repeat('x', 101)))$$, 'text_too_long', 'of at most 100 characters'),
    ($$tests.monthly(jsonb_build_object('name', tests.secret_key()))$$, 'secret_key_refused', 'a secret key is no name'),
    ($$tests.monthly(jsonb_build_object('asset_issuer', tests.secret_key()))$$, 'secret_key_refused', 'nor an issuer'),
    ($$tests.monthly(jsonb_build_object('time_zone', tests.secret_key()))$$, 'secret_key_refused', 'nor a time zone'),
    ($$tests.monthly('{"frequency": "daily"}')$$, 'invalid_schedule_field', 'daily is no frequency'),
    ($$tests.monthly('{"frequency": null}')$$, 'invalid_schedule_field', 'one is needed'),
    ($$tests.monthly('{"day_of_month": 32}')$$, 'invalid_schedule_field', 'no month has a 32nd'),
    ($$tests.monthly('{"day_of_month": 0}')$$, 'invalid_schedule_field', 'nor a 0th'),
    ($$tests.monthly('{"day_of_month": -1}')$$, 'invalid_schedule_field', 'nor anything before'),
    ($$tests.monthly('{"day_of_month": 1.5}')$$, 'invalid_schedule_field', 'nor anything between'),
    ($$tests.monthly('{"day_of_month": null}')$$, 'schedule_field_missing', 'a monthly schedule needs its day'),
    ($$tests.monthly('{"day_of_week": 1}')$$, 'schedule_field_not_used', 'and no day of the week'),
    ($$tests.monthly('{"frequency": "weekly", "day_of_month": null, "day_of_week": 7}')$$, 'invalid_schedule_field', 'a week has no day 7'),
    ($$tests.monthly('{"frequency": "biweekly", "day_of_month": null, "anchor_on": "2026-02-30"}')$$, 'invalid_schedule_field', 'an anchor is a day that exists'),
    ($$tests.monthly('{"frequency": "biweekly", "day_of_month": null}')$$, 'schedule_field_missing', 'and is needed'),
    ($$tests.monthly('{"time_zone": "Europe/Atlantis"}')$$, 'invalid_time_zone', 'an unknown time zone is refused'),
    ($$tests.monthly('{"time_zone": "CET"}')$$, 'invalid_time_zone', 'an abbreviation is no place'),
    ($$tests.monthly('{"time_zone": "XYZ5"}')$$, 'invalid_time_zone', 'nor is a POSIX rule'),
    ($$tests.monthly('{"time_zone": "Europe/Berlin+5"}')$$, 'invalid_time_zone', 'however much it looks like a place'),
    ($$tests.monthly('{"time_zone": "europe/berlin"}')$$, 'invalid_time_zone', 'a name is written as it is written'),
    ($$tests.monthly('{"time_zone": null}')$$, 'invalid_time_zone', 'and needed'),
    ($$tests.monthly('{"local_time": "24:00"}')$$, 'invalid_schedule_field', 'a day has no hour 24'),
    ($$tests.monthly('{"local_time": "9am"}')$$, 'invalid_schedule_field', 'a time is written as 09:00'),
    ($$tests.monthly('{"period_rule": "month"}')$$, 'invalid_schedule_field', 'a rule is a known one'),
    ($$tests.monthly('{"missed_policy": "ignore"}')$$, 'invalid_schedule_field', 'a policy too'),
    ($$tests.monthly('{"asset_code": "USDC"}')$$, 'invalid_asset_issuer', 'an asset has its issuer'),
    ($$tests.monthly('{"memo": "ääääääääääääääääääääääääääää"}')$$, 'memo_too_long', 'a memo fits into a transaction'),
    ($$tests.monthly('{"starts_on": "next week"}')$$, 'invalid_schedule_field', 'a start is a day')
  ) as bad (fields, code, promise)
  cross join lateral (select format(door.template, bad.fields) as command) as built
  where door.template like 'create%' or bad.code = 'invalid_time_zone'
) as refusal;
select is(
  tests.error_code_of(format('select public.preview_payroll_schedule(tests.monthly(), %s)', count)), 'invalid_schedule_field', format('a preview of %s days is refused', count))
from (values ('0'), ('367'), ('null')) as bad (count);
select unalike(
  tests.error_of($$ select public.create_payroll_schedule(tests.monthly(jsonb_build_object('name', tests.secret_key()))) $$), '%' || tests.secret_key() || '%',
  'a refused secret key is not repeated');
select is((select count(*) from public.payroll_schedules), 1::bigint, 'nothing that was refused is written');

-- Who may.
select is(
  tests.error_code_of(format('select public.%s', command)), 'payroll_schedule_not_found', format('%s: not there', command))
from (values ('update_payroll_schedule(0, 1, ''{}'')'), ('pause_payroll_schedule(null)'), ('resume_payroll_schedule(0)')) as refusal (command);

select tests.authenticate_as('gwen', 'Globex');
select is((select count(*) from public.payroll_schedules), 0::bigint, 'another organization sees no schedule of ours');
select is(
  tests.error_code_of(format('select public.%s', command)), 'payroll_schedule_not_found', format('%s: not theirs', command))
from (values
  ('update_payroll_schedule((select id from schedule), 5, ''{}'')'), ('pause_payroll_schedule((select id from schedule))'),
  ('resume_payroll_schedule((select id from schedule))')) as refusal (command);

select tests.authenticate_as('vic', 'Acme');
select is((select count(*) from public.payroll_schedules), 1::bigint, 'a viewer reads the schedules');
select is((select count(*) from public.preview_payroll_schedule(tests.monthly(), 3)), 3::bigint, 'and previews one');
select is(
  tests.error_code_of(format('select public.%s', command)), 'role_too_low', format('a viewer cannot %s', command))
from (values
  ('create_payroll_schedule(tests.monthly())'), ('update_payroll_schedule((select id from schedule), 5, ''{}'')'),
  ('pause_payroll_schedule((select id from schedule))'), ('resume_payroll_schedule((select id from schedule))')) as refusal (command);
select tests.authenticate_as('eve', 'Acme');
select is((select count(*) from public.payroll_schedules), 0::bigint, 'an employee reads none');
select is(tests.error_code_of($$ select public.preview_payroll_schedule(tests.monthly()) $$), 'no_organization', 'and previews none');
select tests.authenticate_as('stan');
select is((select count(*) from public.payroll_schedules), 0::bigint, 'a stranger reads none');
select tests.as_anon();
select is(tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly()) $$), '42501', 'nobody creates one without signing in');
select tests.as_service();
select is(tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly()) $$), '42501', 'nor does the service');

-- Limits and rules that hold on every path.
select tests.authenticate_as('max', 'Acme');
select public.create_payroll_schedule(tests.monthly(jsonb_build_object('name', 'Number ' || number))) from generate_series(2, 50) as number;
select is(tests.error_code_of($$ select public.create_payroll_schedule(tests.monthly()) $$), 'too_many_payroll_schedules', 'fifty are enough');
select tests.reset();
select is(
  tests.error_code_of(format('update public.payroll_schedules set %s where id = (select id from schedule)', change)), '23514', promise)
from (values
  ('day_of_month = 31', 'a weekly schedule cannot hold a day of the month'),
  ('day_of_week = 7', 'no path stores a day that is none'),
  ('next_run_on = null, next_run_at = null', 'an active schedule has a next day')
) as change (change, promise);
select is(tests.error_code_of($$ delete from public.payroll_schedules $$), 'append_only', 'a schedule is paused, never removed');

select * from finish();
rollback;
