-- migration: claimable balances that are gone
-- Whoever takes a claimable balance moves nothing of the account that created it: no sequence number and no balance
-- shows that the page with the claim was missing. So the balances that are left on the ledger are listed once an hour,
-- while any waits. One that is not listed although nothing that is known ended it is a gap of the history, which is
-- read again.
-- author: PayD | date: 2026-11-30
-- tables: private.gone_balances | depends: 20261125000000, 20261125080000, 20261125080030, 20261125080100
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.gone_balances (
  balance_id bigint primary key references public.claimable_balances (id),
  since_ledger bigint not null,
  constraint gone_balances_since_ledger_is_positive check (since_ledger > 0)
);
comment on table private.gone_balances is
  'Claimable balances that were no longer on the ledger when they were listed, while nothing that is known ended them.';
alter table private.gone_balances enable row level security;
alter table private.gone_balances force row level security;

create function private.balances_are_due(account_id text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from public.claimable_balances as balance
    join public.account_histories as history
      on history.organization_id = balance.organization_id and history.account_id = balance.sponsor
    join private.history_walks as walk on walk.account_id = history.account_id and walk.gap_id is null
    where balance.sponsor = balances_are_due.account_id
      and balance.status in ('active', 'expired')
      and coalesce(walk.balances_listed_at < now() - interval '1 hour', true));
$$;
comment on function private.balances_are_due(text) is
  'Whether balances of the account wait on the ledger and were not listed for an hour.';

-- Only balances that the history of this network created, and before the ledger of the list.
create function private.note_sponsored_balances(walk private.history_walks, page jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_ledger bigint := (page #>> '{sponsored,ledger}')::bigint;
  v_history public.account_histories;
begin
  if v_ledger is null or not private.ledger_is_plausible(v_ledger) then
    return;
  end if;

  select history.* into v_history
  from public.account_histories as history
  where history.account_id = (walk).account_id;

  update private.history_walks as standing
  set balances_listed_at = now()
  where standing.id = (walk).id;

  -- What is there again was listed by a server that lags, and what has ended needs no list.
  delete from private.gone_balances as gone
  using public.claimable_balances as balance
  where balance.id = gone.balance_id
    and balance.organization_id = v_history.organization_id
    and balance.sponsor = v_history.account_id
    and (balance.status not in ('active', 'expired')
      or page #> '{sponsored,balance_ids}' ? balance.claimable_balance_id);

  insert into private.gone_balances (balance_id, since_ledger)
  select balance.id, v_ledger
  from public.claimable_balances as balance
  where balance.organization_id = v_history.organization_id
    and balance.sponsor = v_history.account_id
    and balance.status in ('active', 'expired')
    and not page #> '{sponsored,balance_ids}' ? balance.claimable_balance_id
    and exists (
      select from public.ledger_movements as created
      where created.organization_id = v_history.organization_id
        and created.claimable_balance_id = balance.claimable_balance_id
        and created.account_id = v_history.account_id
        and created.epoch = v_history.epoch
        and created.ledger < v_ledger)
  on conflict do nothing;
end;
$$;
comment on function private.note_sponsored_balances(private.history_walks, jsonb) is
  'Keeps which balances of an account were no longer listed, and as of which ledger.';

create function private.balances_are_missed(account_id text, from_ledger bigint, to_ledger bigint)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from private.gone_balances as gone
    join public.claimable_balances as balance on balance.id = gone.balance_id
    join public.account_histories as history
      on history.organization_id = balance.organization_id and history.account_id = balance.sponsor
    where balance.sponsor = balances_are_missed.account_id
      and balance.status in ('active', 'expired')
      and gone.since_ledger between balances_are_missed.from_ledger and balances_are_missed.to_ledger);
$$;
comment on function private.balances_are_missed(text, bigint, bigint) is
  'Whether a balance of the account was gone in those ledgers and still nothing is known that ended it.';

create function private.audit_sponsored_balances(account_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_history public.account_histories;
  v_missed record;
begin
  select history.* into v_history
  from public.account_histories as history
  where history.account_id = audit_sponsored_balances.account_id;

  -- Only where the history has reached the ledger of the list, what ended a balance must stand in it.
  select min(created.ledger) as from_ledger, max(gone.since_ledger) as to_ledger into v_missed
  from private.gone_balances as gone
  join public.claimable_balances as balance on balance.id = gone.balance_id
  join public.ledger_movements as created
    on created.organization_id = balance.organization_id
      and created.claimable_balance_id = balance.claimable_balance_id
      and created.account_id = balance.sponsor
      and created.kind = 'claimable_balance_created'
      and created.epoch = v_history.epoch
  where balance.organization_id = v_history.organization_id
    and balance.sponsor = v_history.account_id
    and balance.status in ('active', 'expired')
    and gone.since_ledger <= v_history.complete_to_ledger
    -- What a person accepted is not asked again.
    and not exists (
      select from public.history_gaps as gap
      where gap.organization_id = v_history.organization_id
        and gap.account_id = v_history.account_id
        and gap.epoch = v_history.epoch
        and gap.kind = 'balance_gone'
        and gap.state = 'accepted'
        and gone.since_ledger between gap.from_ledger and gap.to_ledger);

  if v_missed.from_ledger is not null then
    perform private.open_history_gap(v_history, 'balance_gone', v_missed.from_ledger, v_missed.to_ledger, '{}');
  end if;
end;
$$;
comment on function private.audit_sponsored_balances(text) is
  'Names the part of the history in which the end of a balance that is gone must stand.';
