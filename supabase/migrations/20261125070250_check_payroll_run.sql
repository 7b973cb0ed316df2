-- migration: what the ledger says about a payroll run
-- Whether a payee can be paid follows from what was read of the account: that it exists, its trustline, whether the
-- issuer lets it hold the asset, the room below its limit, and whether it wants a memo. The same judgement stands in
-- the report before approval and before every transaction, so nothing is sent that is known to fail. Where the ledger
-- would answer with a code of its own, that is the code of the finding. What was not read, or too long ago, is unknown.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.error_codes, private.limits, private.preflight_codes
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125000400, 20261125001200,
--   20261125010300, 20261125020100, 20261125020200, 20261125020250, 20261125040000, 20261125050000, 20261125060000,
--   20261125060100, 20261125060200, 20261125060400, 20261125060455, 20261125060500, 20261125070100, 20261125070150,
--   20261125070155, 20261125070200, 20261125070240
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.preflight_codes (
  code text primary key,
  weight text not null,
  sentence text not null,
  cure text not null,
  constraint preflight_codes_weight_is_known check (weight in ('fails', 'unknown', 'advice'))
);
comment on table private.preflight_codes is 'What a pre-flight report can find, with its sentence and its cure.';
alter table private.preflight_codes enable row level security;
alter table private.preflight_codes force row level security;

insert into private.preflight_codes (code, weight, sentence, cure) values
  ('destination_missing', 'fails',
    'The employee has no wallet address.',
    'Add the address, or remove the employee from the run.'),
  ('employee_not_payable', 'fails',
    'The employee is no longer active.',
    'Remove the employee from the run, or make the record active again.'),
  ('destination_is_issuer', 'fails',
    'The address is that of the issuer of the asset: what is sent there is destroyed.',
    'Ask the employee for the address of the own wallet.'),
  ('destination_is_treasury', 'fails',
    'The address is a treasury account of the organization.',
    'Ask the employee for the address of the own wallet.'),
  ('op_no_destination', 'fails',
    'The destination account does not exist.',
    'Ask the employee to fund the account, or to give another address.'),
  ('op_low_reserve', 'fails',
    'The destination account does not exist, and the amount is less than a new account must hold.',
    'Ask the employee to fund the account, or pay at least 1 XLM.'),
  ('op_no_trust', 'fails',
    'The destination account does not accept this asset.',
    'Ask the employee to add a trustline for the asset.'),
  ('op_not_authorized', 'fails',
    'The issuer has not authorized the destination to hold this asset, or has frozen it.',
    'Ask the issuer of the asset to authorize the account.'),
  ('op_line_full', 'fails',
    'The trustline of the destination has room for %s %s only.',
    'Ask the employee to raise the limit of the trustline.'),
  ('memo_required', 'fails',
    'The account wants a memo on every payment, and the employee has none: the money would reach somebody else there.',
    'Ask the employee for the memo and enter it beside the address. The memo of the run does not count.'),
  ('account_not_read', 'unknown',
    'The account was not read from the ledger in time.',
    'Ask for another report. Without an answer PayD pays, and the network decides.'),
  ('account_unreadable', 'unknown',
    'What the provider says about the account cannot be read.',
    'Ask for another report, or ask the operator to use another provider.'),
  ('wallet_shared', 'advice',
    'Another employee of the run is paid at the same address with the same memo.',
    'If it is one person, remove one of the two.'),
  ('account_is_new', 'advice',
    'The account does not exist yet; the payment creates it.',
    'Check with the employee that the address is right.'),
  ('paid_as_claimable_balance', 'advice',
    'The account cannot take the asset yet: the amount is set aside on the ledger until the employee claims it.',
    'Ask the employee to add a trustline for the asset and to claim the amount. The run says after how many days the '
    'organization may take it back.'),
  ('source_account_missing', 'fails',
    'The organization has no treasury account to pay from.',
    'Ask the operator of this PayD project to enroll one.'),
  ('source_account_ambiguous', 'unknown',
    'The organization has several treasury accounts, and the report was asked for without naming one.',
    'Name the account to pay from and ask for another report.'),
  ('source_account_held', 'fails',
    'Payments from the treasury account are held until people have looked at one of them.',
    'The doctor says which payment and what to do.'),
  ('source_account_not_found', 'fails',
    'The treasury account does not exist on this network.',
    'Create and fund it.'),
  ('source_account_not_read', 'unknown',
    'The treasury account was not read from the ledger.',
    'Ask for another report.'),
  ('op_src_no_trust', 'fails',
    'The treasury account has no trustline for the asset.',
    'Add the trustline to the treasury account and fund it.'),
  ('op_src_not_authorized', 'fails',
    'The issuer has not authorized the treasury account to send this asset.',
    'Ask the issuer of the asset.'),
  ('treasury_short', 'fails',
    'The treasury can spend %s %s and needs %s: it is short by %s %s.',
    'Fund the treasury account with at least that amount.'),
  ('treasury_short_of_fees', 'fails',
    'The treasury can spend %s XLM and needs %s for fees and reserves: it is short by %s XLM.',
    'Fund the treasury account with at least that amount of XLM.'),
  ('fees_may_not_suffice', 'unknown',
    'The treasury can spend %s XLM: enough at the lowest fee; at the highest that PayD offers it would take %s.',
    'Fund the treasury account with %s XLM more to be sure.'),
  ('channel_short_of_fees', 'advice',
    'The channel account %s can spend %s XLM, and its part of the fees takes up to %s: it is short by %s XLM.',
    'Send it %s XLM. When it has nothing left, the other channel accounts pay, or the treasury account by its own '
    'numbers.'),
  ('channel_not_read', 'advice',
    'The channel account %s was not read from the ledger.',
    'Ask for another report. When it cannot be used, the other channel accounts pay, or the treasury account by its '
    'own numbers.'),
  ('channel_unusable', 'advice',
    'The channel account %s cannot be used: %s.',
    'Mend or remove it. Until then the other channel accounts pay, or the treasury account by its own numbers.'),
  ('signing_key_missing', 'fails',
    'No worker has the key of the treasury account.',
    'Add the key to the secrets of payroll-disburse.'),
  ('signing_weight_too_low', 'fails',
    'The key of the treasury account has the weight %s, and a payment needs %s.',
    'Give the key more weight, or lower the medium threshold of the account.'),
  ('signers_weigh_too_little', 'fails',
    'The named signers of the treasury account weigh %s together, and a payment needs %s.',
    'Name more of its signers, or give them more weight on the ledger.');

