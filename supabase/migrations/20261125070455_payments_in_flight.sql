-- migration: what is on its way from a treasury
-- Several accounts may give numbers to the payments of one treasury at the same time: its channels, and itself. What
-- the ledger shows of its money is without those that are not in a ledger yet. So before a transaction is built, what
-- the treasury holds less what is on its way must be enough for it. Where it is only enough if some of them fail,
-- nothing is built until one of them has ended; the doctor names what the run waits for. Two workers that look at the
-- same moment cannot both use the same money: whoever writes second is refused and looks again.
-- author: PayD | date: 2026-12-01
-- tables: private.doctor_checks, private.error_codes, private.funding_waits, private.standstills
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125060000, 20261125060100, 20261125070100,
--   20261125070250, 20261125070300, 20261125070450
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('payments_not_counted', 409,
    'Something was begun from the treasury %s after what is on its way from it was counted.',
    'Count again with payments_in_flight, then build the transaction.');

create table private.funding_waits (
  source_account text primary key,
  organization_id bigint not null,
  payroll_run_id bigint not null,
  transaction_ids bigint[] not null,
  waiting_since timestamptz not null default now(),
  next_look_at timestamptz not null,
  constraint funding_waits_treasury_belongs_to_the_organization
    foreign key (organization_id, source_account) references private.source_accounts (organization_id, account_id),
  constraint funding_waits_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint funding_waits_wait_for_something check (cardinality(transaction_ids) > 0)
);
comment on table private.funding_waits is
  'Treasuries that hold enough for the next payments of a run only if something fails that is on its way already.';
comment on column private.funding_waits.transaction_ids is
  'What is on its way; as soon as one of them has ended, what is left is looked at again.';
comment on column private.funding_waits.next_look_at is
  'When it is looked at in any case: money may have come in.';
create index funding_waits_organization_id_payroll_run_id_idx
  on private.funding_waits (organization_id, payroll_run_id);
create index funding_waits_organization_id_source_account_idx
  on private.funding_waits (organization_id, source_account);
alter table private.funding_waits enable row level security;
alter table private.funding_waits force row level security;

create function private.takings_in_flight(treasury text, known_ledger bigint)
returns table (transaction_id bigint, is_live boolean, asset_code text, asset_issuer text, amount numeric, xlm numeric)
language sql stable security definer
set search_path = ''
as $$
  with sent as (
    select live.*
    from public.transactions as live
    where live.source_account = takings_in_flight.treasury
      and live.is_live
    union all
    -- What is in a later ledger than the one that was read is not taken off in that one. More than these cannot have
    -- ended since: a treasury has at most 21 on its way at a time.
    select latest.*
    from (
      select ended.*
      from public.transactions as ended
      where ended.source_account = takings_in_flight.treasury
        and ended.submission_state in ('applied', 'applied_failed')
      order by ended.id desc
      limit 200
    ) as latest
    where latest.ledger > takings_in_flight.known_ledger
  )
  select sent.id, sent.is_live, sent.asset_code, sent.asset_issuer,
    -- What is taken back comes in.
    case when sent.transaction_type = 'refund' or sent.submission_state = 'applied_failed' then 0
      else sent.amount::numeric end,
    -- A channel pays the fee of what goes through it; a reserve for each of the two claimants is kept by the treasury.
    case when sent.channel_account is null then coalesce(sent.fee_charged_stroops,
      (private.last_fee_bump(sent.*::public.transactions)).fee_stroops, sent.fee_bid_stroops) / 10000000.0 else 0 end
    + case when sent.submission_state = 'applied_failed' then 0
      else 2 * private.base_reserve() * (
        select count(*)
        from public.transaction_operations as operation
        where operation.organization_id = sent.organization_id
          and operation.transaction_id = sent.id
          and operation.operation_type = 'create_claimable_balance') end
  from sent;
$$;
comment on function private.takings_in_flight(text, bigint) is
  'What each transaction takes of a treasury at most that is on its way, or in a later ledger than the one that is '
  'known.';

create function private.payments_in_flight(source_account text, lease_token uuid, known_ledger bigint)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_leased constant private.source_accounts :=
    private.require_lease_for(payments_in_flight.source_account, payments_in_flight.lease_token);
  v_treasury constant text := coalesce(v_leased.channel_of, v_leased.account_id);
begin
  update private.source_accounts as leased
  set counted_up_to = greatest(
    0, (
      select max(live.id)
      from public.transactions as live
      where live.source_account = v_treasury and live.is_live), (
      select max(ended.id)
      from public.transactions as ended
      where ended.source_account = v_treasury and ended.submission_state in ('applied', 'applied_failed')))
  where leased.account_id = v_leased.account_id;

  return (
    with taken as materialized (
      select taking.*
      from private.takings_in_flight(v_treasury, coalesce(payments_in_flight.known_ledger, 0)) as taking
    )
    select jsonb_build_object(
      'transaction_ids', coalesce((select jsonb_agg(taken.transaction_id order by taken.transaction_id)
        filter (where taken.is_live) from taken), '[]'),
      'amounts', coalesce((
        select jsonb_agg(jsonb_build_object('asset_code', summed.asset_code, 'asset_issuer', summed.asset_issuer,
          'amount', summed.amount::numeric(27, 7)::text) order by summed.asset_code, summed.asset_issuer)
        from (
          select part.asset_code, part.asset_issuer, sum(part.amount) as amount
          from (
            select taken.asset_code, taken.asset_issuer, taken.amount from taken
            union all
            select 'XLM', '', taken.xlm from taken
          ) as part
          group by part.asset_code, part.asset_issuer
          having sum(part.amount) > 0
        ) as summed), '[]')));
