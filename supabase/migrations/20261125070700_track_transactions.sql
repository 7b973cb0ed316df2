-- migration: transactions that are followed by horizon-sync
-- A transaction whose worker is gone is looked up by horizon-sync, under the same lease as payroll-disburse uses, and
-- so is one that people doubt.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000200, 20261125060100, 20261125070100, 20261125070150
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.claim_transactions_to_track(batch_size integer, lease_seconds integer)
returns table (
  transaction_id bigint, tx_hash text, source_account text, sequence_number text, max_ledger bigint,
  max_time timestamptz,
  lease_token uuid, horizon_url text, second_horizon_url text, network_passphrase text, signers text[]
)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  return query
  with due as (
    select account.account_id, live.id as live_id
    from public.transactions as live
    join private.source_accounts as account on account.account_id = live.sequence_account
    where (live.is_live and live.attempts > 0 or live.in_doubt_since is not null)
      and live.next_check_at <= now()
      -- One for each account: whoever looks holds its lease.
      and not exists (
        select from public.transactions as doubted
        where doubted.sequence_account = live.sequence_account
          and doubted.in_doubt_since is not null
          and doubted.id > live.id)
      and (account.leased_until is null or account.leased_until < now())
    order by live.next_check_at, live.id
    limit least(greatest(claim_transactions_to_track.batch_size, 1), 100)
    for update of account skip locked
  ),
  leased as (
    update private.source_accounts as account
    set lease_token = gen_random_uuid(),
        leased_until = now() + make_interval(secs => least(greatest(claim_transactions_to_track.lease_seconds, 10),
          600)),
        last_claimed_at = now()
    from due
    where account.account_id = due.account_id
    returning account.account_id, account.lease_token as token, due.live_id
  )
  select live.id, live.tx_hash, live.sequence_account, live.sequence_number, live.max_ledger, live.max_time,
    leased.token, settings.horizon_url, settings.second_horizon_url, settings.network_passphrase,
    private.signers_of(live.sequence_account)
  from leased
  join public.transactions as live on live.id = leased.live_id
  cross join private.settings as settings;
end;
$$;
grant execute on function private.claim_transactions_to_track(integer, integer) to service_role;

create function public.claim_transactions_to_track(batch_size integer default 20, lease_seconds integer default 20)
returns table (
  transaction_id bigint, tx_hash text, source_account text, sequence_number text, max_ledger bigint,
  max_time timestamptz,
  lease_token uuid, horizon_url text, second_horizon_url text, network_passphrase text, signers text[]
)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_transactions_to_track(batch_size, lease_seconds); $$;
comment on function public.claim_transactions_to_track(integer, integer) is
  'For workers: leases submitted transactions whose end is not yet known.';
revoke all on function public.claim_transactions_to_track(integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.claim_transactions_to_track(integer, integer) to service_role;
