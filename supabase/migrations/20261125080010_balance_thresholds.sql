-- migration: balance thresholds
-- An organization may name the balance below which a wallet that payrolls are paid from is low. Falling below it is a
-- fact that is told once; the wallet is watched again as soon as its balance is back.
-- author: PayD | date: 2026-11-30
-- tables: private.error_codes, private.limits, private.notification_templates, private.preference_defaults,
--   private.retention_rules, public.balance_thresholds, public.wallets
-- depends: 20261125000000, 20261125000100, 20261125000800, 20261125001000, 20261125001100, 20261125001200,
--   20261125010200, 20261125010500, 20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125020400,
--   20261125030000, 20261125050000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.balance_thresholds (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  wallet_address text not null,
  asset_code text not null,
  asset_issuer text not null default '',
  minimum public.amount not null,
  is_low boolean not null default false,
  low_since_ledger bigint,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint balance_thresholds_wallet_belongs_to_the_organization
    foreign key (organization_id, wallet_address, asset_code, asset_issuer)
      references public.wallets (organization_id, wallet_address, asset_code, asset_issuer),
  constraint balance_thresholds_are_one_per_wallet
    unique (organization_id, wallet_address, asset_code, asset_issuer),
  constraint balance_thresholds_minimum_is_positive check (minimum > 0),
  constraint balance_thresholds_low_ones_name_the_ledger check (is_low = (low_since_ledger is not null))
);
comment on table public.balance_thresholds is 'Below which balance a wallet of the organization is low.';
comment on column public.balance_thresholds.low_since_ledger is
  'The ledger in which the balance was first seen below the minimum; empty while it is not low.';

alter table public.balance_thresholds enable row level security;
alter table public.balance_thresholds force row level security;
revoke all on table public.balance_thresholds from public, anon, authenticated, service_role;
revoke all on sequence public.balance_thresholds_id_seq from public, anon, authenticated, service_role;
grant select on table public.balance_thresholds to authenticated, service_role;

create policy "Members can read the balance thresholds of their organization"
  on public.balance_thresholds for select to authenticated
  using (organization_id = (select private.organization_id()));

-- Only what a person sets is a new version: whether the balance is low is no edit.
create trigger balance_thresholds_touch_version
  before update of minimum on public.balance_thresholds
  for each row execute function private.touch_version();

insert into private.error_codes (code, http_status, message, hint) values
  ('wallet_not_found', 404,
    'There is no wallet %s of your organization.',
    'Check the id. The wallets of employees have no thresholds.');

