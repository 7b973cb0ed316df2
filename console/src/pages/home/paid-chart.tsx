import { type Amount, parseAmount } from 'payd'
import { Bar, BarChart, Tooltip, XAxis } from 'recharts'
import { useConsole } from '../../app/context.tsx'
import { lastOfMonth } from '../../format/days.ts'
import { useFormat } from '../../format/use-format.ts'
import { Money } from '../../ui/money.tsx'
import type { PaidAsset } from './months.ts'

/** A bar for each month of one asset. The figures stand below it as text, so it has no scale of its own. */
export function PaidChart({ months, asset }: { readonly months: PaidAsset['months']; readonly asset: string }) {
  const { locale } = useConsole()
  const short = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
  const [most = 0n] = months.map(({ amount }) => parseAmount(amount)).sort((a, b) => (a < b ? 1 : -1))
  // Only the height of a bar is a number; amounts stay what they are.
  const bars = months.map((of) => ({ ...of, share: most === 0n ? 0 : Number((parseAmount(of.amount) * 1000n) / most) }))
  return (
    <BarChart accessibilityLayer={false} data={bars} height="100%" margin={MARGIN} responsive width="100%">
      <XAxis
        axisLine={{ stroke: 'var(--rule-strong)' }}
        dataKey="month"
        interval="equidistantPreserveStart"
        tick={{ fill: 'var(--dim)', fontSize: 12 }}
        tickFormatter={(month: string) => short.format(new Date(`${month}-15T00:00:00Z`))}
        tickLine={false}
      />
      <Tooltip
        content={({ payload }) => <Shown asset={asset} of={payload[0]?.payload as (typeof bars)[number] | undefined} />}
        cursor={{ fill: 'var(--sunken)' }}
        isAnimationActive={false}
      />
      <Bar dataKey="share" fill="var(--accent)" isAnimationActive={false} maxBarSize={40} radius={[4, 4, 0, 0]} />
    </BarChart>
  )
}

const MARGIN = { top: 4, right: 0, bottom: 0, left: 0 }

function Shown({ of, asset }: { readonly of: { month: string; amount: Amount } | undefined; readonly asset: string }) {
  const { period } = useFormat()
  if (of === undefined) return null
  return (
    <div className="rounded-lg border border-rule bg-card px-3 py-2 text-xs shadow-card">
      <p className="text-dim">{period(`${of.month}-01`, lastOfMonth(`${of.month}-01`))}</p>
      <p className="font-medium">
        <Money amount={of.amount} asset={asset} />
      </p>
    </div>
  )
}