insert into private.error_codes (code, http_status, message, hint) values
  ('payroll_run_not_checkable', 409,
    'Payroll run %s is %s, so there is nothing to check.',
    'Drafts, submitted runs and runs that were not completely paid can be checked.'),
  ('accounts_being_read', 409,
    'Another payment reads the accounts of these people right now.',
    'Ask again in a second.'),
  ('preflight_not_found', 404, 'There is no open pre-flight report %s.', 'Claim the next one.'),
  ('invalid_treasury_state', 422,
    'The state of the treasury account is not an object of at most a million characters.',
    'Send what the ledger says about it and whether its key is there, or nothing.');

create type private.payee as (
  employee_id bigint,
  destination text,
  memo_type text,
  memo text,
  amount numeric,
  item_ids bigint[],
  facts_since timestamptz
);
comment on type private.payee is
  'Who is paid how much where, and how old what is known about the account may be at most.';

create function private.base_reserve()
returns numeric
language sql immutable security invoker
set search_path = ''
as $$ select 0.5; $$;
comment on function private.base_reserve() is
  'The XLM that the network makes an account keep for each of its entries, of which an account itself counts as two.';

create function private.judged_payees(run public.payroll_runs, payees private.payee[])
returns table (
  employee_id bigint, destination text, memo_type text, memo text, amount numeric, item_ids bigint[],
  operation_type text, problem text, unknown text, room numeric, is_shared boolean, ledger bigint,
  last_synced_at timestamptz
)
language sql stable security definer
set search_path = ''
as $$
  select
    judged.employee_id, judged.destination, judged.memo_type, judged.memo, judged.amount, judged.item_ids,
    -- The first payment to an account that does not exist creates it. What an account cannot take yet waits for it.
    case when judged.is_claimable then 'create_claimable_balance'
      when judged.is_known and judged.account_state = 'missing' and (run).asset_issuer = '' and judged.place = 1
      then 'create_account' else 'payment' end,
    case
      when judged.destination is null then 'destination_missing'
      when judged.destination = (run).asset_issuer then 'destination_is_issuer'
      when judged.is_treasury then 'destination_is_treasury'
      when not judged.is_known then null
      when judged.is_claimable then case when judged.memo_required and judged.memo is null then 'memo_required' end
      when judged.account_state = 'missing' and (run).asset_issuer <> '' then 'op_no_destination'
      when judged.account_state = 'missing' and judged.place = 1 and judged.amount < 2 * private.base_reserve()
        then 'op_low_reserve'
      when judged.trustline_state = 'missing' then 'op_no_trust'
      when judged.is_frozen then 'op_not_authorized'
      when judged.room < judged.amount_until then 'op_line_full'
      when judged.memo_required and judged.memo is null then 'memo_required'
    end,
    case
      when judged.destination is null then null
      when judged.read_problem = 'balance_unreadable' and not judged.is_known then 'account_unreadable'
      when not judged.is_known or judged.account_state = 'unknown' or judged.memo_required is null
        or ((run).asset_issuer <> '' and judged.account_state = 'exists' and judged.trustline_state = 'exists'
          and judged.room is null) then 'account_not_read'
    end,
    judged.room, judged.payees_there > 1, judged.synced_ledger, judged.last_synced_at
  from (
    select payee.employee_id, payee.destination, payee.memo_type, payee.memo, payee.amount, payee.item_ids,
      wallet.account_state, wallet.trustline_state, wallet.is_frozen, wallet.memo_required, wallet.read_problem,
      wallet.synced_ledger, wallet.last_synced_at,
      coalesce(wallet.last_synced_at >= payee.facts_since, false) as is_known,
      coalesce(wallet.last_synced_at >= payee.facts_since and policy.reclaim_after_days is not null
        and (run).asset_issuer <> '' and 'missing' in (wallet.account_state, wallet.trustline_state), false)
        as is_claimable,
      wallet.trust_limit::numeric - wallet.balance::numeric - wallet.buying_liabilities::numeric as room,
      treasury.account_id is not null as is_treasury,
      row_number() over (partition by payee.destination order by payee.employee_id) as place,
      sum(payee.amount) over (partition by payee.destination order by payee.employee_id) as amount_until,
      count(*) over (partition by payee.destination, payee.memo_type, payee.memo) as payees_there
    from unnest(judged_payees.payees) as payee
    cross join (select private.reclaim_after_days(run) as reclaim_after_days) as policy
    left join public.wallets as wallet
      on wallet.organization_id = (run).organization_id
        and wallet.wallet_address = payee.destination
        and wallet.asset_code = (run).asset_code
        and wallet.asset_issuer = (run).asset_issuer
    left join private.source_accounts as treasury
      on treasury.organization_id = (run).organization_id and treasury.account_id = payee.destination
  ) as judged
  order by judged.employee_id;
$$;
comment on function private.judged_payees(public.payroll_runs, private.payee[]) is
  'With which operation each payee is paid, why the ledger would refuse it, and what is not known about the account.';

create function private.payees_of_open_numbers(payroll_run_id bigint)
returns bigint[]
language sql stable security definer
set search_path = ''
as $$
  -- A treasury uses its own open number next in any case; a channel that cannot be used leaves its people to others.
  select coalesce(array_agg(operation.employee_id), '{}')
  from public.payroll_runs as run
  join private.source_accounts as channel
    on channel.channel_of = run.source_account and channel.retired_at is null and channel.problem is null
  join private.sequence_numbers as open on open.source_account = channel.account_id and open.tx_hash is null
  join public.transactions as freed
    on freed.organization_id = run.organization_id and freed.payroll_run_id = run.id
      and freed.sequence_account = channel.account_id and freed.sequence_number::numeric = open.sequence_number
      and freed.submission_state = 'never_applied' and freed.attempts > 0
  join public.transaction_operations as operation
    on operation.organization_id = freed.organization_id and operation.transaction_id = freed.id
  where run.id = payees_of_open_numbers.payroll_run_id
    and channel.account_id <> nullif(current_setting('payd.sequence_account', true), '');
$$;
comment on function private.payees_of_open_numbers(bigint) is
  'Whom a transaction of another channel would have paid of which only a provider says that it never was in a ledger: '
  'nobody but that channel pays them, because only its number cannot pay a second time.';