create function private.judge_balances(wallet_ids uuid[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_organization_id bigint;
  v_low private.event_input[];
begin
  for v_organization_id in
    select distinct wallet.organization_id
    from public.wallets as wallet
    where wallet.id = any (judge_balances.wallet_ids)
    order by wallet.organization_id
  loop
    with judged as (
      -- A balance that was never read is not low, it is unknown.
      update public.balance_thresholds as threshold
      set is_low = wallet.balance::numeric < threshold.minimum::numeric,
          low_since_ledger = case when wallet.balance::numeric < threshold.minimum::numeric
            then wallet.synced_ledger end
      from public.wallets as wallet
      where wallet.id = any (judge_balances.wallet_ids)
        and wallet.organization_id = v_organization_id
        and wallet.synced_ledger is not null
        and (threshold.organization_id, threshold.wallet_address, threshold.asset_code, threshold.asset_issuer)
          = (wallet.organization_id, wallet.wallet_address, wallet.asset_code, wallet.asset_issuer)
        and threshold.is_low <> (wallet.balance::numeric < threshold.minimum::numeric)
      returning threshold.id, threshold.minimum, threshold.is_low, wallet.id as wallet_id, wallet.wallet_address,
        wallet.wallet_type, wallet.asset_code, wallet.asset_issuer, wallet.balance, wallet.is_frozen,
        wallet.synced_ledger
    )
    select array_agg(row('balance.low', 'wallet', low.wallet_id::text,
        'balance.low:' || low.id || ':' || low.synced_ledger,
        jsonb_build_object(
          'wallet_id', low.wallet_id, 'wallet_address', low.wallet_address, 'wallet_type', low.wallet_type,
          'asset_code', low.asset_code, 'asset_issuer', low.asset_issuer, 'balance', low.balance::text,
          'is_frozen', low.is_frozen, 'ledger', low.synced_ledger, 'minimum', low.minimum::text)
        )::private.event_input order by low.id)
    into v_low
    from judged as low
    where low.is_low;

    if v_low is not null then
      perform private.emit_events(v_organization_id, v_low);
    end if;
  end loop;
end;
$$;
comment on function private.judge_balances(uuid[]) is
  'Compares the balances of wallets with their thresholds and tells of each that fell below.';

create function private.judge_changed_balances()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_wallet_ids uuid[];
begin
  select array_agg(changed.id) into v_wallet_ids
  from rows_after as changed
  join rows_before as earlier on earlier.id = changed.id
  where changed.wallet_type <> 'employee'
    and changed.synced_ledger is not null
    and (changed.balance::numeric <> earlier.balance::numeric or earlier.synced_ledger is null);

  if v_wallet_ids is not null then
    perform private.judge_balances(v_wallet_ids);
  end if;

  return null;
end;
$$;

create trigger wallets_judge_changed_balances
  after update on public.wallets
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.judge_changed_balances();

create function private.set_balance_threshold(
  wallet_id uuid, minimum text, expected_version integer, idempotency_key text
)
returns setof public.balance_thresholds
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_minimum public.amount := case when set_balance_threshold.minimum is not null
    then private.parse_amount(set_balance_threshold.minimum) end;
  v_wallet public.wallets;
  v_first text;
  v_before public.balance_thresholds;
  v_after public.balance_thresholds;
begin
  -- Whoever writes the balance waits, so that no fall between looking and writing is missed.
  select wallet.* into v_wallet
  from public.wallets as wallet
  where wallet.id = set_balance_threshold.wallet_id
    and wallet.organization_id = v_member.organization_id
    and wallet.wallet_type <> 'employee'
  for no key update;

  if not found then
    perform private.refuse('wallet_not_found', coalesce(set_balance_threshold.wallet_id::text, 'without id'));
  end if;

  -- The first result is kept whole, because a threshold that was removed cannot be read again.
  v_first := private.claim_idempotency_key('set_balance_threshold', set_balance_threshold.idempotency_key,
    jsonb_build_array(v_wallet.id, v_minimum::text, set_balance_threshold.expected_version));
  if v_first is not null then
    return query
      select * from jsonb_populate_record(null::public.balance_thresholds, nullif(v_first, 'nothing')::jsonb) as first
        where first.id is not null;
    return;
  end if;

  select threshold.* into v_before
  from public.balance_thresholds as threshold
  where (threshold.organization_id, threshold.wallet_address, threshold.asset_code, threshold.asset_issuer)
    = (v_wallet.organization_id, v_wallet.wallet_address, v_wallet.asset_code, v_wallet.asset_issuer)
  for update;

  -- What is wanted and there already needs no version: a client that lost the answer repeats the call.
  if v_before.minimum::numeric is distinct from v_minimum::numeric then
    perform private.require_version(v_before.version, set_balance_threshold.expected_version);

    if v_minimum is null then
      delete from public.balance_thresholds as threshold
      where threshold.id = v_before.id;
    elsif v_before.id is null then
      perform private.require_limit('balance_thresholds_per_organization', count(*))
      from public.balance_thresholds as threshold
      where threshold.organization_id = v_member.organization_id;

      insert into public.balance_thresholds (organization_id, wallet_address, asset_code, asset_issuer, minimum)
      values (v_wallet.organization_id, v_wallet.wallet_address, v_wallet.asset_code, v_wallet.asset_issuer, v_minimum)
      returning * into v_after;
    else
      update public.balance_thresholds as threshold
      set minimum = v_minimum
      where threshold.id = v_before.id
      returning threshold.* into v_after;
    end if;

    perform private.write_audit(v_member.organization_id,
      case when v_minimum is null then 'wallet.threshold_removed' else 'wallet.threshold_set' end,
      'wallet', v_wallet.id::text,
      jsonb_build_object(
        'wallet_address', v_wallet.wallet_address, 'asset_code', v_wallet.asset_code,
        'asset_issuer', v_wallet.asset_issuer,
        'minimum', jsonb_build_object('old', v_before.minimum::text, 'new', v_minimum::text)));
  end if;

  -- A balance that lies below a new minimum is low at once.
  if v_after.id is not null then
    perform private.judge_balances(array[v_wallet.id]);
    select threshold.* into v_after
    from public.balance_thresholds as threshold
    where threshold.id = v_after.id;
  else
    v_after := v_before;
  end if;

  perform private.keep_idempotent_result('set_balance_threshold', set_balance_threshold.idempotency_key,
    case when v_after.id is null then 'nothing'
      else (to_jsonb(v_after) || jsonb_build_object('minimum', v_after.minimum::text))::text end);

  if v_after.id is not null then
    return next v_after;
  end if;
end;
$$;
comment on function private.set_balance_threshold(uuid, text, integer, text) is
  'Sets, changes or removes the threshold of a wallet, with the version that was seen.';
grant execute on function private.set_balance_threshold(uuid, text, integer, text) to authenticated;

create function public.set_balance_threshold(
  wallet_id uuid, minimum text, expected_version integer default null, idempotency_key text default null
)
returns setof public.balance_thresholds
language sql volatile security invoker
set search_path = ''
as $$ select * from private.set_balance_threshold(wallet_id, minimum, expected_version, idempotency_key); $$;
comment on function public.set_balance_threshold(uuid, text, integer, text) is
  'Below this balance a wallet of the organization is low; null removes the threshold. An existing one is changed with '
  'the version that was seen. For managers.';
revoke all on function public.set_balance_threshold(uuid, text, integer, text)
  from public, anon, authenticated, service_role;
grant execute on function public.set_balance_threshold(uuid, text, integer, text) to authenticated;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('balance_thresholds_per_organization', 200, 'balance thresholds in the organization',
    'Remove one that is no longer needed.');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.wallets.low', 'boolean', 'true', 'Wallets whose balance fell below the minimum that was set.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('balance.low', 'members', 'manager', 'notifications.wallets.low', 'The balance of a wallet is low: {asset_code}',
    'The wallet {wallet_address} holds {balance} {asset_code}, less than {minimum}.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.balance_thresholds', 'keep', null, null, 'Few rows, kept until somebody removes them.');
