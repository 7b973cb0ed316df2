import { isZero, type PayrollRunSummary } from 'payd'
import { lazy, Suspense } from 'react'
import { useMessages } from '../../app/context.tsx'
import { lastOfMonth } from '../../format/days.ts'
import { useFormat } from '../../format/use-format.ts'
import { Money } from '../../ui/money.tsx'
import { paidByAsset } from './months.ts'

// The library that draws is larger than everything else together, so it comes when the figures are there already.
const PaidChart = lazy(async () => ({ default: (await import('./paid-chart.tsx')).PaidChart }))

/** What was paid in each month, each asset for itself: drawn, and in figures. */
export function PaidPerMonth({ runs }: { readonly runs: readonly PayrollRunSummary[] }) {
  const t = useMessages()
  const { period } = useFormat()
  const assets = paidByAsset(runs)
  if (assets.length === 0) return <p className="card p-5 text-sm text-dim">{t.home.paidNone}</p>
  return (
    <div className="card flex flex-col gap-8 p-5">
      {assets.map(({ asset, months }) => (
        <div className="flex flex-col gap-3" key={asset}>
          <h3>{asset.split(' ')[0]}</h3>
          <div aria-hidden="true" className="h-40">
            <Suspense>
              <PaidChart asset={asset.split(' ')[0] ?? ''} months={months} />
            </Suspense>
          </div>
          <ul className="flex flex-col text-sm">
            {months
              .filter(({ amount }) => !isZero(amount))
              .toReversed()
              .map(({ month, amount }) => (
                <li className="ledger-line flex items-baseline justify-between gap-3 py-1.5" key={month}>
                  <span className="text-dim">{period(`${month}-01`, lastOfMonth(`${month}-01`))}</span>
                  <Money amount={amount} asset={asset.split(' ')[0]} />
                </li>
              ))}
          </ul>
        </div>
      ))}
    </div>
  )
}