create function private.next_payees(payroll_run_id bigint, max_payees integer)
returns private.payee[]
language sql stable security definer
set search_path = ''
as $$
  -- One payment for each employee: base and bonuses of the run are summed. A transaction has one memo.
  with first as (
    select coalesce(item.memo_type || ' ' || item.memo, '') as memo_key
    from public.payroll_items as item
    join public.employees as employee
      on employee.organization_id = item.organization_id and employee.id = item.employee_id
    where item.payroll_run_id = next_payees.payroll_run_id
      and item.status = 'pending'
      and item.transaction_operation_id is null
      and employee.status = 'active'
      and employee.deleted_at is null
      and item.employee_id <> all ((select private.payees_of_open_numbers(next_payees.payroll_run_id))::bigint[])
    order by coalesce(item.memo_type || ' ' || item.memo, ''), item.employee_id
    limit 1
  )
  select coalesce(array_agg(row(unpaid.employee_id, unpaid.destination, unpaid.memo_type, unpaid.memo, unpaid.amount,
    unpaid.item_ids, greatest(unpaid.changed_at, now() - interval '5 minutes'))::private.payee
    order by unpaid.employee_id), '{}')
  from (
    select item.employee_id, min(item.destination) as destination, min(item.memo_type) as memo_type,
      min(item.memo) as memo, sum(item.amount::numeric) as amount, array_agg(item.id order by item.id) as item_ids,
      -- What was read before an item was freed or is to be retried may be mended since.
      max(item.updated_at) as changed_at
    from public.payroll_items as item
    join public.employees as employee
      on employee.organization_id = item.organization_id and employee.id = item.employee_id
    where item.payroll_run_id = next_payees.payroll_run_id
      and item.status = 'pending'
      and item.transaction_operation_id is null
      and coalesce(item.memo_type || ' ' || item.memo, '') = (select first.memo_key from first)
      -- Whoever left after the payment was started, and is in no transaction yet, is not paid.
      and employee.status = 'active'
      and employee.deleted_at is null
      and item.employee_id <> all ((select private.payees_of_open_numbers(next_payees.payroll_run_id))::bigint[])
    group by item.employee_id
    order by item.employee_id
    limit greatest(next_payees.max_payees, 1)
  ) as unpaid;
$$;
comment on function private.next_payees(bigint, integer) is
  'The next employees of a run whom nothing can have paid yet and who are paid with the same memo, in a fixed order.';

create function private.refuse_known_failures(run public.payroll_runs)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_failed bigint[];
  v_rounds integer := 0;
begin
  loop
    v_rounds := v_rounds + 1;

    with known as (
      select judged.item_ids, judged.problem, format(meaning.sentence, judged.room, (run).asset_code) || ' '
        || meaning.cure as reason
      from private.judged_payees(run, private.next_payees((run).id, 200)) as judged
      join private.preflight_codes as meaning on meaning.code = judged.problem
    ), failed as (
      update public.payroll_items as item
      set status = 'failed', failure_code = known.problem, failure_reason = known.reason
      from known
      where item.id = any (known.item_ids)
        and item.status = 'pending'
      returning item.id
    )
    select array_agg(failed.id) into v_failed from failed;

    perform private.tell_failed_items(v_failed);

    -- Those who are failed make room for others behind them.
    exit when v_failed is null or v_rounds >= 50;
  end loop;

  return v_rounds;
end;
$$;
comment on function private.refuse_known_failures(public.payroll_runs) is
  'Fails the items next to be paid of which what was just read of the ledger says that they would fail, with the '
  'reason; a retry pays them once the cause is mended.';

create function private.is_read_for_a_payment(lease_token uuid)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from private.source_accounts as paying
    where paying.lease_token = is_read_for_a_payment.lease_token);
$$;
comment on function private.is_read_for_a_payment(uuid) is
  'Whether an account is read under the lease of a worker that is about to pay.';

create function private.lease_accounts(accounts text[], lease_token uuid, lease_seconds integer, is_for_payment boolean)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_leased text[];
begin
  with leased as (
    insert into private.wallet_reads (account_id, lease_token, leased_until)
    select wanted.account_id, lease_accounts.lease_token, now() + make_interval(secs => lease_accounts.lease_seconds)
    from (select distinct given.account_id from unnest(lease_accounts.accounts) as given (account_id)) as wanted
    order by wanted.account_id
    on conflict (account_id) do update
    set lease_token = excluded.lease_token, leased_until = excluded.leased_until, asked_at = now()
    -- A payment does not wait for what others read meanwhile: what they bring counts no more then.
    where (wallet_reads.leased_until <= now()
        or lease_accounts.is_for_payment and not private.is_read_for_a_payment(wallet_reads.lease_token))
      and coalesce(wallet_reads.ask_again_at <= now(), true)
    returning wallet_reads.account_id
  )
  select array_agg(leased.account_id) into v_leased from leased;

  -- Every asset for which anybody keeps a wallet of the account: what is asked for at once is known as of one ledger.
  return coalesce((
    select jsonb_agg(jsonb_build_object('account_id', asked.account_id, 'assets', asked.assets)
      order by asked.account_id)
    from (
      select leased.account_id,
        (select coalesce(jsonb_agg(distinct jsonb_build_object('asset_code', wallet.asset_code, 'asset_issuer',
          wallet.asset_issuer)) filter (where wallet.asset_issuer <> ''), '[]')
        from public.wallets as wallet
        where wallet.wallet_address = leased.account_id) as assets
      from unnest(v_leased) as leased (account_id)
    ) as asked), '[]');
end;
$$;
comment on function private.lease_accounts(text[], uuid, integer, boolean) is
  'Leases those of the accounts that nobody reads right now, with the assets to ask for. A payment takes over what is '
  'read for a report or for the list of wallets.';

create function private.accounts_to_check(payroll_run_id bigint, lease_token uuid)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs :=
    private.leased_run(accounts_to_check.payroll_run_id, accounts_to_check.lease_token);
  v_unknown text[];
  v_leased jsonb;
begin
  if v_run.status <> 'processing' then
    return '[]'::jsonb;
  end if;

  perform private.fail_items_of_leavers(v_run.id);
  perform private.refuse_known_failures(v_run);

  v_unknown := array(
    select judged.destination
    from private.judged_payees(v_run, private.next_payees(v_run.id, 200)) as judged
    where judged.unknown is not null
    limit 200);
  v_leased := private.lease_accounts(v_unknown, accounts_to_check.lease_token, 20, true);

  -- Another payment to the same people is about to know what is missing here.
  if v_leased = '[]' and exists (
    select from private.wallet_reads as read
    where read.account_id = any (v_unknown)
      and read.leased_until > now()
      and read.lease_token <> accounts_to_check.lease_token
      and private.is_read_for_a_payment(read.lease_token)) then
    perform private.refuse('accounts_being_read');
  end if;

  return v_leased;
end;
$$;
comment on function private.accounts_to_check(bigint, uuid) is
  'Fails what is known to fail among the next payments of a run, and leases the accounts of which too little is known.';
grant execute on function private.accounts_to_check(bigint, uuid) to service_role;

