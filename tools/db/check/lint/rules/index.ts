import type { LintRule } from '../rule.ts'
import { DATA_RULES } from './data.ts'
import { REMOVAL_RULES } from './removal.ts'
import { RIGHTS_RULES } from './rights.ts'
import { TABLE_RULES } from './tables.ts'
import { TRANSACTION_RULES } from './transactions.ts'

/** Every rule of our own on the syntax tree. What squawk and Supabase's advisors know is left to them. */
export const LINT_RULES: readonly LintRule[] = [
  ...TRANSACTION_RULES,
  ...REMOVAL_RULES,
  ...RIGHTS_RULES,
  ...TABLE_RULES,
  ...DATA_RULES,
]
