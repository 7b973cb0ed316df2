import * as z from 'zod/mini'
import { count, id } from '../_shared/worker/rows.ts'

const operationFields = {
  operation_index: count,
  employee_id: id,
  destination: z.string(),
  asset_code: z.string(),
  asset_issuer: z.string(),
  amount: z.string(),
}
export const employeeOperation = z.object({
  ...operationFields,
  operation_type: z.enum(['payment', 'create_account', 'create_claimable_balance', 'claim_claimable_balance']),
  claimable_balance_id: z.nullable(z.string()),
  /** From when on the treasury may take back what waits on the ledger; null for everything else. */
  reclaimable_at_seconds: z.nullable(count),
})
/** The memo of a transaction, the same for all of its operations. */
export const memoFields = { memo_type: z.nullable(z.enum(['text', 'id'])), memo: z.nullable(z.string()) }
export const plannedOperation = z.object({
  ...operationFields,
  operation_type: z.enum(['payment', 'create_account', 'create_claimable_balance']),
  ...memoFields,
  /** After how many days the treasury may take back what waits on the ledger; null for everything else. */
  reclaim_after_days: z.nullable(count),
})
/** A planned operation with the memo of its transaction, the same for all of a plan. */
export type PlannedPayment = Readonly<z.infer<typeof plannedOperation>>
/** A stored operation with its place in the transaction and the employee it pays, or whose balance it takes back. */
export type EmployeeOperation = Readonly<z.infer<typeof employeeOperation>>
