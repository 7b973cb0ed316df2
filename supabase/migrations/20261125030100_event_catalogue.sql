-- migration: the catalogue of events
-- Every type of event that PayD emits, with its version, one example and which members may be absent. The JSON Schema
-- that consumers validate with is made from them, so that it cannot say anything else. Subscriptions name types from
-- here, and a test compares it with what the database emits.
-- author: PayD | date: 2026-11-25
-- tables: private.event_types | depends: 20261125000000
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.event_types (
  type text primary key,
  version integer not null default 1,
  description text not null,
  example jsonb not null,
  optional text[] not null default '{}',
  constraint event_types_type_is_a_dotted_name check (type ~ '^[a-z_]+(\.[a-z_]+)+$'),
  constraint event_types_version_is_positive check (version > 0),
  constraint event_types_description_is_a_sentence check (description ~ '\.$'),
  constraint event_types_example_is_an_object check (jsonb_typeof(example) = 'object')
);
comment on table private.event_types is 'Every type of event: what it says, with an example.';
comment on column private.event_types.version is
  'Higher when a member changes its meaning or goes; a new member is no new version.';
comment on column private.event_types.optional is 'Members of the example that may be absent.';
alter table private.event_types enable row level security;
alter table private.event_types force row level security;

create function private.event_schema(type text)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    '$schema', 'https://json-schema.org/draft/2020-12/schema',
    'title', known.type,
    'description', known.description,
    'type', 'object',
    'required', jsonb_build_array('type', 'timestamp', 'data'),
    'properties', jsonb_build_object(
      'type', jsonb_build_object('const', known.type),
      'timestamp', jsonb_build_object('type', 'string', 'format', 'date-time'),
      -- What is too large for an event is left out of it, and is_shortened says so.
      'data', jsonb_build_object('anyOf', jsonb_build_array(
        jsonb_build_object(
          'type', 'object',
          'required', coalesce((
            select jsonb_agg(member.key order by member.key)
            from jsonb_object_keys(known.example) as member (key)
            where member.key <> all (known.optional)), '[]'),
          'properties', coalesce((
            select jsonb_object_agg(member.key, jsonb_build_object('type', case
              when jsonb_typeof(member.value) = 'number' then 'integer'
              else jsonb_typeof(member.value) end))
            from jsonb_each(known.example) as member), '{}')),
        jsonb_build_object(
          'type', 'object',
          'required', jsonb_build_array('is_shortened', 'resource_type', 'resource_id'),
          'properties', jsonb_build_object('is_shortened', jsonb_build_object('const', true)))))))
  from private.event_types as known
  where known.type = event_schema.type;
$$;
comment on function private.event_schema(text) is
  'The JSON Schema of the body of an event, or null for an unknown type.';

create function private.event_patterns(type text)
returns text[]
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- payroll.run.completed is named by *, payroll.*, payroll.run.* and itself.
  return array['*', event_patterns.type] || coalesce((
    select array_agg(array_to_string(words.list[:n], '.') || '.*')
    from (select string_to_array(event_patterns.type, '.') as list) as words
    cross join generate_series(1, cardinality(words.list) - 1) as n), '{}');
end;
$$;
comment on function private.event_patterns(text) is 'Every pattern that names an event type.';

