import { type Amount, addAmounts, type PayrollRunSummary } from 'payd'

/** How many months the first page looks back, the present one included. */
export const MONTHS_SHOWN = 12

/** What was paid in an asset, month by month. */
export interface PaidAsset {
  /** Code and issuer. */
  readonly asset: string
  /** The oldest first; months without a payment have zero. */
  readonly months: readonly { readonly month: string; readonly amount: Amount }[]
}

/** The months up to one, such as 2026-11, the oldest first. */
export function monthsBefore(last: string, count: number): string[] {
  const [year = 0, month = 1] = last.split('-').map(Number)
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(year, month - count + index, 1)).toISOString().slice(0, 7),
  )
}

/** What was paid, by asset and by the month in which the period of the run ends. */
export function paidByAsset(runs: readonly PayrollRunSummary[]): PaidAsset[] {
  const paid = runs.filter(({ paid_items }) => paid_items > 0)
  const last = paid
    .map(({ period_end }) => period_end.slice(0, 7))
    .toSorted()
    .at(-1)
  if (last === undefined) return []
  const shown = monthsBefore(last, MONTHS_SHOWN)
  const assets = new Map<string, Map<string, Amount>>()
  for (const { asset_code, asset_issuer, period_end, paid_amount } of paid) {
    const asset = `${asset_code} ${asset_issuer}`
    const months = assets.get(asset) ?? new Map<string, Amount>()
    const month = period_end.slice(0, 7)
    months.set(month, addAmounts(months.get(month) ?? '0', paid_amount))
    assets.set(asset, months)
  }
  return [...assets].map(([asset, months]) => ({
    asset,
    months: shown.map((month) => ({ month, amount: months.get(month) ?? '0' })),
  }))
}
