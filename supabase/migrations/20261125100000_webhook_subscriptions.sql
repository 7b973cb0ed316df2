-- migration: webhook subscriptions
-- Where an organization wants to hear of its events. The signing secret is made here, shown once and kept in schema
-- private, where no client role can read it; requests are signed in the database, so that it never leaves it. What the
-- worker learns of an endpoint (that it hangs, how much it may get) stands in a row of its own.
-- author: PayD | date: 2026-11-25
-- tables: private.retention_rules, private.webhook_endpoints, private.webhook_secrets, public.webhook_subscriptions
-- depends: 20261125000000, 20261125000200, 20261125000800, 20261125010500, 20261125020000, 20261125020200,
--   20261125030000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore unique-blocks-deleted: the number of an endpoint is made by the database and never used again.
create table public.webhook_subscriptions (
  id text primary key default ('whs_' || replace(gen_random_uuid()::text, '-', '')),
  organization_id bigint not null references public.organizations (id),
  endpoint_id bigint generated always as identity,
  url text not null,
  events text[] not null default array['*'],
  filter jsonb,
  description text,
  is_active boolean not null default true,
  inactive_reason text,
  failing_since timestamptz,
  is_ordered boolean not null default false,
  signature text not null default 'v1',
  public_key text,
  header_names text[] not null default '{}',
  timeout_ms integer not null default 15000,
  max_per_second integer,
  retry_seconds integer[],
  log_days integer not null default 90,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint webhook_subscriptions_id_is_unique_in_organization unique (organization_id, id),
  constraint webhook_subscriptions_endpoint_id_is_unique unique (endpoint_id),
  constraint webhook_subscriptions_url_has_at_most_2000_characters check (length(url) <= 2000),
  constraint webhook_subscriptions_have_1_to_50_event_patterns check (cardinality(events) between 1 and 50),
  constraint webhook_subscriptions_filter_is_a_small_object
    check (jsonb_typeof(filter) = 'object' and octet_length(filter::text) <= 4096),
  constraint webhook_subscriptions_description_has_at_most_200_characters check (length(description) <= 200),
  constraint webhook_subscriptions_inactive_reason_is_known
    check (inactive_reason in ('paused', 'gone', 'failing', 'unverified')),
  constraint webhook_subscriptions_active_ones_have_no_reason_not_to_be
    check (not is_active or inactive_reason is null),
  constraint webhook_subscriptions_signature_is_known check (signature in ('v1', 'v1a', 'v1 v1a')),
  constraint webhook_subscriptions_timeout_is_1_to_30_seconds check (timeout_ms between 1000 and 30000),
  constraint webhook_subscriptions_rate_is_1_to_1000 check (max_per_second between 1 and 1000),
  constraint webhook_subscriptions_have_at_most_15_retries_each_within_a_day
    check (cardinality(retry_seconds) <= 15 and 1 <= all (retry_seconds) and 86400 >= all (retry_seconds)),
  constraint webhook_subscriptions_log_is_kept_1_to_90_days check (log_days between 1 and 90),
  constraint webhook_subscriptions_deleted_ones_are_inactive check (deleted_at is null or not is_active)
);
comment on table public.webhook_subscriptions is 'Addresses that hear of an organization''s events.';
comment on column public.webhook_subscriptions.events is 'Event types, patterns such as payroll.* or * for all.';
comment on column public.webhook_subscriptions.filter is
  'Only events whose data contains this, such as {"asset_code": "USDC"}; all where it is empty.';
comment on column public.webhook_subscriptions.inactive_reason is
  'Why nothing is sent: paused by a person, gone (the address answered 410), failing for days, or not yet verified.';
comment on column public.webhook_subscriptions.is_ordered is
  'Whether an event waits until the earlier ones of the same resource were delivered or given up.';
comment on column public.webhook_subscriptions.header_names is
  'The names of the headers that are sent as well; their values are not shown again.';
comment on column public.webhook_subscriptions.retry_seconds is
  'How long to wait before each further attempt; empty for the schedule of Standard Webhooks.';
comment on column public.webhook_subscriptions.log_days is
  'How long attempts to this address stay in the log.';
create index idx_webhook_subscriptions_org on public.webhook_subscriptions (organization_id, created_at desc, id desc);
create index idx_webhook_subscriptions_active on public.webhook_subscriptions (organization_id, is_active);

-- What a person changes or an answer ends is a new version; that an endpoint fails for a while is none.
create trigger webhook_subscriptions_touch_version
  before update of url, events, filter, description, is_active, is_ordered, header_names, timeout_ms, max_per_second,
    retry_seconds, log_days
  on public.webhook_subscriptions
  for each row execute function private.touch_version();

alter table public.webhook_subscriptions enable row level security;
alter table public.webhook_subscriptions force row level security;
revoke all on table public.webhook_subscriptions from public, anon, authenticated, service_role;
revoke all on sequence public.webhook_subscriptions_endpoint_id_seq from public, anon, authenticated, service_role;
grant select on table public.webhook_subscriptions to authenticated, service_role;

create policy "Managers can read the webhook subscriptions"
  on public.webhook_subscriptions for select to authenticated
  using (organization_id = (select private.organization_id_as('manager')));

