-- migration: what the ledger says against the books
-- No envelope proves that a transaction was applied, or how it ended: a provider can say so of one that is in no
-- ledger. Every look at a source account is compared with what was recorded up to the ledger of that look. An account
-- that used fewer sequence numbers than PayD believes, or holds another balance than the history of the same ledger
-- leads to, contradicts the books: the evidence is kept, the payments are shown as in doubt, and nothing more is paid
-- from the account until two people have decided what is true, or a later look explains the balance.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.error_codes, private.notification_templates, private.personal_data,
--   private.preference_defaults, private.retention_rules, private.standstills, public.ledger_contradictions
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125000400, 20261125000600,
--   20261125000700, 20261125000800, 20261125000900, 20261125001000, 20261125001100, 20261125010000, 20261125010400,
--   20261125020000, 20261125020100, 20261125020200, 20261125020400, 20261125030000, 20261125060100, 20261125070100,
--   20261125080000, 20261125080030
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore lint/column-type: exact text as in history_gaps; what is believed may be below zero.
create table public.ledger_contradictions (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  source_account text not null,
  kind text not null,
  believed_sequence text,
  believed_ledger bigint not null,
  seen_sequence text,
  asset_code text,
  asset_issuer text,
  agreed_balance text,
  believed_balance text,
  seen_balance text,
  seen_ledger bigint not null,
  provider text not null,
  found_at timestamptz not null default now(),
  last_seen_sequence text,
  last_seen_ledger bigint not null,
  last_seen_at timestamptz not null default now(),
  state text not null default 'open',
  corrected_transactions integer not null default 0,
  proposed_verdict text,
  proposed_by bigint,
  proposed_reason text,
  proposed_at timestamptz,
  resolved_by bigint,
  resolved_reason text,
  resolved_at timestamptz,
  constraint ledger_contradictions_id_is_unique_in_organization unique (organization_id, id),
  constraint ledger_contradictions_proposer_is_a_member_of_the_organization
    foreign key (organization_id, proposed_by) references public.users (organization_id, id),
  constraint ledger_contradictions_resolver_is_a_member_of_the_organization
    foreign key (organization_id, resolved_by) references public.users (organization_id, id),
  constraint ledger_contradictions_source_account_is_an_account check (private.is_account_id(source_account)),
  constraint ledger_contradictions_kind_is_known
    check (kind in ('sequence_behind', 'account_missing', 'balance_differs', 'payment_found')),
  constraint ledger_contradictions_of_a_balance_say_no_believed_number
    check ((kind = 'balance_differs') = (believed_sequence is null)),
  constraint ledger_contradictions_see_a_number_unless_there_is_none
    check ((kind in ('account_missing', 'balance_differs')) = (seen_sequence is null)),
  constraint ledger_contradictions_of_a_balance_name_asset_and_balances
    check (num_nonnulls(asset_code, asset_issuer, agreed_balance, believed_balance, seen_balance)
      = case kind when 'balance_differs' then 5 else 0 end),
  constraint ledger_contradictions_are_seen_after_what_is_believed check (seen_ledger >= believed_ledger),
  constraint ledger_contradictions_state_is_known
    check (state in ('open', 'proving', 'paid', 'not_paid', 'as_recorded', 'corrected', 'agreed')),
  constraint ledger_contradictions_corrected_say_so
    check ((state in ('not_paid', 'corrected')) <= (corrected_transactions > 0)),
  constraint ledger_contradictions_states_fit_the_kind
    check (case when kind in ('balance_differs', 'payment_found') then state not in ('paid', 'not_paid')
      else state not in ('as_recorded', 'corrected', 'agreed') end),
  constraint ledger_contradictions_proposed_verdict_is_known
    check (proposed_verdict in ('paid', 'not_paid', 'as_recorded', 'not_as_recorded')),
  constraint ledger_contradictions_proposal_is_complete
    check ((proposed_verdict is null) = (proposed_by is null) and (proposed_by is null) = (proposed_reason is null)
      and (proposed_by is null) = (proposed_at is null)),
  constraint ledger_contradictions_resolution_is_complete
    check ((state in ('open', 'agreed')) = (resolved_by is null) and (resolved_by is null) = (resolved_reason is null)
      and (state = 'open') = (resolved_at is null)),
  constraint ledger_contradictions_two_people_resolve
    check (state in ('open', 'agreed') or proposed_verdict is not null)
);
comment on table public.ledger_contradictions is
  'Looks at the ledger that contradict payments which were recorded as applied, and what two people decided.';
