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

insert into public.webhook_subscriptions (organization_id, url)
select organization.id, 'https://hooks.example.com/payd' from public.organizations as organization;

insert into public.webhook_delivery_logs (organization_id, subscription_id, event_id, event_type, payload, outcome)
select subscription.organization_id, subscription.id, event.id, event.type, event.body::jsonb, 'delivered'
from public.webhook_subscriptions as subscription
join lateral (
  select given.* from public.events as given where given.organization_id = subscription.organization_id order by given.id limit 1
) as event on true;

insert into public.payroll_run_approvals (organization_id, payroll_run_id, user_id, decision, content_hash)
select run.organization_id, run.id, member.id, 'approved', 'seed'
from public.payroll_runs as run
join public.users as member on member.organization_id = run.organization_id and member.role in ('manager', 'admin')
where run.status = 'draft' and member.email in ('ben@harbor.example');
