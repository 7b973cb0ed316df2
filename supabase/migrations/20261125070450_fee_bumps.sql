-- migration: paying a higher fee
-- When the network asks a higher fee than a transaction offers, the same transaction is put into another one that pays
-- more (a fee bump): what it pays, its number and its hash stay the same, so nothing can be paid twice by it. The
-- database decides how much is offered, within the limit of the project, writes the bytes itself, and keeps their hash
-- before anything of it is signed or sent.
-- author: PayD | date: 2026-11-30
-- tables: private.fee_bumps
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000600, 20261125060100, 20261125070050,
--   20261125070150, 20261125070400
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.fee_bumps (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  transaction_id bigint not null,
  outer_hash text not null,
  fee_stroops bigint not null,
  envelope_xdr text not null,
  planned_at timestamptz not null default now(),
  constraint fee_bumps_transaction_belongs_to_the_organization
    foreign key (organization_id, transaction_id) references public.transactions (organization_id, id),
  constraint fee_bumps_outer_hash_is_a_hash check (outer_hash ~ '^[0-9a-f]{64}$'),
  constraint fee_bumps_outer_hash_is_unique unique (outer_hash),
  constraint fee_bumps_fee_is_positive check (fee_stroops > 0)
);
comment on table private.fee_bumps is
  'Higher fees for transactions on their way: the outer transaction that pays it, kept before it is signed and sent.';
comment on column private.fee_bumps.outer_hash is
  'The hash of the outer transaction; the inner one keeps its own, by which the ledger is asked.';
create index fee_bumps_transaction_id_idx on private.fee_bumps (organization_id, transaction_id, id);
alter table private.fee_bumps enable row level security;
alter table private.fee_bumps force row level security;

create trigger fee_bumps_refuse_change
  before update or delete or truncate on private.fee_bumps
  for each statement execute function private.refuse_change();
alter table private.fee_bumps enable always trigger fee_bumps_refuse_change;

create function private.last_fee_bump(transaction public.transactions)
returns private.fee_bumps
language sql stable security definer
set search_path = ''
as $$
  select bump.*
  from private.fee_bumps as bump
  where bump.organization_id = (transaction).organization_id and bump.transaction_id = (transaction).id
  order by bump.id desc
  limit 1;
$$;
comment on function private.last_fee_bump(public.transactions) is
  'The highest fee that was offered for a transaction beyond its own, or null.';

create function private.fee_is_above_cap(transaction public.transactions)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select coalesce((transaction).required_fee_stroops > settings.max_fee_stroops, false)
  from private.settings as settings;
$$;
comment on function private.fee_is_above_cap(public.transactions) is
  'Whether the network asks more for an operation of the transaction than this project offers.';

create function private.xdr_fee_bump(source_account text, fee_stroops bigint, signed_envelope bytea)
returns bytea
language sql immutable strict security invoker
set search_path = ''
as $$
  -- Who pays, how much, the complete signed envelope of the inner transaction, and no extension.
  select private.xdr_account(source_account) || int8send(fee_stroops) || signed_envelope || '\x00000000'::bytea;
$$;
comment on function private.xdr_fee_bump(text, bigint, bytea) is
  'A fee bump in XDR, without its own signatures.';

create function private.signed_bytes_of_fee_bump(fee_bump_xdr bytea)
returns bytea
language sql stable security definer
set search_path = ''
as $$
  select sha256(sha256(convert_to(settings.network_passphrase, 'UTF8')) || '\x00000005'::bytea || fee_bump_xdr)
  from private.settings as settings;
$$;
comment on function private.signed_bytes_of_fee_bump(bytea) is
  'The hash of a fee bump on the network of this project, which its payer signs.';

create function private.plan_fee_bump(transaction_id bigint, lease_token uuid)
returns table (outer_hash text, fee_stroops bigint, envelope_xdr text)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_transaction public.transactions :=
    private.leased_transaction(plan_fee_bump.transaction_id, plan_fee_bump.lease_token);
  v_last constant private.fee_bumps := private.last_fee_bump(v_transaction);
  -- The outer transaction is charged as one more operation.
  v_units constant bigint := v_transaction.operation_count + 1;
  v_cap bigint;
  v_fee bigint;
  v_bump bytea;
