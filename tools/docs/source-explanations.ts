import type { Difference } from './difference.ts'

/** Differences that hold for every table. The comparison checks each of them and lists none of their places. */
export const WHOLE_SCHEMA: readonly string[] = [
  'SERIAL and BIGSERIAL are `bigint generated always as identity`, and what refers to them is `bigint`: an application cannot write ids by accident, and they do not end at 2^31.',
  'VARCHAR(n) is `text` with a check that is named as a sentence, so that an error says the rule; the limits are the same, or the value is one of a list, an address or a hash.',
  'DECIMAL(20, 7) is `public.amount`: units of the asset, not stroops, between 0 and 922337203685.4775807, strings in JSON.',
  'TIMESTAMP is `timestamptz`.',
  'Columns with a default or with listed values are also not null: null would be one more value than those listed.',
  'Every tenant table has `organization_id not null`, and foreign keys between tenant tables are composite: a row cannot point into another organization.',
  "Indexes of tenant tables are led by `organization_id`, because every query has it as its first condition; single-column indexes on state or time lead the planner through other tenants' rows.",
  'An asset is a code and an issuer wherever a code was asked for: two issuers may use one code.',
]

/** What the document says in words and no column of it shows. */
export const UNDRAWN: readonly Difference[] = [
  { table: 'wallets', name: 'transactions', asked: 'one wallet has many', here: 'by address' },
]

const NEWEST_FIRST = 'The same index also is the order of the newest page, which a list reads without sorting.'
const PER_ORGANIZATION =
  'Per organization and without deleted rows: a global rule would tell one company about another, and block re-hiring.'

/** Why something of the schema document stands otherwise here, by `table.what`. */
export const EXPLANATIONS: Readonly<Record<string, string>> = {
  'organizations.unique (name)': 'The name of a closed organization may be used again.',
  'employees.unique (email)': PER_ORGANIZATION,
  'employees.`idx_employees_org_id`':
    'Pages in the order of the ids continue in the same index, and foreign keys refer to it.',
  'employees.`idx_employees_created_at`': NEWEST_FIRST,
  'users.`password_hash`': 'Credentials live in Supabase Auth; `auth_user_id` refers to them.',
  'users.unique (email)': PER_ORGANIZATION,
  'payroll_runs.`idx_payroll_runs_org_id`': NEWEST_FIRST,
  'payroll_items.`idx_payroll_items_run_id`': 'Items of a run are read by employee, for payslips and plans.',
  'payroll_items.`idx_payroll_items_employee_id`': NEWEST_FIRST,
  'payroll_schedules.`idx_payroll_schedules_org_id`': NEWEST_FIRST,
  'wallets.unique (wallet_address, asset_code, asset_issuer)':
    'Per organization: two companies may pay the same person, and a global rule would tell one about the other.',
  'wallets.`idx_wallets_last_synced_at`': 'Wallets that are no longer used are not synced.',
  'wallets.`idx_wallets_org_id`': NEWEST_FIRST,
  'wallets.transactions':
    'A Stellar transaction names accounts and not rows: it is found by its source account, and each operation by its destination.',
  'payroll_schedules.values of `frequency`': 'Many companies pay on the 15th and on the last day: `semimonthly`.',
  'payroll_runs.values of `status`':
    'A draft that is not wanted is `discarded` and can be restored; its trail stays, so the row is not removed.',
  'contract_events.type of `contract_id`':
    'It refers to `contract_registry`, which checks that it is the address of a contract.',
  'contract_events.`idx_contract_events_type`': NEWEST_FIRST,
  'contract_events.`idx_contract_events_category`': NEWEST_FIRST,
  'claimable_balances.`asset_issuer` null':
    "An asset has one form everywhere: the issuer of XLM is '', so that equality finds it.",
  'claimable_balances.values of `status`':
    'The ledger knows two more ends: `reclaimed` by the sponsor and `clawed_back` by the issuer. Neither is a claim, and the books must say which it was. What was recorded as created and is proven not to be is `disproved`.',
  'claimable_balances.unique (claimable_balance_id)':
    'An id belongs to the operation that creates the balance. Of one that never was on the ledger the same id can come again.',
  'claimable_balances.`idx_claimable_balances_org_id`': NEWEST_FIRST,
  'transactions.`idx_transactions_org_id`':
    'Pages in the order of the ids continue in the same index, and foreign keys refer to it.',
  'transactions.`idx_transactions_employee_id`': 'Most transactions pay many employees and name none.',
  'transactions.`idx_transactions_created_at`': NEWEST_FIRST,
  'webhook_subscriptions.`secret`':
    'Signing keys are in schema `private`, shown once, several during a rotation, and never readable by a client.',
  'webhook_subscriptions.`idx_webhook_subscriptions_org`': NEWEST_FIRST,
  'webhook_delivery_logs.the table':
    'A view with these columns over `webhook_attempts`, which keeps a narrow row of each attempt: the body stands once, in its event, and is shown exactly as it was sent.',
  'notifications.`user_id` null':
    'An employee who is no member has an inbox too: exactly one of `user_id` and `employee_id` is set.',
  'notifications.`idx_notifications_user_id`':
    'An inbox belongs to a person, who may be member and employee: it is read by account.',
  'notifications.`idx_notifications_created_at`':
    'The newest page is that of one inbox; retention has an index on time of its own.',
  'user_preferences.unique (user_id)':
    'A user is a member of one organization, so both say the same, and one index also serves row level security.',
  'user_preferences.`idx_user_preferences_user_id`': 'The unique constraint on the user has the same index.',
  'user_preferences.`idx_user_preferences_jsonb`':
    'Preferences are read by person, never searched; and jsonb operators are not leakproof, so under row level security the index could not be used.',
  'user_preferences_history.type of `changed_by`':
    'A trigger writes the actor, `user:<id>` or the role of the database; no client writes here.',
  'user_preferences_history.`changed_by` null': 'Somebody always is the actor.',
  'user_preferences_history.`idx_prefs_history_user_id`': 'Changes of one moment have one order, which pages need.',
}
