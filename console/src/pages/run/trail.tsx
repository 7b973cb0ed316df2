import type { PayrollTrail } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Section } from '../../ui/page.tsx'

/** What happened to the run, in order, by name. */
export function Trail({ entries }: { readonly entries: readonly PayrollTrail[] }) {
  const t = useMessages()
  const { instant } = useFormat()
  return (
    <Section title={t.runs.trail}>
      <ol className="card">
        {entries.map(({ id, action, actor, email, reason, created_at }) => (
          <li
            className="ledger-line flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-2.5 text-sm"
            key={id}
          >
            <span className="min-w-0">
              <span className="font-medium">{t.trail.actions[action as 'created'] ?? action.replaceAll('_', ' ')}</span>{' '}
              <span className="text-dim">{t.common.by(email ?? actor)}</span>
              {reason !== null && <q className="text-dim"> {reason}</q>}
            </span>
            <span className="text-xs text-dim tabular-nums">{instant(created_at)}</span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
