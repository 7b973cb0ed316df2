-- migration: events, the transactional outbox
-- What the outside must know is written in the transaction that changes the tables: if one is there, so is the other.
-- The body is kept as the exact text that is signed and sent. Each organization's events are numbered without gaps, so
-- that a consumer can see what it missed; the dedupe key makes every fact one event, however often it is reported.
-- author: PayD | date: 2026-11-25
-- tables: private.event_counters, private.retention_rules, public.events
-- depends: 20261125000000, 20261125000600, 20261125000800, 20261125020000, 20261125020200
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
  constraint events_id_is_unique_in_organization unique (organization_id, id),
  constraint events_sequence_is_unique_in_organization unique (organization_id, sequence),
  constraint events_dedupe_key_is_unique_in_organization unique (organization_id, dedupe_key),
  constraint events_event_id_is_unique unique (event_id),
  constraint events_type_is_a_dotted_name check (type ~ '^[a-z_]+(\.[a-z_]+)+$'),
  constraint events_body_is_at_most_20_kilobytes check (octet_length(body) <= 20480)
);
comment on table public.events is 'The outbox: every fact that webhooks and apps hear of, once, in order.';
comment on column public.events.body is 'The exact text that webhooks carry: {"type", "timestamp", "data"}.';

create index events_organization_id_resource_idx on public.events (organization_id, resource_type, resource_id);
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

create function private.emit_events(organization_id bigint, facts private.event_input[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_last_sequence bigint;
begin
  if coalesce(cardinality(emit_events.facts), 0) = 0 then
    return;
  end if;

  -- The counter is the lock: one writer of an organization's events at a time, so that numbers have no gaps.
  insert into private.event_counters (organization_id)
  values (emit_events.organization_id)
  on conflict do nothing;

  select counter.last_sequence into v_last_sequence
  from private.event_counters as counter
  where counter.organization_id = emit_events.organization_id
  for update;

  with fresh as (
    select fact.*, row_number() over (order by fact.ordinality) as number
    from (
      select distinct on (given.dedupe_key) given.*
      from unnest(emit_events.facts) with ordinality as given (type, resource_type, resource_id, dedupe_key, data,
        ordinality)
      where not exists (
        select from public.events as event
        where event.organization_id = emit_events.organization_id
          and event.dedupe_key = given.dedupe_key)
      order by given.dedupe_key, given.ordinality
    ) as fact
  ),
  written as (
    insert into public.events (organization_id, sequence, event_id, type, body, resource_type, resource_id, dedupe_key)
    select
      emit_events.organization_id,
      v_last_sequence + fresh.number,
      'evt_' || replace(gen_random_uuid()::text, '-', ''),
      fresh.type,
      format('{"type":%s,"timestamp":%s,"data":%s}',
        to_json(fresh.type),
        to_json(to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
        fresh.data),
      fresh.resource_type,
      fresh.resource_id,
      fresh.dedupe_key
    from fresh
    order by fresh.number
    returning sequence
  )
  update private.event_counters as counter
  set last_sequence = v_last_sequence + (select count(*) from written)
  where counter.organization_id = emit_events.organization_id;
end;
$$;
comment on function private.emit_events(bigint, private.event_input[]) is
  'Writes the facts that were not yet written, numbered in the order given.';

create function private.emit_event(
  organization_id bigint, type text, resource_type text, resource_id text, dedupe_key text, data jsonb
)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select private.emit_events(
    emit_event.organization_id,
    array[row(emit_event.type, emit_event.resource_type, emit_event.resource_id, emit_event.dedupe_key,
      emit_event.data)::private.event_input]);
$$;
comment on function private.emit_event(bigint, text, text, text, text, jsonb) is 'Writes one fact, once.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.events', 'keep', null, null, 'Indefinite: consumers may ask for every number they missed.');
