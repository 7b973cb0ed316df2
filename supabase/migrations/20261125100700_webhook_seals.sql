-- migration: seals of the webhook log
-- Who was told what, and when, can be proven: the attempts of each subscription are sealed after some minutes, each
-- seal over its attempts and the seal before it. An attempt that is changed, removed, put in or moved afterwards
-- breaks the chain, and whoever keeps one hash outside knows that the chain is still the one from which it came.
-- Deliveries pay nothing for it.
-- author: PayD | date: 2026-11-30
-- tables: private.error_codes, private.retention_rules, private.scheduled_jobs, private.webhook_seal_mark,
--   private.webhook_seals
-- depends: 20261125000000, 20261125000100, 20261125000300, 20261125000800, 20261125020100, 20261125020200,
--   20261125030000, 20261125100000, 20261125100100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_log_hash', 422, 'The hash to look for has not 64 hexadecimal digits.',
    'Give a hash of an earlier answer, or none.');

create table private.webhook_seals (
  endpoint_id bigint not null,
  number integer not null,
  first_attempt_id bigint not null,
  last_attempt_id bigint not null,
  attempts bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null,
  sealed_at timestamptz not null default now(),
  constraint webhook_seals_are_numbered_by_endpoint primary key (endpoint_id, number)
);
comment on table private.webhook_seals is
  'A chain for each endpoint: every link is the hash of its attempts and of the link before.';
create index webhook_seals_sealed_at_brin on private.webhook_seals using brin (sealed_at);
alter table private.webhook_seals enable row level security;
alter table private.webhook_seals force row level security;

create table private.webhook_seal_mark (
  is_the_only_row boolean primary key default true,
  sealed_id bigint not null default 0,
  next_id bigint not null default 0,
  after_xid bigint,
  sealed_at timestamptz not null default '-infinity',
  next_at timestamptz not null default '-infinity',
  constraint webhook_seal_mark_is_one_row check (is_the_only_row)
);
comment on table private.webhook_seal_mark is
  'The last attempt that is sealed, and the one up to which is sealed next: once every transaction has ended that '
  'could still write below it, which are those before after_xid.';
comment on column private.webhook_seal_mark.sealed_at is
  'No attempt that is not sealed was made before this time.';
comment on column private.webhook_seal_mark.next_at is
  'The same once the attempts up to next_id are sealed.';
insert into private.webhook_seal_mark default values;
alter table private.webhook_seal_mark enable row level security;
alter table private.webhook_seal_mark force row level security;

create function private.webhook_attempt_line(attempt public.webhook_attempts, body text)
returns text
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_array((attempt).id, (attempt).event_id, extract(epoch from (attempt).delivered_at),
    (attempt).delivery_number, (attempt).signed_at, (attempt).attempt_number, (attempt).response_status,
    (attempt).outcome, (attempt).duration_ms, (attempt).resolve_ms, (attempt).connect_ms, (attempt).tls_ms,
    (attempt).wait_ms, (attempt).read_ms, host((attempt).peer_address), (attempt).dialler, (attempt).error_class,
    (attempt).error_message, (attempt).response_body,
    encode(sha256(convert_to(webhook_attempt_line.body, 'UTF8')), 'hex'))::text;
$$;
comment on function private.webhook_attempt_line(public.webhook_attempts, text) is
  'Everything that an attempt says, with the hash of the text that was sent, as one line.';

create function private.webhook_log_digest(organization_id bigint, seal private.webhook_seals, out attempts bigint,
  out digest bytea)
returns record
language sql stable security definer
set search_path = ''
as $$
  select count(*), sha256(convert_to(coalesce(string_agg(private.webhook_attempt_line(attempt, event.body), E'\n'
    order by attempt.id), ''), 'UTF8'))
  from public.webhook_attempts as attempt
  join public.events as event on event.id = attempt.event_id
  where attempt.organization_id = webhook_log_digest.organization_id
    and attempt.endpoint_id = (seal).endpoint_id
    and attempt.delivered_at between (seal).first_at and (seal).last_at
    and attempt.id between (seal).first_attempt_id and (seal).last_attempt_id;
