/** Differences that hold for every table. */
export const WHOLE_SCHEMA: readonly string[] = [
  'SERIAL and BIGSERIAL are `bigint generated always as identity`: an application cannot write ids by accident, and they do not end at 2^31.',
  'VARCHAR(n) is `text` with a check that is named as a sentence, so that an error says the rule; the limits are the same.',
  'Every tenant table has `organization_id not null`, and foreign keys between tenant tables are composite: a row cannot point into another organization.',
  'Uniqueness of e-mail addresses and wallets is per organization and ignores deleted rows: a global rule would tell one company about another, and block re-hiring.',
  "Indexes of tenant tables are led by `organization_id`, because every query has it as its first condition; single-column indexes on state or time lead the planner through other tenants' rows.",
  'Amounts are `public.amount`: numeric(20,7) units of the asset, not stroops, between 0 and 922337203685.4775807, strings in JSON.',
  'An asset is a code and an issuer wherever a code was asked for: two issuers may use one code.',
  'Columns with defaults are also not null.',
]

/** Why a name of the source document stands otherwise here, by `table.name`. */
export const EXPLANATIONS: Readonly<Record<string, string>> = {
  'users.password_hash': 'Credentials live in Supabase Auth; `auth_user_id` refers to them.',
  'webhook_subscriptions.secret':
    'Signing keys are in schema `private`, shown once, several during a rotation, and never readable by a client.',
  'user_preferences.idx_user_preferences_user_id': 'The unique constraint on the user has the same index.',
  'user_preferences.idx_user_preferences_jsonb':
    'Preferences are read by person, never searched; and jsonb operators are not leakproof, so under row level security the index could not be used.',
  'notifications.user_id':
    'An employee who is no member has an inbox too: exactly one of `user_id` and `employee_id` is set.',
}
