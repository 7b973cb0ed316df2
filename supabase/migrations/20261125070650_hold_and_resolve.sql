-- migration: holding and resolving a transaction
-- Some ends cannot be proven: the source account was merged, its number was bumped, the network was reset, providers
-- contradict each other. A worker holds such a transaction with the reason; nothing more is paid from the account, and
-- horizon-sync goes on looking for a proof. People end it: one says what became of it and how it is known, another
-- confirms; both and the evidence are kept. Whoever only guesses pays twice, so there is no other way.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.error_codes, private.notification_templates, private.preference_defaults,
--   private.standstills, private.transaction_resolutions
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125000400, 20261125001000, 20261125001100,
--   20261125010000, 20261125020100, 20261125020200, 20261125020400, 20261125030000, 20261125060000, 20261125060100,
--   20261125070100, 20261125070200, 20261125070400, 20261125070420, 20261125070600
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('transaction_not_held', 409,
    'Transaction %s is %s and not held.',
    'Only a held transaction is ended by people; every other ends by proof.'),
  ('resolution_not_found', 404, 'There is no open resolution of transaction %s.', 'Propose one first.'),
  ('resolution_needs_another_person', 403,
    'Whoever proposed the end of transaction %s cannot confirm it.',
    'Ask another manager or an admin to look at the evidence and to confirm.'),
  ('transaction_may_be_included', 409,
    'Transaction %s can still be included until %s.',
    'Wait until then and look again: what is paid a second time before that may be paid twice.'),
  ('sequence_number_not_open', 404,
    'The account has no such open number.',
    'Look into private.sequence_numbers for rows without a transaction.'),
  ('invalid_resolution', 422,
    'A transaction can be resolved as never_applied or resumed.',
    'Say never_applied when the ledger shows that it cannot have been applied, resumed to let the worker look again.');

create table private.transaction_resolutions (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  transaction_id bigint not null,
  resolution text not null,
  evidence text not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null default now(),
  confirmed_by uuid,
  confirmed_at timestamptz,
  constraint transaction_resolutions_transaction_belongs_to_the_organization
    foreign key (organization_id, transaction_id) references public.transactions (organization_id, id),
  constraint transaction_resolutions_resolution_is_known check (resolution in ('never_applied', 'resumed')),
  constraint transaction_resolutions_are_confirmed_by_somebody_else check (confirmed_by <> proposed_by),
  constraint transaction_resolutions_confirmed_say_when check ((confirmed_by is null) = (confirmed_at is null))
);
comment on table private.transaction_resolutions is
  'What people say became of a held transaction: who proposed it on which evidence, and who confirmed it.';
create unique index transaction_resolutions_one_open_key
  on private.transaction_resolutions (transaction_id) where confirmed_at is null;
create index transaction_resolutions_organization_id_transaction_id_idx
  on private.transaction_resolutions (organization_id, transaction_id);
alter table private.transaction_resolutions enable row level security;
alter table private.transaction_resolutions force row level security;

create function private.hold_transaction(transaction_id bigint, lease_token uuid, reason text)
returns setof public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions :=
    private.leased_transaction(hold_transaction.transaction_id, hold_transaction.lease_token);
  v_reason constant text := private.required_text('The reason', hold_transaction.reason, 100);
begin
  if not v_transaction.is_live then
    perform private.refuse('transaction_is_final', v_transaction.id::text, v_transaction.submission_state);
  end if;

  if v_transaction.submission_state <> 'held' then
    update public.transactions as transaction
    set submission_state = 'held', held_reason = v_reason, held_since = now()
    where transaction.id = v_transaction.id
    returning transaction.* into v_transaction;

    -- A transaction that was resumed may be held again, and that is news again.
    perform private.emit_event(
      v_transaction.organization_id, 'transaction.held', 'transaction', v_transaction.id::text,
      'transaction.held:' || v_transaction.id || ':' || extract(epoch from v_transaction.held_since),
      private.transaction_event(v_transaction));
  end if;

  return next v_transaction;
end;
$$;
comment on function private.hold_transaction(bigint, uuid, text) is
  'Marks a transaction whose end cannot be proven, so that people look at it.';