insert into private.event_types (type, description, example, optional)
select word.type, word.description, kind.example || coalesce(word.more, '{}'), kind.optional
from (values
  ('payroll', '{"payroll_run_id": 7, "batch_id": "PAY-2026-11", "status": "processing", "period_start": "2026-11-01",
    "period_end": "2026-11-30", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN", "total_amount": "84500.0000000",
    "item_count": 42, "failure_code": "insufficient_balance",
    "failure_reason": "The source account holds too little of the asset."}'::jsonb,
    '{failure_code,failure_reason}'::text[]),
  ('waiting_payroll', '{"payroll_run_id": 7, "batch_id": "PAY-2026-11", "status": "processing",
    "period_start": "2026-11-01", "period_end": "2026-11-30", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN", "total_amount": "84500.0000000",
    "item_count": 42, "waiting_kind": "balance_unexplained",
    "waiting_reason": "Payroll run 7 waits: the account holds something else than its payments leave.",
    "waiting_since": "2026-11-30T09:00:00+00:00", "safe_action": "Pay nobody another way.",
    "waits_for": "the history of the account", "command": "accept_history_gap"}', '{waits_for,command}'),
  ('payment', '{"payroll_run_id": 7, "employee_id": 12, "amount": "2000.0000000", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN",
    "destination": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37",
    "tx_hash": "9f0b7c0e1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4", "operation_index": 3,
    "payout_method": "claimable_balance", "claimable_balance_id":
    "00000000929b20b72e5890ab51c24f1cc46fa01c4f318d8d33367d24dd614cfdf5491072",
    "reclaimable_at": "2027-02-28T00:00:00+00:00"}', '{claimable_balance_id,reclaimable_at}'),
  ('failed_payment', '{"payroll_run_id": 7, "employee_id": 12, "amount": "2000.0000000", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN",
    "destination": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37",
    "tx_hash": "9f0b7c0e1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4", "operation_index": 3,
    "code": "op_no_trust"}', '{destination,tx_hash,operation_index}'),
  ('payable_payment', '{"payroll_run_id": 7, "batch_id": "PAY-2026-11", "employee_id": 12, "amount": "2000.0000000",
    "asset_code": "USDC", "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN",
    "destination": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37", "code": "op_no_trust",
    "payable_people": 3, "is_first": true}', '{}'),
  ('transaction', '{"transaction_id": 31, "tx_hash":
    "9f0b7c0e1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4", "payroll_run_id": 7,
    "amount": "84500.0000000", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN", "submission_state": "applied",
    "ledger": 54210987, "code": "tx_success"}', '{payroll_run_id,ledger,code}'),
  ('employee', '{"employee_id": 12, "status": "active"}', '{}'),
  ('wallet', '{"wallet_id": "wal_1", "wallet_address": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37",
    "wallet_type": "employee", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN", "balance": "120.5000000",
    "is_frozen": false, "ledger": 54210987}', '{}'),
  ('wallet_change', '{"wallet_change_id": 4, "employee_id": 12, "policy": "cooling_off",
    "effective_at": "2026-12-01T09:00:00+00:00"}', '{effective_at}'),
  ('claimable_balance', '{"id": 3, "claimable_balance_id":
    "00000000929b20b72e5890ab51c24f1cc46fa01c4f318d8d33367d24dd614cfdf5491072", "status": "active",
    "amount": "2000.0000000", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN",
    "claimant": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37", "employee_id": 12, "payroll_run_id": 7,
    "expires_at": "2027-02-28T00:00:00+00:00", "reclaimable_at": "2027-02-28T00:00:00+00:00", "ledger": 54210987,
    "tx_hash": "9f0b7c0e1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4"}',
    '{claimant,employee_id,payroll_run_id,expires_at,reclaimable_at,ledger,tx_hash}'),
  ('payroll_schedule', '{"payroll_schedule_id": 2, "name": "Monthly, Berlin", "occurrence_on": "2026-11-30",
    "asset_code": "USDC", "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"}', '{}'),
  ('organization', '{"organization_id": 1}', '{}'),
  ('webhook', '{"webhook_subscription_id": "whs_0123456789abcdef0123456789abcdef", "reason": "failing",
    "failing_since": "2026-11-25T09:00:00+00:00", "percent": 70}', '{failing_since,percent}'),
  ('test', '{"message": "This is a test."}', '{message}'),
  ('organization_employee', '{"employee_id": 12}', '{}'),
  ('challenge', '{"challenge": "3f8a1c5d7e9b2a4c6d8e0f1a3b5c7d9e"}', '{}'),
  ('ledger', '{"contradiction_id": 1, "source_account": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37",
    "kind": "sequence_behind", "state": "open", "believed_sequence": "232841337241603", "believed_ledger": 54210987,
    "seen_sequence": "232841337241600", "seen_ledger": 54210990, "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN", "believed_balance": "120.5000000",
    "seen_balance": "20.5000000", "payroll_run_ids": [7]}',
    '{believed_sequence,seen_sequence,asset_code,asset_issuer,believed_balance,seen_balance}'),
  ('movement', '{"ledger_movement_id": 9, "account_id": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37",
    "kind": "payment", "amount": "5000.0000000", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN",
    "counterparty": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN", "claimable_balance_id":
    "00000000929b20b72e5890ab51c24f1cc46fa01c4f318d8d33367d24dd614cfdf5491072",
    "tx_hash": "9f0b7c0e1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4", "operation_index": 0,
    "ledger": 54210987, "closed_at": "2026-11-30T09:00:00+00:00"}', '{counterparty,claimable_balance_id}'),
  ('contract_event', '{"event_id": "0016010972359577600-0000000001", "contract_id":
    "CDLZFC3SYJYDZT7K67VZ75HPJVIEUVNIXF47ZG2FB2RMQQVU2HHGCYSC", "event_type": "transfer",
    "tx_hash": "9f0b7c0e1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4", "ledger": 54210987}', '{}'),
  ('sync_request', '{"sync_request_id": 5, "state": "done", "wallets_read": 42, "wallets_unreadable": 0}', '{}'),
  ('provider', '{"provider": "https://horizon.example", "state": "lagging", "ledger": 54210987,
    "closed_at": "2026-11-30T09:00:00+00:00"}', '{ledger,closed_at}'),
  ('gap', '{"gap_id": 2, "account_id": "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37",
    "kind": "balance_differs", "state": "open", "from_ledger": 54210987, "to_ledger": 54210990,
    "from_sequence": "232841337241601", "to_sequence": "232841337241602",
    "tx_hash": "9f0b7c0e1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4", "asset_code": "USDC",
    "asset_issuer": "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN", "expected": "120.0000000",
    "found": "110.0000000"}', '{from_sequence,to_sequence,tx_hash,asset_code,asset_issuer,expected,found}')
) as kind (name, example, optional)
join (values
  ('payroll', 'payroll.submitted', 'A payroll run was submitted for approval.', null::jsonb),
  ('payroll', 'payroll.checked', 'A pre-flight report about a payroll run is ready.', null),
  ('payroll', 'payroll.approved', 'A second person approved a payroll run.', null),
  ('payroll', 'payroll.rejected', 'A payroll run was sent back to its draft.', null),
  ('payroll', 'payroll.discarded', 'The draft of a payroll run was thrown away; it can be restored.', null),
  ('payroll', 'payroll.restored', 'A payroll run that was thrown away is a draft again.', null),
  ('payroll', 'payroll.started', 'The payments of a payroll run begin.', null),
  ('payroll', 'payroll.paused', 'A person paused the payments of a payroll run.', null),
  ('payroll', 'payroll.resumed', 'The payments of a payroll run go on.', null),
  ('waiting_payroll', 'payroll.waiting',
    'A payroll run stands still, for a reason that people or the operator can end.', null),
  ('payroll', 'payroll.completed', 'Every employee of a payroll run was paid.', null),
  ('payroll', 'payroll.failed', 'A payroll run ended with employees who were not paid; it can be retried.', null),
  ('transaction', 'transaction.completed', 'A Stellar transaction is in a ledger.', null),
  ('transaction', 'transaction.failed', 'A Stellar transaction is proven to have paid nothing.', null),
  ('transaction', 'transaction.held',
    'The end of a Stellar transaction cannot be proven; people look at it, and nothing more is paid from its account.',
    '{"submission_state": "held", "reason": "providers_disagree"}'),
  ('transaction', 'transaction.awaiting_signature', 'A Stellar transaction waits for the signatures of its wallets.',
    '{"submission_state": "awaiting_signature", "sign_before": "2026-12-01T09:00:00+00:00"}'),
  ('transaction', 'transaction.signing_expired',
    'A Stellar transaction ended before enough of its wallets had signed it; nothing was paid by it.',
    '{"submission_state": "never_applied", "sign_before": "2026-12-01T09:00:00+00:00"}'),
  ('employee', 'employee.added', 'An employee was added.', null),
  ('employee', 'employee.updated', 'The record of an employee was changed.', null),
  ('employee', 'employee.removed', 'An employee was removed.', null),
  ('employee', 'employee.invited', 'An employee was invited to link an account.', null),
  ('employee', 'employee.account_linked', 'An employee linked an account to the own record.', null),
  ('employee', 'employee.account_unlinked', 'The account of an employee was unlinked.', null),
  ('wallet', 'wallet.updated', 'The balance of a wallet was read anew and has changed.', null),
  ('wallet', 'wallet.frozen', 'The issuer froze the asset of a wallet.', null),
  ('wallet', 'balance.low', 'The balance of a wallet fell below the minimum that was set.',
    '{"minimum": "500.0000000"}'),
  ('wallet_change', 'wallet_change.requested', 'Another payout address was asked for.', null),
  ('wallet_change', 'wallet_change.applied', 'A new payout address took effect.', null),
  ('wallet_change', 'wallet_change.cancelled', 'A change of a payout address was cancelled.', null),
  ('wallet_change', 'email_change.requested',
    'Another e-mail address was asked for an employee who is paid; it waits like another payout address.', null),
  ('wallet_change', 'email_change.applied', 'A new e-mail address of an employee took effect.', null),
  ('wallet_change', 'email_change.cancelled', 'A change of an e-mail address was cancelled.', null),
  ('claimable_balance', 'claimable_balance.created', 'A payment waits on the ledger to be claimed.', null),
  ('claimable_balance', 'claimable_balance.active', 'A claimable balance can be claimed.', null),
  ('claimable_balance', 'claimable_balance.claimed', 'A claimable balance was claimed by the payee.', null),
  ('claimable_balance', 'claimable_balance.expired', 'The time to claim a claimable balance has passed.', null),
  ('claimable_balance', 'claimable_balance.reclaimed', 'A claimable balance went back to the company.', null),
  ('claimable_balance', 'claimable_balance.clawed_back', 'The issuer took a claimable balance back.', null),
  ('claimable_balance', 'claimable_balance.disproved',
    'A claimable balance was recorded as created, and the ledger proves that it was not.', null),
  ('organization', 'organization.closed', 'The organization was closed; its members can no longer act in it.', null),
  ('webhook', 'webhook.failing', 'A webhook subscription fails and will be disabled when it goes on.', null),
  ('webhook', 'webhook.disabled',
    'A webhook subscription was disabled; nothing is sent to it until it is enabled.', null),
  ('webhook', 'webhook.enabled', 'A webhook subscription was enabled again.', null),
  ('ledger', 'ledger.contradicted',
    'What an account is on the ledger contradicts how payments from it were recorded to have ended.', null),
  ('ledger', 'ledger.contradiction_resolved',
    'Two people decided what a contradiction of the ledger means, or a later look explained it.', null),
  ('movement', 'payment.received', 'An account of the organization received an amount.', null),
  ('movement', 'payment.unplanned', 'An amount left an account of the organization that no payroll planned.', null),
  ('contract_event', 'contract.event', 'A contract emitted an event that concerns the organization.', null),
  ('sync_request', 'sync.completed', 'Everything that somebody asked to be read from the ledger was read.', null),
  ('provider', 'provider.lagging', 'A provider shows a ledger that closed more than a minute ago.', null),
  ('provider', 'provider.frozen', 'A provider has shown the same ledger for more than two minutes.', null),
  ('provider', 'provider.lying', 'A provider names a ledger that cannot exist yet; nothing it says is believed.', null),
  ('provider', 'provider.unreachable', 'A provider does not answer.', null),
  ('provider', 'provider.wrong_network', 'A provider serves another network; nothing it says is believed.', null),
  ('provider', 'provider.reset', 'The network began anew; nothing is believed before an operator decides.', null),
  ('provider', 'provider.recovered', 'A provider is well again.', null),
  ('gap', 'sync.gap', 'A part of the history of an account is missing or does not fit; it is read again.', null),
  ('gap', 'sync.gap_closed', 'A gap in the history of an account was filled, or somebody accepted it.', null),
  ('payment', 'payment.completed',
    'An employee was paid, or with a claimable balance: the amount waits on the ledger for the employee.',
    '{"ledger": 54210987}'),
  ('failed_payment', 'payment.failed',
    'A payment to an employee failed, or was not sent because it would have failed; the employee was not paid.', null),
  ('payable_payment', 'payment.payable_again',
    'A payment that failed could be made now: the account of the employee takes it. A manager retries the run.', null),
  ('organization_employee', 'employee.erased',
    'The personal data of an employee was erased; a system that holds a copy erases it too.',
    null),
  ('payroll_schedule', 'payroll_schedule.ran', 'A schedule drafted a payroll run.', '{"payroll_run_id": 7,
    "period_start": "2026-11-01", "period_end": "2026-11-30"}'),
  ('payroll_schedule', 'payroll_schedule.skipped', 'A schedule left an occurrence out, as its policy says.', null),
  ('payroll_schedule', 'payroll_schedule.failed', 'A schedule could not draft its payroll run.',
    '{"reason": "No employee is paid in this asset."}'),
  ('challenge', 'webhook.challenge',
    'A new address is asked to prove that it is its owner''s: it answers with the challenge.',
    null),
  ('test', 'test.ping', 'An admin tests a webhook subscription.', null)
) as word (kind, type, description, more) on word.kind = kind.name;
