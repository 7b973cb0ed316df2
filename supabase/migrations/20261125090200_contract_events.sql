-- migration: events of contracts
-- What the contracts of the platform emitted, each event once: the RPC server's event id decides, however often a page
-- is read. Events that concern one organization are shown to its members only, the others to every member. Rows are
-- only ever added. What a contract says is not ours to refuse, or one event would stop all later ones: a secret key in
-- it is replaced.
-- author: PayD | date: 2026-11-25
-- tables: archive.contract_events, private.error_codes, private.retention_exemptions, private.retention_rules,
--   public.contract_events
-- depends: 20261125000000, 20261125000100, 20261125000600, 20261125000800, 20261125010100, 20261125010300,
--   20261125010400, 20261125020000, 20261125020200, 20261125090000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.contract_events (
  id bigint generated always as identity primary key,
  event_id text not null,
  organization_id bigint references public.organizations (id),
  contract_id text not null references public.contract_registry (contract_id),
  event_type text not null,
  category text,
  data jsonb not null,
  tx_hash text not null,
  ledger_sequence bigint not null,
  created_at timestamptz not null default now(),
  constraint contract_events_event_id_is_unique unique (event_id),
  constraint contract_events_event_id_has_the_form_of_the_rpc_server check (event_id ~ '^[0-9]{19}-[0-9]{10}$'),
  constraint contract_events_event_type_has_1_to_100_characters check (length(event_type) between 1 and 100),
  constraint contract_events_category_has_1_to_50_characters check (length(category) between 1 and 50),
  constraint contract_events_data_is_at_most_64_kilobytes check (octet_length(data::text) <= 65536),
  constraint contract_events_tx_hash_is_a_hash check (tx_hash ~ '^[0-9a-f]{64}$'),
  constraint contract_events_ledger_sequence_is_positive check (ledger_sequence > 0)
);
comment on table public.contract_events is 'Events that registered contracts emitted, once each.';
comment on column public.contract_events.event_id is
  'The id that the RPC server gave the event; text, because it exceeds 2^53.';
comment on column public.contract_events.organization_id is 'The organization the event concerns, or empty for all.';
comment on column public.contract_events.created_at is 'When the ledger of the event closed.';

create index idx_contract_events_contract_id on public.contract_events (contract_id, created_at desc);
create index idx_contract_events_type on public.contract_events (event_type, created_at desc);
create index idx_contract_events_category on public.contract_events (category, created_at desc);
create index contract_events_organization_id_created_at_idx
  on public.contract_events (organization_id, created_at desc, id desc);
create index contract_events_created_at_brin on public.contract_events using brin (created_at);

create trigger contract_events_refuse_change
  before update or delete or truncate on public.contract_events
  for each statement execute function private.refuse_change();
alter table public.contract_events enable always trigger contract_events_refuse_change;

alter table public.contract_events enable row level security;
alter table public.contract_events force row level security;
revoke all on table public.contract_events from public, anon, authenticated, service_role;
revoke all on sequence public.contract_events_id_seq from public, anon, authenticated, service_role;
grant select on table public.contract_events to authenticated, service_role;

create policy "Members can read contract events that concern them"
  on public.contract_events for select to authenticated
  using (
    organization_id = (select private.organization_id())
    or (organization_id is null and (select private.organization_id()) is not null)
  );

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_contract_events', 422,
    'The contract events are not an array of 1 to 1000 objects.',
    'Send one object for each event, at most 1000 a call.'),
  ('invalid_contract_event', 422,
    'Event %s of the batch cannot be recorded: %s.',
    'Send the event as the RPC server reported it; nothing of the batch was written.');

create function private.contract_event_problem(event jsonb)
returns text
language sql stable security definer
set search_path = ''
as $$
  select case
    when coalesce(event ->> 'event_id', '') !~ '^[0-9]{19}-[0-9]{10}$' then 'its event_id is not one of an RPC server'
    when not private.is_strkey(event ->> 'contract_id', 'C') then 'its contract_id is not the address of a contract'
    when not exists (select from public.contract_registry as contract
      where contract.contract_id = event ->> 'contract_id') then 'its contract is not registered'
    when length(coalesce(event ->> 'event_type', '')) not between 1
      and 100 then 'its event_type does not have 1 to 100 characters'
    when length(event ->> 'category') not between 1 and 50 then 'its category does not have 1 to 50 characters'
    when event -> 'data' is null or octet_length((event -> 'data')::text) > 65536
      then 'its data is missing or larger than 64 kilobytes'
    when coalesce(event ->> 'tx_hash', '') !~ '^[0-9a-f]{64}$' then 'its tx_hash is not a transaction hash'
    when coalesce(event ->> 'ledger_sequence', '') !~ '^[1-9][0-9]{0,9}$'
      then 'its ledger_sequence is not a ledger number'
    when private.parse_instant(event ->> 'closed_at') is null then 'its closed_at is not a time with a zone'
    when event ->> 'organization_id' is not null and (
      event ->> 'organization_id' !~ '^[0-9]{1,18}$'
      or not exists (select from public.organizations as organization
        where organization.id::text = event ->> 'organization_id')
    ) then 'its organization does not exist'
  end;
