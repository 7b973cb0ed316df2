import type { OperationDescription } from '../_shared/stellar/describe.ts'
import type { EmployeeOperation, PlannedPayment } from './database.ts'
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

/** What the database stored of an operation; null when that is none. */
export function storedOperation(stored: EmployeeOperation): OperationDescription | null {
  const { operation_type, destination, asset_code, asset_issuer, amount } = stored
  const line = { destination, asset_code, asset_issuer, amount }
  switch (operation_type) {
    case 'payment':
    case 'create_account':
      return { operation_type, ...line }
    case 'create_claimable_balance': {
      const { reclaimable_at_seconds } = stored
      return reclaimable_at_seconds === null ? null : { operation_type, ...line, reclaimable_at_seconds }
    }
    case 'claim_claimable_balance': {
      const { claimable_balance_id } = stored
      return claimable_balance_id === null ? null : { operation_type, claimable_balance_id }
    }
    default:
      return operation_type satisfies never
  }
}
