-- migration: webhook subscriptions
-- Where an organization wants to hear of its events. The signing secret is made here, shown once and kept in schema
-- private, where no client role can read it; requests are signed in the database, so that it never leaves it.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.retention_rules, private.webhook_secrets, public.webhook_subscriptions
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000800, 20261125010000, 20261125010500,
--   20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125020400
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.webhook_subscriptions (
  id text primary key default ('whs_' || replace(gen_random_uuid()::text, '-', '')),
  organization_id bigint not null references public.organizations (id),
  url text not null,
  events text[] not null default array['*'],
  is_active boolean not null default true,
  timeout_ms integer not null default 15000,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint webhook_subscriptions_id_is_unique_in_organization unique (organization_id, id),
  constraint webhook_subscriptions_url_has_at_most_2000_characters check (length(url) <= 2000),
  constraint webhook_subscriptions_have_1_to_50_event_patterns check (cardinality(events) between 1 and 50),
  constraint webhook_subscriptions_timeout_is_1_to_30_seconds check (timeout_ms between 1000 and 30000),
  constraint webhook_subscriptions_deleted_ones_are_inactive check (deleted_at is null or not is_active)
);
comment on table public.webhook_subscriptions is 'Addresses that hear of an organization''s events.';
comment on column public.webhook_subscriptions.events is 'Event types, patterns such as payroll.* or * for all.';
create index idx_webhook_subscriptions_org on public.webhook_subscriptions (organization_id, created_at desc, id desc);
create index idx_webhook_subscriptions_active on public.webhook_subscriptions (organization_id, is_active);

create trigger webhook_subscriptions_touch_updated_at
  before update on public.webhook_subscriptions
  for each row execute function private.touch_updated_at();

alter table public.webhook_subscriptions enable row level security;
alter table public.webhook_subscriptions force row level security;
revoke all on table public.webhook_subscriptions from public, anon, authenticated, service_role;
grant select on table public.webhook_subscriptions to authenticated, service_role;

create policy "Managers can read the webhook subscriptions"
  on public.webhook_subscriptions for select to authenticated
  using (organization_id = (select private.organization_id_as('manager')));

create table private.webhook_secrets (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  subscription_id text not null,
  signing_key bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint webhook_secrets_subscription_belongs_to_the_organization
    foreign key (organization_id, subscription_id) references public.webhook_subscriptions (organization_id, id),
  constraint webhook_secrets_signing_key_has_24_to_64_bytes check (octet_length(signing_key) between 24 and 64)
);
comment on table private.webhook_secrets is 'Signing keys of the subscriptions; during a rotation there are several.';
create index webhook_secrets_subscription_id_idx on private.webhook_secrets (organization_id, subscription_id);
alter table private.webhook_secrets enable row level security;
alter table private.webhook_secrets force row level security;

create type public.webhook_subscription_with_secret as (
  id text,
  url text,
  events text[],
  secret text,
  is_active boolean,
  created_at timestamptz
);
comment on type public.webhook_subscription_with_secret is
  'A subscription with its signing secret, which is shown only once.';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_webhook_url', 422,
    'The address is not one that webhooks can be sent to: %s.',
    'Use an https address with a public host name, without user name or password.'),
  ('invalid_event_pattern', 422,
    '%s is not an event type or pattern.',
    'Use types such as payroll.completed, patterns such as payroll.*, or * for all.'),
  ('webhook_subscription_not_found', 404,
    'There is no webhook subscription with this id in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('too_many_webhook_subscriptions', 409,
    'An organization can have at most 20 webhook subscriptions.',
    'Delete one that is no longer needed.');

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

create function private.create_webhook_subscription(url text, events text[], idempotency_key text)
returns setof public.webhook_subscription_with_secret
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_url text := private.required_text('The address', create_webhook_subscription.url, 2000);
  v_events text[] := coalesce(create_webhook_subscription.events, array['*']);
  v_problem text := private.webhook_url_problem(v_url);
  v_key bytea := extensions.gen_random_bytes(32);
  v_first_id text;
  v_subscription public.webhook_subscriptions;
