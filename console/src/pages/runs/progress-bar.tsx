import type { PayrollRunSummary } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useFormat } from '../../format/use-format.ts'

/** How many are paid, in words and as a bar. */
export function ProgressBar({ run }: { readonly run: PayrollRunSummary }) {
  const t = useMessages()
  const { count } = useFormat()
  const { item_count, paid_items, failed_items } = run
  const share = (items: number) => `${item_count === 0 ? 0 : (items / item_count) * 100}%`
  return (
    <span className="flex flex-col gap-1">
      <span className="text-xs text-dim tabular-nums">{t.runs.paidOf(count(paid_items), count(item_count))}</span>
      <span aria-hidden="true" className="flex h-1.5 overflow-hidden rounded-full bg-sunken">
        <span className="bg-good transition-[width] duration-500" style={{ width: share(paid_items) }} />
        <span className="bg-bad transition-[width] duration-500" style={{ width: share(failed_items) }} />
      </span>
    </span>
  )
}
