begin;
\ir ../../_shared/setup.sql.raw
select plan(30);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
create function pg_temp.fact(
  key text, type text default 'thing.happened',
  data jsonb default '{"n": 1}') returns private.event_input language sql as $$
    select row(type, 'thing', '1', key, data)::private.event_input; $$;
create function pg_temp.emit(organization text, variadic keys text[]) returns void language sql as $$
  select private.emit_events(
    tests.organization_id(organization),
    (select array_agg(pg_temp.fact(key) order by number) from unnest(keys) with ordinality as given (key, number)));
$$;
create function pg_temp.sequences(organization text) returns text language sql as $$
  select string_agg(sequence || dedupe_key, ' ' order by id) from public.events
  where organization_id = tests.organization_id(organization);
$$;

select pg_temp.emit('Acme', 'c', 'a', 'b');
select is(pg_temp.sequences('Acme'), '1c 2a 3b', 'events are numbered from one in the order given');
select pg_temp.emit('Globex', 'a');
select is(pg_temp.sequences('Globex'), '1a', 'the events of every organization are numbered separately');
select pg_temp.emit('Acme', 'a', 'd', 'b', 'd', 'e');
select is(
  pg_temp.sequences('Acme'), '1c 2a 3b 4d 5e',
  'an event with a known key is not written again and leaves no gap in the numbers');
select pg_temp.emit('Acme', 'a', 'b');
select private.emit_events(tests.organization_id('Acme'), '{}');
select private.emit_events(tests.organization_id('Acme'), null);
select is(pg_temp.sequences('Acme'), '1c 2a 3b 4d 5e', 'a call with known or no events writes no event');

-- A transaction that is rolled back leaves no gap.
do $$
  begin perform pg_temp.emit('Acme', 'lost'); raise exception 'undo'; exception when raise_exception then null; end; $$;
select pg_temp.emit('Acme', 'f');
select is(pg_temp.sequences('Acme'), '1c 2a 3b 4d 5e 6f', 'an event that was rolled back leaves no gap in the numbers');
select is(
  (select last_sequence from private.event_counters where organization_id = tests.organization_id('Acme')), 6::bigint,
  'the counter of an organization holds its last number');
select is((select count(distinct event_id) from public.events), 7::bigint, 'every event has its own id');
select matches(
  (select min(event_id) from public.events), '^evt_[0-9a-f]{32}$', 'the id of an event has 32 hexadecimal digits');

-- The exact text.
select private.emit_events(
  tests.organization_id('Acme'),
  array[
    pg_temp.fact(
      'exact', 'thing.changed',
      '{"b": "é \" \\ \u0001 </script>", "a": [1, null, true], "amount": "922337203685.4775807"}')]);
select is((select body from public.events where dedupe_key = 'exact'),
  format(
    '{"type":"thing.changed","timestamp":"%s","data":{"a": [1, null, true], "b": "é \" \\ \u0001 </script>", "amount": "922337203685.4775807"}}',
    to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
  'the body of an event is the exact text that is signed and sent: type, time in UTC, data');
select lives_ok($$ select body::json from public.events $$, 'the body of every event is JSON');
select is(
  (select occurred_at from public.events where dedupe_key = 'exact'), now(),
  'the time of an event is the time of its transaction');

-- An event never undoes what it reports.
create function pg_temp.written(key text, type text, data jsonb) returns text language sql as $$
  select private.emit_events(tests.organization_id('Acme'), array[pg_temp.fact(key, type, data)]);
  select coalesce((select left(body::jsonb ->> 'data', 200) from public.events where dedupe_key = key), 'no event');
$$;
select is(
  pg_temp.written('big', 'thing.happened', jsonb_build_object('id', 7, 'x', repeat('x', 30000)))::jsonb,
  '{"id": 7, "is_shortened": true, "resource_id": "1", "resource_type": "thing"}',
  'an event that is too large is written with its short values and a reference');
select is(
  (select max(octet_length(body)) < 20480 from public.events), true, 'the body of every event stays below the limit');
select is(
  pg_temp.written('nothing', 'thing.happened', null)::jsonb,
  '{"is_shortened": true, "resource_id": "1", "resource_type": "thing"}',
  'an event without data is written with a reference');
select is(
  pg_temp.written('list', 'thing.happened', '[1]')::jsonb,
  '{"is_shortened": true, "resource_id": "1", "resource_type": "thing"}',
  'an event whose data is no object is written with a reference');
select is(
  pg_temp.written(repeat('k', 5000), 'thing.happened', '{}'), 'no event',
  'an event is not found by a key that no index can hold');
select is(
  (select count(*) from public.events where dedupe_key like 'sha256:%'), 1::bigint,
  'an event with a key that no index can hold is written with a digest of the key');
select is(pg_temp.written('type', type, '{}'), 'no event', format('an event of the type "%s" is not written', type))
from unnest(array['thing', 'Thing.happened', 'thing happened', '.thing', 'thing.']) as type;
select is(
  (select sum(refusals) from private.refused_events), 5::numeric, 'an event that cannot be written is counted');
select private.emit_events(tests.organization_id('Acme'),
  array[pg_temp.fact('before'), pg_temp.fact('wrong', 'Wrong'), pg_temp.fact('after')]);
select is(
  (select array_agg(dedupe_key order by sequence) from public.events where dedupe_key in ('before', 'wrong', 'after')),
  array['before', 'after'], 'an event that cannot be written keeps no other event from being written');
select is(
  (select count(*) from generate_series(1, (select last_sequence from private.event_counters
    where organization_id = tests.organization_id('Acme'))) as number
    where not exists (select from public.events where organization_id = tests.organization_id('Acme')
      and sequence = number)),
  0::bigint, 'an event that cannot be written leaves no gap in the numbers');
select is(
  (select count(*) from private.findings(tests.organization_id('Acme')) as finding where finding.kind = 'event_refused'), 6::bigint,
  'the doctor names the types of events that could not be written');

-- Amounts are texts and people are ids.
select tests.create_employee('Acme', 'emma', '1234.5');
select is(
  (select body::jsonb -> 'data' from public.events where type = 'employee.added'),
  jsonb_build_object('employee_id', tests.employee_id('Acme', 'emma'), 'status', 'active'),
  'an event about an employee carries the id and the status and nothing personal');
update public.employees set position = 'Pilot' where first_name = 'emma';
update public.employees set salary = 1 where first_name = 'emma';
update public.employees set deleted_at = now() where first_name = 'emma';
select is(
  (select array_agg(type order by sequence) from public.events where resource_type = 'employee'),
  array['employee.added', 'employee.updated', 'employee.updated', 'employee.removed'],
  'every change of an employee is announced as an event');
select is(
  (select count(*) from public.events where body ~* 'emma|pilot|1234|@'), 0::bigint,
  'no event contains a name, an address or a salary of an employee');
select is(
  (select count(*) from public.audit_logs where changes::text ~* 'emma|pilot|1234|@'), 0::bigint,
  'no row of the audit trail contains a name, an address or a salary of an employee');

select * from finish();
rollback;