$$;
comment on function private.contract_event_problem(jsonb) is 'Why the event cannot be recorded, or null.';

create function private.record_contract_events(events jsonb)
returns table (recorded integer, repeated integer)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_problem record;
  v_recorded integer;
begin
  if jsonb_typeof(record_contract_events.events) is distinct from 'array'
    or jsonb_array_length(record_contract_events.events) not between 1 and 1000
    or exists (select from jsonb_array_elements(record_contract_events.events) as element
      where jsonb_typeof(element) <> 'object') then
    perform private.refuse('invalid_contract_events');
  end if;

  select element.ordinality as number, problem.reason into v_problem
  from jsonb_array_elements(record_contract_events.events) with ordinality as element
  cross join lateral (select private.contract_event_problem(element.value) as reason) as problem
  where problem.reason is not null
  order by element.ordinality
  limit 1;

  if found then
    perform private.refuse('invalid_contract_event', v_problem.number::text, v_problem.reason);
  end if;

  -- One order for all writers, so that two of them never wait for each other in a circle.
  insert into public.contract_events
    (event_id, organization_id, contract_id, event_type, category, data, tx_hash, ledger_sequence, created_at)
  select distinct on (element.value ->> 'event_id')
    element.value ->> 'event_id', (element.value ->> 'organization_id')::bigint, element.value ->> 'contract_id',
    private.without_secret_key(element.value ->> 'event_type'), element.value ->> 'category',
    private.json_without_secret_key(element.value -> 'data'), element.value ->> 'tx_hash',
    (element.value ->> 'ledger_sequence')::bigint, private.parse_instant(element.value ->> 'closed_at')
  from jsonb_array_elements(record_contract_events.events) with ordinality as element
  order by element.value ->> 'event_id', element.ordinality
  on conflict on constraint contract_events_event_id_is_unique do nothing;

  get diagnostics v_recorded = row_count;

  return query
    select v_recorded, jsonb_array_length(record_contract_events.events) - v_recorded;
end;
$$;
grant execute on function private.record_contract_events(jsonb) to service_role;

create function public.record_contract_events(events jsonb)
returns table (recorded integer, repeated integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.record_contract_events(events); $$;
comment on function public.record_contract_events(jsonb) is
  'For workers: records what contracts emitted, each event once.';
revoke all on function public.record_contract_events(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.record_contract_events(jsonb) to service_role;

create table archive.contract_events (
  id bigint primary key,
  event_id text not null,
  organization_id bigint,
  contract_id text not null,
  event_type text not null,
  category text,
  data jsonb not null,
  tx_hash text not null,
  ledger_sequence bigint not null,
  created_at timestamptz not null,
  archived_at timestamptz not null default now()
);
comment on table archive.contract_events is 'Append-only: contract events of more than two years ago.';
create index contract_events_contract_id_created_at_idx on archive.contract_events (contract_id, created_at desc);

alter table archive.contract_events enable row level security;
alter table archive.contract_events force row level security;
revoke all on table archive.contract_events from public, anon, authenticated, service_role;

create trigger contract_events_refuse_change
  before update or delete or truncate on archive.contract_events
  for each statement execute function private.refuse_change();
alter table archive.contract_events enable always trigger contract_events_refuse_change;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.contract_events', 'archive', '2 years',
    'with moved as (delete from public.contract_events where ctid = any (array(select old.ctid from '
    'public.contract_events as old where old.created_at < $1 limit $2)) returning *) insert into '
    'archive.contract_events (id, event_id, organization_id, contract_id, event_type, category, data, tx_hash, '
    'ledger_sequence, created_at) select moved.id, moved.event_id, moved.organization_id, moved.contract_id, '
    'moved.event_type, moved.category, moved.data, moved.tx_hash, moved.ledger_sequence, moved.created_at from moved',
    'Old events are rarely read, but they are facts of the ledger.');

insert into private.retention_exemptions (table_name, procedure, statement, reason)
select rule.table_name, 'private.apply_retention(timestamp with time zone,integer,integer)', rule.statement, rule.reason
from private.retention_rules as rule
where rule.table_name = 'public.contract_events';
