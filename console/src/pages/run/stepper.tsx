import { useMessages } from '../../app/context.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Icon } from '../../ui/icon.tsx'
import type { ShownRun } from './use-run.ts'

/** Where the run is on its way: Draft, Approve, Pay, Paid. */
export function Stepper({ shown: { run, summary } }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const { instant } = useFormat()
  const at = stepOf(summary.status, run.approved_at !== null)
  const times = [
    run.submitted_at,
    run.approved_at,
    run.processed_at,
    summary.status === 'completed' ? run.processed_at : null,
  ]
  const steps = (['draft', 'approve', 'pay', 'paid'] as const).map((name, index) => ({
    name,
    time: times[index],
    index,
  }))
  if (summary.status === 'discarded') return null
  return (
    <ol className="card grid grid-cols-4 p-4 max-sm:grid-cols-2 max-sm:gap-4">
      {steps.map(({ name, time, index }) => {
        const isDone = index < at
        const isNow = index === at
        const isFailed = isNow && summary.status === 'failed'
        const look = isFailed
          ? 'bg-bad text-card'
          : isDone
            ? 'bg-accent text-on-accent'
            : isNow
              ? 'bg-accent-soft text-accent ring-2 ring-accent'
              : 'bg-sunken text-dim'
        return (
          <li aria-current={isNow ? 'step' : undefined} className="relative flex items-start gap-3" key={name}>
            <span className={`grid size-8 shrink-0 place-items-center rounded-full text-sm font-semibold ${look}`}>
              {isDone ? <Icon name="check" /> : isFailed ? <Icon name="circle-alert" /> : index + 1}
            </span>
            <span className="min-w-0 text-sm">
              <span className={`block font-medium ${isDone || isNow ? '' : 'text-dim'}`}>{t.runs.steps[name]}</span>
              <span className="block text-xs text-dim">{isDone && time ? instant(time) : ''}</span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}

function stepOf(status: ShownRun['summary']['status'], isApproved: boolean): number {
  if (status === 'draft' || status === 'discarded') return 0
  if (status === 'pending') return isApproved ? 2 : 1
  return status === 'completed' ? 4 : 2
}
