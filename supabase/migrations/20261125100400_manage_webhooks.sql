-- migration: managing webhook subscriptions
-- Admins create, change, pause, enable, rotate and delete subscriptions. A secret is shown once. What an organization
-- missed while a subscription was paused or disabled is sent when it is enabled again, slowly.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125000400, 20261125010000, 20261125010300, 20261125010500,
--   20261125020000, 20261125020100, 20261125020200, 20261125020250, 20261125020300, 20261125020400, 20261125030000,
--   20261125030100, 20261125100000, 20261125100050, 20261125100100, 20261125100150
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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
    'Use types such as payroll.completed, patterns such as payroll.*, or * for all; docs/webhooks.md lists the types.'),
  ('invalid_webhook_option', 422, 'The option %s of the webhook subscription is not valid: %s.',
    'Correct the option; docs/webhooks.md lists them all.'),
  ('webhook_subscription_not_found', 404,
    'There is no webhook subscription with this id in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('webhook_subscription_deleted', 409, 'The webhook subscription %s was deleted.', 'Create a new one.'),
  ('webhook_subscription_unverified', 409, 'The address of the webhook subscription %s is not verified.',
    'Let the address answer the challenge, then it is enabled by itself.'),
  ('too_many_webhook_subscriptions', 409,
    'An organization can have at most 20 webhook subscriptions.',
    'Delete one that is no longer needed.'),
  ('too_many_webhook_secrets', 409,
    'The webhook subscription %s has 5 valid secrets already.',
    'Wait until one of the older ones expires, or rotate with an overlap of 0.'),
  ('invalid_overlap', 422, 'The overlap of secrets is from 0 seconds to 7 days.',
    'Give a number of seconds from 0 to 604800.');

create function private.checked_event_patterns(events text[])
returns text[]
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_events text[] := coalesce(checked_event_patterns.events, array['*']);
  v_problem text;
begin
  if cardinality(v_events) not between 1 and 50 then
    perform private.refuse('invalid_event_pattern', 'The list of events');
  end if;

  -- A pattern that names nothing is a typing mistake, which would otherwise show only as events that never come.
  select pattern into v_problem
  from unnest(v_events) as pattern
  where pattern is null
    or length(pattern) > 100
    or not exists (
      select from private.event_types as known where pattern = any (private.event_patterns(known.type)))
  limit 1;

  if found then
    perform private.refuse('invalid_event_pattern', private.quotable(v_problem, 100));
  end if;

  return v_events;
end;
$$;
comment on function private.checked_event_patterns(text[]) is
  'The patterns, all where none are given; refuses one that names no type of the catalogue.';

create function private.webhook_headers_problem(headers jsonb)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when jsonb_typeof(webhook_headers_problem.headers) <> 'object' then 'headers are an object of names and texts'
    when octet_length(webhook_headers_problem.headers::text) > 4096 then 'headers have more than 4096 bytes'
    when (select count(*) from jsonb_object_keys(webhook_headers_problem.headers)) > 10 then 'there are more than 10'
    else (
      select case
        when header.key !~ '^(authorization|x-[a-z0-9-]{1,60})$'
          or header.key ~ '^x-(forwarded|real|original|rewrite|http|method|supabase|payd|amz|cluster|envoy|client)'
          then 'only authorization and names that begin with x- can be set, in lower case'
        when jsonb_typeof(header.value) <> 'string' or header.value #>> '{}' !~ '^[ -~]+$'
          or length(header.value #>> '{}') > 1000 or btrim(header.value #>> '{}') <> header.value #>> '{}'
          then 'a value is 1 to 1000 printable characters'
      end
      from jsonb_each(webhook_headers_problem.headers) as header
      order by 1 nulls last
      limit 1)
  end;
$$;
comment on function private.webhook_headers_problem(jsonb) is 'Why these headers cannot be sent, or null.';

create function private.refuse_webhook_options(options jsonb, known text[])
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_name text;
  v_value jsonb;
  v_problem text;
begin
  if jsonb_typeof(refuse_webhook_options.options) is distinct from 'object'
    or octet_length(refuse_webhook_options.options::text) > 16384 then
    perform private.refuse('invalid_webhook_option', 'list', 'it is an object of at most 16384 bytes');
  end if;

  for v_name, v_value in select option.key, option.value from jsonb_each(refuse_webhook_options.options) as option loop
    v_problem := case
      when v_name <> all (refuse_webhook_options.known) then 'it is not known'
      when v_value = 'null' and v_name not in ('filter', 'max_per_second', 'description', 'retry_seconds')
        then 'it cannot be empty'
      when v_value = 'null' then null
      when v_name in ('url', 'description', 'signature') and jsonb_typeof(v_value) <> 'string' then 'it is a text'
      when v_name in ('is_ordered', 'challenge') and jsonb_typeof(v_value) <> 'boolean' then 'it is true or false'
      when v_name = 'signature' and v_value #>> '{}' not in ('v1', 'v1a', 'v1 v1a') then 'it is v1, v1a or v1 v1a'
      when v_name = 'timeout_ms' and (v_value::text !~ '^[0-9]{4,5}$' or v_value::text::integer
        not between 1000 and 30000) then 'it is a number from 1000 to 30000'
      when v_name = 'max_per_second' and (v_value::text !~ '^[0-9]{1,4}$' or v_value::text::integer
        not between 1 and 1000) then 'it is a number from 1 to 1000'
      when v_name = 'log_days' and (v_value::text !~ '^[0-9]{1,2}$' or v_value::text::integer not between 1 and 90)
        then 'it is a number from 1 to 90'
      when v_name = 'retry_seconds' and (jsonb_typeof(v_value) <> 'array' or jsonb_array_length(v_value) > 15
        or exists (select from jsonb_array_elements(v_value) as wait where wait::text !~ '^[1-9][0-9]{0,4}$'
          or wait::text::integer > 86400)) then 'it is a list of at most 15 numbers from 1 to 86400'
      when v_name = 'filter' and (jsonb_typeof(v_value) <> 'object' or octet_length(v_value::text) > 4096)
        then 'it is an object of at most 4096 bytes'
      when v_name = 'events' and jsonb_typeof(v_value) <> 'array' then 'it is a list of texts'
      when v_name = 'headers' then private.webhook_headers_problem(v_value)
    end;

    if v_problem is not null then
      perform private.refuse('invalid_webhook_option', private.quotable(v_name, 40), v_problem);
    end if;
  end loop;

  if private.json_holds_secret_key(refuse_webhook_options.options) then
    perform private.refuse('secret_key_refused', 'The list of options');
  end if;
end;
$$;
comment on function private.refuse_webhook_options(jsonb, text[]) is
  'Refuses options that are unknown or malformed, and says which.';

create function private.checked_webhook_url(url text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_url text := private.required_text('The address', checked_webhook_url.url, 2000);
  v_problem text := private.webhook_url_problem(v_url);
begin
  if v_problem is not null then
    perform private.refuse('invalid_webhook_url', v_problem);
  end if;

  return v_url;
end;
$$;
comment on function private.checked_webhook_url(text) is 'The address; refuses one that webhooks cannot be sent to.';

create function private.add_webhook_secret(subscription public.webhook_subscriptions, kind text)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_key bytea := extensions.gen_random_bytes(32);
begin
  insert into private.webhook_secrets (organization_id, subscription_id, kind, signing_key)
  values ((subscription).organization_id, (subscription).id, add_webhook_secret.kind, v_key);

  -- The other half of a v1a key is public, and consumers verify with it.
  if add_webhook_secret.kind = 'v1a' then
    return 'whpk_' || encode(private.ed25519_public_key(v_key), 'base64');
  end if;

  return 'whsec_' || encode(v_key, 'base64');
end;
$$;
comment on function private.add_webhook_secret(public.webhook_subscriptions, text) is
  'Makes a signing key and answers what its consumer needs: the secret, or the public half.';

create function private.create_webhook_subscription(url text, events text[], idempotency_key text, options jsonb)
returns setof public.webhook_subscription_with_secret
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_url text := private.checked_webhook_url(create_webhook_subscription.url);
  v_events text[] := private.checked_event_patterns(create_webhook_subscription.events);
  v_options jsonb := coalesce(create_webhook_subscription.options, '{}');
  v_signature text;
  v_first_id text;
  v_secret text;
  v_subscription public.webhook_subscriptions;
begin
  perform private.refuse_webhook_options(v_options, '{filter,description,is_ordered,signature,headers,timeout_ms,'
    'max_per_second,retry_seconds,log_days,challenge}');
  v_signature := coalesce(v_options ->> 'signature', 'v1');

  v_first_id := private.claim_idempotency_key('create_webhook_subscription',
    create_webhook_subscription.idempotency_key,
    jsonb_build_array(v_admin.organization_id, v_url, v_events, v_options));

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

  insert into public.webhook_subscriptions (organization_id, url, events, filter, description, is_ordered, signature,
    header_names, timeout_ms, max_per_second, retry_seconds, log_days, is_active, inactive_reason)
  values (v_admin.organization_id, v_url, v_events, nullif(v_options -> 'filter', 'null'),
    v_options ->> 'description', coalesce((v_options ->> 'is_ordered')::boolean, false), v_signature,
    private.header_names(v_options -> 'headers'), coalesce((v_options ->> 'timeout_ms')::integer, 15000),
    (v_options ->> 'max_per_second')::integer, private.webhook_schedule(v_options -> 'retry_seconds'),
    coalesce((v_options ->> 'log_days')::integer, 90), not coalesce((v_options ->> 'challenge')::boolean, false),
    case when (v_options ->> 'challenge')::boolean then 'unverified' end)
  returning * into v_subscription;

  update private.webhook_endpoints as endpoint
  set headers = coalesce(v_options -> 'headers', '{}'),
      challenge = case when v_subscription.inactive_reason = 'unverified'
        then encode(extensions.gen_random_bytes(16), 'hex') end
  where endpoint.id = v_subscription.endpoint_id;

  -- The secret is for v1; a consumer that verifies v1a only needs the public half, which is no secret.
  v_secret := private.add_webhook_secret(v_subscription, 'v1');
  if v_signature <> 'v1' then
    update public.webhook_subscriptions as subscription
    set public_key = private.add_webhook_secret(v_subscription, 'v1a')
    where subscription.id = v_subscription.id;
  end if;

  if v_subscription.inactive_reason = 'unverified' then
    perform private.emit_event(v_subscription.organization_id, 'webhook.challenge', 'webhook_subscription',
      v_subscription.id, 'webhook.challenge:' || v_subscription.id, jsonb_build_object('challenge', (
        select endpoint.challenge from private.webhook_endpoints as endpoint
        where endpoint.id = v_subscription.endpoint_id)));
  end if;

  perform private.keep_idempotent_result('create_webhook_subscription', create_webhook_subscription.idempotency_key,
    v_subscription.id);
  perform private.write_audit(v_admin.organization_id, 'webhook_subscription.created', 'webhook_subscription',
    v_subscription.id,
    jsonb_build_object('events', v_events));

  return next row(
    v_subscription.id, v_subscription.url, v_subscription.events, v_secret,
    v_subscription.is_active, v_subscription.created_at)::public.webhook_subscription_with_secret;
end;
$$;
grant execute on function private.create_webhook_subscription(text, text[], text, jsonb) to authenticated;

create function private.webhook_schedule(waits jsonb)
returns integer[]
language sql immutable security invoker
set search_path = ''
as $$
  select case when jsonb_typeof(webhook_schedule.waits) = 'array' then array(
    select wait::integer
    from jsonb_array_elements_text(webhook_schedule.waits) with ordinality as given (wait, number)
    order by number) end;
$$;
comment on function private.webhook_schedule(jsonb) is
  'The waits between attempts as numbers; null where none are given.';

create function private.header_names(headers jsonb)
returns text[]
language sql immutable security invoker
set search_path = ''
as $$
  select coalesce(array_agg(name order by name), '{}')
  from jsonb_object_keys(case when jsonb_typeof(header_names.headers) = 'object' then header_names.headers
    else '{}' end) as name;
$$;
comment on function private.header_names(jsonb) is 'The names of headers, without their values.';

create function public.create_webhook_subscription(
  url text, events text[] default array['*'], idempotency_key text default null, options jsonb default '{}'
)
returns setof public.webhook_subscription_with_secret
language sql volatile security invoker
set search_path = ''
as $$ select * from private.create_webhook_subscription(url, events, idempotency_key, options); $$;
comment on function public.create_webhook_subscription(text, text[], text, jsonb) is
  'Subscribes an address to events; the secret is shown only in this answer. Options: filter, description, is_ordered, '
  'signature, headers, timeout_ms, max_per_second, retry_seconds, log_days, challenge.';
revoke all on function public.create_webhook_subscription(text, text[], text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.create_webhook_subscription(text, text[], text, jsonb) to authenticated;

create function private.own_webhook_subscription(admin public.users, id text)
returns public.webhook_subscriptions
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_subscription public.webhook_subscriptions;
begin
  select subscription.* into v_subscription
  from public.webhook_subscriptions as subscription
  where subscription.id = own_webhook_subscription.id
    and subscription.organization_id = (admin).organization_id
  for no key update;

  if not found then
    perform private.refuse('webhook_subscription_not_found');
  end if;

  return v_subscription;
end;
$$;
comment on function private.own_webhook_subscription(public.users, text) is
  'The subscription, locked; refuses one of another organization like one that does not exist.';

create function private.update_webhook_subscription(id text, changes jsonb, version integer)
returns setof public.webhook_subscriptions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_changes jsonb := update_webhook_subscription.changes;
  v_subscription public.webhook_subscriptions := private.own_webhook_subscription(v_admin,
    update_webhook_subscription.id);
  v_was_ordered boolean := v_subscription.is_ordered;
begin
  if v_subscription.deleted_at is not null then
    perform private.refuse('webhook_subscription_deleted', v_subscription.id);
  end if;

  perform private.require_version(v_subscription.version, update_webhook_subscription.version);
  perform private.refuse_webhook_options(v_changes,
    '{url,events,filter,description,is_ordered,headers,timeout_ms,max_per_second,retry_seconds,log_days}');

  update public.webhook_subscriptions as subscription
  set url = case when v_changes ? 'url' then private.checked_webhook_url(v_changes ->> 'url')
        else subscription.url end,
      events = case when v_changes ? 'events' then private.checked_event_patterns(array(
        select jsonb_array_elements_text(v_changes -> 'events'))) else subscription.events end,
      filter = case when v_changes ? 'filter' then nullif(v_changes -> 'filter', 'null')
        else subscription.filter end,
      description = case when v_changes ? 'description' then v_changes ->> 'description'
        else subscription.description end,
      is_ordered = coalesce((v_changes ->> 'is_ordered')::boolean, subscription.is_ordered),
      timeout_ms = coalesce((v_changes ->> 'timeout_ms')::integer, subscription.timeout_ms),
      max_per_second = case when v_changes ? 'max_per_second' then (v_changes ->> 'max_per_second')::integer
        else subscription.max_per_second end,
      retry_seconds = case when v_changes ? 'retry_seconds' then private.webhook_schedule(v_changes -> 'retry_seconds')
        else subscription.retry_seconds end,
      log_days = coalesce((v_changes ->> 'log_days')::integer, subscription.log_days),
      header_names = case when v_changes ? 'headers' then private.header_names(v_changes -> 'headers')
        else subscription.header_names end
  where subscription.id = v_subscription.id
  returning subscription.* into v_subscription;

  if v_subscription.is_ordered <> v_was_ordered then
    perform private.forget_order(v_subscription.endpoint_id);
  end if;

  -- Another address or other headers may work where the old ones failed.
  update private.webhook_endpoints as endpoint
  set headers = case when v_changes ? 'headers' then v_changes -> 'headers' else endpoint.headers end,
      open_until = null
  where endpoint.id = v_subscription.endpoint_id
    and (v_changes ? 'headers' or v_changes ? 'url');

  perform private.write_audit(v_admin.organization_id, 'webhook_subscription.updated', 'webhook_subscription',
    v_subscription.id, jsonb_build_object('fields', (
      select jsonb_agg(field order by field) from jsonb_object_keys(v_changes) as field)));

  return next v_subscription;
end;
$$;
grant execute on function private.update_webhook_subscription(text, jsonb, integer) to authenticated;

create function public.update_webhook_subscription(id text, changes jsonb, version integer)
returns setof public.webhook_subscriptions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.update_webhook_subscription(id, changes, version); $$;
comment on function public.update_webhook_subscription(text, jsonb, integer) is
  'Changes a subscription: url, events, filter, description, is_ordered, headers, timeout_ms, max_per_second, '
  'retry_seconds, log_days.';
revoke all on function public.update_webhook_subscription(text, jsonb, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.update_webhook_subscription(text, jsonb, integer) to authenticated;

create function private.pause_webhook_subscription(id text)
returns setof public.webhook_subscriptions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.own_webhook_subscription(v_admin,
    pause_webhook_subscription.id);
begin
  -- Pausing what is inactive already changes nothing, and its reason stays.
  if v_subscription.is_active then
    update public.webhook_subscriptions as subscription
    set is_active = false, inactive_reason = 'paused'
    where subscription.id = v_subscription.id
    returning subscription.* into v_subscription;

    perform private.write_audit(v_admin.organization_id, 'webhook_subscription.paused', 'webhook_subscription',
      v_subscription.id, null);
  end if;

  return next v_subscription;
end;
$$;
grant execute on function private.pause_webhook_subscription(text) to authenticated;

create function public.pause_webhook_subscription(id text)
returns setof public.webhook_subscriptions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.pause_webhook_subscription(id); $$;
comment on function public.pause_webhook_subscription(text) is
  'Stops sending to a subscription until it is enabled; what happens meanwhile is sent then.';
revoke all on function public.pause_webhook_subscription(text) from public, anon, authenticated, service_role;
grant execute on function public.pause_webhook_subscription(text) to authenticated;

create function private.enable_webhook_subscription(id text, send_missed boolean)
returns setof public.webhook_subscriptions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.own_webhook_subscription(v_admin,
    enable_webhook_subscription.id);
  v_resume_after bigint;
begin
  if v_subscription.deleted_at is not null then
    perform private.refuse('webhook_subscription_deleted', v_subscription.id);
  end if;

  if v_subscription.inactive_reason = 'unverified' then
    perform private.refuse('webhook_subscription_unverified', v_subscription.id);
  end if;

  if not v_subscription.is_active then
    update public.webhook_subscriptions as subscription
    set is_active = true, inactive_reason = null, failing_since = null
    where subscription.id = v_subscription.id
    returning subscription.* into v_subscription;

    select endpoint.resume_after into v_resume_after
    from private.webhook_endpoints as endpoint
    where endpoint.id = v_subscription.endpoint_id;

    -- One delivery shows whether it works; every success lets more follow.
    update private.webhook_endpoints as endpoint
    set failures = 0, open_until = null, last_notice = 0, batch_limit = 1, resume_after = null
    where endpoint.id = v_subscription.endpoint_id;

    if coalesce(enable_webhook_subscription.send_missed, true) and v_resume_after is not null then
      perform private.plan_webhook_replay(v_subscription, v_resume_after);
    end if;

    perform private.write_audit(v_admin.organization_id, 'webhook_subscription.enabled', 'webhook_subscription',
      v_subscription.id, null);
    perform private.emit_event(v_subscription.organization_id, 'webhook.enabled', 'webhook_subscription',
      v_subscription.id, 'webhook.enabled:' || v_subscription.id || ':' || v_subscription.version,
      jsonb_build_object('webhook_subscription_id', v_subscription.id, 'reason', 'enabled'));

    -- A number that nothing carries tells the receiver that there was something in between. Whoever writes events
    -- locks the counter first and then the number, and the event above has locked the counter.
    update private.webhook_numbers as known
    set last_number = known.last_number + 1
    where known.endpoint_id = v_subscription.endpoint_id
      and exists (
        select from private.event_counters as counter
        where counter.organization_id = v_subscription.organization_id
          and counter.last_sequence > v_resume_after + 1);

    perform private.ring('webhook-dispatch');
  end if;

  return next v_subscription;
end;
$$;
grant execute on function private.enable_webhook_subscription(text, boolean) to authenticated;

create function public.enable_webhook_subscription(id text, send_missed boolean default true)
returns setof public.webhook_subscriptions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.enable_webhook_subscription(id, send_missed); $$;
comment on function public.enable_webhook_subscription(text, boolean) is
  'Sends to a subscription again that was paused, gone or disabled, and what it missed unless it is not wanted.';
revoke all on function public.enable_webhook_subscription(text, boolean) from public, anon, authenticated, service_role;
grant execute on function public.enable_webhook_subscription(text, boolean) to authenticated;

create function private.rotate_webhook_secret(id text, overlap_seconds integer, idempotency_key text)
returns setof public.webhook_subscription_with_secret
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.own_webhook_subscription(v_admin, rotate_webhook_secret.id);
  v_secret text;
  v_public_key text;
begin
  if v_subscription.deleted_at is not null then
    perform private.refuse('webhook_subscription_deleted', v_subscription.id);
  end if;

  if rotate_webhook_secret.overlap_seconds is null
    or rotate_webhook_secret.overlap_seconds not between 0 and 604800 then
    perform private.refuse('invalid_overlap');
  end if;

  perform private.count_use('webhook_requests_per_person_and_hour', v_admin);

  if private.claim_idempotency_key('rotate_webhook_secret', rotate_webhook_secret.idempotency_key,
    jsonb_build_array(v_subscription.id, rotate_webhook_secret.overlap_seconds)) is null then
    update private.webhook_secrets as secret
    set expires_at = least(secret.expires_at, now() + make_interval(secs => rotate_webhook_secret.overlap_seconds))
    where secret.organization_id = v_subscription.organization_id
      and secret.subscription_id = v_subscription.id
      and (secret.expires_at is null or secret.expires_at > now());

    if (select count(*) from private.webhook_secrets as secret
        where secret.organization_id = v_subscription.organization_id
          and secret.subscription_id = v_subscription.id
          and secret.kind = 'v1'
          and secret.expires_at > now()) >= 5 then
      perform private.refuse('too_many_webhook_secrets', v_subscription.id);
    end if;

    v_secret := private.add_webhook_secret(v_subscription, 'v1');
    if v_subscription.signature <> 'v1' then
      v_public_key := private.add_webhook_secret(v_subscription, 'v1a');
      update public.webhook_subscriptions as subscription
      set public_key = v_public_key
      where subscription.id = v_subscription.id;
    end if;

    perform private.keep_idempotent_result('rotate_webhook_secret', rotate_webhook_secret.idempotency_key,
      v_subscription.id);
    perform private.write_audit(v_admin.organization_id, 'webhook_subscription.secret_rotated',
      'webhook_subscription', v_subscription.id,
      jsonb_build_object('overlap_seconds', rotate_webhook_secret.overlap_seconds));
  end if;

  return next row(v_subscription.id, v_subscription.url, v_subscription.events, v_secret, v_subscription.is_active,
    v_subscription.created_at)::public.webhook_subscription_with_secret;
end;
$$;
grant execute on function private.rotate_webhook_secret(text, integer, text) to authenticated;

create function public.rotate_webhook_secret(
  id text, overlap_seconds integer default 86400, idempotency_key text default null
)
returns setof public.webhook_subscription_with_secret
language sql volatile security invoker
set search_path = ''
as $$ select * from private.rotate_webhook_secret(id, overlap_seconds, idempotency_key); $$;
comment on function public.rotate_webhook_secret(text, integer, text) is
  'Makes a new secret, shown only in this answer; the old ones sign as well until the overlap has passed.';
revoke all on function public.rotate_webhook_secret(text, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.rotate_webhook_secret(text, integer, text) to authenticated;

create function private.delete_webhook_subscription(id text)
returns setof public.webhook_subscriptions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.own_webhook_subscription(v_admin,
    delete_webhook_subscription.id);
begin
  if v_subscription.deleted_at is null then
    update public.webhook_subscriptions as subscription
    set is_active = false, inactive_reason = null, deleted_at = now()
    where subscription.id = v_subscription.id
    returning subscription.* into v_subscription;

    -- Keys and headers go at once; what waits is cleared away by the scheduled job.
    delete from private.webhook_secrets as secret
    where secret.organization_id = v_admin.organization_id
      and secret.subscription_id = v_subscription.id;
    update private.webhook_endpoints as endpoint
    set headers = '{}', challenge = null
    where endpoint.id = v_subscription.endpoint_id;

    perform private.write_audit(v_admin.organization_id, 'webhook_subscription.deleted', 'webhook_subscription',
      v_subscription.id, null);
  end if;

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
