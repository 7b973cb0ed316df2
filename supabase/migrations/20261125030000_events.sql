-- migration: events, the transactional outbox
-- What the outside must know is written in the transaction that changes the tables: if one is there, so is the other.
-- The body is kept as the exact text that is signed and sent. Each organization's events are numbered without gaps, so
-- that a consumer can see what it missed; the dedupe key makes every fact about a resource one event, however often it
-- is reported.
-- An event never undoes the transaction that it reports: one that is too large is written with less, and one that
-- cannot be written at all is counted for the doctor.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.event_counters, private.refused_events, private.retention_rules, public.events
-- depends: 20261125000000, 20261125000250, 20261125000600, 20261125000800, 20261125020000, 20261125020200
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.events (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  sequence bigint not null,
  event_id text not null,
  type text not null,
  body text not null,
  resource_type text not null,
  resource_id text not null,
  dedupe_key text not null,
  occurred_at timestamptz not null default now(),
  constraint events_sequence_is_unique_in_organization unique (organization_id, sequence),
  -- What finds a fact that is known finds the events of a resource as well: an index is written with every event.
  constraint events_dedupe_key_is_unique_for_resource unique (organization_id, resource_id, dedupe_key),
  constraint events_type_is_a_dotted_name check (type ~ '^[a-z_]+(\.[a-z_]+)+$'),
  constraint events_body_is_at_most_20_kilobytes check (octet_length(body) <= 20480)
);
comment on table public.events is 'The outbox: every fact that webhooks and apps hear of, once, in order.';
comment on column public.events.event_id is
  'evt_ and 32 digits: the first 16 are the id, the others random, so that no index is needed to find or to keep it.';
comment on column public.events.body is 'The exact text that webhooks carry: {"type", "timestamp", "data"}.';

create index events_occurred_at_brin on public.events using brin (occurred_at);

alter table public.events enable row level security;
alter table public.events force row level security;
revoke all on table public.events from public, anon, authenticated, service_role;
revoke all on sequence public.events_id_seq from public, anon, authenticated, service_role;
grant select on table public.events to authenticated, service_role;

create policy "Members can read the events of their organization"
  on public.events for select to authenticated
  using (organization_id = (select private.organization_id()));

create trigger events_refuse_change
  before update or delete or truncate on public.events
  for each statement execute function private.refuse_change();
alter table public.events enable always trigger events_refuse_change;

create table private.event_counters (
  organization_id bigint primary key references public.organizations (id),
  last_sequence bigint not null default 0
);
comment on table private.event_counters is 'The last event number of each organization.';
alter table private.event_counters enable row level security;
alter table private.event_counters force row level security;

create type private.event_input as (
  type text,
  resource_type text,
  resource_id text,
  dedupe_key text,
  data jsonb
);

create table private.refused_events (
  organization_id bigint not null,
  type text not null,
  reason text not null,
  refusals bigint not null default 1,
  last_resource text not null,
  last_refused_at timestamptz not null default now(),
  constraint refused_events_are_counted_by_kind primary key (organization_id, type, reason)
);
comment on table private.refused_events is 'Facts that could not be written as events, counted; the doctor shows them.';
alter table private.refused_events enable row level security;
alter table private.refused_events force row level security;

create function private.event_data(fact private.event_input, is_short boolean)
returns jsonb
language plpgsql immutable security invoker
set search_path = ''
as $$
declare v_short jsonb;
begin
  if not event_data.is_short and jsonb_typeof((fact).data) = 'object'
    and octet_length((fact).data::text) <= 20000 then
    return (fact).data;
  end if;

  -- Ids, states and amounts are short, so a consumer still finds what it needs to ask for the rest.
  select jsonb_object_agg(short.key, short.value) into v_short
  from (
    select member.key, member.value
    from jsonb_each(case when jsonb_typeof((fact).data) = 'object' then (fact).data else '{}' end) as member
    where jsonb_typeof(member.value) in ('string', 'number', 'boolean')
      and octet_length(member.value::text) <= 200
      and octet_length(to_json(member.key)::text) <= 100
    order by member.key
    limit 40
  ) as short;

  return coalesce(v_short, '{}') || jsonb_build_object('is_shortened', true,
    'resource_type', left((fact).resource_type, 100), 'resource_id', left((fact).resource_id, 200));
end;
$$;
comment on function private.event_data(private.event_input, boolean) is
  'The data of an event; of data that is absent, no object or too large the short values and a reference to the '
  'resource.';