$$;
comment on function private.webhook_log_digest(bigint, private.webhook_seals) is
  'How many attempts of a seal are in the log now, and their hash.';

create function private.seal_webhook_attempts_until(sealed_id bigint, until_id bigint, since timestamptz)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_seals integer;
begin
  with fresh as (
    select attempt.endpoint_id, min(attempt.id) as first_id, max(attempt.id) as last_id, count(*) as attempts,
      min(attempt.delivered_at) as first_at, max(attempt.delivered_at) as last_at,
      sha256(convert_to(string_agg(private.webhook_attempt_line(attempt, event.body), E'\n' order by attempt.id),
        'UTF8')) as digest
    from public.webhook_attempts as attempt
    join public.events as event on event.id = attempt.event_id
    -- The index knows times and no ids; a statement that writes attempts takes its time before their ids.
    where attempt.delivered_at >= seal_webhook_attempts_until.since - interval '10 minutes'
      and attempt.id > seal_webhook_attempts_until.sealed_id
      and attempt.id <= seal_webhook_attempts_until.until_id
    group by attempt.endpoint_id
  )
  insert into private.webhook_seals (endpoint_id, number, first_attempt_id, last_attempt_id, attempts, first_at,
    last_at, previous_hash, hash)
  select fresh.endpoint_id, coalesce(newest.number, 0) + 1, fresh.first_id, fresh.last_id, fresh.attempts,
    fresh.first_at, fresh.last_at, coalesce(newest.hash, ''), sha256(coalesce(newest.hash, '') || fresh.digest)
  from fresh
  left join lateral (
    select seal.number, seal.hash
    from private.webhook_seals as seal
    where seal.endpoint_id = fresh.endpoint_id
    order by seal.number desc
    limit 1
  ) as newest on true;
  get diagnostics v_seals = row_count;

  return v_seals;
end;
$$;
comment on function private.seal_webhook_attempts_until(bigint, bigint, timestamptz) is
  'Adds a seal over the attempts in between to the chain of each endpoint; answers how many.';

create function private.seal_webhook_attempts(batch_size bigint)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_mark private.webhook_seal_mark;
  v_now timestamptz := clock_timestamp();
  v_newest bigint;
  v_seals integer := 0;
begin
  select mark.* into v_mark from private.webhook_seal_mark as mark for update skip locked;

  if not found then
    return 0;
  end if;

  -- A transaction that took a number below the mark and has not ended yet has an older id than this one had then.
  if v_mark.next_id > v_mark.sealed_id
    and pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= v_mark.after_xid then
    v_seals := private.seal_webhook_attempts_until(v_mark.sealed_id, v_mark.next_id,
      least(v_mark.sealed_at, v_now));
    v_mark.sealed_id := v_mark.next_id;
    v_mark.sealed_at := v_mark.next_at;
  end if;

  if v_mark.next_id <= v_mark.sealed_id then
    v_newest := (select counter.last_value from public.webhook_attempts_id_seq as counter where counter.is_called);
    v_mark.next_id := v_mark.sealed_id + greatest(least(coalesce(v_newest, 0) - v_mark.sealed_id,
      seal_webhook_attempts.batch_size), 0);
    v_mark.next_at := case when v_mark.next_id >= v_newest then v_now else v_mark.sealed_at end;
    v_mark.after_xid := null;
  elsif v_mark.after_xid is null then
    v_mark.after_xid := pg_current_xact_id()::text::bigint;
  end if;

  update private.webhook_seal_mark as mark
  set sealed_id = v_mark.sealed_id, next_id = v_mark.next_id, after_xid = v_mark.after_xid,
      sealed_at = v_mark.sealed_at, next_at = v_mark.next_at
  where (mark.sealed_id, mark.next_id, mark.after_xid)
    is distinct from (v_mark.sealed_id, v_mark.next_id, v_mark.after_xid);

  return v_seals;
end;
$$;
comment on function private.seal_webhook_attempts(bigint) is
  'Marks attempts in one call, waits from the next one on for the transactions that are still going on, and seals them '
  'in a later one.';

