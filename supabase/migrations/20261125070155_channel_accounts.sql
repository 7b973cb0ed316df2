-- migration: channel accounts
-- An account uses its sequence numbers one after the other, so a treasury pays at most 100 people in a ledger. Channel
-- accounts lift that: each gives the number of one transaction at a time and pays its fee, while every operation acts
-- for the treasury and both have signed. A channel holds only what fees cost, and its key is in the secrets of
-- payroll-disburse under the name of its treasury. Whoever names an account need not own it: it is a wish until that
-- key has signed that the account serves this treasury, and an account that nobody has signed for is free for everybody
-- else. A channel that cannot be used stops no run: the others pay, and without any the treasury pays by its own
-- numbers.
-- author: PayD | date: 2026-11-30
-- tables: private.channel_wishes, private.doctor_checks, private.error_codes, private.limits
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125000400, 20261125001200,
--   20261125010000, 20261125010300, 20261125010400, 20261125010600, 20261125020100, 20261125020200, 20261125020400,
--   20261125050000, 20261125060100, 20261125070050, 20261125070100, 20261125070150
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.limits (name, at_most, what, hint) values
  ('channel_accounts_per_treasury', 20, 'channel accounts of a treasury',
    'Ten of them pay about a thousand people in a ledger, which is what a whole ledger of the public network carries.');

insert into private.error_codes (code, http_status, message, hint) values
  ('channel_account_taken', 409,
    'The account %s is used in this project already.',
    'Create an account of its own for every channel: no treasury, no wallet of an employee, and of one treasury only.'),
  ('channel_account_not_found', 404,
    'The treasury has no such channel account.',
    'List channel_accounts.'),
  ('channels_need_server_custody', 409,
    'Wallets sign for the account %s, and what goes through a channel account is signed by the server.',
    'Let the server sign for it with set_treasury_custody, or pay from several treasury accounts.'),
  ('invalid_channel_problem', 422,
    'What is wrong with the channel account has no known name.',
    'Say account_missing, key_missing, short_of_fees, weight_too_low or numbers_exhausted.'),
  ('channel_proof_invalid', 409,
    'The signature does not show that the account %s serves this treasury.',
    'Let the key of the account sign for exactly this treasury on the network of the project.');

create table private.channel_wishes (
  source_account text not null,
  channel_account text not null,
  organization_id bigint not null,
  problem text,
  problem_since timestamptz,
  next_look_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint channel_wishes_are_listed_once primary key (source_account, channel_account),
  constraint channel_wishes_treasury_belongs_to_the_organization
    foreign key (organization_id, source_account) references private.source_accounts (organization_id, account_id),
  constraint channel_wishes_channel_is_an_account check (private.is_account_id(channel_account)),
  constraint channel_wishes_channel_is_another_account check (channel_account <> source_account),
  constraint channel_wishes_problem_is_known check (problem in ('key_missing', 'account_taken')),
  constraint channel_wishes_problem_says_since_when check ((problem is null) = (problem_since is null))
);
comment on table private.channel_wishes is
  'Accounts that an organization wants as channels and whose key has not signed yet that they are. Several may want '
  'the same account; nobody has it by that.';
comment on column private.channel_wishes.problem is
  'Why its key has not signed when it was last asked; null before.';
create index channel_wishes_organization_id_source_account_idx
  on private.channel_wishes (organization_id, source_account);
create index channel_wishes_next_look_at_idx on private.channel_wishes (next_look_at);
alter table private.channel_wishes enable row level security;
alter table private.channel_wishes force row level security;

create type public.channel_account as (
  channel_account text,
  source_account text,
  organization_id bigint,
  problem text,
  problem_since timestamptz,
  balance text,
  balance_read_at timestamptz,
  added_at timestamptz,
  confirmed_at timestamptz
);
comment on type public.channel_account is
  'An account that gives sequence numbers and pays fees for a treasury: since when its key has signed that it does, '
  'why it cannot be used, and what it holds in XLM.';

