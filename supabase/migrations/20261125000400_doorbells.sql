-- migration: doorbells
-- Edge functions take their work from the database; all they need is to be rung. A change rings at once (a
-- notification, and pg_net where it exists), and the scheduled job of each function rings again, so that a lost
-- doorbell costs seconds and never work.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.standstills | depends: 20261125000000, 20261125000250
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.doorbell_settings(out has_bell boolean, out project_url text, out secret_key text)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  -- Both are extensions of Supabase that other servers need not have.
  has_bell := to_regproc('net.http_post') is not null and to_regclass('vault.decrypted_secrets') is not null;

  if has_bell then
    execute $query$
      select max(secret.decrypted_secret) filter (where secret.name = 'payd_project_url'),
             max(secret.decrypted_secret) filter (where secret.name = 'payd_cron_key')
      from vault.decrypted_secrets as secret
    $query$ into project_url, secret_key;
  end if;
end;
$$;
comment on function private.doorbell_settings() is
  'Whether pg_net and Vault are there, and what Vault knows: the address of the project and the key that opens its '
  'functions.';

create function private.was_rung_just_now(function_name text)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  -- A sequence holds the time: its value is seen at once by every session and never locked.
  v_rung_at regclass := to_regclass(format('private.%I',
    replace(was_rung_just_now.function_name, '-', '_') || '_rung_at'));
  v_now bigint := floor(extract(epoch from clock_timestamp()) * 1000);
  v_last bigint;
begin
  if v_rung_at is null then
    return false;
  end if;

  execute format('select last_value from %s', v_rung_at) into v_last;

  if v_now - v_last between 0 and 250 then
    return true;
  end if;

  perform setval(v_rung_at, v_now);
  return false;
end;
$$;
comment on function private.was_rung_just_now(text) is
  'Whether a function that looks again before it ends was called in the last quarter of a second. Only such a function '
  'has the sequence <its name>_rung_at.';

create function private.ring(function_name text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_wires record;
begin
  -- Notifications of one transaction with the same payload are delivered once, after the commit.
  perform pg_notify('payd_doorbell', ring.function_name);

  -- One call a transaction and function is enough, however many rows rang.
  if current_setting('payd.rung', true) is not null
    and position(',' || ring.function_name || ',' in current_setting('payd.rung', true)) > 0 then
    return;
  end if;
  perform set_config('payd.rung', coalesce(nullif(current_setting('payd.rung', true), ''), ',') || ring.function_name
    || ',', true);

  -- On Supabase pg_net calls the function; the address and the named key come from Vault. Without them the schedule
  -- still rings.
  select wires.* into v_wires from private.doorbell_settings() as wires;

  if v_wires.project_url is null or v_wires.secret_key is null then
    return;
  end if;

  -- A burst of transactions makes one call in a quarter of a second.
  if private.was_rung_just_now(ring.function_name) then
    return;
  end if;

  execute $query$
    select net.http_post(
      url := $1 || '/functions/v1/' || $2,
      headers := jsonb_build_object('content-type', 'application/json', 'apikey', $3),
      body := '{}'::jsonb,
      timeout_milliseconds := 10000)
  $query$ using v_wires.project_url, ring.function_name, v_wires.secret_key;
end;
$$;
comment on function private.ring(text) is 'Asks an edge function to look for work after this transaction commits.';

create function private.check_doorbells(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  -- What runs the workers and the jobs is the business of the operator, who sees every organization.
  select null::bigint, 'alert', 'doorbell_not_wired', 'project', 'doorbell', null::timestamptz,
    'pg_net and Vault are there, but Vault lacks payd_project_url or payd_cron_key, so no worker is ever rung.',
    'Create both secrets as docs/deploy.md says; what waits is then done by itself.',
    null::text, null::timestamptz, null::text
  from private.doorbell_settings() as wires
  where check_doorbells.organization_id is null
    and wires.has_bell
    and (wires.project_url is null or wires.secret_key is null);
$$;
comment on function private.check_doorbells(bigint) is
  'Whether the workers can be rung.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_doorbells', 'A worker that nobody rings does nothing.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('doorbell_not_wired', 'private.check_doorbells', 'payroll.waiting', '{}');