create function public.accounts_to_check(payroll_run_id bigint, lease_token uuid)
returns jsonb
language sql volatile security invoker
set search_path = ''
as $$ select private.accounts_to_check(payroll_run_id, lease_token); $$;
comment on function public.accounts_to_check(bigint, uuid) is
  'For workers: the accounts to be read before the next transaction of a run is planned.';
revoke all on function public.accounts_to_check(bigint, uuid) from public, anon, authenticated, service_role;
grant execute on function public.accounts_to_check(bigint, uuid) to service_role;

create function private.request_payroll_preflight(payroll_run_id bigint, source_account text)
returns setof public.payroll_preflights
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_run public.payroll_runs := private.locked_payroll_run(request_payroll_preflight.payroll_run_id, 'manager');
begin
  if v_run.status not in ('draft', 'pending', 'failed') then
    perform private.refuse('payroll_run_not_checkable', v_run.id::text, v_run.status);
  end if;

  if request_payroll_preflight.source_account is not null then
    perform private.chosen_source_account(v_run.organization_id, request_payroll_preflight.source_account);
  end if;

  perform private.count_use('preflights_per_person_and_hour', v_member);
  perform private.ring('payroll-disburse');

  return next private.ask_preflight(v_run, v_member.id, request_payroll_preflight.source_account);
end;
$$;
grant execute on function private.request_payroll_preflight(bigint, text) to authenticated;

create function public.request_payroll_preflight(payroll_run_id bigint, source_account text default null)
returns setof public.payroll_preflights
language sql volatile security invoker
set search_path = ''
as $$ select * from private.request_payroll_preflight(payroll_run_id, source_account); $$;
comment on function public.request_payroll_preflight(bigint, text) is
  'Asks what the ledger says about a run: who cannot be paid, and what the treasury lacks. The answer is read from '
  'payroll_preflight_reports.';
revoke all on function public.request_payroll_preflight(bigint, text)
  from public, anon, authenticated, service_role;
grant execute on function public.request_payroll_preflight(bigint, text) to authenticated;

create type public.claimed_preflight as (
  payroll_preflight_id bigint,
  source_account text,
  lease_token uuid,
  network_passphrase text,
  horizon_url text,
  rpc_url text,
  accounts jsonb,
  channels text[]
);
comment on type public.claimed_preflight is
  'A report to be read for: the next accounts, or none when only the treasury account is left.';

create function private.payees_of_run(run public.payroll_runs, facts_since timestamptz)
returns private.payee[]
language sql stable security definer
set search_path = ''
as $$
  select coalesce(array_agg(row(unpaid.employee_id, unpaid.destination, unpaid.memo_type, unpaid.memo, unpaid.amount,
    unpaid.item_ids, payees_of_run.facts_since)::private.payee order by unpaid.employee_id), '{}')
  from (
    select item.employee_id, sum(item.amount::numeric) as amount, array_agg(item.id order by item.id) as item_ids,
      min(case when (run).status = 'draft' then employee.wallet_address else item.destination end) as destination,
      min(case when (run).status = 'draft' then employee.memo_type else item.memo_type end) as memo_type,
      min(case when (run).status = 'draft' then employee.memo else item.memo end) as memo
    from public.payroll_items as item
    join public.employees as employee
      on employee.organization_id = item.organization_id and employee.id = item.employee_id
    where item.organization_id = (run).organization_id
      and item.payroll_run_id = (run).id
      and item.status in ('pending', 'failed')
      and employee.status = 'active'
      and employee.deleted_at is null
    group by item.employee_id
  ) as unpaid;
$$;
comment on function private.payees_of_run(public.payroll_runs, timestamptz) is
  'Everybody whom the run is still to pay; a draft pays the address that the employee has now.';

create function private.claim_preflight(lease_seconds integer)
returns setof public.claimed_preflight
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_settings private.settings;
  v_report public.payroll_preflights;
  v_run public.payroll_runs;
  v_token uuid := gen_random_uuid();
  v_seconds integer := least(greatest(coalesce(claim_preflight.lease_seconds, 20), 10), 120);
  v_waiting text[];
  v_treasury text;
  v_accounts jsonb;
begin
  select settings.* into v_settings from private.settings as settings;

  if v_settings.network_passphrase is null then
    return;
  end if;

  update private.preflight_work as work
  set lease_token = v_token, leased_until = now() + make_interval(secs => v_seconds),
      next_look_at = now() + make_interval(secs => v_seconds)
  where work.payroll_preflight_id = (
    select due.payroll_preflight_id
    from private.preflight_work as due
    where due.next_look_at <= now()
      and coalesce(due.leased_until <= now(), true)
    order by due.next_look_at, due.payroll_preflight_id
    limit 1
    for update skip locked)
  returning work.payroll_preflight_id into v_report.id;

  if not found then
    return;
  end if;

  select report.* into v_report from public.payroll_preflights as report where report.id = v_report.id;
  select run.* into v_run from public.payroll_runs as run where run.id = v_report.payroll_run_id;

  -- Accounts that were asked about since the report was wished for are done, whatever came of it. A report never waits
  -- longer than ten minutes for the others: they are unknown.
  v_waiting := array(
    select payee.destination
    from unnest(private.payees_of_run(v_run, v_report.requested_at)) as payee
    left join public.wallets as wallet
      on wallet.organization_id = v_run.organization_id and wallet.wallet_address = payee.destination
        and wallet.asset_code = v_run.asset_code and wallet.asset_issuer = v_run.asset_issuer
    where payee.destination is not null
      and wallet.id is not null
      and coalesce(wallet.asked_at < v_report.requested_at, true)
      and v_report.requested_at > now() - interval '10 minutes'
    order by payee.employee_id);

  -- Through RPC a question is about a hundred accounts; through Horizon each is a question of its own.
  v_accounts := private.lease_accounts(v_waiting[1:case when v_settings.rpc_url is null then 100 else 1000 end],
    v_token, v_seconds, false);

  if v_accounts = '[]' and cardinality(v_waiting) > 0 then
    -- Somebody else reads them right now, or they wait because the provider gave no answer.
    update private.preflight_work as work
    set lease_token = null, leased_until = null, next_look_at = now() + interval '5 seconds'
    where work.payroll_preflight_id = v_report.id;

    return;
  end if;

  v_treasury := coalesce(v_report.source_account, (
    select min(account.account_id)
    from private.source_accounts as account
    where account.organization_id = v_report.organization_id
      and account.channel_of is null
    having count(*) = 1));

  return next row(v_report.id, v_treasury,
    v_token, v_settings.network_passphrase, v_settings.horizon_url, v_settings.rpc_url,
    v_accounts, coalesce(private.channels_of(v_treasury), '{}'))::public.claimed_preflight;