comment on column public.ledger_contradictions.state is
  'open; proving: two people said not paid or not as recorded, and the ledger is searched for a proof; paid; '
  'not_paid: proven; as_recorded: the payments ended so; corrected: proven otherwise; agreed: a later look fits.';
comment on column public.ledger_contradictions.kind is
  'sequence_behind, account_missing: payments called applied are unknown to the account; balance_differs: it holds '
  'another amount than its history leads to; payment_found: the ledger shows a payment that was called never applied.';
comment on column public.ledger_contradictions.believed_sequence is
  'The highest sequence number of the account that a recorded transaction used; int64 as text.';
comment on column public.ledger_contradictions.believed_ledger is
  'The ledger up to which the books are believed; of a balance, the last one in which it agreed.';
comment on column public.ledger_contradictions.seen_sequence is
  'The last sequence number the account had used in seen_ledger; absent when there was no such account.';
comment on column public.ledger_contradictions.agreed_balance is
  'What the account held in believed_ledger, when it last agreed; exact text.';
comment on column public.ledger_contradictions.believed_balance is
  'What it would hold in seen_ledger after everything that its history shows since; exact text.';
comment on column public.ledger_contradictions.seen_balance is 'What it held in seen_ledger; exact text.';
comment on column public.ledger_contradictions.last_seen_sequence is
  'The newest look at the account since, whether it agrees or not.';
create unique index ledger_contradictions_one_open_per_source_account_key
  on public.ledger_contradictions (source_account) where state in ('open', 'proving');
create index ledger_contradictions_organization_id_found_at_idx
  on public.ledger_contradictions (organization_id, found_at desc, id desc);
create index ledger_contradictions_organization_id_proposed_by_idx
  on public.ledger_contradictions (organization_id, proposed_by);
create index ledger_contradictions_organization_id_resolved_by_idx
  on public.ledger_contradictions (organization_id, resolved_by);

-- Whoever it is, the owner included: what was seen stays as it was, and so does what was decided.
create trigger ledger_contradictions_keep_immutable_columns
  before update on public.ledger_contradictions
  for each row
  when (
    (old.organization_id, old.source_account, old.kind, old.believed_sequence, old.believed_ledger, old.seen_sequence,
      old.seen_ledger, old.asset_code, old.asset_issuer, old.agreed_balance, old.believed_balance, old.seen_balance,
      old.provider, old.found_at)
      is distinct from (new.organization_id, new.source_account, new.kind, new.believed_sequence, new.believed_ledger,
        new.seen_sequence, new.seen_ledger, new.asset_code, new.asset_issuer, new.agreed_balance,
        new.believed_balance, new.seen_balance, new.provider, new.found_at)
    or old.state not in ('open', 'proving'))
  execute function private.keep_immutable_columns();
alter table public.ledger_contradictions enable always trigger ledger_contradictions_keep_immutable_columns;

create trigger ledger_contradictions_refuse_removal
  before delete or truncate on public.ledger_contradictions
  for each statement execute function private.refuse_change();
alter table public.ledger_contradictions enable always trigger ledger_contradictions_refuse_removal;

alter table public.ledger_contradictions enable row level security;
alter table public.ledger_contradictions force row level security;
revoke all on table public.ledger_contradictions from public, anon, authenticated, service_role;
revoke all on sequence public.ledger_contradictions_id_seq from public, anon, authenticated, service_role;
grant select on table public.ledger_contradictions to authenticated, service_role;

