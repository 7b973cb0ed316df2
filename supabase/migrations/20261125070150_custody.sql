-- migration: who signs for a treasury
-- Without a row here a worker signs with a key from the secrets of its function. With one the customer's wallets sign:
-- the organization names the signers, the ledger says what each of them weighs, and a signature counts only where both
-- agree. A provider cannot make up a signer, because an admin names them; an admin cannot, because the ledger weighs
-- them. For such a treasury no worker ever signs, whatever keys it holds.
-- author: PayD | date: 2026-11-30
-- tables: private.error_codes, private.wallet_custody, private.wallet_signers
-- depends: 20261125000000, 20261125000100, 20261125000400, 20261125010300, 20261125010400, 20261125020100,
--   20261125020200, 20261125020400, 20261125060000, 20261125060100, 20261125060458, 20261125070050, 20261125070100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.wallet_custody (
  account_id text primary key,
  organization_id bigint not null,
  signed_by text not null default 'wallet',
  signing_seconds integer not null default 86400,
  threshold integer,
  read_ledger bigint,
  read_at timestamptz,
  created_at timestamptz not null default now(),
  constraint wallet_custody_account_id_is_unique_in_organization unique (organization_id, account_id),
  constraint wallet_custody_account_belongs_to_the_organization
    foreign key (organization_id, account_id) references private.source_accounts (organization_id, account_id),
  constraint wallet_custody_signed_by_is_known check (signed_by in ('server', 'wallet')),
  constraint wallet_custody_signing_takes_15_minutes_to_7_days check (signing_seconds between 900 and 604800),
  constraint wallet_custody_threshold_is_1_to_255 check (threshold between 1 and 255),
  constraint wallet_custody_read_says_when_and_as_of
    check ((threshold is null) = (read_at is null) and (threshold is null) = (read_ledger is null))
);
comment on table private.wallet_custody is
  'Treasury accounts whose signers an admin named, with what a payment needs: those for which wallets sign, with the '
  'time that people have, and those for which the server signs although others can sign as well.';
comment on column private.wallet_custody.signed_by is 'Who signs what PayD pays: the key of a worker, or wallets.';
comment on column private.wallet_custody.threshold is
  'The weight that a payment needs, as the ledger said when it was last read.';
alter table private.wallet_custody enable row level security;
alter table private.wallet_custody force row level security;

create table private.wallet_signers (
  account_id text not null,
  organization_id bigint not null,
  signer text not null,
  weight integer,
  created_at timestamptz not null default now(),
  constraint wallet_signers_are_listed_once primary key (account_id, signer),
  constraint wallet_signers_account_belongs_to_the_organization
    foreign key (organization_id, account_id) references private.wallet_custody (organization_id, account_id),
  constraint wallet_signers_signer_is_an_account check (private.is_account_id(signer)),
  constraint wallet_signers_weight_is_0_to_255 check (weight between 0 and 255)
);
comment on table private.wallet_signers is 'Whose signatures an organization wants to count for a treasury account.';
comment on column private.wallet_signers.weight is
  'What the signer weighs on the ledger as it was last read: 0 where the account does not know it, null before.';
create index wallet_signers_organization_id_account_id_idx on private.wallet_signers (organization_id, account_id);
alter table private.wallet_signers enable row level security;
alter table private.wallet_signers force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_custody', 422,
    'A treasury account is signed for by the server or by wallets.',
    'Say server or wallet.'),
  ('invalid_signers', 422,
    'The list of signers has no entry, more than 20, or an entry that is not a Stellar address (G…).',
    'Name the public keys of the wallets that sign for the account, 1 to 20.'),
  ('invalid_signing_time', 422,
    'People have between 15 minutes and 7 days to sign.',
    'Give signing_seconds from 900 to 604800.'),
  ('custody_in_use', 409,
    'Payroll run %s is being paid from the account %s.',
    'Change who signs once the run has ended; cancel it if it must not go on.'),
  ('custody_has_channels', 409,
    'The account %s has channel accounts, and what goes through those is signed by the server.',
    'Remove its channel accounts first; wallets sign one transaction of an account after the other.'),
  ('custody_is_server', 409,
    'No wallets sign for the account %s.',
    'An admin names its signers with set_treasury_custody.'),
  ('invalid_signer_state', 422,
    'The signers of the account are not what a ledger says.',
    'Send the threshold from 0 to 255 and up to 21 signers with key and weight.');