end;
$$;
comment on function private.claim_preflight(integer) is
  'Leases one report with the next accounts that are to be read for it; with none, the treasury is left.';
grant execute on function private.claim_preflight(integer) to service_role;

create function public.claim_preflight(lease_seconds integer default 20)
returns setof public.claimed_preflight
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_preflight(lease_seconds); $$;
comment on function public.claim_preflight(integer) is
  'For workers: leases a pre-flight report to read the ledger for.';
revoke all on function public.claim_preflight(integer) from public, anon, authenticated, service_role;
grant execute on function public.claim_preflight(integer) to service_role;

create function private.locked_preflight(payroll_preflight_id bigint, lease_token uuid)
returns public.payroll_preflights
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_report public.payroll_preflights;
begin
  perform from private.preflight_work as work
  where work.payroll_preflight_id = locked_preflight.payroll_preflight_id
    and work.lease_token = locked_preflight.lease_token
  for update;

  if not found then
    perform private.refuse('preflight_not_found', coalesce(locked_preflight.payroll_preflight_id::text, 'without id'));
  end if;

  select report.* into v_report
  from public.payroll_preflights as report
  where report.id = locked_preflight.payroll_preflight_id
  for update;

  return v_report;
end;
$$;
comment on function private.locked_preflight(bigint, uuid) is
  'The open report that is leased with the token, locked.';

create function private.continue_preflight(payroll_preflight_id bigint, lease_token uuid, next_look_seconds integer)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_report public.payroll_preflights :=
  private.locked_preflight(continue_preflight.payroll_preflight_id, continue_preflight.lease_token);
begin
  update private.preflight_work as work
  set lease_token = null,
      leased_until = null,
      next_look_at = now() + make_interval(secs => least(greatest(coalesce(continue_preflight.next_look_seconds, 0), 0),
        600))
  where work.payroll_preflight_id = v_report.id;
end;
$$;
comment on function private.continue_preflight(bigint, uuid, integer) is
  'Gives a report back of which more accounts are to be read.';
grant execute on function private.continue_preflight(bigint, uuid, integer) to service_role;

create function public.continue_preflight(payroll_preflight_id bigint, lease_token uuid, next_look_seconds integer)
returns void
language sql volatile security invoker
set search_path = ''
as $$ select private.continue_preflight(payroll_preflight_id, lease_token, next_look_seconds); $$;
comment on function public.continue_preflight(bigint, uuid, integer) is
  'For workers: gives a report back whose accounts were read as far as possible.';
