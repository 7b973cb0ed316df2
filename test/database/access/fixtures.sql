-- What seed.sql does not have: a manager, a viewer, an employee with an account and a stranger at Harbor Coffee, and rows of both companies in
-- the tables that the demo leaves empty. Runs as the superuser after seed.sql.

insert into auth.users (id, aud, role, email, email_confirmed_at, created_at, updated_at)
select person.id::uuid, 'authenticated', 'authenticated', person.email, now(), now(), now()
from (values
  ('acce5500-0000-4000-8000-000000000001', 'manager@harbor.example'),
  ('acce5500-0000-4000-8000-000000000002', 'viewer@harbor.example'),
  ('acce5500-0000-4000-8000-000000000003', 'ines@harbor.example'),
  ('acce5500-0000-4000-8000-000000000004', 'stranger@nowhere.example')
) as person (id, email);

insert into public.users (organization_id, auth_user_id, email, role)
select organization.id, person.id::uuid, person.email, person.role
from public.organizations as organization
cross join (values
  ('acce5500-0000-4000-8000-000000000001', 'manager@harbor.example', 'manager'),
  ('acce5500-0000-4000-8000-000000000002', 'viewer@harbor.example', 'viewer')
) as person (id, email, role)
where organization.name = 'Harbor Coffee';

update public.employees as employee
set auth_user_id = 'acce5500-0000-4000-8000-000000000003'
where employee.email = 'ines@harbor.example';

-- A second row for the employee's colleagues, so that "own" and "all" differ in every table an employee can read.
update public.employees as employee
set wallet_address = 'GB3NL7QWVFWOOQVZOOPU7AVX3EKW2HZHSV5KRGUJH6476KLHHPTCQHX3'
where employee.email in ('ines@harbor.example', 'amara@harbor.example', 'noor@atlas.example');

insert into public.approval_thresholds (organization_id, asset_code, from_amount, required_approvals)
select organization.id, 'XLM', 1000000, 2 from public.organizations as organization;

insert into public.balance_thresholds (organization_id, wallet_address, asset_code, asset_issuer, minimum)
select wallet.organization_id, wallet.wallet_address, wallet.asset_code, wallet.asset_issuer, 1000000
from public.wallets as wallet where wallet.wallet_type <> 'employee';

insert into public.webhook_subscriptions (organization_id, url)
select organization.id, 'https://hooks.example.com/payd' from public.organizations as organization;

insert into public.webhook_attempts (organization_id, endpoint_id, event_id, attempt_number, outcome)
select subscription.organization_id, subscription.endpoint_id, event.id, 1, 'delivered'
from public.webhook_subscriptions as subscription
join lateral (
  select given.* from public.events as given where given.organization_id = subscription.organization_id order by given.id limit 1
) as event on true;

insert into public.payroll_run_approvals (organization_id, payroll_run_id, user_id, decision, content_hash)
select run.organization_id, run.id, member.id, 'approved', 'seed'
from public.payroll_runs as run
join public.users as member on member.organization_id = run.organization_id and member.role in ('manager', 'admin')
where run.status = 'draft' and member.email in ('ben@harbor.example');

insert into public.payroll_preflight_findings (organization_id, payroll_preflight_id, weight, code, sentence, cure)
select report.organization_id, report.id, 'unknown', 'source_account_not_read', 'It was not read.', 'Ask again.'
from public.payroll_preflights as report;

insert into public.contract_registry (name, network, contract_id, current_wasm_hash)
values ('Bulk payment', 'TESTNET', 'CA545QAOZHXDVCDSXVUFXOD5PRK3PIZX6RG2PE6U7BXCSTA2U2NNH44N', repeat('a', 64));

insert into public.contract_upgrade_logs (registry_id, previous_wasm_hash, new_wasm_hash, initiated_by)
select contract.id, repeat('a', 64), repeat('b', 64), 'GDX5DQSDDGC7BRYMMR7JIYUQZNDGVQPQW5EOSVWZRG3JYKXTJOGSEIBL'
from public.contract_registry as contract;

insert into public.contract_events (event_id, organization_id, contract_id, event_type, data, tx_hash, ledger_sequence)
select lpad(organization.id::text, 19, '0') || '-0000000001', organization.id, contract.contract_id, 'payment', '{}', repeat('c', 64), 900
from public.organizations as organization
cross join public.contract_registry as contract;

