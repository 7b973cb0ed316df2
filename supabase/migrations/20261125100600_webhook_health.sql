-- migration: the health of webhooks
-- Admins hear that a subscription fails before it is disabled: at half of five days, at 70 and 90 percent, and when
-- it happens. What waits for a deleted subscription is cleared away in small batches.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.notification_templates, private.preference_defaults, private.scheduled_jobs
-- depends: 20261125000000, 20261125000250, 20261125000300, 20261125001000, 20261125001100, 20261125030000,
--   20261125100000, 20261125100100, 20261125100150
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.judge_webhook_subscriptions(p_now timestamptz)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_found record;
  v_percent integer;
  v_changed integer := 0;
begin
  for v_found in
    select subscription.id, subscription.organization_id, subscription.endpoint_id, subscription.failing_since,
      subscription.inactive_reason, endpoint.last_notice
    from public.webhook_subscriptions as subscription
    join private.webhook_endpoints as endpoint on endpoint.id = subscription.endpoint_id
    where subscription.deleted_at is null
      and ((subscription.is_active and endpoint.failures >= 20
          and subscription.failing_since < judge_webhook_subscriptions.p_now - interval '60 hours'
          and endpoint.last_notice < 100)
        or (subscription.inactive_reason = 'gone' and endpoint.last_notice < 101))
    order by subscription.organization_id, subscription.id
    limit 100
    for update of endpoint skip locked
  loop
    v_percent := case when v_found.inactive_reason = 'gone' then 101 else (
      select max(step) from unnest(array[50, 70, 90, 100]) as step
      where step <= extract(epoch from judge_webhook_subscriptions.p_now - v_found.failing_since) / 4320) end;
    continue when v_percent is null or v_percent <= v_found.last_notice;

    update private.webhook_endpoints as endpoint
    set last_notice = v_percent
    where endpoint.id = v_found.endpoint_id;

    if v_percent = 100 then
      update public.webhook_subscriptions as subscription
      set is_active = false, inactive_reason = 'failing'
      where subscription.id = v_found.id;
    end if;

    perform private.emit_event(v_found.organization_id,
      case when v_percent >= 100 then 'webhook.disabled' else 'webhook.failing' end,
      'webhook_subscription', v_found.id,
      'webhook.health:' || v_found.id || ':' || v_percent || ':'
        || coalesce(extract(epoch from v_found.failing_since)::text, judge_webhook_subscriptions.p_now::text),
      jsonb_strip_nulls(jsonb_build_object('webhook_subscription_id', v_found.id,
        'reason', case when v_percent = 101 then 'gone' else 'failing' end,
        'failing_since', v_found.failing_since, 'percent', least(v_percent, 100))));
    v_changed := v_changed + 1;
  end loop;

  return v_changed;
end;
$$;
comment on function private.judge_webhook_subscriptions(timestamptz) is
  'Announces subscriptions that fail, and disables those that have failed for five days and twenty times.';

create function private.purge_deleted_webhooks(batch_size integer)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_endpoint_id bigint;
begin
  for v_endpoint_id in
    select subscription.endpoint_id from public.webhook_subscriptions as subscription
    where subscription.deleted_at > now() - interval '30 days'
  loop
    delete from private.webhook_ready as ready
    where ready.ctid = any (array(select old.ctid from private.webhook_ready as old
      where old.endpoint_id = v_endpoint_id limit purge_deleted_webhooks.batch_size));
    delete from private.webhook_retry as retry
    where retry.ctid = any (array(select old.ctid from private.webhook_retry as old
      where old.endpoint_id = v_endpoint_id limit purge_deleted_webhooks.batch_size));
    delete from private.webhook_waiting as waiting
    where waiting.ctid = any (array(select old.ctid from private.webhook_waiting as old
      where old.endpoint_id = v_endpoint_id limit purge_deleted_webhooks.batch_size));
    delete from private.webhook_heads as head
    where head.ctid = any (array(select old.ctid from private.webhook_heads as old
      where old.endpoint_id = v_endpoint_id limit purge_deleted_webhooks.batch_size));
    delete from private.webhook_dead as dead
    where dead.ctid = any (array(select old.ctid from private.webhook_dead as old
      where old.endpoint_id = v_endpoint_id limit purge_deleted_webhooks.batch_size));
    delete from private.webhook_replays as replay where replay.endpoint_id = v_endpoint_id;
    delete from private.webhook_numbers as known where known.endpoint_id = v_endpoint_id;
  end loop;
end;
$$;
comment on function private.purge_deleted_webhooks(integer) is
  'Clears away what still waits for deleted subscriptions, a batch of each table.';