end;
$$;
comment on function private.payments_in_flight(text, uuid, bigint) is
  'What is on its way from a treasury, summed by asset, with the fees and reserves that it pays; the lease remembers '
  'what was counted.';
grant execute on function private.payments_in_flight(text, uuid, bigint) to service_role;

create function public.payments_in_flight(source_account text, lease_token uuid, known_ledger bigint)
returns jsonb
language sql volatile security invoker
set search_path = ''
as $$ select private.payments_in_flight(source_account, lease_token, known_ledger); $$;
comment on function public.payments_in_flight(text, uuid, bigint) is
  'For workers: what a leased treasury must still pay beside the next transaction.';
revoke all on function public.payments_in_flight(text, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.payments_in_flight(text, uuid, bigint) to service_role;

create function private.require_counted_funds(leased private.source_accounts)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_treasury constant text := coalesce((leased).channel_of, (leased).account_id);
begin
  -- What never got into a ledger takes nothing. Ids grow in the order of writing, because one is written at a time.
  if exists (
    select from public.transactions as live
    where live.source_account = v_treasury and live.is_live and live.id > coalesce((leased).counted_up_to, 0)
  ) or exists (
    select from public.transactions as ended
    where ended.source_account = v_treasury
      and ended.submission_state in ('applied', 'applied_failed')
      and ended.id > (leased).counted_up_to
  ) then
    perform private.refuse('payments_not_counted', v_treasury);
  end if;
end;
$$;
comment on function private.require_counted_funds(private.source_accounts) is
  'Refuses to write a transaction when something else was begun from its treasury after its worker had counted.';

create function private.wait_for_funds(payroll_run_id bigint, lease_token uuid, transaction_ids bigint[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.leased_run(wait_for_funds.payroll_run_id, wait_for_funds.lease_token);
  v_live constant bigint[] := array(
    select live.id
    from public.transactions as live
    where live.source_account = v_run.source_account
      and live.is_live
      and live.id = any (wait_for_funds.transaction_ids)
    order by live.id);
begin
  -- One of them has ended meanwhile, so there is something to look at.
  if cardinality(v_live) = 0 or cardinality(v_live) <> cardinality(wait_for_funds.transaction_ids) then
    return;
  end if;

  insert into private.funding_waits as waiting
    (source_account, organization_id, payroll_run_id, transaction_ids, next_look_at)
  values (v_run.source_account, v_run.organization_id, v_run.id, v_live, now() + interval '1 minute')
  on conflict (source_account) do update
  set transaction_ids = excluded.transaction_ids,
      next_look_at = excluded.next_look_at,
      payroll_run_id = excluded.payroll_run_id,
      waiting_since = case when waiting.payroll_run_id = excluded.payroll_run_id then waiting.waiting_since
        else excluded.waiting_since end;
end;
$$;
comment on function private.wait_for_funds(bigint, uuid, bigint[]) is
  'Builds nothing more from the treasury of a leased run before one of these transactions has ended, or a minute is '
  'over.';
grant execute on function private.wait_for_funds(bigint, uuid, bigint[]) to service_role;

create function public.wait_for_funds(payroll_run_id bigint, lease_token uuid, transaction_ids bigint[])
returns void
language sql volatile security invoker
set search_path = ''
as $$ select private.wait_for_funds(payroll_run_id, lease_token, transaction_ids); $$;
comment on function public.wait_for_funds(bigint, uuid, bigint[]) is
  'For workers: the next payments of a run wait until something ends that is on its way from its treasury.';
revoke all on function public.wait_for_funds(bigint, uuid, bigint[]) from public, anon, authenticated, service_role;
grant execute on function public.wait_for_funds(bigint, uuid, bigint[]) to service_role;

create function private.waits_for_funds(treasury text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from private.funding_waits as waiting
    where waiting.source_account = waits_for_funds.treasury
      and waiting.next_look_at > now()
      and not exists (
        select from unnest(waiting.transaction_ids) as awaited (id)
        left join public.transactions as live on live.id = awaited.id and live.is_live
        where live.id is null));
$$;
comment on function private.waits_for_funds(text) is
  'Whether the treasury has nothing left for the next payments until something ends that is on its way.';

create function private.check_funding_waits(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id, 'warning', 'payments_in_flight', 'payroll_run', run.id::text, waiting.waiting_since,
    format('Payroll run %s waits: the treasury account %s holds enough for the next payments only if some of the %s '
      'transactions fail that are on their way.', run.id, waiting.source_account,
      cardinality(waiting.transaction_ids)),
    'Fund the treasury account for the whole run. Otherwise the run goes on, or stops and says what is missing, as '
    'soon as those have ended.',
    'the end of what is on its way from the treasury account', null::timestamptz,
    'pause_payroll_run, cancel_payroll_run'
  from private.funding_waits as waiting
  join public.payroll_runs as run
    on run.source_account = waiting.source_account and run.organization_id = waiting.organization_id
  where run.status = 'processing'
    and run.stop_requested is null
    and private.has_unplanned_items(run.id)
    and (check_funding_waits.organization_id is null or run.organization_id = check_funding_waits.organization_id)
  order by run.id
  limit 200;
$$;
comment on function private.check_funding_waits(bigint) is
  'Runs that wait because what is on its way may take the rest of what their treasury holds.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_funding_waits', 'A treasury with just enough money pays one transaction after the other.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('payments_in_flight', 'private.check_funding_waits', 'payroll.waiting', '{pause_payroll_run, cancel_payroll_run}');
