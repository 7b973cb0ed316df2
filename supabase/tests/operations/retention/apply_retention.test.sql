begin;
\ir ../../_shared/setup.sql.raw
select plan(35);

select tests.create_world();
select tests.configure_network();
select public.register_contract(
  'Bulk Payment', 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD', tests.hash('one'));

-- One row on each side of every limit; the clock is set to a day that the test chooses.
create function tests.clock() returns timestamptz language sql immutable as $$
  select timestamptz '2040-03-01 00:00:00+00' $$;
create temporary table sample (table_name text, is_old boolean, id text) on commit drop;

insert into public.audit_logs (organization_id, actor, action, resource_type, resource_id, created_at)
values (tests.organization_id('Acme'), 'test', 'old', 'test', 'old', '2033-02-28 23:59:59.999999+00'),
  (tests.organization_id('Acme'), 'test', 'new', 'test', 'new', '2033-03-01 00:00:00+00');
insert into public.contract_events (event_id, contract_id, event_type, data, tx_hash, ledger_sequence, created_at)
select lpad(number::text, 19, '0') || '-0000000001', 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD', kind,
  '{}', tests.hash(kind), number, at
from (values
  (1, 'old', timestamptz '2038-02-28 23:59:59+00'), (2, 'new', timestamptz '2038-03-01 00:00:00+00')
) as given (number, kind, at);
insert into public.notifications (
  organization_id, auth_user_id, user_id, event_id, type, title, message, resource_type, resource_id, created_at)
select tests.organization_id('Acme'), tests.user_id('vic'), tests.member_id('vic', 'Acme'), event.id, kind, kind, kind,
  'test', kind, at
from (values
  (1, 'old', timestamptz '2040-01-30 23:59:59+00'), (2, 'new', timestamptz '2040-01-31 00:00:00+00')
) as given (number, kind, at)
join (
  select id, row_number() over (order by id) as number from public.events
  where organization_id = tests.organization_id('Acme')) as event on event.number = given.number;
insert into public.webhook_attempts (
  organization_id, endpoint_id, event_id, attempt_number, outcome, error_class, delivered_at)
select log.organization_id, log.endpoint_id, log.event_id, 1, 'delivered', kind, at
from (select * from public.webhook_attempts limit 1) as log
cross join (values
  ('old', timestamptz '2039-12-01 23:59:59+00'), ('new', timestamptz '2039-12-02 00:00:00+00')
) as given (kind, at);
insert into private.webhook_dead (id, organization_id, endpoint_id, event_id, attempts, dead_at)
select number, log.organization_id, log.endpoint_id, log.event_id, 10, at
from (select * from public.webhook_attempts limit 1) as log
cross join (values
  (1, timestamptz '2039-12-01 23:59:59+00'), (2, timestamptz '2039-12-02 00:00:00+00')
) as given (number, at);
insert into private.idempotency_keys (auth_user_id, operation, key, arguments_hash, created_at)
values (tests.user_id('ada'), 'test', 'old', 'x', '2040-01-30 23:59:59+00'),
  (tests.user_id('ada'), 'test', 'new', 'x', '2040-01-31 00:00:00+00');
insert into public.user_preferences_history (organization_id, user_id, preferences, changed_by, changed_at)
values (tests.organization_id('Acme'), tests.member_id('vic', 'Acme'), '{}', 'old', '2038-02-28 23:59:59+00'),
  (tests.organization_id('Acme'), tests.member_id('vic', 'Acme'), '{}', 'new', '2038-03-01 00:00:00+00');
create temporary table kept on commit drop as
  select relation.name,
    (
      xpath(
        '/row/count/text()',
        query_to_xml(format('select count(*) from %s', relation.name), false, true, '')))[1]::text::bigint as rows
  from private.retention_rules as rule
  cross join lateral (select rule.table_name as name) as relation
  where rule.action = 'keep';

create temporary table trail on commit drop as
  select to_jsonb(live) as row from public.audit_logs as live
  where live.created_at < tests.clock() - interval '7 years';

-- The test world was made today, which is long ago by the clock of this test. Only the rows made above are looked at.
create temporary table outcome on commit drop as select * from private.apply_retention(tests.clock());
select results_eq(
  $$ select table_name, action, is_complete from outcome order by table_name $$,
  $$
    values ('private.hourly_uses', 'delete', true), ('private.idempotency_keys', 'delete', true),
      ('private.refused_events', 'delete', true),
      ('private.webhook_dead', 'delete', true),
      ('private.webhook_seals', 'delete', true),
      ('private.webhook_secrets', 'delete', true), ('public.audit_logs', 'archive', true),
    ('public.contract_events', 'archive', true), ('public.notifications', 'delete', true),
    ('public.sync_requests', 'delete', true),
    ('public.user_preferences_history', 'delete', true), ('public.webhook_attempts', 'delete', true) $$,
  'retention is complete for every table that loses rows');
select results_eq(
  $$
    select 'audit', action from public.audit_logs where resource_type = 'test' union all select 'archive', action
    from archive.audit_logs where resource_type = 'test' order by 1 $$,
  $$ values ('archive', 'old'), ('audit', 'new') $$,
  'audit rows move to the archive after seven years, to the microsecond');
select results_eq(
  $$
    select 'events', event_type from public.contract_events union all select 'archive', event_type
    from archive.contract_events order by 1 $$,
  $$ values ('archive', 'old'), ('events', 'new') $$,
  'contract events move to the archive after two years');
select results_eq(
  $$ select type from public.notifications where resource_type = 'test' $$, $$ values ('new') $$,
  'notifications are deleted after thirty days');
select results_eq(
  $$ select error_class from public.webhook_attempts where error_class in ('old', 'new') $$, $$ values ('new') $$,
  'logs of webhook deliveries are deleted after ninety days');
select results_eq(
  $$ select key from private.idempotency_keys where operation = 'test' $$, $$ values ('new') $$,
  'idempotency keys are deleted after thirty days');
select results_eq(
  $$ select changed_by from public.user_preferences_history $$, $$ values ('new') $$,
  'the history of preferences is deleted after two years');
select results_eq(
  $$ select id from private.webhook_dead order by id $$, $$ values (2::bigint) $$,
  'deliveries that were given up are deleted after ninety days');
select is_empty(
  $$
    select kept.name from kept
    where rows <> (
      xpath(
        '/row/count/text()',
        query_to_xml(format('select count(*) from %s', kept.name), false, true, '')))[1]::text::bigint $$,
  'a table with the rule to keep loses no row');
select results_eq(
  $$ select to_jsonb(archived) - 'archived_at' from archive.audit_logs as archived order by archived.id $$,
  $$ select row from trail order by (row ->> 'id')::bigint $$,
  'an archived row equals the row that was removed');
select results_eq(
  $$ select table_name, rows, is_complete from private.apply_retention(tests.clock()) where rows > 0 $$,
  $$ select null::text, null::bigint, null::boolean where false $$,
  'a second run of retention removes no row');

-- In batches that can be interrupted at any point.
insert into public.audit_logs (organization_id, actor, action, resource_type, resource_id, created_at)
select tests.organization_id('Acme'), 'test', 'batch', 'batch', number::text,
  '2030-01-01'::timestamptz + make_interval(hours => number) from generate_series(1, 25) as number;
create function tests.batch_count() returns text language sql stable as $$
  select format('%s live, %s archived, %s lost or doubled',
    (select count(*) from public.audit_logs where resource_type = 'batch'),
    (select count(*) from archive.audit_logs where resource_type = 'batch'),
    25 - (
      select count(distinct id)
      from (
        select id from public.audit_logs where resource_type = 'batch' union all select id from archive.audit_logs
        where resource_type = 'batch') as both_places))
$$;
select results_eq(
  $$
    select rows, is_complete from private.apply_retention(tests.clock(), 10, 1)
    where table_name = 'public.audit_logs' $$, $$ values (10::bigint, false) $$,
  'a retention call stops after the allowed number of batches and reports more work');
select is(
  tests.batch_count(), '15 live, 10 archived, 0 lost or doubled',
  'an interrupted retention leaves every row either live or archived');
select results_eq(
  $$
    select rows, is_complete from private.apply_retention(tests.clock(), 5, 2)
    where table_name = 'public.audit_logs' $$, $$ values (10::bigint, false) $$,
  'a second retention call goes on with the next batches');
select results_eq(
  $$
    select rows, is_complete from private.apply_retention(tests.clock(), 5, 2)
    where table_name = 'public.audit_logs' $$, $$ values (5::bigint, true) $$,
  'a third retention call completes the work');
select is(
  tests.batch_count(), '0 live, 25 archived, 0 lost or doubled',
  'a completed retention has archived every row exactly once');
select is(
  (select bool_and(rows = 0 and not is_complete) from private.apply_retention(tests.clock(), 10, 0)), true,
  'a retention call without batches removes no row');

-- Another clock and another time zone.
insert into public.notifications (
  organization_id, auth_user_id, user_id, event_id, type, title, message, resource_type, resource_id, created_at)
select tests.organization_id('Acme'), tests.user_id('vic'), tests.member_id('vic', 'Acme'), max(id), 'zone', 'zone',
  'zone', 'test', 'zone', '2027-03-27 12:00+00' from public.events
where organization_id = tests.organization_id('Acme');
set local timezone to 'Europe/Berlin';
select is(
  (select rows from private.apply_retention('2027-04-26 12:00:00+00') where table_name = 'public.notifications'),
  0::bigint, 'a day of retention is a day in UTC, not in the time zone of the session');
select is(
  (select rows from private.apply_retention('2027-04-26 12:00:00.000001+00') where table_name = 'public.notifications'),
  1::bigint, 'a clock change in the time zone of the session does not move the limit of retention');
set local timezone to 'UTC';

-- The rules.
select results_eq(
  $$ select table_name, action, keep_for from private.retention_rules
     where table_name in (
       'public.organizations', 'public.employees', 'public.users', 'public.payroll_runs', 'public.transactions',
       'public.contract_events', 'public.audit_logs', 'public.webhook_attempts', 'public.notifications')
     order by table_name $$,
  $$
    values ('public.audit_logs', 'archive', interval '7 years'), ('public.contract_events', 'archive', '2 years'),
      ('public.employees', 'keep', null),
    ('public.notifications', 'delete', '30 days'), ('public.organizations', 'keep', null),
    ('public.payroll_runs', 'keep', null),
    ('public.transactions', 'keep', null), ('public.users', 'keep', null),
    ('public.webhook_attempts', 'delete', '90 days') $$,
  'every listed table has its retention rule');
select is_empty(
  $$ select table_name from private.retention_rules where to_regclass(table_name) is null $$,
  'every retention rule names a table that exists');
select is_empty(
  $$
    select rule.table_name from private.retention_rules as rule
    where rule.action <> 'keep'
      and (position('$1' in rule.statement) = 0 or position('limit $2' in rule.statement) = 0) $$,
  'every retention statement is bounded by a time and a number of rows');
select is_empty(
  $$
    select rule.table_name, live.attname
    from private.retention_rules as rule
    join pg_attribute as live on live.attrelid = rule.table_name::regclass and live.attnum > 0 and not live.attisdropped
    where rule.action = 'archive'
      and (position('moved.' || live.attname in rule.statement) = 0
        or not exists (
          select from pg_attribute as archived
          where archived.attrelid = replace(rule.table_name, 'public.', 'archive.')::regclass
            and archived.attname = live.attname
            and archived.atttypid = live.atttypid and not archived.attisdropped))
  $$,
  'an archive table has every column of its source table');
select is_empty(
  $$
    select rule.table_name
    from private.retention_rules as rule
    where rule.action <> 'keep'
      and exists (
        select from pg_trigger as trigger
        where trigger.tgrelid = rule.table_name::regclass and trigger.tgfoid = 'private.refuse_change()'::regprocedure
          and (trigger.tgtype & 8) > 0)
      and not exists (
        select from private.retention_exemptions as removal
        where removal.table_name = rule.table_name and removal.statement = rule.statement)
  $$,
  'a retention rule for an append-only table has a retention exemption');
select is(
  (select target from private.scheduled_jobs where name = 'retention' and every_seconds = 86400),
  'select private.apply_retention(now())', 'the retention job is registered for every day');

-- The archive is closed.
select is(tests.error_code_of(statement), 'append_only', promise)
from (values
  ('update archive.audit_logs set actor = ''x''', 'an archived audit row cannot be changed'),
  ('delete from archive.audit_logs', 'an archived audit row cannot be deleted'),
  ('truncate archive.audit_logs', 'the archived audit rows cannot be truncated'),
  ('delete from archive.contract_events', 'an archived contract event cannot be deleted')
) as refusal (statement, promise);
select is_empty(
  $$
    select role_name, class.oid::regclass
    from unnest(array['anon', 'authenticated', 'authenticator', 'service_role']) as role_name
    cross join pg_class as class
    where class.relnamespace = 'archive'::regnamespace
      and class.relkind = 'r'
      and (
        has_schema_privilege(role_name, 'archive', 'usage')
          or has_table_privilege(role_name, class.oid, 'select,insert,update,delete,truncate'))
  $$,
  'no client role has a right on the archive');
select is_empty(
  $$
    select oid::regclass from pg_class
    where relnamespace = 'archive'::regnamespace and relkind = 'r' and not (relrowsecurity and relforcerowsecurity) $$,
  'every table of the archive has forced row level security');

-- Who may apply retention.
select tests.as_service();
select is(tests.error_code_of($$ select private.apply_retention() $$), '42501', 'the service cannot apply retention');
select tests.authenticate_as('ada', 'Acme');
select is(tests.error_code_of($$ select private.apply_retention() $$), '42501', 'an admin cannot apply retention');
select is(tests.error_code_of($$ select * from archive.audit_logs $$), '42501', 'an admin cannot read the archive');
select tests.as_anon();
select is(
  tests.error_code_of($$ select private.apply_retention() $$), '42501',
  'a caller who has not signed in cannot apply retention');

select * from finish();
rollback;