begin
  -- Nobody pays a fee for wallets: their transactions offer the most that the project allows from the start.
  if v_transaction.submission_state <> 'submitting' or v_transaction.required_fee_stroops is null
    or private.is_signed_by_wallets(v_transaction.source_account) then
    return;
  end if;

  -- What was offered is still enough, or nothing that the project allows is.
  if coalesce(v_last.fee_stroops, 0) >= v_transaction.required_fee_stroops * v_units
    or private.fee_is_above_cap(v_transaction) then
    if v_last.id is not null then
      return query select v_last.outer_hash, v_last.fee_stroops, v_last.envelope_xdr;
    end if;

    return;
  end if;

  -- Twice what is asked for, so that the next rise is covered: the network charges the market price, not the offer.
  select settings.max_fee_stroops into v_cap from private.settings as settings;
  v_fee := least(v_transaction.required_fee_stroops * 2, v_cap) * v_units;
  v_bump := private.xdr_fee_bump(v_transaction.sequence_account, v_fee,
    private.decoded_base64(v_transaction.signed_envelope_xdr));

  return query
    insert into private.fee_bumps (organization_id, transaction_id, outer_hash, fee_stroops, envelope_xdr)
    values (v_transaction.organization_id, v_transaction.id,
      encode(private.signed_bytes_of_fee_bump(v_bump), 'hex'), v_fee,
      replace(encode('\x00000005'::bytea || v_bump || '\x00000000'::bytea, 'base64'), e'\n', ''))
    returning fee_bumps.outer_hash, fee_bumps.fee_stroops, fee_bumps.envelope_xdr;
end;
$$;
comment on function private.plan_fee_bump(bigint, uuid) is
  'The fee bump with which a transaction is sent next; none when its own fee is enough or the limit of the project is '
  'not.';
grant execute on function private.plan_fee_bump(bigint, uuid) to service_role;

create function public.plan_fee_bump(transaction_id bigint, lease_token uuid)
returns table (outer_hash text, fee_stroops bigint, envelope_xdr text)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.plan_fee_bump(transaction_id, lease_token); $$;
comment on function public.plan_fee_bump(bigint, uuid) is
  'For workers: the higher fee with which a transaction on its way is sent again.';
revoke all on function public.plan_fee_bump(bigint, uuid) from public, anon, authenticated, service_role;
grant execute on function public.plan_fee_bump(bigint, uuid) to service_role;

create function private.is_fee_bump(envelope_xdr text)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$ select coalesce(private.int4_at(private.decoded_base64(envelope_xdr), 1) = 5, false); $$;
comment on function private.is_fee_bump(text) is 'Whether an envelope pays the fee of another one inside.';

create function private.require_signed_fee_bump(transaction public.transactions, signed_envelope_xdr text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_bytes constant bytea := private.decoded_base64(require_signed_fee_bump.signed_envelope_xdr);
  v_signatures constant bytea[] := private.signatures_of(v_bytes);
  v_bump private.fee_bumps;
begin
  select bump.* into v_bump
  from private.fee_bumps as bump
  where bump.organization_id = (transaction).organization_id
    and bump.transaction_id = (transaction).id
    -- Everything but the list of signatures, which the planned one leaves empty.
    and private.decoded_base64(bump.envelope_xdr)
      = substr(v_bytes, 1, private.signatures_start(v_bytes) - 1) || '\x00000000'::bytea;

  if not found then
    perform private.refuse('envelope_differs_from_plan', 'fee');
  end if;

  if cardinality(v_signatures) <> 1 or not private.is_signature_of(
    (transaction).sequence_account, decode(v_bump.outer_hash, 'hex'), v_signatures[1]) then
    perform private.refuse('signature_invalid', (transaction).sequence_account);
  end if;
end;
$$;
comment on function private.require_signed_fee_bump(public.transactions, text) is
  'Refuses a fee bump that is not the planned one with the signature of the account that gives the number and pays.';