create function private.trim_webhook_logs(p_now timestamptz, batch_size integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_short record;
  v_rows integer;
  v_trimmed integer := 0;
begin
  for v_short in
    select subscription.organization_id, subscription.endpoint_id,
      trim_webhook_logs.p_now - make_interval(days => subscription.log_days) as before
    from public.webhook_subscriptions as subscription
    where subscription.log_days < 90
    order by subscription.endpoint_id
  loop
    delete from public.webhook_attempts as attempt
    where attempt.ctid = any (array(
      select old.ctid from public.webhook_attempts as old
      where old.organization_id = v_short.organization_id
        and old.endpoint_id = v_short.endpoint_id
        and old.delivered_at < v_short.before
      order by old.delivered_at
      limit trim_webhook_logs.batch_size));
    get diagnostics v_rows = row_count;
    v_trimmed := v_trimmed + v_rows;

    -- What was taken out looks as if it had never been delivered, so a replay begins after it.
    update private.webhook_endpoints as endpoint
    set logged_since = greatest(endpoint.logged_since, v_short.before)
    where endpoint.id = v_short.endpoint_id
      and v_rows > 0;
  end loop;

  return v_trimmed;
end;
$$;
comment on function private.trim_webhook_logs(timestamptz, integer) is
  'Takes old attempts out of the logs of subscriptions that keep them for less than 90 days.';

insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.webhooks.failing', 'boolean', 'true', 'Webhook subscriptions that fail or were disabled.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('webhook.failing', 'members', 'admin', 'notifications.webhooks.failing', 'A webhook subscription fails',
    'The webhook subscription {webhook_subscription_id} has failed since {failing_since}. After five days it is '
    'disabled.'),
  ('webhook.disabled', 'members', 'admin', 'notifications.webhooks.failing', 'A webhook subscription was disabled',
    'Nothing is sent to the webhook subscription {webhook_subscription_id} until you enable it; what it missed is sent '
    'then.');

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('webhook-health', 'sql',
    'select private.judge_webhook_subscriptions(now()), private.purge_deleted_webhooks(5000), '
    'private.trim_webhook_logs(now(), 5000)', 60);

create function private.check_webhook_subscriptions(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select subscription.organization_id, 'warning', 'webhooks_waiting', 'webhook_subscription', subscription.id,
  oldest.occurred_at,
    format('%s events wait for the webhook subscription %s, the oldest for %s.',
      waiting.count, subscription.id, date_trunc('second', now() - oldest.occurred_at)),
    'Look at the delivery log for the error of the consumer; deliveries go on by themselves.',
    null::text, null::timestamptz, null::text
  from public.webhook_subscriptions as subscription
  cross join lateral (
    select min(event.occurred_at) as occurred_at
    from (
      (select ready.event_id from private.webhook_ready as ready
        where ready.endpoint_id = subscription.endpoint_id order by ready.id limit 1)
      union all
      (select retry.event_id from private.webhook_retry as retry
        where retry.endpoint_id = subscription.endpoint_id order by retry.event_id limit 1)
    ) as first
    join public.events as event on event.id = first.event_id
  ) as oldest
  -- More than a thousand is many, and counting them all would take longer the more there are.
  cross join lateral (
    select case when count(*) > 1000 then 'More than 1000' else count(*)::text end as count
    from (
      (select from private.webhook_ready_deliveries as ready
        where ready.endpoint_id = subscription.endpoint_id limit 1001)
      union all
      (select from private.webhook_retry as retry where retry.endpoint_id = subscription.endpoint_id limit 1001)
    ) as row
  ) as waiting
  where subscription.is_active
    and oldest.occurred_at < now() - interval '15 minutes'
    and (check_webhook_subscriptions.organization_id is null
      or subscription.organization_id = check_webhook_subscriptions.organization_id)

  union all
  select subscription.organization_id, 'warning', 'webhook_subscription_off', 'webhook_subscription', subscription.id,
  subscription.updated_at,
    case when subscription.inactive_reason = 'gone'
      then format('The address of the webhook subscription %s answered that it is gone.', subscription.id)
      else format('The webhook subscription %s was disabled after five days of failures.', subscription.id) end,
    'Mend the consumer, then enable the subscription; what it missed is sent then. Delete it if nobody needs it.',
    null::text, null::timestamptz, null::text
  from public.webhook_subscriptions as subscription
  where subscription.inactive_reason in ('gone', 'failing')
    and subscription.deleted_at is null
    and (check_webhook_subscriptions.organization_id is null
      or subscription.organization_id = check_webhook_subscriptions.organization_id)

  union all
  select dead.organization_id, 'warning', 'webhooks_given_up', 'webhook_subscription', subscription.id,
  min(dead.dead_at),
    format('%s events of the last 30 days were given up for the webhook subscription %s.', count(*),
      subscription.id),
    'Mend the consumer, then call recover_webhooks, which sends them again.',
    null::text, null::timestamptz, null::text
  from private.webhook_dead as dead
  join public.webhook_subscriptions as subscription
    on subscription.endpoint_id = dead.endpoint_id and subscription.deleted_at is null
  where dead.dead_at > now() - interval '30 days'
    and (check_webhook_subscriptions.organization_id is null
      or dead.organization_id = check_webhook_subscriptions.organization_id)
  group by dead.organization_id, subscription.id;
$$;
comment on function private.check_webhook_subscriptions(bigint) is
  'Subscriptions whose events wait, were given up, or are not sent at all.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_webhook_subscriptions', 'A consumer that hears nothing thinks that nothing happened.');
