import { parseAmount } from '../contract/amount.ts'
import type { ClaimDescription, OperationDescription, TransactionDescription } from './describe.ts'

/** Everything that a transaction says about money, except its hash, which follows from the rest. */
export type TransactionMeaning = Omit<TransactionDescription, 'tx_hash'>

/**
 * The first field in which a decoded transaction differs from what was planned, or null when there is none. A signature is given
 * only to a transaction without any difference.
 */
export function differenceOf(decoded: TransactionMeaning | null, planned: TransactionMeaning): string | null {
  if (decoded === null) return 'envelope'
  const fields = [
    'source_account',
    'operation_source',
    'sequence_number',
    'fee_bid_stroops',
    'max_ledger',
    'max_time_seconds',
    'memo_type',
    'memo',
  ] as const
  const field = fields.find((name) => decoded[name] !== planned[name])
  if (field !== undefined) return field
  if (decoded.operations.length !== planned.operations.length) return 'operations'
  const index = decoded.operations.findIndex((operation, place) => !isSame(operation, planned.operations[place]))
  return index < 0 ? null : `operations[${index}]`
}

function isSame(decoded: OperationDescription, planned: OperationDescription | undefined): boolean {
  if (decoded.operation_type === 'claim_claimable_balance') {
    return (
      planned?.operation_type === decoded.operation_type &&
      planned.claimable_balance_id === decoded.claimable_balance_id
    )
  }
  return (
    planned !== undefined &&
    planned.operation_type !== 'claim_claimable_balance' &&
    decoded.operation_type === planned.operation_type &&
    timeOf(decoded) === timeOf(planned) &&
    decoded.destination === planned.destination &&
    decoded.asset_code === planned.asset_code &&
    decoded.asset_issuer === planned.asset_issuer &&
    parseAmount(decoded.amount) === parseAmount(planned.amount)
  )
}

/** From when on the payer may take it back; null for what reaches its destination at once. */
function timeOf(operation: Exclude<OperationDescription, ClaimDescription>): number | null {
  return operation.operation_type === 'create_claimable_balance' ? operation.reclaimable_at_seconds : null
}
