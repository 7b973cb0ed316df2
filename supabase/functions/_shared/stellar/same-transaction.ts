import { parseAmount } from '../contract/amount.ts'
import type { OperationDescription, TransactionDescription } from './describe.ts'

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
  return (
    planned !== undefined &&
    decoded.operation_type === planned.operation_type &&
    decoded.destination === planned.destination &&
    decoded.asset_code === planned.asset_code &&
    decoded.asset_issuer === planned.asset_issuer &&
    parseAmount(decoded.amount) === parseAmount(planned.amount)
  )
}
