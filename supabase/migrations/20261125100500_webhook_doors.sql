-- migration: insight into webhooks and sending them again
-- What an admin can do about deliveries: test, resend one, recover what was given up, replay what is missing, pull the
-- events after a number, and reproduce an attempt byte by byte.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.limits
-- depends: 20261125000000, 20261125000100, 20261125000400, 20261125001200, 20261125020100, 20261125020200,
--   20261125020250, 20261125020300, 20261125020400, 20261125030000, 20261125100000, 20261125100050, 20261125100100,
--   20261125100150, 20261125100400
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('webhook_subscription_inactive', 409,
    'Nothing is sent to the webhook subscription %s.', 'Enable it first.'),
  ('event_not_found', 404, 'There is no event %s in your organization.', 'Use the id of a row of the table events.'),
  ('webhook_attempt_not_found', 404, 'There is no such attempt in your organization.',
    'Use id and event_id of a row of webhook_delivery_logs.'),
  ('too_many_test_webhooks', 429, 'The webhook subscription %s was tested 20 times in the last hour.',
    'Wait, or look at the delivery log.');

create function private.active_webhook_subscription(admin public.users, id text)
returns public.webhook_subscriptions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_subscription public.webhook_subscriptions := private.own_webhook_subscription(admin,
    active_webhook_subscription.id);
begin
  if not v_subscription.is_active then
    perform private.refuse('webhook_subscription_inactive', v_subscription.id);
  end if;

  perform private.count_use('webhook_requests_per_person_and_hour', admin);
  return v_subscription;
end;
$$;
comment on function private.active_webhook_subscription(public.users, text) is
  'The own subscription, locked, for one more thing to send; refuses one to which nothing is sent.';

create function private.send_test_webhook(subscription_id text, idempotency_key text)
returns setof public.events
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.active_webhook_subscription(v_admin,
    send_test_webhook.subscription_id);
  v_key text := coalesce(send_test_webhook.idempotency_key, gen_random_uuid()::text);
begin
  if private.claim_idempotency_key('send_test_webhook', send_test_webhook.idempotency_key,
    jsonb_build_array(v_subscription.id)) is null then
    if (select count(*) from public.events as event
        where event.organization_id = v_subscription.organization_id
          and event.resource_type = 'webhook_subscription'
          and event.resource_id = v_subscription.id
          and event.type = 'test.ping'
          and event.occurred_at > now() - interval '1 hour') >= 20 then
      perform private.refuse('too_many_test_webhooks', v_subscription.id);
    end if;

    perform private.emit_event(v_subscription.organization_id, 'test.ping', 'webhook_subscription', v_subscription.id,
      'test.ping:' || v_subscription.id || ':' || v_key, jsonb_build_object('message', 'This is a test.'));
    perform private.keep_idempotent_result('send_test_webhook', send_test_webhook.idempotency_key,
      v_subscription.id);
  end if;

  return query
    select event.* from public.events as event
    where event.organization_id = v_subscription.organization_id
      and event.resource_id = v_subscription.id
      and event.dedupe_key = 'test.ping:' || v_subscription.id || ':' || v_key;
end;
$$;
grant execute on function private.send_test_webhook(text, text) to authenticated;

create function public.send_test_webhook(subscription_id text, idempotency_key text default null)
returns setof public.events
language sql volatile security invoker
set search_path = ''
as $$ select * from private.send_test_webhook(subscription_id, idempotency_key); $$;
comment on function public.send_test_webhook(text, text) is
  'Sends the event test.ping to one subscription; webhook_delivery_logs shows what came of it.';
revoke all on function public.send_test_webhook(text, text) from public, anon, authenticated, service_role;
grant execute on function public.send_test_webhook(text, text) to authenticated;

create function private.resend_webhook(subscription_id text, event_id bigint, idempotency_key text)
returns setof public.events
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.active_webhook_subscription(v_admin,
    resend_webhook.subscription_id);
  v_event public.events;
begin
  select event.* into v_event
  from public.events as event
  where event.id = resend_webhook.event_id
    and event.organization_id = v_subscription.organization_id;

  if not found then
    perform private.refuse('event_not_found', coalesce(resend_webhook.event_id::text, 'without an id'));
  end if;

  if private.claim_idempotency_key('resend_webhook', resend_webhook.idempotency_key,
    jsonb_build_array(v_subscription.id, v_event.id)) is null then
    -- One that waits already is not sent twice.
    if private.is_webhook_missing(v_event.organization_id, v_subscription.endpoint_id, v_event.id)
      or exists (
        select from public.webhook_attempts as attempt
        where attempt.organization_id = v_event.organization_id
          and attempt.event_id = v_event.id
          and attempt.endpoint_id = v_subscription.endpoint_id
          and attempt.outcome = 'delivered') then
      perform private.queue_webhook(v_subscription, v_event);
      perform private.ring('webhook-dispatch');
    end if;

    perform private.keep_idempotent_result('resend_webhook', resend_webhook.idempotency_key, v_event.id::text);
    perform private.write_audit(v_admin.organization_id, 'webhook_subscription.event_resent', 'webhook_subscription',
      v_subscription.id, jsonb_build_object('event_id', v_event.id));
  end if;

  return next v_event;