create policy "Members can read the contradictions of their organization"
  on public.ledger_contradictions for select to authenticated
  using (organization_id = (select private.organization_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('source_account_held', 409,
    'Nothing is paid from the account %s: the ledger contradicts payments that were recorded from it.',
    'Two managers look at ledger_contradictions, compare the account with another provider and call '
    'resolve_ledger_contradiction.'),
  ('ledger_contradiction_not_found', 404,
    'There is no contradiction %s in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('ledger_contradiction_resolved', 409,
    'The contradiction %s was already resolved as %s.',
    'A later look that contradicts the payments again opens a new one.'),
  ('ledger_contradiction_needs_another_person', 403,
    'You proposed how to resolve the contradiction %s, so somebody else must agree.',
    'Ask another manager or an admin to call resolve_ledger_contradiction with the same verdict.'),
  ('invalid_verdict', 422,
    'The verdict is not one of %s.',
    'Say what other providers show: paid or not_paid of payments that the account does not know; as_recorded or '
    'not_as_recorded of a balance that differs and of a payment that was found.');

create function private.is_doubted(transaction public.transactions, contradiction public.ledger_contradictions)
returns boolean
language sql stable security invoker
set search_path = ''
as $$
  select case (contradiction).kind
    -- What ended between the two looks; of what never was in a ledger, what could have been in one of those.
    when 'balance_differs' then (transaction).created_at <= (contradiction).found_at
      and case (transaction).submission_state when 'never_applied' then (transaction).max_ledger
        else (transaction).ledger end > (contradiction).believed_ledger
      and coalesce((transaction).ledger <= (contradiction).seen_ledger, true)
    when 'payment_found' then (transaction).sequence_account = (contradiction).source_account
      and (transaction).sequence_number = (contradiction).believed_sequence
      and (transaction).proof <> 'sequence_used_by_other'
    else (transaction).sequence_account = (contradiction).source_account
      and (transaction).submission_state <> 'never_applied'
      and (transaction).ledger <= (contradiction).seen_ledger
      and ((contradiction).seen_sequence is null
        or (transaction).sequence_number::numeric > (contradiction).seen_sequence::numeric)
  end;
$$;
comment on function private.is_doubted(public.transactions, public.ledger_contradictions) is
  'Whether a contradiction of its account is about a transaction that has ended.';
grant execute on function private.is_doubted(public.transactions, public.ledger_contradictions)
  to authenticated, service_role;

create view public.payments_in_doubt
with (security_invoker = true)
as
select
  transaction.organization_id,
  transaction.payroll_run_id,
  transaction.id as transaction_id,
  transaction.tx_hash,
  transaction.source_account,
  transaction.sequence_number,
  transaction.ledger,
  transaction.amount::text as amount,
  transaction.asset_code,
  transaction.asset_issuer,
  contradiction.id as contradiction_id,
  contradiction.found_at as in_doubt_since
from public.ledger_contradictions as contradiction
join public.transactions as transaction
  on transaction.organization_id = contradiction.organization_id
    and contradiction.source_account in (transaction.source_account, transaction.sequence_account)
where (contradiction.state = 'open' or contradiction.state = 'proving' and transaction.in_doubt_since is not null)
  and transaction.submission_state in ('applied', 'applied_failed', 'never_applied')
  and private.is_doubted(transaction.*::public.transactions, contradiction.*::public.ledger_contradictions);
comment on view public.payments_in_doubt is
  'Transactions whose recorded end the account on the ledger contradicts.';
revoke all on table public.payments_in_doubt from public, anon, authenticated, service_role;
grant select on table public.payments_in_doubt to authenticated, service_role;

create function private.source_account_is_held(account_id text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from public.ledger_contradictions as contradiction
    where contradiction.source_account in (
        select member.id from private.account_family(source_account_is_held.account_id) as member (id))
      and contradiction.state in ('open', 'proving'));
$$;
comment on function private.source_account_is_held(text) is
  'Whether nothing may be paid from the account, because the ledger contradicts what was recorded of it or of one of '
  'its channel accounts.';

create function private.compare_accounts_with_payments(states jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_look record;
begin
  -- Only what was read under a lease that is still held counts, and only a ledger that can exist by now. A node that
  -- lags is not wrong: it is compared with what it can know.
  for v_look in
    select account.account_id, account.organization_id, (given.value ->> 'ledger')::bigint as ledger,
      given.value ->> 'sequence' as sequence
    from jsonb_array_elements(compare_accounts_with_payments.states) as given
    join private.wallet_reads as read
      on read.account_id = given.value ->> 'account_id' and read.lease_token::text = given.value ->> 'lease_token'
    join private.source_accounts as account on account.account_id = read.account_id
    where case when given.value ->> 'ledger' ~ '^[0-9]{1,18}$'
        then private.ledger_is_plausible((given.value ->> 'ledger')::bigint) else false end
      and case given.value -> 'account_exists'
        when 'true'::jsonb then coalesce(given.value ->> 'sequence' ~ '^[0-9]{1,19}$', false)
        when 'false'::jsonb then given.value ->> 'sequence' is null
        else false end
    order by account.account_id
  loop
    perform private.compare_sequence_number(v_look.organization_id, v_look.account_id, v_look.ledger, v_look.sequence);
  end loop;
end;
$$;
comment on function private.compare_accounts_with_payments(jsonb) is
  'Compares what source accounts are on the ledger with what was recorded as applied up to then.';

create function private.compare_sequence_number(
  organization_id bigint, account_id text, ledger bigint, sequence text
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_believed record;
begin
  select applied.sequence_number, applied.ledger into v_believed
  from public.transactions as applied
  where applied.sequence_account = compare_sequence_number.account_id
    and applied.submission_state in ('applied', 'applied_failed')
    and applied.ledger <= compare_sequence_number.ledger
    and applied.created_at >= private.network_begun_at(compare_sequence_number.account_id)
  order by applied.sequence_number::numeric desc
  limit 1;

  if not found then
    return;
  end if;

  update public.ledger_contradictions as known
  set last_seen_sequence = compare_sequence_number.sequence,
      last_seen_ledger = compare_sequence_number.ledger,
      last_seen_at = now()
  where known.source_account = compare_sequence_number.account_id
    and known.state in ('open', 'proving')
    and known.last_seen_ledger <= compare_sequence_number.ledger;

  if coalesce(compare_sequence_number.sequence::numeric >= v_believed.sequence_number::numeric, false)
    or private.source_account_is_held(compare_sequence_number.account_id) then
    return;
  end if;

  perform private.open_ledger_contradiction(compare_sequence_number.organization_id,
    compare_sequence_number.account_id, v_believed.sequence_number, v_believed.ledger,
    compare_sequence_number.sequence, compare_sequence_number.ledger);
end;
$$;
comment on function private.compare_sequence_number(bigint, text, bigint, text) is
  'Compares the last number that an account used, null if it is gone, with what was recorded up to that ledger.';

create function private.open_ledger_contradiction(
  organization_id bigint, source_account text, believed_sequence text, believed_ledger bigint, seen_sequence text,
  seen_ledger bigint
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_contradiction public.ledger_contradictions;
begin
  v_contradiction.organization_id := open_ledger_contradiction.organization_id;
  v_contradiction.source_account := open_ledger_contradiction.source_account;
  v_contradiction.kind :=
    case when open_ledger_contradiction.seen_sequence is null then 'account_missing' else 'sequence_behind' end;
  v_contradiction.believed_sequence := open_ledger_contradiction.believed_sequence;
  v_contradiction.believed_ledger := open_ledger_contradiction.believed_ledger;
  v_contradiction.seen_sequence := open_ledger_contradiction.seen_sequence;
  v_contradiction.seen_ledger := open_ledger_contradiction.seen_ledger;

  perform private.tell_ledger_contradiction(v_contradiction);
end;
$$;
comment on function private.open_ledger_contradiction(bigint, text, text, bigint, text, bigint) is
  'Opens a contradiction of an account that used fewer numbers than were recorded, or that is gone.';

create function private.tell_ledger_contradiction(contradiction public.ledger_contradictions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare v_contradiction public.ledger_contradictions;
begin
  insert into public.ledger_contradictions
    (organization_id, source_account, kind, believed_sequence, believed_ledger, seen_sequence, seen_ledger, asset_code,
      asset_issuer, agreed_balance, believed_balance, seen_balance, provider, last_seen_sequence, last_seen_ledger)
  select (contradiction).organization_id, (contradiction).source_account, (contradiction).kind,
    (contradiction).believed_sequence, (contradiction).believed_ledger, (contradiction).seen_sequence,
    (contradiction).seen_ledger, (contradiction).asset_code, (contradiction).asset_issuer,
    (contradiction).agreed_balance, (contradiction).believed_balance, (contradiction).seen_balance,
    settings.horizon_url, (contradiction).seen_sequence, (contradiction).seen_ledger
  from private.settings as settings
  on conflict (source_account) where state in ('open', 'proving') do nothing
  returning * into v_contradiction;

  -- Another worker found it at the same moment, or another contradiction stops the account already.
  if not found then
    return;
  end if;

  perform private.write_audit(v_contradiction.organization_id, 'ledger.contradicted', 'ledger_contradiction',
    v_contradiction.id::text, jsonb_strip_nulls(jsonb_build_object(
      'source_account', v_contradiction.source_account, 'kind', v_contradiction.kind,
      'believed_sequence', v_contradiction.believed_sequence, 'seen_sequence', v_contradiction.seen_sequence,
      'asset_code', v_contradiction.asset_code, 'asset_issuer', v_contradiction.asset_issuer,
      'believed_balance', v_contradiction.believed_balance, 'seen_balance', v_contradiction.seen_balance,
      'seen_ledger', v_contradiction.seen_ledger)));

  perform private.emit_ledger_contradiction(v_contradiction, 'ledger.contradicted');
end;
$$;
comment on function private.tell_ledger_contradiction(public.ledger_contradictions) is
  'Keeps the evidence of a contradiction, tells of it, and so stops payments from the account.';

create function private.contradict_by_payment(tx_hash text, ledger bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_own public.transactions;
  v_contradiction public.ledger_contradictions;
begin
  select own.* into v_own
  from public.transactions as own
  where own.tx_hash = contradict_by_payment.tx_hash
    and own.submission_state = 'never_applied';

  if not found then
    return;
  end if;

  v_contradiction.organization_id := v_own.organization_id;
  v_contradiction.source_account := v_own.sequence_account;
  v_contradiction.kind := 'payment_found';
  v_contradiction.believed_sequence := v_own.sequence_number;
  v_contradiction.believed_ledger := contradict_by_payment.ledger;
  v_contradiction.seen_sequence := v_own.sequence_number;
  v_contradiction.seen_ledger := contradict_by_payment.ledger;

  perform private.tell_ledger_contradiction(v_contradiction);
end;
$$;
comment on function private.contradict_by_payment(text, bigint) is
  'Opens a contradiction about an own transaction that was called never applied and that the ledger shows.';

create function private.doubted_transactions(contradiction public.ledger_contradictions)
returns setof public.transactions
language sql stable security definer
set search_path = ''
as $$
  select transaction.*
  from public.transactions as transaction
  where transaction.organization_id = (contradiction).organization_id
    and (contradiction).source_account in (transaction.source_account, transaction.sequence_account)
    and transaction.submission_state in ('applied', 'applied_failed', 'never_applied')
    and private.is_doubted(transaction.*::public.transactions, contradiction);
$$;
comment on function private.doubted_transactions(public.ledger_contradictions) is
  'The transactions that a contradiction is about.';

create function private.emit_ledger_contradiction(contradiction public.ledger_contradictions, type text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select private.emit_event(
    (contradiction).organization_id, emit_ledger_contradiction.type, 'ledger_contradiction', (contradiction).id::text,
    emit_ledger_contradiction.type || ':' || (contradiction).id,
    jsonb_strip_nulls(jsonb_build_object(
      'contradiction_id', (contradiction).id,
      'source_account', (contradiction).source_account,
      'kind', (contradiction).kind,
      'state', (contradiction).state,
      'believed_sequence', (contradiction).believed_sequence,
      'believed_ledger', (contradiction).believed_ledger,
      'seen_sequence', (contradiction).seen_sequence,
      'seen_ledger', (contradiction).seen_ledger,
      'asset_code', (contradiction).asset_code,
      'asset_issuer', (contradiction).asset_issuer,
      'believed_balance', (contradiction).believed_balance,
      'seen_balance', (contradiction).seen_balance,
      'payroll_run_ids', (
        select coalesce(jsonb_agg(doubted.payroll_run_id order by doubted.payroll_run_id), '[]'::jsonb)
        from (
          select distinct transaction.payroll_run_id
          from private.doubted_transactions(contradiction) as transaction
          where transaction.payroll_run_id is not null
          order by transaction.payroll_run_id
          limit 200
        ) as doubted))));
$$;
comment on function private.emit_ledger_contradiction(public.ledger_contradictions, text) is
  'Tells of a contradiction, once for each type, with at most 200 of the runs that are in doubt.';

create function private.resolve_ledger_contradiction(contradiction_id bigint, verdict text, reason text)
returns setof public.ledger_contradictions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_reason text := private.required_text('The reason', resolve_ledger_contradiction.reason, 1000);
  v_contradiction public.ledger_contradictions;
  v_verdicts text[];
begin
  -- The event counter first, as the workers take it.
  perform private.hold_event_counters(array[v_member.organization_id]);

  select contradiction.* into v_contradiction
  from public.ledger_contradictions as contradiction
  where contradiction.id = resolve_ledger_contradiction.contradiction_id
    and contradiction.organization_id = v_member.organization_id
  for update;

  if not found then
    perform private.refuse('ledger_contradiction_not_found',
      coalesce(resolve_ledger_contradiction.contradiction_id::text, 'without id'));
  end if;

  v_verdicts := case when v_contradiction.kind in ('balance_differs', 'payment_found')
    then array['as_recorded', 'not_as_recorded'] else array['paid', 'not_paid'] end;

  if coalesce(not resolve_ledger_contradiction.verdict = any (v_verdicts), true) then
    perform private.refuse('invalid_verdict', array_to_string(v_verdicts, ', '));
  end if;

  -- A repeat is success, so that a retry is safe.
  if resolve_ledger_contradiction.verdict = v_contradiction.state
    or (v_contradiction.state, resolve_ledger_contradiction.verdict)
      in (('proving', 'not_paid'), ('proving', 'not_as_recorded'), ('corrected', 'not_as_recorded')) then
    return next v_contradiction;
    return;
  end if;

  if v_contradiction.state not in ('open', 'proving') then
    perform private.refuse('ledger_contradiction_resolved', v_contradiction.id::text, v_contradiction.state);
  end if;

  -- People count, not memberships. What somebody proposed who may no longer decide is proposed anew.
  if v_contradiction.proposed_verdict = resolve_ledger_contradiction.verdict and exists (
    select from public.users as proposer
    where proposer.organization_id = v_contradiction.organization_id
      and proposer.id = v_contradiction.proposed_by
      and proposer.deleted_at is null
      and proposer.auth_user_id is not null
      and private.role_rank(proposer.role) >= private.role_rank('manager')
  ) then
    if exists (
      select from public.users as proposer
      where proposer.organization_id = v_contradiction.organization_id
        and proposer.id = v_contradiction.proposed_by
        and (proposer.id = v_member.id or proposer.auth_user_id = v_member.auth_user_id)
    ) then
      perform private.refuse('ledger_contradiction_needs_another_person', v_contradiction.id::text);
    end if;

    update public.ledger_contradictions as resolved
    set state = case when resolve_ledger_contradiction.verdict in ('not_paid', 'not_as_recorded') then 'proving'
          else resolve_ledger_contradiction.verdict end,
        resolved_by = v_member.id,
        resolved_reason = v_reason,
        resolved_at = now()
    where resolved.id = v_contradiction.id
    returning resolved.* into v_contradiction;

    -- People say what they saw; only the ledger makes anybody unpaid.
    if v_contradiction.state = 'proving' then
      perform private.doubt_payments(v_contradiction);
    else
      perform private.end_doubts(v_contradiction.source_account);
      perform private.believe_seen_balance(v_contradiction);
      perform private.emit_ledger_contradiction(v_contradiction, 'ledger.contradiction_resolved');
      perform private.ring('payroll-disburse');
    end if;
  else
    update public.ledger_contradictions as proposed
    set proposed_verdict = resolve_ledger_contradiction.verdict,
        proposed_by = v_member.id,
        proposed_reason = v_reason,
        proposed_at = now()
    where proposed.id = v_contradiction.id
    returning proposed.* into v_contradiction;
  end if;

  perform private.write_audit(v_contradiction.organization_id,
    case when v_contradiction.resolved_at = now() then 'ledger.contradiction_resolved'
      else 'ledger.resolution_proposed' end,
    'ledger_contradiction', v_contradiction.id::text,
    jsonb_build_object('verdict', resolve_ledger_contradiction.verdict, 'reason', v_reason));

  return next v_contradiction;
end;
$$;
comment on function private.resolve_ledger_contradiction(bigint, text, text) is
  'Proposes how to resolve a contradiction, or resolves it when somebody else proposed the same.';
grant execute on function private.resolve_ledger_contradiction(bigint, text, text) to authenticated;

create function public.resolve_ledger_contradiction(contradiction_id bigint, verdict text, reason text)
returns setof public.ledger_contradictions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.resolve_ledger_contradiction(contradiction_id, verdict, reason); $$;
comment on function public.resolve_ledger_contradiction(bigint, text, text) is
  'Says whether payments that the ledger contradicts were made; it counts once a second person says the same.';
revoke all on function public.resolve_ledger_contradiction(bigint, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.resolve_ledger_contradiction(bigint, text, text) to authenticated;

create function private.contradiction_sentence(contradiction public.ledger_contradictions)
returns text
language sql stable security definer
set search_path = ''
as $$
  select case (contradiction).kind
    when 'balance_differs' then format('After everything that its history shows, the account %s would hold %s %s in '
      'ledger %s, and it holds %s (%s). It agreed last in ledger %s.', (contradiction).source_account,
      (contradiction).believed_balance, (contradiction).asset_code, (contradiction).seen_ledger,
      (contradiction).seen_balance, (contradiction).provider, (contradiction).believed_ledger)
    when 'payment_found' then format('The ledger shows a payment from the account %s with the sequence number %s in '
      'ledger %s (%s), and PayD recorded that it was never applied.', (contradiction).source_account,
      (contradiction).believed_sequence, (contradiction).seen_ledger, (contradiction).provider)
    else format('PayD recorded that the account %s used sequence number %s in ledger %s, but %s in ledger %s (%s). Its '
      'newest look, at ledger %s, said %s.', (contradiction).source_account, (contradiction).believed_sequence,
      (contradiction).believed_ledger,
      coalesce('it had used only ' || (contradiction).seen_sequence, 'there was no such account'),
      (contradiction).seen_ledger, (contradiction).provider, (contradiction).last_seen_ledger,
      coalesce((contradiction).last_seen_sequence, 'that there is no account'))
  end;
$$;
comment on function private.contradiction_sentence(public.ledger_contradictions) is
  'What contradicts what, in a sentence.';

create function private.check_ledger_contradictions(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select contradiction.organization_id, 'alert', 'ledger_contradicted', 'ledger_contradiction', contradiction.id::text,
    contradiction.found_at,
    private.contradiction_sentence(contradiction.*::public.ledger_contradictions)
      || format(' %s transactions are in doubt, of the payroll runs %s.', doubted.transactions, doubted.runs),
    'Nothing more is paid from the account. Look for the transactions at another provider; then two managers say what '
    'is true.',
    case when contradiction.proposed_verdict is null then 'the word of two managers'
      else format('a second manager, after the first proposed "%s"', contradiction.proposed_verdict) end,
    null::timestamptz,
    'resolve_ledger_contradiction'
  from public.ledger_contradictions as contradiction
  cross join lateral (
    select count(*) as transactions,
      coalesce(string_agg(distinct payment.payroll_run_id::text, ', '), 'none') as runs
    from public.payments_in_doubt as payment
    where payment.contradiction_id = contradiction.id
  ) as doubted
  where contradiction.state = 'open'
    and (check_ledger_contradictions.organization_id is null
      or contradiction.organization_id = check_ledger_contradictions.organization_id);
$$;
comment on function private.check_ledger_contradictions(bigint) is
  'Accounts from which nothing is paid, because the ledger contradicts what was recorded of them.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_ledger_contradictions', 'Payments that the ledger knows nothing of stop their account.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('ledger_contradicted', 'private.check_ledger_contradictions', 'ledger.contradicted',
    '{resolve_ledger_contradiction}');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.ledger.contradicted', 'boolean', 'true', 'Payments that the ledger knows nothing of.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('ledger.contradicted', 'members', 'manager', 'notifications.ledger.contradicted',
    'The ledger contradicts payments from {source_account}',
    'What the account is in ledger {seen_ledger} does not fit what PayD recorded of its payments ({kind}). '
    'Nothing more is paid from it until two managers have called resolve_ledger_contradiction, or a later look '
    'explains it.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.ledger_contradictions', 'keep', null, null, 'Indefinite: evidence about payments.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.ledger_contradictions', 'member', 'proposed_by', '{}', 'What the member proposed.'),
  ('public.ledger_contradictions', 'member', 'resolved_by', '{}', 'What the member decided.');
