import { feeUnits } from '../core/envelope.ts'
import type { TransactionRecord } from '../core/history.ts'
import { BASE_FEE } from '../core/validate.ts'
import type { View } from './view.ts'

const PERCENTILES = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99] as const
const LEDGERS = 5

/** The distribution of values, as texts: max, min, mode and percentiles. */
export type Distribution = Record<string, string>

/** GET /fee_stats: what the transactions of the last five ledgers paid and offered per operation, in stroops. */
export function feeStats(view: View, maxOperations: number): Record<string, unknown> {
  const transactions = recentTransactions(view)
  const used = view.latest.transactions.reduce((sum, { operations }) => sum + operations.length, 0)
  return {
    last_ledger: String(view.ledger),
    last_ledger_base_fee: BASE_FEE.toString(),
    ledger_capacity_usage: String(Math.min(1, Math.round((used / maxOperations) * 100) / 100)),
    fee_charged: distribution(transactions.map((record) => record.feeCharged / feeUnits(record.envelope))),
    max_fee: distribution(transactions.map(({ envelope }) => envelope.feeBid / feeUnits(envelope))),
  }
}

/** The transactions that fee statistics look at. */
export function recentTransactions(view: View): TransactionRecord[] {
  return Array.from({ length: LEDGERS }, (_, index) => view.ledger - LEDGERS + 1 + index).flatMap((sequence) => [
    ...(view.history.ledgers.get(sequence)?.transactions ?? []),
  ])
}

/** Max, min, mode and percentiles; of nothing, the base fee throughout. */
export function distribution(values: readonly bigint[]): Distribution {
  const sorted = (values.length > 0 ? [...values] : [BASE_FEE]).sort((left, right) => (left < right ? -1 : 1))
  const at = (share: number): string => {
    const position = Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length))) - 1
    return (sorted[position] ?? BASE_FEE).toString()
  }
  const percentiles = PERCENTILES.map((percent) => [`p${percent}`, at(percent / 100)])
  return { max: at(1), min: at(0), mode: modeOf(sorted).toString(), ...Object.fromEntries(percentiles) }
}

function modeOf(sorted: readonly bigint[]): bigint {
  const counts = new Map<bigint, number>()
  for (const value of sorted) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [first] = [...counts].sort(([, left], [, right]) => right - left)
  return first?.[0] ?? BASE_FEE
}