create type public.treasury as (
  source_account text,
  organization_id bigint,
  custody text,
  signing_seconds integer,
  threshold integer,
  weight bigint,
  signers jsonb,
  read_ledger bigint,
  read_at timestamptz
);
comment on type public.treasury is
  'A treasury account: who signs for it, what a payment needs, and what its named signers weigh together.';

create function private.is_signed_by_wallets(account_id text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from private.wallet_custody as custody
    where custody.account_id = is_signed_by_wallets.account_id and custody.signed_by = 'wallet');
$$;
comment on function private.is_signed_by_wallets(text) is
  'Whether wallets sign for the account, so that no worker does.';

create function private.signers_of(account_id text)
returns text[]
language sql stable security definer
set search_path = ''
as $$
  select coalesce(
    (
      select array_agg(named.signer order by named.signer)
      from private.wallet_signers as named
      where named.account_id = signers_of.account_id),
    array[signers_of.account_id]);
$$;
comment on function private.signers_of(text) is
  'Whose signatures count for an account: the named signers, or the account itself.';

create function private.signers_who_signed(account_id text, transaction_xdr bytea, signatures bytea[])
returns text[]
language sql stable security definer
set search_path = ''
as $$
  select coalesce(array_agg(signer.address), '{}')
  from unnest(private.signers_of(signers_who_signed.account_id)) as signer (address)
  where exists (
    select from unnest(signatures) as given (signature)
    where private.is_signature_of(signer.address, private.signed_bytes(transaction_xdr), given.signature));
$$;
comment on function private.signers_who_signed(text, bytea, bytea[]) is
  'Which of those whose signatures count for an account have validly signed a transaction.';

create function private.is_signed_for(account_id text, transaction_xdr bytea, signatures bytea[])
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- People may have handed a transaction over themselves, with signers that nobody named beside one that was.
  select cardinality(private.signers_who_signed(is_signed_for.account_id, transaction_xdr, signatures)) > 0;
$$;
comment on function private.is_signed_for(text, bytea, bytea[]) is
  'Whether a transaction of PayD carries a signature of those who sign for its account, as every one in a ledger does.';

create function private.is_released(account_id text, transaction_xdr bytea, signatures bytea[])
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- One co-signer alone cannot show that an account used a number: the weight must suffice, as on the ledger. Where no
  -- signers are named the account's own key can pay alone. Signatures that nobody can check count nothing: those of
  -- signers whom nobody named, and those of no key (a transaction signed beforehand, a hash, a signed payload).
  select case
    when exists (
      select from private.wallet_custody as custody where custody.account_id = is_released.account_id)
    then coalesce((
      select sum(named.weight) >= min(custody.threshold)
      from private.wallet_signers as named
      join private.wallet_custody as custody on custody.account_id = named.account_id
      where named.account_id = is_released.account_id
        and named.signer = any (signed.signers)), false)
    else cardinality(signed.signers) > 0
  end
  from private.signers_who_signed(is_released.account_id, transaction_xdr, signatures) as signed (signers);
$$;
comment on function private.is_released(text, bytea, bytea[]) is
  'Whether those who sign for an account have signed a transaction: its own key, or named signers with enough weight.';

create function private.treasury_rows(organization_id bigint)
returns setof public.treasury
language sql stable security definer
set search_path = ''
as $$
  select account.account_id, account.organization_id,
    coalesce(custody.signed_by, 'server'),
    case custody.signed_by when 'wallet' then custody.signing_seconds end, custody.threshold, named.weight,
    coalesce(named.signers, '[]'), custody.read_ledger, custody.read_at
  from private.source_accounts as account
  left join private.wallet_custody as custody on custody.account_id = account.account_id
  left join lateral (
    select sum(signer.weight) as weight, jsonb_agg(
      jsonb_build_object('signer', signer.signer, 'weight', signer.weight) order by signer.signer) as signers
    from private.wallet_signers as signer
    where signer.account_id = account.account_id
  ) as named on true
  where account.organization_id = treasury_rows.organization_id
    and account.channel_of is null
  order by account.account_id;
