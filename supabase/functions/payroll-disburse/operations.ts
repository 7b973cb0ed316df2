import type { PlannedPayment } from './database.ts'
import { type PayingOperation, TransactionPlanError } from './plan.ts'

const DAY_SECONDS = 86_400

/**
 * A planned payment as an operation. What waits on the ledger can be taken back so many days after the last moment at which its
 * transaction can be applied.
 */
export function payingOperation(planned: PlannedPayment, maxTimeSeconds: number): PayingOperation {
  const { operation_type, destination, asset_code, asset_issuer, amount, reclaim_after_days } = planned
  const line = { destination, asset_code, asset_issuer, amount }
  if (operation_type !== 'create_claimable_balance') return { operation_type, ...line }
  if (reclaim_after_days === null) {
    throw new TransactionPlanError(`Operation ${planned.operation_index}: the balance could never be taken back.`)
  }
  return { operation_type, ...line, reclaimable_at_seconds: maxTimeSeconds + reclaim_after_days * DAY_SECONDS }
}
