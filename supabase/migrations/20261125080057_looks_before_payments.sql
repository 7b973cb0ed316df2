-- migration: looks before payments
-- That a payment failed, or was never made, is signed by nobody. So before anything is built from an account, the
-- worker tells what the account holds and in which ledger. Where an earlier look and everything that is recorded since
-- lead to the same balances, the proofs are true. Where they do not and payments were freed since, nothing is built:
-- the history of the account explains the difference once it is known up to that ledger, or the books are
-- contradicted.
-- author: PayD | date: 2026-11-30
-- tables: private.account_looks, private.doctor_checks, private.error_codes, private.standstills
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125000400, 20261125010000, 20261125010300,
--   20261125020400, 20261125030000, 20261125060000, 20261125060100, 20261125070100, 20261125080000, 20261125080030,
--   20261125080050
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.account_looks (
  account_id text primary key references private.source_accounts (account_id),
  ledger bigint not null,
  balances jsonb not null,
  waiting_ledger bigint,
  waiting_balances jsonb,
  waiting_since timestamptz,
  constraint account_looks_balances_are_an_object check (jsonb_typeof(balances) = 'object'),
  constraint account_looks_waiting_balances_are_an_object check (jsonb_typeof(waiting_balances) = 'object'),
  constraint account_looks_waiting_ones_are_complete
    check ((waiting_ledger is null) = (waiting_balances is null)
      and (waiting_ledger is null) = (waiting_since is null)),
  constraint account_looks_wait_for_a_later_ledger check (waiting_ledger > ledger)
);
comment on table private.account_looks is
  'What an account held when the books last agreed with it, and a later look that nothing explains yet.';
comment on column private.account_looks.balances is 'Exact amounts by asset, as "code:issuer"; native XLM is "XLM:".';
alter table private.account_looks enable row level security;
alter table private.account_looks force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_account_look', 422,
    'The look at the account cannot be used.',
    'Give ledger, sequence and balances of the account as one answer of the provider shows them.'),
  ('balance_unexplained', 409,
    'The account %s holds something else than what is recorded of its payments.',
    'Nothing is built until its history explains the difference, or two people have decided what is true.');

create function private.read_balances(balances jsonb)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(line.asset_code || ':' || line.asset_issuer, line.balance::text), '{}'::jsonb)
  from jsonb_array_elements(read_balances.balances) as given
  cross join lateral private.read_balance_line(given.value) as line
  where line.is_readable;
$$;
comment on function private.read_balances(jsonb) is 'The exact balances of an account by asset.';

create function private.freed_up_to(account_id text, after_ledger bigint)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select max(coalesce(freed.ledger, used.ledger, freed.max_ledger))
  from public.transactions as freed
  left join private.sequence_numbers as used
    on used.source_account = freed.sequence_account and used.sequence_number = freed.sequence_number::numeric
  where freed.source_account = freed_up_to.account_id
    and freed.submission_state in ('applied_failed', 'never_applied')
    and freed.created_at >= private.network_begun_at(freed_up_to.account_id)
    and coalesce(freed.ledger, used.ledger, freed.max_ledger) > freed_up_to.after_ledger;
$$;
comment on function private.freed_up_to(text, bigint) is
  'The last ledger in which a payment could have been made that was called failed or never applied since.';

create function private.recorded_change(account_id text, asset text, after_ledger bigint, to_ledger bigint)
returns numeric
language sql stable security definer
set search_path = ''
as $$
  select -coalesce(sum(
    case when ended.submission_state = 'applied' and ended.asset_code || ':' || ended.asset_issuer
      = recorded_change.asset
      -- What was taken back came in.
      then case ended.transaction_type when 'refund' then -ended.amount::numeric else ended.amount::numeric end
      else 0 end
    -- Where a channel account gives the number, it pays the fee too.
    + case when recorded_change.asset = 'XLM:' and ended.channel_account is null
      then coalesce(ended.fee_charged_stroops, 0) / 10000000.0 else 0 end), 0)
  from public.transactions as ended
  where ended.source_account = recorded_change.account_id
    and ended.submission_state in ('applied', 'applied_failed')
    and ended.created_at >= private.network_begun_at(recorded_change.account_id)
    and ended.ledger > recorded_change.after_ledger
    and ended.ledger <= recorded_change.to_ledger;