begin
  if v_problem is not null then
    perform private.refuse('invalid_webhook_url', v_problem);
  end if;

  select pattern into v_problem
  from unnest(v_events) as pattern
  where pattern is null or pattern !~ '^(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)$' or length(pattern) > 100
  limit 1;

  if found or cardinality(v_events) not between 1 and 50 then
    perform private.refuse('invalid_event_pattern', private.quotable(v_problem, 100));
  end if;

  v_first_id := private.claim_idempotency_key('create_webhook_subscription',
    create_webhook_subscription.idempotency_key,
    jsonb_build_array(v_admin.organization_id, v_url, v_events));

  -- A repeat returns the subscription without the secret, which is never shown again.
  if v_first_id is not null then
    return query
      select subscription.id, subscription.url, subscription.events, null::text, subscription.is_active,
      subscription.created_at
      from public.webhook_subscriptions as subscription
      where subscription.id = v_first_id;
    return;
  end if;

  perform from public.organizations as organization
  where organization.id = v_admin.organization_id
  for no key update;

  if (select count(*) from public.webhook_subscriptions as subscription
      where subscription.organization_id = v_admin.organization_id and subscription.deleted_at is null) >= 20 then
    perform private.refuse('too_many_webhook_subscriptions');
  end if;

  insert into public.webhook_subscriptions (organization_id, url, events)
  values (v_admin.organization_id, v_url, v_events)
  returning * into v_subscription;

  insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
  values (v_admin.organization_id, v_subscription.id, v_key);

  perform private.keep_idempotent_result('create_webhook_subscription', create_webhook_subscription.idempotency_key,
    v_subscription.id);
  perform private.write_audit(v_admin.organization_id, 'webhook_subscription.created', 'webhook_subscription',
    v_subscription.id,
    jsonb_build_object('events', v_events));

  return next row(
    v_subscription.id, v_subscription.url, v_subscription.events, 'whsec_' || encode(v_key, 'base64'),
    v_subscription.is_active, v_subscription.created_at)::public.webhook_subscription_with_secret;
end;
$$;
grant execute on function private.create_webhook_subscription(text, text[], text) to authenticated;

create function public.create_webhook_subscription(
  url text, events text[] default array['*'], idempotency_key text default null
)
returns setof public.webhook_subscription_with_secret
language sql volatile security invoker
set search_path = ''
as $$ select * from private.create_webhook_subscription(url, events, idempotency_key); $$;
comment on function public.create_webhook_subscription(text, text[], text) is
  'Subscribes an address to events; the secret is shown only in this answer.';
revoke all on function public.create_webhook_subscription(text, text[], text)
  from public, anon, authenticated, service_role;
grant execute on function public.create_webhook_subscription(text, text[], text) to authenticated;

create function private.delete_webhook_subscription(id text)
returns setof public.webhook_subscriptions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions;
begin
  update public.webhook_subscriptions as subscription
  set is_active = false, deleted_at = coalesce(subscription.deleted_at, now())
  where subscription.id = delete_webhook_subscription.id
    and subscription.organization_id = v_admin.organization_id
  returning subscription.* into v_subscription;

  if not found then
    perform private.refuse('webhook_subscription_not_found');
  end if;

  -- The keys go at once; deliveries that wait find no subscription to be sent to.
  delete from private.webhook_secrets as secret
  where secret.organization_id = v_admin.organization_id
    and secret.subscription_id = v_subscription.id;

  perform private.write_audit(v_admin.organization_id, 'webhook_subscription.deleted', 'webhook_subscription',
    v_subscription.id, null);

  return next v_subscription;
end;
$$;
grant execute on function private.delete_webhook_subscription(text) to authenticated;

create function public.delete_webhook_subscription(id text)
returns setof public.webhook_subscriptions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.delete_webhook_subscription(id); $$;
comment on function public.delete_webhook_subscription(text) is 'Ends a subscription; nothing more is sent to it.';
revoke all on function public.delete_webhook_subscription(text) from public, anon, authenticated, service_role;
grant execute on function public.delete_webhook_subscription(text) to authenticated;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.webhook_subscriptions', 'keep', null, null, 'Indefinite: rows are only marked as deleted.');
