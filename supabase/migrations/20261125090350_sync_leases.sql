-- migration: leases of horizon-sync
-- What a worker reads from the ledger is leased for a few seconds, and the worker extends the lease while it is at
-- work: of one that was killed nothing is left that a payment or a person would have to wait for.
-- author: PayD | date: 2026-12-01
-- tables: none | depends: 20261125000000, 20261125080000, 20261125080030, 20261125090300
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.extend_sync_leases(lease_token uuid, lease_seconds integer)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_until constant timestamptz := now() + make_interval(secs => least(greatest(extend_sync_leases.lease_seconds, 10),
    600));
  v_wallets integer;
  v_histories integer;
  v_contracts integer;
begin
  -- What ended and was taken over since has another token, and what was given back has none.
  update private.wallet_reads as read
  set leased_until = v_until
  where read.lease_token = extend_sync_leases.lease_token
    and read.ask_again_at is null;
  get diagnostics v_wallets = row_count;

  update private.history_walks as walk
  set leased_until = v_until
  where walk.lease_token = extend_sync_leases.lease_token;
  get diagnostics v_histories = row_count;

  update private.contract_walks as walk
  set leased_until = v_until
  where walk.lease_token = extend_sync_leases.lease_token;
  get diagnostics v_contracts = row_count;

  return v_wallets + v_histories + v_contracts;
end;
$$;
comment on function private.extend_sync_leases(uuid, integer) is
  'Keeps what a worker still reads under this token; answers how much that is.';
grant execute on function private.extend_sync_leases(uuid, integer) to service_role;

create function public.extend_sync_leases(lease_token uuid, lease_seconds integer default 20)
returns integer
language sql volatile security invoker
set search_path = ''
as $$ select private.extend_sync_leases(lease_token, lease_seconds); $$;
comment on function public.extend_sync_leases(uuid, integer) is
  'For workers: keeps wallets, walks and contracts while reading them takes longer than their lease.';
revoke all on function public.extend_sync_leases(uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.extend_sync_leases(uuid, integer) to service_role;