create table private.webhook_endpoints (
  id bigint primary key,
  organization_id bigint not null,
  subscription_id text not null,
  headers jsonb not null default '{}',
  failures integer not null default 0,
  open_until timestamptz,
  batch_limit integer,
  tokens numeric,
  tokens_at timestamptz,
  last_notice integer not null default 0,
  trusted_from timestamptz not null default 'infinity',
  challenge text,
  resume_after bigint,
  logged_since timestamptz,
  constraint webhook_endpoints_subscription_belongs_to_the_organization
    foreign key (organization_id, subscription_id) references public.webhook_subscriptions (organization_id, id),
  constraint webhook_endpoints_subscription_is_unique unique (organization_id, subscription_id)
);
comment on table private.webhook_endpoints is
  'What the worker must know of a subscription; no client role can read it.';
comment on column private.webhook_endpoints.open_until is
  'After three failures in a row nothing is sent before this time, and then one delivery only.';
comment on column private.webhook_endpoints.batch_limit is
  'How many deliveries a claim may take after a failure; it grows with every success until it is empty again.';
comment on column private.webhook_endpoints.trusted_from is
  'From when its deliveries may take any place of a worker: from its first success, and from an hour after it last '
  'kept a worker waiting. Before that all such endpoints share a part of the places.';
comment on column private.webhook_endpoints.resume_after is
  'The last event of the organization when the subscription became inactive; what came later is sent when it is '
  'enabled.';
comment on column private.webhook_endpoints.logged_since is
  'What was delivered before this time is no longer in the log; empty while nothing was taken out of it early.';
alter table private.webhook_endpoints enable row level security;
alter table private.webhook_endpoints force row level security;

create function private.follow_subscription()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into private.webhook_endpoints (id, organization_id, subscription_id, resume_after)
    values (new.endpoint_id, new.organization_id, new.id, case when not new.is_active then coalesce((
      select counter.last_sequence from private.event_counters as counter
      where counter.organization_id = new.organization_id), 0) end);
  elsif old.is_active and not new.is_active then
    update private.webhook_endpoints as endpoint
    set resume_after = coalesce((
      select counter.last_sequence from private.event_counters as counter
      where counter.organization_id = new.organization_id), 0)
    where endpoint.id = new.endpoint_id;
  end if;

  return null;
end;
$$;
comment on function private.follow_subscription() is
  'Row trigger: an endpoint for every subscription, which remembers where it stopped.';

create trigger webhook_subscriptions_have_endpoints
  after insert or update on public.webhook_subscriptions
  for each row execute function private.follow_subscription();

create table private.webhook_secrets (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  subscription_id text not null,
  kind text not null default 'v1',
  signing_key bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint webhook_secrets_subscription_belongs_to_the_organization
    foreign key (organization_id, subscription_id) references public.webhook_subscriptions (organization_id, id),
  constraint webhook_secrets_kind_is_known check (kind in ('v1', 'v1a')),
  constraint webhook_secrets_signing_key_has_24_to_64_bytes check (octet_length(signing_key) between 24 and 64)
);
comment on table private.webhook_secrets is 'Signing keys of the subscriptions; during a rotation there are several.';
create index webhook_secrets_subscription_id_idx on private.webhook_secrets (organization_id, subscription_id);
alter table private.webhook_secrets enable row level security;
alter table private.webhook_secrets force row level security;

create function private.webhook_url_problem(url text)
returns text
language sql stable security definer
set search_path = ''
as $$
  select case
    when webhook_url_problem.url is null
      or length(webhook_url_problem.url) > 2000 then 'it is empty or longer than 2000 characters'
    when webhook_url_problem.url !~* '^https?://' then 'it does not start with https://'
    when webhook_url_problem.url ~* '^http://' and not settings.allow_http_webhooks then 'it is not https'
    when webhook_url_problem.url !~ '^[!-~]+$' then 'it has spaces or characters that must be encoded'
    when webhook_url_problem.url ~ '^[^/]*//[^/?#]*@' then 'it carries a user name or password'
    when webhook_url_problem.url !~*
      '^https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?(:[0-9]{1,5})?([/?#]|$)'
      then 'its host is not a name'
    -- Development stacks deliver to the machine they run on; elsewhere a bare number or local name is no public host.
    when not settings.allow_http_webhooks
      and webhook_url_problem.url !~* '^https://([a-z0-9-]+\.)+[a-z][a-z0-9-]+(:[0-9]{1,5})?([/?#]|$)'
      then 'its host is not a public name'
    when not settings.allow_http_webhooks
      and webhook_url_problem.url ~* '^https://([a-z0-9-]+\.)*(localhost|local|internal)(:[0-9]{1,5})?([/?#]|$)'
      then 'its host is not public'
  end
  from private.settings as settings;
$$;
comment on function private.webhook_url_problem(text) is
  'Why webhooks cannot be sent to the address, or null. The worker checks the addresses behind the name again when it '
  'dials.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.webhook_subscriptions', 'keep', null, null, 'Indefinite: rows are only marked as deleted.'),
  ('private.webhook_secrets', 'delete', '90 days',
    'delete from private.webhook_secrets where ctid = any (array(select old.ctid from private.webhook_secrets as old '
    'where old.expires_at < $1 limit $2))',
    'A key that has expired still proves what was sent while attempts are kept.');