revoke all on function public.continue_preflight(bigint, uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.continue_preflight(bigint, uuid, integer) to service_role;

create type private.channel_cover as (
  transactions bigint,
  payees_at_best bigint
);
comment on type private.channel_cover is
  'Of how many transactions channel accounts pay even the highest fee that is offered, and of how many payees at most '
  'the lowest that the network takes; that is unknown (null) where a channel was not read.';

create function private.note_channels(
  report public.payroll_preflights, treasury text, state jsonb, payees bigint, max_fee_stroops bigint
)
returns private.channel_cover
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_channel record;
  v_cover private.channel_cover := row(0, 0);
  -- What a full transaction costs at the highest fee, inside a fee bump, which counts as one operation more.
  v_most constant numeric := 101 * max_fee_stroops / 10000000.0;
  v_part numeric;
  v_fees numeric;
begin
  v_part := ceil((report).transaction_count::numeric / greatest((
    select count(*)
    from private.channels_read(note_channels.treasury, note_channels.state) as channel
    where channel.is_read and channel.problem is null), 1));
  -- At the highest fee it is not used with less than a full transaction costs.
  v_fees := greatest(least(v_part * 100, note_channels.payees) * max_fee_stroops / 10000000.0, v_most);

  for v_channel in
    select channel.* from private.channels_read(note_channels.treasury, note_channels.state) as channel
  loop
    if not v_channel.is_read then
      -- It may pay everything or nothing.
      v_cover.payees_at_best := null;
      perform private.note_finding(note_channels.report, 'channel_not_read', null, null, array[v_channel.account_id]);
      continue;
    end if;

    perform private.note_channel_problem(v_channel.account_id, v_channel.problem);

    if v_channel.problem is not null then
      perform private.note_finding(note_channels.report, 'channel_unusable', null, null,
        array[v_channel.account_id, private.channel_problem(v_channel.problem)]);
      continue;
    end if;

    v_cover.transactions := v_cover.transactions + floor(v_channel.spendable / v_most);
    -- It is used as long as it holds the least offer for a full transaction; the network takes 100 stroops for a payee.
    v_cover.payees_at_best := v_cover.payees_at_best
      + case when v_channel.spendable < 0.01 then 0 else floor((v_channel.spendable - 0.01) * 100000) + 100 end;

    if v_channel.spendable < v_fees then
      perform private.note_finding(note_channels.report, 'channel_short_of_fees', null, v_fees - v_channel.spendable,
        array[v_channel.account_id, v_channel.spendable::numeric(20, 7)::text, v_fees::numeric(20, 7)::text,
          (v_fees - v_channel.spendable)::numeric(20, 7)::text]);
    end if;
  end loop;

  return v_cover;
end;
$$;
comment on function private.note_channels(public.payroll_preflights, text, jsonb, bigint, bigint) is
  'Writes what was read of the channel accounts of a treasury, advises about those that cannot be used or hold too '
  'little, and answers how many transactions they pay the fees of.';

create function private.channels_read(treasury text, state jsonb)
returns table (account_id text, is_read boolean, problem text, spendable numeric)
language sql stable security definer
set search_path = ''
as $$
  select channel.account_id, given.value is not null, given.value ->> 'problem',
    -- Of one that is read without what it holds nothing is known to be there.
    case when given.value ->> 'spendable' ~ '^[0-9]{1,12}[.][0-9]{7}$' then (given.value ->> 'spendable')::numeric
      else 0 end
  from private.source_accounts as channel
  left join lateral (
    select told.value
    from jsonb_array_elements(case when jsonb_typeof(state -> 'channels') = 'array' then state -> 'channels'
      else '[]' end) as told
    where told.value ->> 'account_id' = channel.account_id
    limit 1
  ) as given on true
  where channel.channel_of = channels_read.treasury
    and channel.retired_at is null
  order by channel.account_id;
$$;
comment on function private.channels_read(text, jsonb) is
  'The channel accounts of a treasury with what a worker read of each.';

create function private.note_finding(
  report public.payroll_preflights, code text, employee_id bigint, amount numeric, details text[]
)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into public.payroll_preflight_findings
    (organization_id, payroll_preflight_id, employee_id, weight, code, amount, sentence, cure)
  select (report).organization_id, (report).id, note_finding.employee_id, meaning.weight, meaning.code,
    note_finding.amount, format(meaning.sentence, variadic note_finding.details),
    format(meaning.cure, variadic note_finding.details[4:])
  from private.preflight_codes as meaning
  where meaning.code = note_finding.code;
$$;
comment on function private.note_finding(public.payroll_preflights, text, bigint, numeric, text[]) is
  'Writes a finding with the sentence and the cure of its code; details fill the sentence, the fourth on the cure.';

create type private.treasury_state as (
  account_exists boolean,
  ledger bigint,
  spendable numeric,
  xlm_spendable numeric,
  holds_asset boolean,
  is_authorized boolean,
  has_key boolean,
  weight integer,
  threshold integer
);
comment on type private.treasury_state is 'What the ledger says about the account that a run would be paid from.';

create function private.read_treasury(run public.payroll_runs, account text, state jsonb)
returns private.treasury_state
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_treasury private.treasury_state;
  v_native record;
  v_line record;
begin
  if jsonb_typeof(read_treasury.state) is distinct from 'object'
    or jsonb_typeof(read_treasury.state -> 'account_exists') is distinct from 'boolean'
    or jsonb_typeof(read_treasury.state -> 'ledger') is distinct from 'number' then
    return null;
  end if;

  v_treasury.account_exists := (state ->> 'account_exists')::boolean;
  v_treasury.ledger := (state ->> 'ledger')::bigint;
  v_treasury.has_key := coalesce((state ->> 'has_key')::boolean, false);

  if not v_treasury.account_exists then
    return v_treasury;
  end if;

  select line.* into v_native
  from jsonb_array_elements(state -> 'balances') as held (value)
  cross join lateral private.read_balance_line(held.value) as line
  where line.is_readable and line.asset_code = 'XLM' and line.asset_issuer = '';

  select line.* into v_line
  from jsonb_array_elements(state -> 'balances') as held (value)
  cross join lateral private.read_balance_line(held.value) as line
  where line.is_readable and line.asset_code = (run).asset_code and line.asset_issuer = (run).asset_issuer;

  -- What the account must keep, and what its own offers have promised, cannot be spent.
  v_treasury.xlm_spendable := greatest(v_native.balance - v_native.selling_liabilities
    - private.base_reserve() * (2 + (state ->> 'subentry_count')::integer + (state ->> 'num_sponsoring')::integer
      - (state ->> 'num_sponsored')::integer), 0);
  v_treasury.holds_asset := (run).asset_issuer = '' or v_line.balance is not null;
  v_treasury.spendable := case when (run).asset_issuer = '' then v_treasury.xlm_spendable
    -- An issuer makes its asset by paying it.
    when (run).asset_issuer = read_treasury.account then 922337203685.4775807
    else greatest(v_line.balance - v_line.selling_liabilities, 0) end;
  v_treasury.holds_asset := v_treasury.holds_asset or (run).asset_issuer = read_treasury.account;
  v_treasury.is_authorized := coalesce(v_line.is_authorized, true);
  v_treasury.weight := (state ->> 'weight')::integer;
  -- The network asks for one valid signature even where the threshold is 0.
  v_treasury.threshold := greatest((state ->> 'threshold')::integer, 1);

  -- No key of a worker is needed where wallets sign; those that the organization named count.
  if private.is_signed_by_wallets(read_treasury.account) then
    v_treasury.has_key := true;
    v_treasury.weight := case when jsonb_typeof(state -> 'signers') = 'array' then (
      select coalesce(sum((known.signer ->> 'weight')::integer), 0)
      from jsonb_array_elements(state -> 'signers') as known (signer)
      where known.signer ->> 'key' = any (private.signers_of(read_treasury.account))) end;
  end if;

  return v_treasury;
exception when data_exception or invalid_parameter_value then
  return null;
end;
$$;
comment on function private.read_treasury(public.payroll_runs, text, jsonb) is
  'What of the account can be spent for the run, and whether it can be signed for; null when it cannot be read.';

create function private.promised_elsewhere(run public.payroll_runs, account text)
returns table (amount numeric, payees bigint)
language sql stable security definer
set search_path = ''
as $$
  select coalesce(sum(item.amount::numeric) filter (
      where (other.asset_code, other.asset_issuer) = ((run).asset_code, (run).asset_issuer)), 0),
    count(distinct (item.payroll_run_id, item.employee_id))
  from public.payroll_runs as other
  join public.payroll_items as item
    on item.organization_id = other.organization_id and item.payroll_run_id = other.id
  where other.organization_id = (run).organization_id
    and other.id <> (run).id
    and other.status = 'processing'
    and other.source_account = promised_elsewhere.account
    and item.status = 'pending';
$$;
comment on function private.promised_elsewhere(public.payroll_runs, text) is
  'What runs that are being paid from the account will still take of it.';

create function private.finish_preflight(payroll_preflight_id bigint, lease_token uuid, treasury jsonb)
returns setof public.payroll_preflights
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_report public.payroll_preflights :=
    private.locked_preflight(finish_preflight.payroll_preflight_id, finish_preflight.lease_token);
  v_run public.payroll_runs;
  v_account text;
  v_accounts bigint;
  v_treasury private.treasury_state;
  v_promised record;
  v_payable numeric;
  v_least_fee numeric;
  v_most_fee numeric;
  v_max_fee bigint;
  v_cover private.channel_cover := row(0, 0);
  v_fails bigint;
  v_unknowns bigint;
begin
  if private.json_holds_secret_key(finish_preflight.treasury) then
    perform private.refuse('secret_key_refused', 'The state of the treasury account');
  end if;

  if jsonb_typeof(finish_preflight.treasury) not in ('object', 'null')
    or length(finish_preflight.treasury::text) > 1000000 then
    perform private.refuse('invalid_treasury_state');
  end if;

  select run.* into v_run from public.payroll_runs as run where run.id = v_report.payroll_run_id;

  v_report.run_version := v_run.version;
  v_report.content_hash := v_run.content_hash;

  -- The payees: one pass over the run.
  with judged as materialized (
    select payee.*
    from private.judged_payees(v_run, private.payees_of_run(v_run, v_report.requested_at)) as payee
  ), noted as (
    insert into public.payroll_preflight_findings
      (organization_id, payroll_preflight_id, employee_id, weight, code, amount, sentence, cure)
    select v_report.organization_id, v_report.id, judged.employee_id, meaning.weight, meaning.code, judged.amount,
      format(meaning.sentence, greatest(judged.room, 0), v_run.asset_code), meaning.cure
    from judged
    cross join lateral (
      select judged.problem as code where judged.problem is not null
      union all
      select judged.unknown where judged.problem is null and judged.unknown is not null
      union all
      select 'account_is_new' where judged.problem is null and judged.operation_type = 'create_account'
      union all
      select 'paid_as_claimable_balance'
      where judged.problem is null and judged.operation_type = 'create_claimable_balance'
      union all
      select 'wallet_shared' where judged.problem is null and judged.is_shared and judged.destination is not null
    ) as found
    join private.preflight_codes as meaning on meaning.code = found.code
    order by case meaning.weight when 'fails' then 0 when 'unknown' then 1 else 2 end, judged.employee_id
  )
  select count(*), count(*) filter (where judged.problem is not null),
    count(*) filter (where judged.problem is null and judged.unknown is not null),
    count(*) filter (where judged.problem is null and judged.operation_type = 'create_account'),
    count(*) filter (where judged.problem is null and judged.operation_type = 'create_claimable_balance'),
    coalesce(sum(judged.amount), 0), coalesce(sum(judged.amount) filter (where judged.problem is not null), 0),
    min(judged.ledger) filter (where judged.last_synced_at >= v_report.requested_at),
    max(judged.ledger) filter (where judged.last_synced_at >= v_report.requested_at),
    case when bool_and(judged.unknown is null) then min(judged.last_synced_at) end
  into v_report.payee_count, v_report.failing_count, v_report.unknown_count, v_report.new_account_count,
    v_report.claimable_count, v_report.total_amount, v_report.failing_amount, v_report.from_ledger, v_report.to_ledger,
    v_report.known_at
  from judged;

  -- People who left meanwhile are paid nothing, and the run says so.
  perform private.note_finding(v_report, 'employee_not_payable', gone.employee_id, gone.amount, '{}')
  from (
    select item.employee_id, sum(item.amount::numeric) as amount
    from public.payroll_items as item
    join public.employees as employee
      on employee.organization_id = item.organization_id and employee.id = item.employee_id
    where item.organization_id = v_run.organization_id
      and item.payroll_run_id = v_run.id
      and item.status in ('pending', 'failed')
      and (employee.status <> 'active' or employee.deleted_at is not null)
    group by item.employee_id
    order by item.employee_id
  ) as gone;

  select coalesce(sum(ceil(memo.payees / 100.0)), 0) into v_report.transaction_count
  from (
    select count(*) as payees
    from unnest(private.payees_of_run(v_run, v_report.requested_at)) as payee
    where not exists (
      select from public.payroll_preflight_findings as finding
      where finding.organization_id = v_report.organization_id
        and finding.payroll_preflight_id = v_report.id
        and finding.employee_id = payee.employee_id
        and finding.weight = 'fails')
    group by payee.memo_type, payee.memo
  ) as memo;

  -- The treasury: the account that was named or is the only one.
  select count(*), min(account.account_id) into v_accounts, v_account
  from private.source_accounts as account
  where account.organization_id = v_run.organization_id
    and account.channel_of is null
    and (v_report.source_account is null or account.account_id = v_report.source_account);

  v_payable := v_report.total_amount::numeric - v_report.failing_amount::numeric;
  select settings.max_fee_stroops into v_max_fee from private.settings as settings;
  v_report.fee_budget := (v_report.payee_count - v_report.failing_count) * v_max_fee / 10000000.0;
  -- Each claimable balance has two claimants, for each of whom the treasury keeps a reserve.
  v_report.reserve := v_report.claimable_count * 2 * private.base_reserve();

  if v_accounts = 1 then
    v_report.source_account := v_account;
    v_treasury := private.read_treasury(v_run, v_account, finish_preflight.treasury);

    if exists (select from private.channels_read(v_account, finish_preflight.treasury)) then
      v_cover := private.note_channels(v_report, v_account, finish_preflight.treasury,
        v_report.payee_count - v_report.failing_count, v_max_fee);
    end if;
  end if;

  -- The treasury pays the fees of what goes through no channel.
  v_least_fee := greatest(v_report.payee_count - v_report.failing_count
    - coalesce(v_cover.payees_at_best, v_report.payee_count), 0) * 100 / 10000000.0;
  v_most_fee := least(v_report.fee_budget::numeric,
    greatest(v_report.transaction_count - v_cover.transactions, 0) * 100 * v_max_fee / 10000000.0);

  if v_accounts = 0 then
    perform private.note_finding(v_report, 'source_account_missing', null, null, '{}');
  elsif v_accounts > 1 then
    perform private.note_finding(v_report, 'source_account_ambiguous', null, null, '{}');
  elsif v_treasury.account_exists is null then
    perform private.note_finding(v_report, 'source_account_not_read', null, null, '{}');
  elsif not v_treasury.account_exists then
    perform private.note_finding(v_report, 'source_account_not_found', null, null, '{}');
  else
    if private.source_account_is_held(v_account) then
      perform private.note_finding(v_report, 'source_account_held', null, null, '{}');
    end if;

    if not v_treasury.has_key then
      perform private.note_finding(v_report, 'signing_key_missing', null, null, '{}');
    end if;

    if v_treasury.weight < v_treasury.threshold then
      perform private.note_finding(v_report, case when private.is_signed_by_wallets(v_account)
        then 'signers_weigh_too_little' else 'signing_weight_too_low' end, null, null,
        array[v_treasury.weight::text, v_treasury.threshold::text]);
    end if;

    if not v_treasury.holds_asset then
      perform private.note_finding(v_report, 'op_src_no_trust', null, null, '{}');
    elsif not v_treasury.is_authorized then
      perform private.note_finding(v_report, 'op_src_not_authorized', null, null, '{}');
    end if;

    if v_treasury.xlm_spendable is null or (v_treasury.holds_asset and v_treasury.spendable is null)
      or v_treasury.weight is null then
      perform private.note_finding(v_report, 'source_account_not_read', null, null, '{}');
    else
      select promised.* into v_promised from private.promised_elsewhere(v_run, v_account) as promised;

      v_report.spendable := greatest(coalesce(v_treasury.spendable, 0) - v_promised.amount, 0);
      v_report.needed := v_payable + case when v_run.asset_issuer = '' then v_most_fee else 0 end;
      v_report.short := greatest(v_report.needed::numeric - v_report.spendable::numeric, 0);
      v_report.xlm_spendable := case when v_run.asset_issuer = '' then v_report.spendable
        else v_treasury.xlm_spendable end;
      v_report.xlm_needed := case when v_run.asset_issuer = '' then v_report.needed::numeric
        else v_most_fee + v_report.reserve::numeric end;
      v_report.xlm_short := greatest(v_report.xlm_needed::numeric - v_report.xlm_spendable::numeric, 0);

      if v_report.spendable::numeric
        < v_payable + (case when v_run.asset_issuer = '' then v_least_fee else 0 end) then
        perform private.note_finding(v_report, 'treasury_short', null, v_report.short::numeric, array[
          v_report.spendable::text, v_run.asset_code, v_report.needed::text, v_report.short::text, v_run.asset_code]);
      elsif v_run.asset_issuer <> ''
        and v_report.xlm_spendable::numeric < v_least_fee + v_report.reserve::numeric then
        perform private.note_finding(v_report, 'treasury_short_of_fees', null, v_report.xlm_short::numeric, array[
          v_report.xlm_spendable::text, v_report.xlm_needed::text, v_report.xlm_short::text]);
      end if;

      if v_report.xlm_short::numeric > 0 and not exists (
        select from public.payroll_preflight_findings as finding
        where finding.organization_id = v_report.organization_id
          and finding.payroll_preflight_id = v_report.id
          and finding.code in ('treasury_short', 'treasury_short_of_fees')
          and (v_run.asset_issuer = '' or finding.code = 'treasury_short_of_fees')
      ) then
        perform private.note_finding(v_report, 'fees_may_not_suffice', null, v_report.xlm_short::numeric, array[
          v_report.xlm_spendable::text, v_report.xlm_needed::text, '', v_report.xlm_short::text]);
      end if;
    end if;
  end if;

  select count(*) filter (where finding.weight = 'fails'), count(*) filter (where finding.weight = 'unknown')
  into v_fails, v_unknowns
  from public.payroll_preflight_findings as finding
  where finding.organization_id = v_report.organization_id
    and finding.payroll_preflight_id = v_report.id;

  update public.payroll_preflights as report
  set (run_version, content_hash, source_account, known_at, from_ledger, to_ledger, payee_count, failing_count,
      unknown_count, new_account_count, claimable_count, transaction_count, total_amount, failing_amount, spendable,
      needed, short, fee_budget, reserve, xlm_spendable, xlm_needed, xlm_short)
      = (v_report.run_version, v_report.content_hash, v_report.source_account, v_report.known_at,
        v_report.from_ledger, v_report.to_ledger, v_report.payee_count, v_report.failing_count,
        v_report.unknown_count, v_report.new_account_count, v_report.claimable_count, v_report.transaction_count,
        v_report.total_amount, v_report.failing_amount, v_report.spendable, v_report.needed, v_report.short,
        v_report.fee_budget, v_report.reserve, v_report.xlm_spendable, v_report.xlm_needed, v_report.xlm_short),
      verdict = case when v_fails > 0 then 'will_fail' when v_unknowns > 0 or v_report.known_at is null then 'unknown'
        else 'will_succeed' end,
      finished_at = now()
  where report.id = v_report.id
  returning report.* into v_report;

  delete from private.preflight_work as work where work.payroll_preflight_id = v_report.id;

  perform private.payroll_run_event(v_run, 'payroll.checked', v_report.id::text);

  return next v_report;
end;
$$;
comment on function private.finish_preflight(bigint, uuid, jsonb) is
  'Writes the report from what was read: every payee, and what the treasury can spend and sign.';
grant execute on function private.finish_preflight(bigint, uuid, jsonb) to service_role;

create function public.finish_preflight(payroll_preflight_id bigint, lease_token uuid, treasury jsonb default null)
returns setof public.payroll_preflights
language sql volatile security invoker
set search_path = ''
as $$ select * from private.finish_preflight(payroll_preflight_id, lease_token, treasury); $$;
comment on function public.finish_preflight(bigint, uuid, jsonb) is
  'For workers: writes the report once everything was asked, with the state of the treasury account.';
revoke all on function public.finish_preflight(bigint, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.finish_preflight(bigint, uuid, jsonb) to service_role;

create function private.check_preflights(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select report.organization_id, 'warning', 'preflight_waits', 'payroll_run', report.payroll_run_id::text,
    report.requested_at,
    format('The report about payroll run %s has not been written.', report.payroll_run_id),
    'Look whether payroll-disburse is rung and whether a network is configured; then the report comes by itself.',
    'the worker that reads the ledger', null::timestamptz, 'request_payroll_preflight'
  from private.preflight_work as work
  join public.payroll_preflights as report on report.id = work.payroll_preflight_id
  where report.requested_at < now() - interval '15 minutes'
    and (check_preflights.organization_id is null or report.organization_id = check_preflights.organization_id)
  order by report.id
  limit 200;
$$;
comment on function private.check_preflights(bigint) is 'Reports that were asked for and not written.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_preflights', 'A report that nobody writes lets people wait in vain.');

create view public.payroll_preflight_reports
with (security_invoker = true) as
select
  report.id as payroll_preflight_id, report.organization_id, report.payroll_run_id, report.requested_by,
  report.requested_at, report.source_account, report.finished_at, report.known_at, report.from_ledger,
  report.to_ledger,
  -- A report about another content, or an old one, says nothing about the run any more.
  report.verdict as verdict_then,
  case when current.is_current then report.verdict else 'unknown' end as verdict,
  coalesce(current.is_current, false) as is_current,
  report.payee_count, report.failing_count, report.unknown_count, report.new_account_count, report.claimable_count,
  report.transaction_count, report.total_amount, report.failing_amount, report.spendable, report.needed, report.short,
  report.fee_budget, report.reserve, report.xlm_spendable, report.xlm_needed, report.xlm_short
from (
  select distinct on (latest.organization_id, latest.payroll_run_id) latest.*
  from public.payroll_preflights as latest
  order by latest.organization_id, latest.payroll_run_id, latest.id desc
) as report
join public.payroll_runs as run on run.organization_id = report.organization_id and run.id = report.payroll_run_id
cross join lateral (
  select report.finished_at > now() - interval '15 minutes'
    and case when run.status = 'pending' then report.content_hash = run.content_hash
      else report.run_version = run.version end as is_current
) as current;
comment on view public.payroll_preflight_reports is
  'The last pre-flight report of each run. Its verdict holds for a quarter of an hour and for the content that was '
  'looked at; verdict_then is what it was.';
revoke all on table public.payroll_preflight_reports from public, anon, authenticated, service_role;
grant select on table public.payroll_preflight_reports to authenticated, service_role;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('preflights_per_person_and_hour', 240, 'pre-flight reports asked for in an hour',
    'Wait: a report is also made before an approval and before each payment.');