$$;
comment on function private.treasury_rows(bigint) is 'The treasury accounts of an organization.';

create function private.treasuries()
returns setof public.treasury
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select * from private.treasury_rows((private.require_member('viewer')).organization_id);
end;
$$;
comment on function private.treasuries() is 'The treasury accounts of the caller''s organization.';
grant execute on function private.treasuries() to authenticated;

create function public.treasuries()
returns setof public.treasury
language sql stable security invoker
set search_path = ''
as $$ select * from private.treasuries(); $$;
comment on function public.treasuries() is
  'The treasury accounts of the organization: who signs for each, what a payment needs and what the signers weigh.';
revoke all on function public.treasuries() from public, anon, authenticated, service_role;
grant execute on function public.treasuries() to authenticated;

create function private.set_treasury_custody(
  source_account text, custody text, signers text[], signing_seconds integer
)
returns setof public.treasury
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member constant public.users := private.require_member('admin');
  v_before text;
  v_signers_before text[];
  v_signers text[];
  v_run_id bigint;
  v_weaker text;
begin
  if private.holds_secret_key(left(concat_ws(' ', set_treasury_custody.source_account, set_treasury_custody.custody,
    array_to_string(set_treasury_custody.signers[1:21], ' ')), 10000)) then
    perform private.refuse('secret_key_refused', 'The list of signers');
  end if;

  if coalesce(set_treasury_custody.custody, '') not in ('server', 'wallet') then
    perform private.refuse('invalid_custody');
  end if;

  if cardinality(set_treasury_custody.signers) not between 1 and 20 or array_ndims(set_treasury_custody.signers) <> 1
    or exists (
      select from unnest(set_treasury_custody.signers) as given (signer)
      where not coalesce(private.is_account_id(given.signer), false)) then
    perform private.refuse('invalid_signers');
  end if;

  if set_treasury_custody.signing_seconds not between 900 and 604800 then
    perform private.refuse('invalid_signing_time');
  end if;

  -- Locked, so that no payment from it is planned or started meanwhile.
  perform from private.source_accounts as account
  where account.account_id = set_treasury_custody.source_account
    and account.organization_id = v_member.organization_id
    and account.channel_of is null
  for update;

  if not found then
    perform private.refuse('source_account_unknown');
  end if;

  if set_treasury_custody.custody = 'wallet' and exists (
    select from private.channel_rows(v_member.organization_id) as channel
    where channel.source_account = set_treasury_custody.source_account) then
    perform private.refuse('custody_has_channels', set_treasury_custody.source_account);
  end if;

  select treasury.custody, array(select signer ->> 'signer' from jsonb_array_elements(treasury.signers) as signer)
  into v_before, v_signers_before
  from private.treasury_rows(v_member.organization_id) as treasury
  where treasury.source_account = set_treasury_custody.source_account;

  -- A run that somebody starts at this moment is seen below.
  perform from public.payroll_runs as run
  where run.organization_id = v_member.organization_id and run.status = 'pending'
  order by run.id
  for update;

  -- Whose signature counts may change at any time. Whether wallets or the server sign may not while something is paid.
  if v_before <> set_treasury_custody.custody then
    select run.id into v_run_id
    from public.payroll_runs as run
    where run.organization_id = v_member.organization_id
      and run.source_account = set_treasury_custody.source_account
      and (run.status = 'processing' or exists (
        select from public.transactions as live
        where live.organization_id = run.organization_id and live.payroll_run_id = run.id and live.is_live))
    limit 1;

    if found then
      perform private.refuse('custody_in_use', v_run_id::text, set_treasury_custody.source_account);
    end if;
  end if;

  -- What is not said stays as it is, except that those who signed in wallets are not asked any more.
  v_signers := coalesce(set_treasury_custody.signers,
    case when v_before = set_treasury_custody.custody then nullif(v_signers_before, '{}') end,
    array[set_treasury_custody.source_account]);

  -- The key of a worker signs for the account itself, whoever can sign as well.
  if set_treasury_custody.custody = 'server' then
    v_signers := array_append(array_remove(v_signers, set_treasury_custody.source_account),
      set_treasury_custody.source_account);
  end if;

  if set_treasury_custody.custody = 'server' and cardinality(v_signers) = 1 then
    delete from private.wallet_signers as named where named.account_id = set_treasury_custody.source_account;
    delete from private.wallet_custody as kept where kept.account_id = set_treasury_custody.source_account;
  else
    insert into private.wallet_custody as kept (account_id, organization_id, signed_by, signing_seconds)
    values (set_treasury_custody.source_account, v_member.organization_id, set_treasury_custody.custody,
      coalesce(set_treasury_custody.signing_seconds, 86400))
    on conflict (account_id) do update
    set signed_by = excluded.signed_by,
        signing_seconds = coalesce(set_treasury_custody.signing_seconds, kept.signing_seconds);

    delete from private.wallet_signers as named
    where named.account_id = set_treasury_custody.source_account
      and named.signer <> all (v_signers);

    insert into private.wallet_signers (account_id, organization_id, signer)
    select set_treasury_custody.source_account, v_member.organization_id, given.signer
    from (select distinct listed.signer from unnest(v_signers) as listed (signer)) as given
    on conflict on constraint wallet_signers_are_listed_once do nothing;
  end if;

  -- Wallets are people who look at every payment; a worker signs whatever is approved. Fewer wallets, or wallets
  -- instead of the server, leave out nobody on whom an approver could rely.
  v_weaker := format(case
    when v_before = 'wallet' and set_treasury_custody.custody = 'server'
    then 'the server signs for the treasury %s instead of wallets'
    when v_before = 'wallet' and not v_signers <@ v_signers_before then 'other wallets sign for the treasury %s'
  end, set_treasury_custody.source_account);

  perform private.write_audit(v_member.organization_id, 'source_account.custody_set', 'source_account',
    set_treasury_custody.source_account, jsonb_strip_nulls(jsonb_build_object('custody', set_treasury_custody.custody,
      'custody_before', v_before, 'signers', to_jsonb(v_signers), 'signers_before',
      to_jsonb(nullif(v_signers_before, '{}')), 'signing_seconds', set_treasury_custody.signing_seconds,
      'weaker', v_weaker)));

  if v_weaker is not null then
    perform private.ask_approvers_again(v_member, v_weaker);
  end if;

  -- What the new signers weigh is read before a signature of theirs counts.
  update private.source_accounts as account
  set next_check_at = now()
  where account.account_id = set_treasury_custody.source_account;

  update public.transactions as waiting
  set next_check_at = now()
  where waiting.source_account = set_treasury_custody.source_account
    and waiting.submission_state = 'awaiting_signature';

  perform private.ring('payroll-disburse');

  return query
    select treasury.*
    from private.treasury_rows(v_member.organization_id) as treasury
    where treasury.source_account = set_treasury_custody.source_account;
end;
$$;
grant execute on function private.set_treasury_custody(text, text, text[], integer) to authenticated;

create function public.set_treasury_custody(
  source_account text, custody text, signers text[] default null, signing_seconds integer default null
)
returns setof public.treasury
language sql volatile security invoker
set search_path = ''
as $$ select * from private.set_treasury_custody(source_account, custody, signers, signing_seconds); $$;
comment on function public.set_treasury_custody(text, text, text[], integer) is
  'Says whether the server or wallets sign for a treasury account; for wallets, which ones and how long people have, '
  'for the server, who can sign for the account as well. The server instead of wallets, or a wallet that was not named '
  'before, is a weaker rule: whoever says so approves no run before the next one was paid, what is being paid is '
  'paused, and every run that is not paid yet must be approved again.';
revoke all on function public.set_treasury_custody(text, text, text[], integer)
  from public, anon, authenticated, service_role;
grant execute on function public.set_treasury_custody(text, text, text[], integer) to authenticated;