create function private.write_events(organization_id bigint, facts private.event_input[], is_short boolean)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_last_sequence bigint;
begin
  select counter.last_sequence into v_last_sequence
  from private.event_counters as counter
  where counter.organization_id = write_events.organization_id;

  with fresh as (
    select fact.*, row_number() over (order by fact.ordinality) as number
    from (
      select distinct on (given.resource, given.key) given.*
      from (
        -- A key that no index can hold stands for itself by its digest.
        select fact.*, left(fact.resource_id, 200) as resource,
          case when octet_length(fact.dedupe_key) > 500 then 'sha256:' ||
            encode(sha256(convert_to(fact.dedupe_key, 'UTF8')), 'hex') else fact.dedupe_key end as key
        from unnest(write_events.facts) with ordinality as fact (type, resource_type, resource_id, dedupe_key, data,
          ordinality)
      ) as given
      where not exists (
        select from public.events as event
        where event.organization_id = write_events.organization_id
          and event.resource_id = given.resource
          and event.dedupe_key = given.key)
      order by given.resource, given.key, given.ordinality
    ) as fact
    order by number
  ),
  numbered as (
    select fresh.*, nextval('public.events_id_seq') as id
    from fresh
  ),
  written as (
    insert into public.events
      (id, organization_id, sequence, event_id, type, body, resource_type, resource_id, dedupe_key)
    overriding system value
    select
      numbered.id,
      write_events.organization_id,
      v_last_sequence + numbered.number,
      'evt_' || lpad(to_hex(numbered.id), 16, '0') || right(replace(gen_random_uuid()::text, '-', ''), 16),
      numbered.type,
      format('{"type":%s,"timestamp":%s,"data":%s}',
        to_json(numbered.type),
        to_json(to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
        private.event_data(row(numbered.type, numbered.resource_type, numbered.resource_id, numbered.dedupe_key,
          numbered.data)::private.event_input, write_events.is_short)),
      left(numbered.resource_type, 100),
      numbered.resource,
      numbered.key
    from numbered
    order by numbered.number
    returning sequence
  )
  update private.event_counters as counter
  set last_sequence = v_last_sequence + (select count(*) from written)
  where counter.organization_id = write_events.organization_id;
end;
$$;
comment on function private.write_events(bigint, private.event_input[], boolean) is
  'Writes facts under the lock of the counter; raises when one of them cannot be written.';

create function private.write_event_somehow(organization_id bigint, fact private.event_input)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_reason text;
begin
  -- First as it is, then with the short values only.
  foreach v_reason in array array['as it is', 'short'] loop
    begin
      perform private.write_events(write_event_somehow.organization_id, array[fact], v_reason = 'short');
      return;
    exception
      when serialization_failure or deadlock_detected or lock_not_available then raise;
      when others then v_reason := sqlstate;
    end;
  end loop;

  insert into private.refused_events as known (organization_id, type, reason, last_resource)
  values (write_event_somehow.organization_id, left(coalesce((fact).type, ''), 100), v_reason,
    left(concat_ws(' ', (fact).resource_type, (fact).resource_id), 200))
  on conflict on constraint refused_events_are_counted_by_kind do update
  set refusals = known.refusals + 1, last_resource = excluded.last_resource, last_refused_at = now();
end;
$$;
comment on function private.write_event_somehow(bigint, private.event_input) is
  'Writes one fact as well as it can be written, or counts it as refused; never undoes the transaction.';

create function private.hold_event_counters(organization_ids bigint[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- The counter is the lock: one writer of an organization's events at a time, so that numbers have no gaps.
  insert into private.event_counters (organization_id)
  select distinct given.id
  from unnest(hold_event_counters.organization_ids) as given (id)
  where given.id is not null
  order by given.id
  on conflict do nothing;

  -- One order for everybody, so that no two wait for each other for ever.
  perform from private.event_counters as counter
  where counter.organization_id = any (hold_event_counters.organization_ids)
  order by counter.organization_id
  for update;
end;
$$;
comment on function private.hold_event_counters(bigint[]) is
  'Makes other writers of these organizations'' events wait until the transaction ends. Whoever changes what others '
  'change as well does this first, as an import does.';

create function private.emit_events(organization_id bigint, facts private.event_input[])
returns void
language plpgsql volatile security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
declare v_fact private.event_input;
begin
  if coalesce(cardinality(emit_events.facts), 0) = 0 then
    return;
  end if;

  perform private.hold_event_counters(array[emit_events.organization_id]);

  begin
    perform private.write_events(emit_events.organization_id, emit_events.facts, false);
  exception
    -- These are about the transaction and not about the event; the caller repeats the transaction.
    when serialization_failure or deadlock_detected or lock_not_available then raise;
    when others then
      foreach v_fact in array emit_events.facts loop
        perform private.write_event_somehow(emit_events.organization_id, v_fact);
      end loop;
  end;
end;
$$;
comment on function private.emit_events(bigint, private.event_input[]) is
  'Writes the facts that were not yet written, numbered in the order given; one that cannot be written is counted.';

create function private.emit_event(
  organization_id bigint, type text, resource_type text, resource_id text, dedupe_key text, data jsonb
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.emit_events(
    emit_event.organization_id,
    array[row(emit_event.type, emit_event.resource_type, emit_event.resource_id, emit_event.dedupe_key,
      emit_event.data)::private.event_input]);
end;
$$;
comment on function private.emit_event(bigint, text, text, text, text, jsonb) is 'Writes one fact, once.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('private.refused_events', 'delete', '90 days',
    'delete from private.refused_events where ctid = any (array(select old.ctid from private.refused_events as old '
    'where old.last_refused_at < $1 limit $2))',
    'The doctor shows what was refused in the last days.'),
  ('public.events', 'keep', null, null, 'Indefinite: consumers may ask for every number they missed.');

create function private.check_refused_events(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select refused.organization_id, 'alert', 'event_refused', 'event', refused.type, refused.last_refused_at,
    format('%s events of the type %s could not be written (error %s), the last about %s.', refused.refusals,
      refused.type, refused.reason, refused.last_resource),
    'What the event reports is done; only consumers do not know. Report the type and the error to whoever maintains '
    'PayD.',
    null::text, null::timestamptz, null::text
  from private.refused_events as refused
  where refused.last_refused_at > now() - interval '30 days'
    and (check_refused_events.organization_id is null
      or refused.organization_id = check_refused_events.organization_id);
$$;
comment on function private.check_refused_events(bigint) is
  'Events that could not be written.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_refused_events', 'Consumers do not know what was never told.');