create function private.verify_webhook_log(subscription_id text, known_hash text)
returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_subscription public.webhook_subscriptions;
  v_since timestamptz;
  v_newest private.webhook_seals;
  v_seal private.webhook_seals;
  v_later private.webhook_seals;
  v_oldest private.webhook_seals;
  v_broken private.webhook_seals;
  v_found record;
  v_sealed bigint := 0;
  v_counted bigint;
begin
  select subscription.* into v_subscription
  from public.webhook_subscriptions as subscription
  where subscription.id = verify_webhook_log.subscription_id
    and subscription.organization_id = v_member.organization_id;

  if not found then
    perform private.refuse('webhook_subscription_not_found');
  end if;

  if verify_webhook_log.known_hash !~* '^[0-9a-f]{64}$' then
    perform private.refuse('invalid_log_hash');
  end if;

  -- What retention has begun to take away is no longer whole.
  v_since := greatest(
    now() - (select rule.keep_for from private.retention_rules as rule
      where rule.table_name = 'public.webhook_attempts'),
    now() - make_interval(days => v_subscription.log_days),
    (select endpoint.logged_since from private.webhook_endpoints as endpoint
      where endpoint.id = v_subscription.endpoint_id));

  for v_seal in
    select seal.* from private.webhook_seals as seal
    where seal.endpoint_id = v_subscription.endpoint_id
    order by seal.number desc
  loop
    exit when v_seal.first_at <= v_since or v_sealed + v_seal.attempts > 50000 and v_newest.number is not null;
    v_newest := case when v_newest.number is null then v_seal else v_newest end;

    select digest.* into v_found from private.webhook_log_digest(v_subscription.organization_id, v_seal) as digest;
    if v_found.attempts <> v_seal.attempts
      or v_seal.hash <> sha256(v_seal.previous_hash || v_found.digest)
      or (v_later.number is not null and (v_later.number <> v_seal.number + 1 or v_later.previous_hash <> v_seal.hash))
    then
      v_broken := v_seal;
    end if;

    v_sealed := v_sealed + v_seal.attempts;
    v_later := v_seal;
    v_oldest := v_seal;
  end loop;

  -- An attempt that was put in later, or moved to another time, belongs to no seal.
  select count(*) into v_counted
  from public.webhook_attempts as attempt
  where attempt.organization_id = v_subscription.organization_id
    and attempt.endpoint_id = v_subscription.endpoint_id
    and attempt.id between v_oldest.first_attempt_id and v_newest.last_attempt_id;

  return json_build_object(
    'is_intact', v_broken.number is null and v_counted = v_sealed,
    'attempts', v_sealed,
    'since', v_oldest.first_at,
    'until', v_newest.last_at,
    'hash', encode(v_newest.hash, 'hex'),
    'broken_since', v_broken.first_at,
    'is_known', case when verify_webhook_log.known_hash is not null then exists (
      select from private.webhook_seals as seal
      where seal.endpoint_id = v_subscription.endpoint_id
        and encode(seal.hash, 'hex') = lower(verify_webhook_log.known_hash)) end);
end;
$$;
grant execute on function private.verify_webhook_log(text, text) to authenticated;

create function public.verify_webhook_log(subscription_id text, known_hash text default null)
returns json
language sql stable security invoker
set search_path = ''
as $$ select private.verify_webhook_log(subscription_id, known_hash); $$;
comment on function public.verify_webhook_log(text, text) is
  'Whether the delivery log of a subscription is as it was sealed, and whether a hash that was kept is part of its '
  'chain.';
revoke all on function public.verify_webhook_log(text, text) from public, anon, authenticated, service_role;
grant execute on function public.verify_webhook_log(text, text) to authenticated;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('private.webhook_seals', 'delete', '400 days',
    'delete from private.webhook_seals where ctid = any (array(select old.ctid from private.webhook_seals as old '
    'where old.sealed_at < $1 and exists (select from private.webhook_seals as later '
    'where later.endpoint_id = old.endpoint_id and later.number > old.number) limit $2))',
    'A hash that somebody kept is found for a year; the newest seal of each endpoint stays, and its chain goes on.');

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('webhook-seals', 'sql', 'select private.seal_webhook_attempts(100000)', 120);
