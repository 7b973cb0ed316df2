begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_user('eve');
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');

-- A broadcast goes to Realtime where it exists; a missing Realtime or listener is no failure.
select is(
  private.realtime_exists(), to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null,
  'a broadcast is sent only where Realtime exists');
select lives_ok(
  $$ select private.broadcast('organization:1', 'events', '{}') $$, 'a broadcast without a listener does not fail');

-- What is sent is recorded. The function of a real Realtime belongs to Supabase and cannot be replaced, so there PayD's
-- own call of it is.
create table tests.sent (payload jsonb, event text, topic text, private boolean);
do $$
begin
  if private.realtime_exists() then
    create or replace function private.broadcast(topic text, event text, payload jsonb)
    returns void
    language sql volatile security definer
    set search_path = ''
    as 'insert into tests.sent values (broadcast.payload, broadcast.event, broadcast.topic, true)';
  else
    create schema if not exists realtime;
    create function realtime.send(payload jsonb, event text, topic text, private boolean default true)
    returns void
    language sql security definer
    as 'insert into tests.sent values (payload, event, topic, private)';
  end if;
end;
$$;

select tests.create_employees('Acme', 30);
select results_eq(
  $$
    select topic, event, private, payload -> 'organization_id', jsonb_array_length(payload -> 'events') from tests.sent
    where payload #>> '{events,0,type}' = 'employee.added' limit 1 $$,
  $$
    select 'organization:' || tests.organization_id('Acme'), 'events', true, to_jsonb(tests.organization_id('Acme')),
      1 $$,
  'every event is broadcast to the private channel of its organization');
select is_empty(
  $$ select topic from tests.sent where topic not in ('organization:' || tests.organization_id('Acme')) $$,
  'no event is broadcast to another channel');
select is_empty(
  $$ select entry from tests.sent, jsonb_array_elements(payload -> 'events') as entry
     where (
       select array_agg(key order by key)
       from jsonb_object_keys(entry) as key) <> '{id,resource_id,resource_type,sequence,type}' $$,
  'a broadcast contains ids and types and nothing else of an event');

delete from tests.sent;
update public.employees set department = 'Everybody' where organization_id = tests.organization_id('Acme');
select results_eq(
  $$
    select count(*), max(jsonb_array_length(payload -> 'events')),
      max((payload -> 'last_sequence')::bigint - (payload -> 'first_sequence')::bigint) from tests.sent $$,
  $$ values (1::bigint, 20, 30::bigint) $$,
  'thirty-one events of one statement are one broadcast that names twenty and the range of all');

delete from tests.sent;
create temporary table run on commit drop as select tests.create_run('Acme') as id;
grant select on run to authenticated;
select tests.act_as('max', 'Acme');
select tests.submit((select id from run));
select tests.act_as(null);
select results_eq(
  $$ select topic, event, payload -> 'count' from tests.sent where event = 'notifications' $$,
  $$ values ('notifications:' || tests.user_id('ada'), 'notifications', '1'::jsonb) $$,
  'a new notification is broadcast to the channel of its recipient');

-- Who may listen.
select tests.authenticate_as('vic', 'Acme');
select is(
  private.may_listen('organization:' || tests.organization_id('Acme')), true,
  'a member may listen to the channel of the organization');
select is(
  private.may_listen('organization:' || tests.organization_id('Globex')), false,
  'a member may not listen to the channel of another organization');
select is(
  private.may_listen('notifications:' || tests.user_id('vic')), true,
  'a member may listen to the channel of the own inbox');
select is(
  private.may_listen('notifications:' || tests.user_id('ada')), false,
  'a member may not listen to the channel of a colleague''s inbox');
select is_empty(
  $$
    select topic
    from unnest(
      array[
        'organization:', 'organization:abc', 'organization:1 or true', 'notifications:', '', null,
        'organization:999999999999999999999']) as topic
     where private.may_listen(topic) is distinct from false $$,
  'a malformed channel name may be listened to by no member');
select tests.authenticate_as('eve', 'Acme');
select is(
  private.may_listen('organization:' || tests.organization_id('Acme')), false,
  'an employee may not listen to the channel of the organization');
select is(
  private.may_listen('notifications:' || tests.user_id('eve')), true,
  'an employee may listen to the channel of the own inbox');
select tests.as_anon();
select is(
  tests.error_code_of($$ select private.may_listen('organization:1') $$), '42501',
  'a caller who has not signed in may not ask for a channel');
select tests.reset();
update public.users set deleted_at = now() where id = tests.member_id('vic', 'Acme');
select tests.authenticate_as('vic', 'Acme');
select is(
  private.may_listen('organization:' || tests.organization_id('Acme')), false,
  'a former member may not listen to the channel of the organization');

select * from finish();
rollback;
