import { type Amount, addAmounts, isZero, type PayrollRunSummary, parseAmount } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { lastOfMonth } from '../../format/days.ts'
import { useFormat } from '../../format/use-format.ts'
import { Money } from '../../ui/money.tsx'

const MONTHS_SHOWN = 6

/** What was paid in each month, each asset with bars of its own. */
export function PaidPerMonth({ runs }: { readonly runs: readonly PayrollRunSummary[] }) {
  const t = useMessages()
  const { period } = useFormat()
  const assets = paidByAsset(runs)
  if (assets.length === 0) return <p className="card p-5 text-sm text-dim">{t.home.paidNone}</p>
  return (
    <div className="card flex flex-col gap-6 p-5">
      {assets.map(({ asset, months }) => {
        const amounts = months.map(({ amount }) => parseAmount(amount))
        const most = amounts.toSorted((a, b) => (a < b ? 1 : -1))[0] ?? 1n
        return (
          <div className="flex flex-col gap-2" key={asset}>
            <h3>{asset.split(' ')[0]}</h3>
            <ul className="flex flex-col gap-1.5">
              {months.map(({ month, amount }) => (
                <li
                  className="grid grid-cols-[8rem_1fr_max-content] items-center gap-3 text-sm max-sm:grid-cols-[1fr_max-content]"
                  key={month}
                >
                  <span className="text-dim">{period(`${month}-01`, lastOfMonth(`${month}-01`))}</span>
                  <span aria-hidden="true" className="h-2.5 rounded-full bg-sunken max-sm:hidden">
                    <span
                      className="block h-full rounded-full bg-accent"
                      style={{ width: `${Number((parseAmount(amount) * 1000n) / most) / 10}%` }}
                    />
                  </span>
                  <Money amount={amount} asset={asset.split(' ')[0]} />
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </div>
  )
}

interface PaidAsset {
  /** Code and issuer. */
  readonly asset: string
  readonly months: readonly { readonly month: string; readonly amount: Amount }[]
}

/** What was paid, by asset and by the month in which the period of the run ends, the newest first. */
function paidByAsset(runs: readonly PayrollRunSummary[]): PaidAsset[] {
  const assets = new Map<string, Map<string, Amount>>()
  for (const { asset_code, asset_issuer, period_end, paid_amount } of runs) {
    if (isZero(paid_amount)) continue
    const asset = `${asset_code} ${asset_issuer}`
    const months = assets.get(asset) ?? new Map<string, Amount>()
    const month = period_end.slice(0, 7)
    months.set(month, addAmounts(months.get(month) ?? '0', paid_amount))
    assets.set(asset, months)
  }
  return [...assets].map(([asset, months]) => ({
    asset,
    months: [...months]
      .map(([month, amount]) => ({ month, amount }))
      .sort((a, b) => (a.month < b.month ? 1 : -1))
      .slice(0, MONTHS_SHOWN),
  }))
}