insert into public.claimable_balances (organization_id, claimable_balance_id, employee_id, asset_code, amount, sponsor, claimant, synced_ledger)
select employee.organization_id, '00000000' || lpad(to_hex(employee.id), 64, '0'), employee.id, 'XLM', 1,
  'GDX5DQSDDGC7BRYMMR7JIYUQZNDGVQPQW5EOSVWZRG3JYKXTJOGSEIBL', employee.wallet_address, 900
from public.employees as employee
where employee.wallet_address is not null;

insert into public.payroll_schedules (organization_id, name, frequency, day_of_month, time_zone, starts_on, next_run_on, next_run_at)
select organization.id, 'Salaries', 'monthly', 25, 'Europe/Berlin', '2026-12-01', '2026-12-25', '2026-12-25 08:00+00'
from public.organizations as organization;

insert into public.payroll_schedule_occurrences (organization_id, schedule_id, occurrence_on, due_at, outcome)
select schedule.organization_id, schedule.id, '2026-11-25', '2026-11-25 08:00+00', 'skipped'
from public.payroll_schedules as schedule;

insert into public.user_preferences (organization_id, user_id, preferences)
select member.organization_id, member.id, '{}' from public.users as member
on conflict do nothing;

insert into public.notifications (organization_id, auth_user_id, user_id, employee_id, event_id, type, title, message, resource_type, resource_id)
select person.organization_id, person.auth_user_id, person.user_id, person.employee_id, event.id, 'test', 'A test', 'For one person.', 'organization', '1'
from (
  select member.organization_id, member.auth_user_id, member.id as user_id, null::bigint as employee_id from public.users as member
  union all
  select employee.organization_id, employee.auth_user_id, null, employee.id from public.employees as employee where employee.auth_user_id is not null
) as person
join lateral (
  select given.id from public.events as given where given.organization_id = person.organization_id order by given.id limit 1
) as event on true
on conflict do nothing;

insert into public.payroll_item_edits (organization_id, payroll_run_id, run_version, employee_id, item_type, action, new_amount)
select item.organization_id, item.payroll_run_id, 1, item.employee_id, item.item_type, 'added', item.amount
from public.payroll_items as item;

-- An invitation of an employee in each company.
insert into public.employee_invitations (organization_id, employee_id, email, token_hash, invited_by)
select employee.organization_id, min(employee.id), 'invited@' || employee.organization_id || '.example',
  sha256(convert_to('invitation ' || employee.organization_id, 'UTF8')),
  (select min(member.id) from public.users as member where member.organization_id = employee.organization_id)
from public.employees as employee
group by employee.organization_id;

-- A look at the ledger in each company that knows nothing of the newest payment.
insert into public.ledger_contradictions
  (organization_id, source_account, kind, believed_sequence, believed_ledger, seen_sequence, seen_ledger, provider,
   last_seen_ledger)
select distinct on (transaction.organization_id)
  transaction.organization_id, transaction.source_account, 'account_missing', transaction.sequence_number,
  transaction.ledger, null, transaction.ledger, 'https://horizon.example', transaction.ledger
from public.transactions as transaction
where transaction.submission_state = 'applied'
order by transaction.organization_id, transaction.id desc;

-- A payment of each company that no payroll planned, and a gap in the history of its account.
insert into public.history_gaps (organization_id, account_id, kind, from_ledger, to_ledger)
select history.organization_id, history.account_id, 'before_retention', 1, 2
from public.account_histories as history;

insert into public.ledger_transactions (organization_id, account_id, ledger, application_order, tx_hash, origin,
  source_account, sequence_number, fee_account, fee_charged_stroops, is_successful, result_code, operation_count,
  is_signed_by_source, closed_at)
select history.organization_id, history.account_id, 900, 1, repeat('a', 64), 'foreign', history.account_id, '1',
  history.account_id, 100, true, 'tx_success', 1, true, '2026-11-25 12:00+00'
from public.account_histories as history;

insert into public.ledger_movements (organization_id, account_id, ledger, application_order, place, operation_index, kind,
  direction, asset_code, amount, tx_hash, closed_at)
select seen.organization_id, seen.account_id, seen.ledger, seen.application_order, 0, 0, 'payment', 'out', 'XLM', 1,
  seen.tx_hash, seen.closed_at
from public.ledger_transactions as seen;

insert into public.sync_requests (organization_id)
select organization.id from public.organizations as organization;
