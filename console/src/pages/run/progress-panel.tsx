import { useMessages } from '../../app/context.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Panel } from './panel.tsx'
import { StopRun } from './stop-run.tsx'
import type { ShownRun } from './use-run.ts'

/** A run while it is being paid: a bar that fills, with counts. */
export function ProgressPanel({ shown: { run, summary } }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const { count } = useFormat()
  const {
    item_count,
    paid_items,
    failed_items,
    waiting_items,
    transactions_in_doubt,
    transactions_awaiting_signature,
  } = summary
  const share = (items: number) => `${item_count === 0 ? 0 : (items / item_count) * 100}%`
  return (
    <Panel title={run.stop_requested === null ? t.run.processingTitle : t.run.stoppedTitle}>
      <div className="flex flex-col gap-2">
        <div
          aria-label={t.runs.progress}
          aria-valuemax={item_count}
          aria-valuemin={0}
          aria-valuenow={paid_items}
          aria-valuetext={t.run.counts(count(paid_items), count(failed_items), count(waiting_items))}
          className="flex h-3 overflow-hidden rounded-full bg-sunken"
          role="progressbar"
        >
          <span className="bg-accent transition-[width] duration-700" style={{ width: share(paid_items) }} />
          <span className="bg-bad transition-[width] duration-700" style={{ width: share(failed_items) }} />
        </div>
        <p className="flex flex-wrap justify-between gap-2 text-sm tabular-nums">
          <span>{t.run.counts(count(paid_items), count(failed_items), count(waiting_items))}</span>
          <Money amount={summary.paid_amount} asset={summary.asset_code} />
        </p>
      </div>
      {transactions_awaiting_signature > 0 && (
        <Notice title={t.run.awaitingSignature(count(transactions_awaiting_signature))} tone="warn" />
      )}
      {transactions_in_doubt > 0 && <Notice title={t.run.inDoubt(count(transactions_in_doubt))} tone="info" />}
      <StopRun run={run} />
    </Panel>
  )
}