end;
$$;
grant execute on function private.resend_webhook(text, bigint, text) to authenticated;

create function public.resend_webhook(subscription_id text, event_id bigint, idempotency_key text default null)
returns setof public.events
language sql volatile security invoker
set search_path = ''
as $$ select * from private.resend_webhook(subscription_id, event_id, idempotency_key); $$;
comment on function public.resend_webhook(text, bigint, text) is
  'Sends one event to one subscription again, with the same webhook-id, signed anew.';
revoke all on function public.resend_webhook(text, bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.resend_webhook(text, bigint, text) to authenticated;

create function private.recover_webhooks(subscription_id text, since timestamptz)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.active_webhook_subscription(v_admin,
    recover_webhooks.subscription_id);
  v_dead record;
  v_count integer := 0;
begin
  for v_dead in
    select event as event, dead.id
    from private.webhook_dead as dead
    join public.events as event on event.id = dead.event_id
    where dead.endpoint_id = v_subscription.endpoint_id
      and dead.dead_at >= coalesce(recover_webhooks.since, '-infinity')
    order by dead.event_id
    limit 10000
  loop
    perform private.queue_webhook(v_subscription, v_dead.event);
    v_count := v_count + 1;
  end loop;

  if v_count > 0 then
    perform private.write_audit(v_admin.organization_id, 'webhook_subscription.recovered', 'webhook_subscription',
      v_subscription.id, jsonb_build_object('events', v_count));
    perform private.ring('webhook-dispatch');
  end if;

  return v_count;
end;
$$;
grant execute on function private.recover_webhooks(text, timestamptz) to authenticated;

create function public.recover_webhooks(subscription_id text, since timestamptz default null)
returns integer
language sql volatile security invoker
set search_path = ''
as $$ select private.recover_webhooks(subscription_id, since); $$;
comment on function public.recover_webhooks(text, timestamptz) is
  'Sends what was given up since then again, at most 10000 events a call; answers how many.';
revoke all on function public.recover_webhooks(text, timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.recover_webhooks(text, timestamptz) to authenticated;

create function private.sequence_before(organization_id bigint, since timestamptz)
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_low bigint := 0;
  v_high bigint := coalesce((
    select counter.last_sequence from private.event_counters as counter
    where counter.organization_id = sequence_before.organization_id), 0);
  v_middle bigint;
begin
  -- Numbers have no gaps and grow with time, so halving finds the place in a few look-ups, however many there are.
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    if (select event.occurred_at from public.events as event
        where event.organization_id = sequence_before.organization_id and event.sequence = v_middle)
      < sequence_before.since then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;

  return v_low;
end;
$$;
comment on function private.sequence_before(bigint, timestamptz) is 'The number of the last event before that time.';

create function private.replay_missing_webhooks(subscription_id text, since timestamptz)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_subscription public.webhook_subscriptions := private.active_webhook_subscription(v_admin,
    replay_missing_webhooks.subscription_id);
  -- Attempts are kept for 90 days or less; what is older looks as if it had never been delivered.
  v_after bigint := private.sequence_before(v_subscription.organization_id,
    greatest(replay_missing_webhooks.since, now() - interval '89 days', (
      select endpoint.logged_since from private.webhook_endpoints as endpoint
      where endpoint.id = v_subscription.endpoint_id)));
begin
  perform private.plan_webhook_replay(v_subscription, v_after);
  perform private.write_audit(v_admin.organization_id, 'webhook_subscription.replayed', 'webhook_subscription',
    v_subscription.id, jsonb_build_object('after_sequence', v_after));
  perform private.ring('webhook-dispatch');

  return v_after;
end;
$$;
grant execute on function private.replay_missing_webhooks(text, timestamptz) to authenticated;

create function public.replay_missing_webhooks(subscription_id text, since timestamptz)
returns bigint
language sql volatile security invoker
set search_path = ''
as $$ select private.replay_missing_webhooks(subscription_id, since); $$;
comment on function public.replay_missing_webhooks(text, timestamptz) is
  'Sends every event since then that was never delivered to the subscription; answers the number after which it looks.';
revoke all on function public.replay_missing_webhooks(text, timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.replay_missing_webhooks(text, timestamptz) to authenticated;

create function private.pull_webhook_events(subscription_id text, after bigint, max_events integer)
returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_subscription public.webhook_subscriptions;
  v_after bigint := greatest(coalesce(pull_webhook_events.after, 0), 0);
  v_until bigint;
  v_answer json;
begin
  select subscription.* into v_subscription
  from public.webhook_subscriptions as subscription
  where subscription.id = pull_webhook_events.subscription_id
    and subscription.organization_id = v_member.organization_id
    and subscription.deleted_at is null;

  if not found then
    perform private.refuse('webhook_subscription_not_found');
  end if;

  -- A call looks at so many events at most, wanted or not; next says where the following one begins.
  v_until := least(v_after + 2000, coalesce((
    select counter.last_sequence from private.event_counters as counter
    where counter.organization_id = v_member.organization_id), 0));

  with wanted as (
    select event.sequence, event.event_id, event.body
    from public.events as event
    where event.organization_id = v_member.organization_id
      and event.sequence > v_after
      and event.sequence <= v_until
      and private.subscription_wants(v_subscription, event)
    order by event.sequence
    limit least(greatest(coalesce(pull_webhook_events.max_events, 100), 1), 500)
  ),
  page as (
    select count(*) as count, max(wanted.sequence) as last,
      json_agg(json_build_object('webhook_id', wanted.event_id, 'sequence', wanted.sequence, 'body', wanted.body)
        order by wanted.sequence) as events
    from wanted
  )
  select json_build_object(
    'events', coalesce(page.events, '[]'),
    'next', case when page.count = least(greatest(coalesce(pull_webhook_events.max_events, 100), 1), 500)
      then page.last else greatest(v_until, v_after) end,
    'is_complete', page.count < least(greatest(coalesce(pull_webhook_events.max_events, 100), 1), 500)
      and v_until < v_after + 2000)
  into v_answer
  from page;

  return v_answer;
end;
$$;
grant execute on function private.pull_webhook_events(text, bigint, integer) to authenticated;

create function public.pull_webhook_events(subscription_id text, after bigint default 0, max_events integer default 100)
returns json
language sql stable security invoker
set search_path = ''
as $$ select private.pull_webhook_events(subscription_id, after, max_events); $$;
comment on function public.pull_webhook_events(text, bigint, integer) is
  'The events of a subscription after a number, with the number to go on after; ask until is_complete.';
revoke all on function public.pull_webhook_events(text, bigint, integer) from public, anon, authenticated, service_role;
grant execute on function public.pull_webhook_events(text, bigint, integer) to authenticated;

create function private.reproduce_webhook(event_id bigint, attempt_id bigint)
returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_attempt public.webhook_attempts;
  v_subscription public.webhook_subscriptions;
  v_event public.events;
  v_message bytea;
  v_signature text;
begin
  select attempt.* into v_attempt
  from public.webhook_attempts as attempt
  where attempt.organization_id = v_admin.organization_id
    and attempt.event_id = reproduce_webhook.event_id
    and attempt.id = reproduce_webhook.attempt_id
    and attempt.signed_at is not null;

  if not found then
    perform private.refuse('webhook_attempt_not_found');
  end if;

  select subscription.* into v_subscription
  from public.webhook_subscriptions as subscription
  where subscription.endpoint_id = v_attempt.endpoint_id;

  select event.* into v_event from public.events as event where event.id = v_attempt.event_id;
  v_message := convert_to(v_event.event_id || '.' || v_attempt.signed_at || '.' || v_event.body, 'UTF8');

  -- The keys that were valid then, newest first, v1 before v1a, as the worker writes them.
  select string_agg(token.text, ' ' order by token.kind, token.id desc) into v_signature
  from (
    select secret.id, secret.kind, secret.kind || ',' || encode(case secret.kind
      when 'v1' then extensions.hmac(v_message, secret.signing_key, 'sha256')
      else private.ed25519_sign(secret.signing_key, v_message) end, 'base64') as text
    from private.webhook_secrets as secret
    where secret.organization_id = v_subscription.organization_id
      and secret.subscription_id = v_subscription.id
      and secret.kind = any (string_to_array(v_subscription.signature, ' '))
      and date_trunc('second', secret.created_at) <= to_timestamp(v_attempt.signed_at)
      and (secret.expires_at is null or secret.expires_at > to_timestamp(v_attempt.signed_at))
  ) as token;

  return json_build_object(
    'url', v_subscription.url,
    'headers', json_strip_nulls(json_build_object(
      'content-type', 'application/json',
      'user-agent', 'PayD-Webhooks/1',
      'webhook-id', v_event.event_id,
      'webhook-timestamp', v_attempt.signed_at::text,
      'webhook-signature', replace(coalesce(v_signature, ''), E'\n', ''),
      'webhook-sequence', v_event.sequence::text,
      'webhook-number', v_attempt.delivery_number::text)),
    'body', v_event.body);
end;
$$;
grant execute on function private.reproduce_webhook(bigint, bigint) to authenticated;

create function public.reproduce_webhook(event_id bigint, attempt_id bigint)
returns json
language sql stable security invoker
set search_path = ''
as $$ select private.reproduce_webhook(event_id, attempt_id); $$;
comment on function public.reproduce_webhook(bigint, bigint) is
  'The request of an attempt again, byte by byte: signed headers and body. Headers of the subscription are not shown.';
revoke all on function public.reproduce_webhook(bigint, bigint) from public, anon, authenticated, service_role;
grant execute on function public.reproduce_webhook(bigint, bigint) to authenticated;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('webhook_requests_per_person_and_hour', 2000, 'tests and repeats of webhooks asked for in an hour',
    'Repeat what was missed in one call with recover_webhooks or replay_missing_webhooks.');