create function private.channel_rows(organization_id bigint)
returns setof public.channel_account
language sql stable security definer
set search_path = ''
as $$
  select channel.account_id, channel.channel_of, channel.organization_id, channel.problem, channel.problem_since,
    case when wallet.last_synced_at is not null then wallet.balance::text end, wallet.last_synced_at,
    channel.created_at, channel.created_at
  from private.source_accounts as channel
  left join public.wallets as wallet
    on wallet.organization_id = channel.organization_id
      and wallet.wallet_address = channel.account_id
      and wallet.asset_issuer = ''
  where channel.organization_id = channel_rows.organization_id
    and channel.channel_of is not null
    and channel.retired_at is null
  union all
  select wish.channel_account, wish.source_account, wish.organization_id, wish.problem, wish.problem_since, null, null,
    wish.created_at, null
  from private.channel_wishes as wish
  where wish.organization_id = channel_rows.organization_id
  order by 2, 1;
$$;
comment on function private.channel_rows(bigint) is
  'The channel accounts of an organization that were not removed, and those whose key has not signed yet.';

create function private.channel_accounts()
returns setof public.channel_account
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select * from private.channel_rows((private.require_member('viewer')).organization_id);
end;
$$;
comment on function private.channel_accounts() is 'The channel accounts of the caller''s organization.';
grant execute on function private.channel_accounts() to authenticated;

create function public.channel_accounts()
returns setof public.channel_account
language sql stable security invoker
set search_path = ''
as $$ select * from private.channel_accounts(); $$;
comment on function public.channel_accounts() is
  'The channel accounts of the organization, each with its treasury and what is wrong with it.';
revoke all on function public.channel_accounts() from public, anon, authenticated, service_role;
grant execute on function public.channel_accounts() to authenticated;