$$;
comment on function private.recorded_change(text, text, bigint, bigint) is
  'What the recorded transactions of an account took from it between two ledgers.';

create function private.history_is_complete(account_id text, after_ledger bigint, to_ledger bigint)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from public.account_histories as history
    where history.account_id = history_is_complete.account_id
      and history.begins_at_ledger <= history_is_complete.after_ledger + 1
      and history.complete_to_ledger >= history_is_complete.to_ledger
      and not exists (
        select from public.history_gaps as gap
        where gap.organization_id = history.organization_id
          and gap.account_id = history.account_id
          and gap.epoch = history.epoch
          and gap.state = 'open'
          and gap.kind in ('before_retention', 'sequence_hole', 'sequence_ahead', 'unreadable_transaction')
          and gap.from_ledger <= history_is_complete.to_ledger
          and gap.to_ledger > history_is_complete.after_ledger));
$$;
comment on function private.history_is_complete(text, bigint, bigint) is
  'Whether everything that an account did between two ledgers is known, so that its balances can be judged.';

create function private.changed_by_history(account_id text, asset text, after_ledger bigint, to_ledger bigint)
returns numeric
language sql stable security definer
set search_path = ''
as $$
  select coalesce(sum(case movement.direction when 'in' then movement.amount::numeric
    else -movement.amount::numeric end), 0)
  from public.account_histories as history
  join public.ledger_movements as movement
    on movement.organization_id = history.organization_id and movement.account_id = history.account_id
      and movement.epoch = history.epoch
  where history.account_id = changed_by_history.account_id
    and movement.ledger > changed_by_history.after_ledger
    and movement.ledger <= changed_by_history.to_ledger
    and movement.asset_code || ':' || movement.asset_issuer = changed_by_history.asset;
$$;
comment on function private.changed_by_history(text, text, bigint, bigint) is
  'What the ledger''s history of an account says that came less what left between two ledgers.';

create function private.compare_source_account(source_account text, lease_token uuid, look jsonb)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_account private.source_accounts;
  v_known private.account_looks;
  v_ledger bigint;
  v_balances jsonb;
  v_freed_up_to bigint;
begin
  perform private.require_size('The look at the account', compare_source_account.look, 16384);

  if private.json_holds_secret_key(compare_source_account.look) then
    perform private.refuse('secret_key_refused', 'The look at the account');
  end if;

  v_account := private.require_lease_for(compare_source_account.source_account, compare_source_account.lease_token);

  -- Whoever leased a channel tells of that channel and of its treasury.
  if v_account.account_id <> compare_source_account.source_account then
    select treasury.* into v_account
    from private.source_accounts as treasury
    where treasury.account_id = compare_source_account.source_account;
  end if;

  -- The event counter comes before everything that horizon-sync writes of an account.
  perform private.hold_event_counters(array[v_account.organization_id]);

  if jsonb_typeof(look) is distinct from 'object' or coalesce(look ->> 'ledger', '') !~ '^[1-9][0-9]{0,9}$'
    or coalesce(look ->> 'sequence', '') !~ '^[0-9]{1,19}$'
    or jsonb_typeof(look -> 'balances') is distinct from 'array' then
    perform private.refuse('invalid_account_look');
  end if;

  v_ledger := (look ->> 'ledger')::bigint;
  v_balances := private.read_balances(look -> 'balances');

  if not private.ledger_is_plausible(v_ledger) then
    return 'behind';
  end if;

  perform private.compare_sequence_number(v_account.organization_id, v_account.account_id, v_ledger,
    look ->> 'sequence');
  perform private.judge_waiting_look(v_account.account_id);

  if private.source_account_is_held(v_account.account_id) then
    return 'contradicted';
  end if;

  -- A channel pays fees and nobody: its number is what counts, and what it holds is audited with its history.
  if v_account.channel_of is not null then
    return 'agrees';
  end if;

  select known.* into v_known
  from private.account_looks as known
  where known.account_id = v_account.account_id
  for update;

  v_freed_up_to := private.freed_up_to(v_account.account_id, v_known.ledger);

  -- A node that lags cannot say what became of a payment that it does not know yet.
  if v_ledger < v_freed_up_to then
    return 'behind';
  end if;

  -- What other channels have sent may be in that ledger or not, so nothing can be compared before it has ended.
  if v_freed_up_to is not null and exists (
    select from public.transactions as sent
    where sent.source_account = v_account.account_id and sent.is_live and sent.attempts > 0) then
    return 'in_flight';
  end if;

  if v_freed_up_to is null or private.is_explained_by_payments(v_known, v_ledger, v_balances) then
    insert into private.account_looks as known (account_id, ledger, balances)
    values (v_account.account_id, v_ledger, v_balances)
    on conflict (account_id) do update
    set ledger = excluded.ledger, balances = excluded.balances, waiting_ledger = null, waiting_balances = null,
        waiting_since = null
    where known.ledger <= excluded.ledger;
    return 'agrees';
  end if;

  -- The first look that nothing explains is kept until the history has reached its ledger.
  if v_known.waiting_ledger is null then
    update private.account_looks as known
    set waiting_ledger = v_ledger, waiting_balances = v_balances, waiting_since = now()
    where known.account_id = v_account.account_id;
  end if;

  update private.history_walks as walk
  set next_read_at = now()
  where walk.account_id = v_account.account_id
    and walk.gap_id is null
    and walk.next_read_at > now()
    and walk.useless_answers = 0;
  perform private.ring('horizon-sync');
  perform private.judge_waiting_look(v_account.account_id);

  return case when private.source_account_is_held(v_account.account_id) then 'contradicted' else 'unexplained' end;