grant execute on function private.hold_transaction(bigint, uuid, text) to service_role;

create function public.hold_transaction(transaction_id bigint, lease_token uuid, reason text)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.hold_transaction(transaction_id, lease_token, reason); $$;
comment on function public.hold_transaction(bigint, uuid, text) is
  'For workers: holds a transaction whose end cannot be proven.';
revoke all on function public.hold_transaction(bigint, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.hold_transaction(bigint, uuid, text) to service_role;

create function private.held_transaction(transaction_id bigint, organization_id bigint)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction constant public.transactions :=
    private.locked_transaction(held_transaction.transaction_id, held_transaction.organization_id);
begin
  if v_transaction.submission_state <> 'held' then
    perform private.refuse('transaction_not_held', v_transaction.id::text, v_transaction.submission_state);
  end if;

  return v_transaction;
end;
$$;
comment on function private.held_transaction(bigint, bigint) is
  'A held transaction of the organization, with its account and run locked; refuses any other.';

create function private.propose_resolution(transaction_id bigint, resolution text, evidence text)
returns setof public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member constant public.users := private.require_member('manager');
  v_transaction constant public.transactions :=
    private.held_transaction(propose_resolution.transaction_id, v_member.organization_id);
  v_evidence constant text := private.required_text('The evidence', propose_resolution.evidence, 2000);
begin
  if coalesce(propose_resolution.resolution, '') not in ('never_applied', 'resumed') then
    perform private.refuse('invalid_resolution');
  end if;

  -- A later proposal takes the place of an open one, and its author is the one who cannot confirm it.
  insert into private.transaction_resolutions as open (
    organization_id, transaction_id, resolution, evidence, proposed_by)
  values (v_transaction.organization_id, v_transaction.id, propose_resolution.resolution, v_evidence,
    v_member.auth_user_id)
  on conflict (transaction_id) where confirmed_at is null do update
  set resolution = excluded.resolution, evidence = excluded.evidence, proposed_by = excluded.proposed_by,
      proposed_at = now();

  return next v_transaction;
end;
$$;
comment on function private.propose_resolution(bigint, text, text) is
  'Says what became of a held transaction and how it is known; takes effect when another person confirms it.';
grant execute on function private.propose_resolution(bigint, text, text) to authenticated;

create function public.propose_resolution(transaction_id bigint, resolution text, evidence text)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.propose_resolution(transaction_id, resolution, evidence); $$;
comment on function public.propose_resolution(bigint, text, text) is
  'Proposes how a held transaction ended, with the evidence; another person confirms it.';
revoke all on function public.propose_resolution(bigint, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.propose_resolution(bigint, text, text) to authenticated;

create function private.may_still_be_included(transaction public.transactions)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  -- Both bounds must be open: whoever holds the signed envelope can hand it over as long as they are. What was written
  -- for a network that began anew since is valid nowhere.
  return (transaction).max_time >= now()
    and (transaction).max_ledger > coalesce((select head.ledger from private.ledger_head as head), 0)
    and (transaction).created_at >= private.network_begun_at((transaction).sequence_account);
end;
$$;
comment on function private.may_still_be_included(public.transactions) is
  'Whether a ledger could still take a transaction, by its bounds, as far as the project knows.';

create function private.confirm_resolution(transaction_id bigint, resolution text)
returns setof public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member constant public.users := private.require_member('manager');
  v_transaction public.transactions :=
    private.held_transaction(confirm_resolution.transaction_id, v_member.organization_id);
  v_open private.transaction_resolutions;
begin
  -- Naming the resolution again means that what was looked at is what is confirmed.
  select open.* into v_open
  from private.transaction_resolutions as open
  where open.transaction_id = v_transaction.id
    and open.resolution = confirm_resolution.resolution
    and open.confirmed_at is null
  for update;

  if not found then
    perform private.refuse('resolution_not_found', v_transaction.id::text);
  end if;

  if v_open.proposed_by = v_member.auth_user_id then
    perform private.refuse('resolution_needs_another_person', v_transaction.id::text);
  end if;

  -- What somebody proposed who may no longer decide is proposed anew.
  if not exists (
    select from public.users as proposer
    where proposer.organization_id = v_transaction.organization_id
      and proposer.auth_user_id = v_open.proposed_by
      and proposer.deleted_at is null
      and private.role_rank(proposer.role) >= private.role_rank('manager')
  ) then
    perform private.refuse('resolution_not_found', v_transaction.id::text);
  end if;

  -- Its people could be paid from another account at once, and the envelope would still pay them too.
  if v_open.resolution = 'never_applied' and private.may_still_be_included(v_transaction) then
    perform private.refuse('transaction_may_be_included', v_transaction.id::text,
      private.minute_of(v_transaction.max_time));
  end if;

  update private.transaction_resolutions as open
  set confirmed_by = v_member.auth_user_id, confirmed_at = now()
  where open.id = v_open.id;

  if v_open.resolution = 'resumed' then
    update public.transactions as transaction
    set submission_state = case when transaction.attempts > 0 then 'submitting' else 'prepared' end,
        held_reason = null,
        held_since = null,
        next_check_at = now()
    where transaction.id = v_transaction.id
    returning transaction.* into v_transaction;

    perform private.ring('payroll-disburse');
    return next v_transaction;
    return;
  end if;

  insert into private.transaction_evidence (organization_id, transaction_id, evidence)
  values (v_transaction.organization_id, v_transaction.id, jsonb_build_object(
    'proof', 'resolved_by_people', 'resolution', v_open.resolution, 'evidence', v_open.evidence,
    'proposed_by', v_open.proposed_by, 'confirmed_by', v_member.auth_user_id));

  v_transaction := private.end_transaction(v_transaction, 'never_applied', 'resolved_by_people', '{}');

  -- Nobody may ever see who used its number, as when it was bumped; two people answer for it.
  delete from private.sequence_numbers as open
  where open.source_account = v_transaction.sequence_account
    and open.sequence_number <= v_transaction.sequence_number::numeric
    and open.tx_hash is null;

  -- Whatever held it is not gone by itself: the run stops, and a person retries it, from another account if need be.
  perform private.fail_payroll_run(v_transaction.payroll_run_id, 'resolved_by_people',
    'A transaction was resolved by two people as never applied. Retry the run when its treasury account is in order, '
    'or from another one.');

  return next v_transaction;
end;
$$;
comment on function private.confirm_resolution(bigint, text) is
  'Ends or resumes a held transaction as another person proposed.';
grant execute on function private.confirm_resolution(bigint, text) to authenticated;

create function public.confirm_resolution(transaction_id bigint, resolution text)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.confirm_resolution(transaction_id, resolution); $$;
comment on function public.confirm_resolution(bigint, text) is
  'Confirms how a held transaction ended; whoever proposed it cannot.';
revoke all on function public.confirm_resolution(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.confirm_resolution(bigint, text) to authenticated;

create function private.close_sequence_number(source_account text, sequence_number numeric, reason text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reason constant text := private.required_text('The reason', close_sequence_number.reason, 1000);
  v_organization_id bigint;
begin
  delete from private.sequence_numbers as open
  using private.source_accounts as account
  where open.source_account = close_sequence_number.source_account
    and open.sequence_number = close_sequence_number.sequence_number
    and open.tx_hash is null
    and account.account_id = open.source_account
  returning account.organization_id into v_organization_id;

  if not found then
    perform private.refuse('sequence_number_not_open');
  end if;

  perform private.write_audit(v_organization_id, 'sequence_number.closed', 'source_account',
    close_sequence_number.source_account,
    jsonb_build_object('sequence_number', close_sequence_number.sequence_number::text, 'reason', v_reason));
end;
$$;
comment on function private.close_sequence_number(text, numeric, text) is
  'Says that nothing of PayD used a number of which nobody can be seen to have used it, because it was bumped. For the '
  'operator (role postgres), after a look at the account at two providers: if a payment did use it, it is made again.';

create function private.check_open_numbers(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id, 'alert', 'sequence_number_open', 'payroll_run', run.id::text, open.recorded_at,
    format('Payroll run %s waits: number %s of the account %s was called unused, and it is not proven who used it '
      'since.', run.id, open.sequence_number, open.source_account),
    'Cancel the run and retry it from another treasury account; or the operator looks at two providers and closes the '
    'number.',
    'the transaction that used the number', null::timestamptz,
    'cancel_payroll_run, retry_payroll_run, private.close_sequence_number'
  from public.payroll_runs as run
  cross join lateral private.account_family(run.source_account) as member (account_id)
  join private.sequence_numbers as open on open.source_account = member.account_id and open.tx_hash is null
  where run.status = 'processing'
    and run.stop_requested is null
    and open.recorded_at < now() - interval '5 minutes'
    and not exists (select from public.transactions as live
      where live.organization_id = run.organization_id and live.payroll_run_id = run.id and live.is_live)
    and (check_open_numbers.organization_id is null or run.organization_id = check_open_numbers.organization_id);
$$;
comment on function private.check_open_numbers(bigint) is
  'Runs that wait because it is not proven who used a number of their account.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_open_numbers', 'A number that was bumped leaves nobody to show, so its run waits for people.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('sequence_number_open', 'private.check_open_numbers', 'payroll.waiting', '{cancel_payroll_run, retry_payroll_run}');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.transaction.held', 'boolean', 'true', 'Payments whose end cannot be proven.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('transaction.held', 'members', 'manager', 'notifications.transaction.held',
    'Nobody can prove yet how transaction {tx_hash} ended',
    'It is held ({reason}), and nothing more is paid from its account. Ask the doctor what to do, and pay nobody '
    'another way before it has ended.');

create function private.held_sentence(reason text)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case held_sentence.reason
    when 'sequence_holder_not_seen' then 'Its number is used, and nobody is seen who used it: it was bumped, or the '
      'provider does not keep that part of the history.'
    when 'sequence_holder_is_not_signed' then 'Its number was used by a transaction that none of the known signers of '
      'the account has signed. If somebody else may sign for the account, an admin names that signer with '
      'set_treasury_custody; it ends by itself then.'
    when 'sequence_holder_not_verifiable' then 'Its number was used by a transaction that carries no signature of a '
      'key: it was signed beforehand, or a hash was opened. Nobody can check who did that.'
    when 'evidence_refused' then 'Its number was used by a transaction whose known signers weigh too little together, '
      'or that carries a signature of no key. If others signed as well, an admin names them with set_treasury_custody; '
      'it ends by itself then.'
    when 'source_account_gone' then 'The account does not exist any more.'
    when 'network_went_back' then 'The network shows an older ledger than one that was proven: it began anew.'
    when 'providers_disagree' then 'The two providers of the project contradict each other about it.'
    when 'second_provider_silent' then 'The second provider of the project has said nothing about it for long.'
    when 'second_provider_behind' then 'The second provider of the project has not come as far as the first.'
    when 'second_provider_serves_another_network' then 'The second provider of the project serves another network.'
    when 'envelope_differs_from_plan' then 'What is stored of it is not what was planned: somebody changed it.'
  end;
$$;
comment on function private.held_sentence(text) is
  'Why a transaction is held, for people; null for a reason of others.';

create function private.check_held_transactions(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select transaction.organization_id, 'alert', 'transaction_held', 'transaction', transaction.id::text,
  transaction.held_since,
    concat_ws(' ', format('Transaction %s is held (%s): its end cannot be proven, and nothing more is paid from its '
      'account.', left(transaction.tx_hash, 12), transaction.held_reason),
      private.held_sentence(transaction.held_reason)),
    'Look for it in the ledger through another provider; then call propose_resolution with what you saw, and let '
    'another person call confirm_resolution. Never pay these people another way before that.',
    'the word of two managers', null::timestamptz, 'propose_resolution, confirm_resolution'
  from public.transactions as transaction
  where transaction.is_live
    and transaction.submission_state = 'held'
    and (check_held_transactions.organization_id is null
      or transaction.organization_id = check_held_transactions.organization_id);
$$;
comment on function private.check_held_transactions(bigint) is
  'Transactions that people must end.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_held_transactions', 'Nothing is paid from an account while one of its payments is held.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('transaction_held', 'private.check_held_transactions', 'transaction.held',
    '{propose_resolution, confirm_resolution}');