create function private.own_treasury(source_account text, organization_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Locked, so that who signs for it and its other channels stay as they are meanwhile.
  perform from private.source_accounts as treasury
  where treasury.account_id = own_treasury.source_account
    and treasury.organization_id = own_treasury.organization_id
    and treasury.channel_of is null
  for update;

  if not found then
    perform private.refuse('source_account_unknown');
  end if;
end;
$$;
comment on function private.own_treasury(text, bigint) is
  'Locks a treasury of the organization; refuses every other account.';

create function private.add_channel_account(source_account text, channel_account text)
returns setof public.channel_account
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member constant public.users := private.require_member('admin');
  v_known private.source_accounts;
begin
  if private.holds_secret_key(left(concat_ws(' ', add_channel_account.source_account,
    add_channel_account.channel_account), 1000)) then
    perform private.refuse('secret_key_refused', 'The address');
  end if;

  if not coalesce(private.is_account_id(add_channel_account.channel_account), false) then
    perform private.refuse('invalid_wallet_address',
      coalesce(private.quotable(add_channel_account.channel_account, 80), 'without address'));
  end if;

  perform private.own_treasury(add_channel_account.source_account, v_member.organization_id);

  if private.is_signed_by_wallets(add_channel_account.source_account) then
    perform private.refuse('channels_need_server_custody', add_channel_account.source_account);
  end if;

  select known.* into v_known
  from private.source_accounts as known
  where known.account_id = add_channel_account.channel_account;

  if v_known.account_id is not null and v_known.channel_of is distinct from add_channel_account.source_account
    or private.is_wallet_of_employee(v_member.organization_id, add_channel_account.channel_account) then
    perform private.refuse('channel_account_taken', add_channel_account.channel_account);
  end if;

  -- A repeat is success, so that a retry is safe.
  if v_known.account_id is null and exists (
    select from private.channel_wishes as wish
    where wish.source_account = add_channel_account.source_account
      and wish.channel_account = add_channel_account.channel_account) then
    update private.channel_wishes as wish
    set next_look_at = now()
    where wish.source_account = add_channel_account.source_account
      and wish.channel_account = add_channel_account.channel_account;
    perform private.ring('payroll-disburse');
  elsif v_known.account_id is null or v_known.retired_at is not null then
    perform private.require_limit('channel_accounts_per_treasury', (
      select count(*)
      from private.channel_rows(v_member.organization_id) as channel
      where channel.source_account = add_channel_account.source_account));

    -- Of one that has served this treasury before it is known that its key is there.
    if v_known.retired_at is not null then
      update private.source_accounts as channel
      set retired_at = null, problem = null, problem_since = null, next_check_at = now()
      where channel.account_id = v_known.account_id;
    else
      insert into private.channel_wishes (source_account, channel_account, organization_id)
      values (add_channel_account.source_account, add_channel_account.channel_account, v_member.organization_id);
    end if;

    perform private.write_audit(v_member.organization_id, 'channel_account.added', 'source_account',
      add_channel_account.channel_account, jsonb_build_object('source_account', add_channel_account.source_account));
    perform private.ring('payroll-disburse');
  end if;

  return query
    select channel.*
    from private.channel_rows(v_member.organization_id) as channel
    where channel.channel_account = add_channel_account.channel_account
      and channel.source_account = add_channel_account.source_account;
end;
$$;
comment on function private.add_channel_account(text, text) is
  'Wants an account that gives sequence numbers and pays fees for a treasury of the caller''s organization.';
grant execute on function private.add_channel_account(text, text) to authenticated;

create function public.add_channel_account(source_account text, channel_account text)
returns setof public.channel_account
language sql volatile security invoker
set search_path = ''
as $$ select * from private.add_channel_account(source_account, channel_account); $$;
comment on function public.add_channel_account(text, text) is
  'Adds a channel account to a treasury, so that it pays 100 people more in each ledger once its key has signed that '
  'it serves it.';
revoke all on function public.add_channel_account(text, text) from public, anon, authenticated, service_role;
grant execute on function public.add_channel_account(text, text) to authenticated;

create function private.remove_channel_account(source_account text, channel_account text)
returns setof public.channel_account
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member constant public.users := private.require_member('admin');
begin
  perform private.own_treasury(remove_channel_account.source_account, v_member.organization_id);

  -- What is on its way through it is followed to its end, so its row stays.
  update private.source_accounts as channel
  set retired_at = now(), problem = null, problem_since = null
  where channel.account_id = remove_channel_account.channel_account
    and channel.channel_of = remove_channel_account.source_account
    and channel.retired_at is null;

  if not found then
    delete from private.channel_wishes as wish
    where wish.source_account = remove_channel_account.source_account
      and wish.channel_account = remove_channel_account.channel_account;
  end if;

  if found then
    perform private.write_audit(v_member.organization_id, 'channel_account.removed', 'source_account',
      remove_channel_account.channel_account,
      jsonb_build_object('source_account', remove_channel_account.source_account));
    -- A treasury without channels goes on by its own numbers.
    perform private.ring('payroll-disburse');
  elsif not exists (
    select from private.source_accounts as channel
    where channel.account_id = remove_channel_account.channel_account
      and channel.channel_of = remove_channel_account.source_account) then
    perform private.refuse('channel_account_not_found');
  end if;

  return query
    select channel.*
    from private.channel_rows(v_member.organization_id) as channel
    where channel.source_account = remove_channel_account.source_account;
end;
$$;
comment on function private.remove_channel_account(text, text) is
  'Lets nothing new go through a channel account; answers those that the treasury still has.';
grant execute on function private.remove_channel_account(text, text) to authenticated;

create function public.remove_channel_account(source_account text, channel_account text)
returns setof public.channel_account
language sql volatile security invoker
set search_path = ''
as $$ select * from private.remove_channel_account(source_account, channel_account); $$;
comment on function public.remove_channel_account(text, text) is
  'Removes a channel account of a treasury and answers those that are left; what is on its way is followed to its end.';
revoke all on function public.remove_channel_account(text, text) from public, anon, authenticated, service_role;
grant execute on function public.remove_channel_account(text, text) to authenticated;

create function private.is_wallet_of_employee(organization_id bigint, account_id text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from public.wallets as wallet
    where wallet.organization_id = is_wallet_of_employee.organization_id
      and wallet.wallet_address = is_wallet_of_employee.account_id
      and wallet.wallet_type = 'employee');
$$;
comment on function private.is_wallet_of_employee(bigint, text) is
  'Whether the organization pays an employee at this account.';

create type public.channel_wish as (
  source_account text,
  channel_account text,
  network_passphrase text
);
comment on type public.channel_wish is
  'A channel account whose key is to sign that it serves a treasury on a network.';

create function private.claim_channel_wishes()
returns setof public.channel_wish
language sql volatile security definer
set search_path = ''
as $$
  with due as (
    select wish.source_account, wish.channel_account
    from private.channel_wishes as wish
    where wish.next_look_at <= now()
    order by wish.next_look_at, wish.source_account, wish.channel_account
    limit 100
    for update skip locked
  )
  update private.channel_wishes as wish
  -- A worker that dies leaves it to the next one.
  set next_look_at = now() + interval '20 seconds'
  from due, private.settings as settings
  where wish.source_account = due.source_account
    and wish.channel_account = due.channel_account
    and settings.network_passphrase is not null
  returning wish.source_account, wish.channel_account, settings.network_passphrase;
$$;
comment on function private.claim_channel_wishes() is
  'The next channel accounts for which a worker looks whether their key is there.';
grant execute on function private.claim_channel_wishes() to service_role;

create function public.claim_channel_wishes()
returns setof public.channel_wish
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_channel_wishes(); $$;
comment on function public.claim_channel_wishes() is
  'For workers: channel accounts whose key is to sign that they serve a treasury.';
revoke all on function public.claim_channel_wishes() from public, anon, authenticated, service_role;
grant execute on function public.claim_channel_wishes() to service_role;

create function private.channel_statement(source_account text, channel_account text)
returns bytea
language sql stable security definer
set search_path = ''
as $$
  -- What stands in front is in no transaction, so that this signature pays nobody and no other one confirms a channel.
  select sha256(convert_to(concat_ws(e'\n', 'PayD channel account', settings.network_passphrase,
    channel_statement.source_account, channel_statement.channel_account), 'UTF8'))
  from private.settings as settings;
$$;
comment on function private.channel_statement(text, text) is
  'What the key of an account signs to say that the account serves a treasury.';

create function private.enroll_channel(source_account text, channel_account text)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_wish private.channel_wishes;
begin
  -- The treasury before its channels, as everywhere.
  perform from private.source_accounts as treasury
  where treasury.account_id = enroll_channel.source_account
  for update;

  select wish.* into v_wish
  from private.channel_wishes as wish
  where wish.source_account = enroll_channel.source_account
    and wish.channel_account = enroll_channel.channel_account
  for update;

  if not found then
    perform private.refuse('channel_account_not_found');
  end if;

  if not private.is_wallet_of_employee(v_wish.organization_id, v_wish.channel_account) then
    insert into private.source_accounts (account_id, organization_id, channel_of)
    values (v_wish.channel_account, v_wish.organization_id, v_wish.source_account)
    on conflict (account_id) do nothing;
  end if;

  -- Another treasury was faster, or it became a treasury itself.
  if not exists (
    select from private.source_accounts as channel
    where channel.account_id = v_wish.channel_account and channel.channel_of = v_wish.source_account) then
    return false;
  end if;

  delete from private.channel_wishes as wish
  where wish.source_account = v_wish.source_account and wish.channel_account = v_wish.channel_account;

  -- It is read like every account of the organization: what it holds, and what left it.
  insert into public.wallets (organization_id, wallet_address, wallet_type, trustline_state)
  values (v_wish.organization_id, v_wish.channel_account, 'organization', 'not_needed')
  on conflict on constraint wallets_address_and_asset_are_unique_in_organization do nothing;

  perform private.write_audit(v_wish.organization_id, 'channel_account.confirmed', 'source_account',
    v_wish.channel_account, jsonb_build_object('source_account', v_wish.source_account));
  perform private.ring('payroll-disburse');

  return true;
end;
$$;
comment on function private.enroll_channel(text, text) is
  'Makes a wished account a channel of its treasury, and of no other; false where it serves somebody else already.';

create function private.confirm_channel_account(source_account text, channel_account text, signature text)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_is_enrolled boolean := false;
begin
  if private.holds_secret_key(left(concat_ws(' ', confirm_channel_account.source_account,
    confirm_channel_account.channel_account, confirm_channel_account.signature), 1000)) then
    perform private.refuse('secret_key_refused', 'The confirmation');
  end if;

  -- Before anything is computed with it.
  if not exists (
    select from private.channel_wishes as wish
    where wish.source_account = confirm_channel_account.source_account
      and wish.channel_account = confirm_channel_account.channel_account) then
    perform private.refuse('channel_account_not_found');
  end if;

  if confirm_channel_account.signature is not null then
    -- 64 bytes in hexadecimal digits; whoever has no key of the account cannot make them.
    if confirm_channel_account.signature !~ '^[0-9a-f]{128}$' or not private.is_ed25519_signature(
      private.strkey_payload(confirm_channel_account.channel_account),
      private.channel_statement(confirm_channel_account.source_account, confirm_channel_account.channel_account),
      decode(confirm_channel_account.signature, 'hex')) then
      perform private.refuse('channel_proof_invalid', confirm_channel_account.channel_account);
    end if;

    v_is_enrolled := private.enroll_channel(confirm_channel_account.source_account,
      confirm_channel_account.channel_account);
  end if;

  update private.channel_wishes as wish
  set problem = case when confirm_channel_account.signature is null then 'key_missing' else 'account_taken' end,
      problem_since = coalesce(wish.problem_since, now()),
      next_look_at = now() + interval '5 minutes'
  where wish.source_account = confirm_channel_account.source_account
    and wish.channel_account = confirm_channel_account.channel_account;

  return v_is_enrolled;
end;
$$;
comment on function private.confirm_channel_account(text, text, text) is
  'Enrolls a channel account whose key has signed that it serves the treasury; without a signature it notes that the '
  'key is missing.';
grant execute on function private.confirm_channel_account(text, text, text) to service_role;

create function public.confirm_channel_account(source_account text, channel_account text, signature text default null)
returns boolean
language sql volatile security invoker
set search_path = ''
as $$ select private.confirm_channel_account(source_account, channel_account, signature); $$;
comment on function public.confirm_channel_account(text, text, text) is
  'For workers: brings the signature by which the key of a channel account says that it serves a treasury.';
revoke all on function public.confirm_channel_account(text, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.confirm_channel_account(text, text, text) to service_role;

create function private.note_channel_problem(channel_account text, problem text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if note_channel_problem.problem not in ('account_missing', 'key_missing', 'short_of_fees', 'weight_too_low',
    'numbers_exhausted') then
    perform private.refuse('invalid_channel_problem');
  end if;

  update private.source_accounts as channel
  set problem = note_channel_problem.problem,
      problem_since = case when note_channel_problem.problem is not null
        then coalesce(case when channel.problem = note_channel_problem.problem then channel.problem_since end, now())
        end,
      -- The others pay meanwhile; it is tried again after some minutes, or at once when nothing is wrong any more. What
      -- is on its way through it is followed all the time.
      next_check_at = case
        when exists (
          select from public.transactions as live
          where live.sequence_account = channel.account_id and live.is_live) then channel.next_check_at
        when note_channel_problem.problem is not null then now() + interval '5 minutes'
        when channel.problem is not null then now()
        else channel.next_check_at
      end
  where channel.account_id = note_channel_problem.channel_account
    and channel.channel_of is not null
    and channel.retired_at is null;
end;
$$;
comment on function private.note_channel_problem(text, text) is
  'Keeps why nothing new can go through a channel account and since when; null when it can again.';

create function private.record_channel_problem(channel_account text, lease_token uuid, problem text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.lock_treasury_of(record_channel_problem.channel_account);
  perform private.require_lease(record_channel_problem.channel_account, record_channel_problem.lease_token);

  if record_channel_problem.problem is null then
    perform private.refuse('invalid_channel_problem');
  end if;

  perform private.note_channel_problem(record_channel_problem.channel_account, record_channel_problem.problem);
end;
$$;
comment on function private.record_channel_problem(text, uuid, text) is
  'Keeps why a worker that leased a channel account could send nothing through it.';
grant execute on function private.record_channel_problem(text, uuid, text) to service_role;

create function public.record_channel_problem(channel_account text, lease_token uuid, problem text)
returns void
language sql volatile security invoker
set search_path = ''
as $$ select private.record_channel_problem(channel_account, lease_token, problem); $$;
comment on function public.record_channel_problem(text, uuid, text) is
  'For workers: why nothing could be sent through a leased channel account.';
revoke all on function public.record_channel_problem(text, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.record_channel_problem(text, uuid, text) to service_role;

create function private.channels_of(treasury text)
returns text[]
language sql stable security definer
set search_path = ''
as $$
  select array_agg(channel.account_id order by channel.account_id)
  from private.source_accounts as channel
  where channel.channel_of = channels_of.treasury
    and channel.retired_at is null;
$$;
comment on function private.channels_of(text) is 'The channel accounts through which payments of a treasury may go.';

create function private.channel_problem(problem text)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case problem
    when 'account_missing' then 'it does not exist on this network'
    when 'key_missing' then 'payroll-disburse has no key of it for this treasury'
    when 'short_of_fees' then 'it holds too little XLM for the fee of a transaction'
    when 'weight_too_low' then 'its own key has too little weight'
    when 'numbers_exhausted' then 'its sequence number cannot grow any more'
    when 'account_taken' then 'it is a treasury, serves another one, or is the wallet of an employee'
  end;
$$;
comment on function private.channel_problem(text) is
  'Why nothing can go through a channel account, as a half sentence.';

create function private.check_channel_accounts(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select channel.organization_id, 'warning', 'channel_account_unusable', 'account', channel.account_id,
    channel.problem_since,
    format('Nothing goes through the channel account %s of the treasury %s: %s.', channel.account_id,
      channel.channel_of, private.channel_problem(channel.problem)),
    case channel.problem
      when 'short_of_fees' then 'Send it some XLM; it is tried again every five minutes. '
      when 'key_missing' then 'Add its key to PAYD_CHANNEL_KEYS under the address of this treasury, or remove it. '
      when 'account_taken' then 'Remove it, and create an account of its own for this channel. '
      else 'Create the account anew and let its own key sign for it, or remove it. '
    end || 'Nobody is paid less by it: the other channel accounts pay, or the treasury by its own numbers.',
    'a person', null::timestamptz, 'remove_channel_account'
  from (
    select known.organization_id, known.account_id, known.channel_of, known.problem, known.problem_since
    from private.source_accounts as known
    where known.problem is not null
      and known.retired_at is null
    union all
    select wish.organization_id, wish.channel_account, wish.source_account, wish.problem, wish.problem_since
    from private.channel_wishes as wish
    where wish.problem is not null
  ) as channel
  where check_channel_accounts.organization_id is null
    or channel.organization_id = check_channel_accounts.organization_id
  order by channel.account_id, channel.channel_of
  limit 200;
$$;
comment on function private.check_channel_accounts(bigint) is 'Channel accounts through which nothing can be sent.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_channel_accounts', 'A channel account that cannot be used makes its treasury pay more slowly.');