end;
$$;
comment on function private.compare_source_account(text, uuid, jsonb) is
  'Compares what an account holds with what it held before and what is recorded since: agrees, behind, in_flight, '
  'unexplained, or contradicted.';
grant execute on function private.compare_source_account(text, uuid, jsonb) to service_role;

create function public.compare_source_account(source_account text, lease_token uuid, look jsonb)
returns text
language sql volatile security invoker
set search_path = ''
as $$ select private.compare_source_account(source_account, lease_token, look); $$;
comment on function public.compare_source_account(text, uuid, jsonb) is
  'For workers: tells what a source account holds before anything is built from it; only "agrees" lets it be built.';
revoke all on function public.compare_source_account(text, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.compare_source_account(text, uuid, jsonb) to service_role;

create function private.is_explained_by_payments(known private.account_looks, ledger bigint, balances jsonb)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select bool_and(coalesce((is_explained_by_payments.balances ->> asset.name)::numeric, 0)
    = coalesce(((known).balances ->> asset.name)::numeric, 0)
      + private.recorded_change((known).account_id, asset.name, (known).ledger, is_explained_by_payments.ledger))
  from (
    select jsonb_object_keys((known).balances) as name
    union
    select jsonb_object_keys(is_explained_by_payments.balances)
  ) as asset;
$$;
comment on function private.is_explained_by_payments(private.account_looks, bigint, jsonb) is
  'Whether the recorded payments alone lead from the known balances to these.';

create function private.judge_waiting_look(account_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_known private.account_looks;
  v_contradiction public.ledger_contradictions;
begin
  select known.* into v_known
  from private.account_looks as known
  where known.account_id = judge_waiting_look.account_id
    and known.waiting_ledger is not null
  for update;

  if not found or not private.history_is_complete(v_known.account_id, v_known.ledger, v_known.waiting_ledger) then
    return;
  end if;

  select compared.organization_id, v_known.account_id, 'balance_differs', v_known.ledger, v_known.waiting_ledger,
    split_part(compared.asset, ':', 1), split_part(compared.asset, ':', 2), compared.agreed::text,
    compared.believed::text, compared.seen::text
  into v_contradiction.organization_id, v_contradiction.source_account, v_contradiction.kind,
    v_contradiction.believed_ledger, v_contradiction.seen_ledger, v_contradiction.asset_code,
    v_contradiction.asset_issuer, v_contradiction.agreed_balance, v_contradiction.believed_balance,
    v_contradiction.seen_balance
  from (
    select account.organization_id, asset.name as asset,
      coalesce((v_known.balances ->> asset.name)::numeric, 0) as agreed,
      coalesce((v_known.balances ->> asset.name)::numeric, 0)
        + private.changed_by_history(v_known.account_id, asset.name, v_known.ledger, v_known.waiting_ledger)
        as believed,
      coalesce((v_known.waiting_balances ->> asset.name)::numeric, 0) as seen
    from private.source_accounts as account, (
      select jsonb_object_keys(v_known.balances) as name
      union
      select jsonb_object_keys(v_known.waiting_balances)
    ) as asset
    where account.account_id = v_known.account_id
  ) as compared
  where compared.believed <> compared.seen
  order by compared.asset
  limit 1;

  if found then
    perform private.tell_ledger_contradiction(v_contradiction);
    return;
  end if;

  update private.account_looks as known
  set ledger = known.waiting_ledger, balances = known.waiting_balances, waiting_ledger = null,
      waiting_balances = null, waiting_since = null
  where known.account_id = v_known.account_id;

  perform private.ring('payroll-disburse');
end;
$$;
comment on function private.judge_waiting_look(text) is
  'Compares a look that waits with the history of the same ledger: it agrees, or it contradicts the books.';

create function private.contradict_by_gap(gap public.history_gaps)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_contradiction public.ledger_contradictions;
begin
  -- What is known to be missing from the history may explain the difference.
  if not private.history_is_complete((gap).account_id, (gap).from_ledger - 1, (gap).to_ledger) then
    return;
  end if;

  v_contradiction.organization_id := (gap).organization_id;
  v_contradiction.source_account := (gap).account_id;
  v_contradiction.kind := 'balance_differs';
  v_contradiction.believed_ledger := (gap).from_ledger - 1;
  v_contradiction.seen_ledger := (gap).to_ledger;
  v_contradiction.asset_code := (gap).asset_code;
  v_contradiction.asset_issuer := (gap).asset_issuer;
  v_contradiction.seen_balance := (gap).found;
  v_contradiction.believed_balance := private.balance_from_movements((gap).account_id, (gap).epoch, (gap).asset_code,
    (gap).asset_issuer, (gap).from_ledger - 1, (gap).to_ledger)::text;
  v_contradiction.agreed_balance := (
    select position.checked_balance::text
    from private.ledger_positions as position
    where position.account_id = (gap).account_id
      and position.asset_code = (gap).asset_code
      and position.asset_issuer = (gap).asset_issuer
      and position.checked_ledger = (gap).from_ledger - 1);

  if v_contradiction.agreed_balance is not null then
    perform private.tell_ledger_contradiction(v_contradiction);
  end if;
end;
$$;
comment on function private.contradict_by_gap(public.history_gaps) is
  'Opens a contradiction about a balance that differs although its history was read again and is complete.';

create function private.end_explained_contradiction(account_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_contradiction public.ledger_contradictions;
begin
  update public.ledger_contradictions as explained
  set state = 'agreed', proposed_verdict = null, proposed_by = null, proposed_reason = null, proposed_at = null,
      resolved_at = now()
  where explained.source_account = end_explained_contradiction.account_id
    and explained.kind = 'balance_differs'
    and explained.state = 'open'
    and exists (
      select from (
        select explained.seen_ledger, explained.seen_balance::numeric
        union all
        -- Or that look was wrong, and a later one fits.
        select position.checked_ledger, position.checked_balance
        from private.ledger_positions as position
        where position.account_id = explained.source_account
          and position.asset_code = explained.asset_code
          and position.asset_issuer = explained.asset_issuer
          and position.checked_ledger > explained.seen_ledger
      ) as look (ledger, balance)
      where private.history_is_complete(explained.source_account, explained.believed_ledger, look.ledger)
        and look.balance = explained.agreed_balance::numeric + private.changed_by_history(explained.source_account,
          explained.asset_code || ':' || explained.asset_issuer, explained.believed_ledger, look.ledger))
  returning explained.* into v_contradiction;

  if not found then
    return;
  end if;

  update private.account_looks as known
  set waiting_ledger = null, waiting_balances = null, waiting_since = null
  where known.account_id = v_contradiction.source_account;

  perform private.write_audit(v_contradiction.organization_id, 'ledger.contradiction_explained',
    'ledger_contradiction', v_contradiction.id::text, '{}');
  perform private.emit_ledger_contradiction(v_contradiction, 'ledger.contradiction_resolved');
  perform private.ring('payroll-disburse');
end;
$$;
comment on function private.end_explained_contradiction(text) is
  'Ends a contradiction about a balance once the history, read further, leads to that balance.';

create function private.believe_seen_balance(contradiction public.ledger_contradictions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- The books go on from what the account is now: the next look is the first one.
  delete from private.account_looks as known
  where known.account_id in (
    select member.id from private.account_family((contradiction).source_account) as member (id));

  if (contradiction).kind <> 'balance_differs' then
    return;
  end if;

  update private.ledger_positions as position
  set checked_ledger = (contradiction).seen_ledger,
      checked_balance = (contradiction).seen_balance::numeric,
      pending_ledger = null,
      pending_balance = null
  where position.account_id = (contradiction).source_account
    and position.asset_code = (contradiction).asset_code
    and position.asset_issuer = (contradiction).asset_issuer
    and position.checked_ledger < (contradiction).seen_ledger;

  delete from private.history_walks as walk
  using public.history_gaps as gap
  where gap.id = walk.gap_id
    and gap.account_id = (contradiction).source_account
    and gap.kind = 'balance_differs'
    and gap.state = 'open'
    and (gap.asset_code, gap.asset_issuer) = ((contradiction).asset_code, (contradiction).asset_issuer);

  update public.history_gaps as gap
  set state = 'accepted', closed_at = now(), accepted_by = (contradiction).resolved_by,
      accepted_reason = (contradiction).resolved_reason
  where gap.account_id = (contradiction).source_account
    and gap.kind = 'balance_differs'
    and gap.state = 'open'
    and (gap.asset_code, gap.asset_issuer) = ((contradiction).asset_code, (contradiction).asset_issuer);
end;
$$;
comment on function private.believe_seen_balance(public.ledger_contradictions) is
  'Lets the books of an account go on from what it showed, once two people have decided what is true.';

create function private.require_explained_balance(account_id text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if private.source_account_is_held(require_explained_balance.account_id) then
    perform private.refuse('source_account_held', require_explained_balance.account_id);
  end if;

  if exists (
    select from private.account_looks as known
    where known.account_id = require_explained_balance.account_id
      and known.waiting_ledger is not null
  ) then
    perform private.refuse('balance_unexplained', require_explained_balance.account_id);
  end if;
end;
$$;
comment on function private.require_explained_balance(text) is
  'Refuses a payment from an account whose balances contradict what is recorded of it, or wait to be explained.';

create function private.check_account_looks(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id, case when known.waiting_since < now() - interval '10 minutes' then 'alert'
      else 'warning' end,
    'balance_unexplained', 'payroll_run', run.id::text, known.waiting_since,
    format('Payroll run %s waits: payments from the account %s were called failed or never made, and in ledger %s it '
      'holds something else than they leave (known up to ledger %s).', run.id, known.account_id, known.waiting_ledger,
      history.complete_to_ledger),
    'Pay nobody another way. The history of the account is read up to that ledger; it explains the difference, or a '
    'contradiction is opened that two people resolve. Check that horizon-sync is rung, and the gaps of its history.',
    format('the history of the account up to ledger %s', known.waiting_ledger), null::timestamptz,
    'accept_history_gap, resolve_ledger_contradiction'
  from private.account_looks as known
  join public.account_histories as history on history.account_id = known.account_id
  join public.payroll_runs as run on run.source_account = known.account_id and run.status = 'processing'
  where known.waiting_ledger is not null
    and not private.source_account_is_held(known.account_id)
    and (check_account_looks.organization_id is null or run.organization_id = check_account_looks.organization_id);
$$;
comment on function private.check_account_looks(bigint) is
  'Runs that wait because nothing explains yet what their account holds.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_account_looks', 'A payment that was called failed is built again only if the money is still there.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('balance_unexplained', 'private.check_account_looks', 'payroll.waiting',
    '{accept_history_gap, resolve_ledger_contradiction}');
