begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select policies_are(
  'public', table_name, array[policy], format('the rows of %s are read by the policy "%s" only', table_name, policy))
from (values
  ('organizations', 'Members can read their organization'),
  ('users', 'Members can read the members of their organization'),
  ('invitations', 'Admins can read the invitations of their organization'),
  ('audit_logs', 'Admins can read the audit trail of their organization'),
  ('events', 'Members can read the events of their organization'),
  ('employees', 'Members can read employees, and employees their own record'),
  ('wallets', 'Members can read wallets, and employees their own'),
  ('payroll_runs', 'Members can read the payroll runs of their organization'),
  ('payroll_items', 'Members can read payroll items, and employees their payslips'),
  ('payroll_item_edits', 'Members can read the item edits of their organization'),
  ('payroll_audit_logs', 'Members can read the payroll audit trail of their organization'),
  ('payroll_run_approvals', 'Members can read the approvals of their organization'),
  ('transactions', 'Members can read the transactions of their organization'),
  ('transaction_operations', 'Members can read operations, and employees their own'),
  ('transaction_audit_logs', 'Members can read the audit trail of their transactions'),
  ('webhook_subscriptions', 'Managers can read the webhook subscriptions'),
  ('webhook_attempts', 'Managers can read the attempts of their organization')
) as expected (table_name, policy);

select * from finish();
rollback;
