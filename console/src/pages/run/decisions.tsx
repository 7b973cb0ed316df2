import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Chip } from '../../ui/chip.tsx'
import { Section } from '../../ui/page.tsx'
import type { ShownRun } from './use-run.ts'

/** Who prepared, submitted, approved and sent back, by name. */
export function Decisions({ shown: { run, decisions } }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const { nameOf } = useDesk()
  const { instant } = useFormat()
  return (
    <Section title={t.run.decisionsTitle}>
      <ul className="card">
        <Line
          name={run.created_by === null ? t.run.automatically : nameOf(run.created_by)}
          time={instant(run.created_at)}
        >
          <Chip tone="plain">{t.run.prepared}</Chip>
        </Line>
        {run.submitted_by !== null && run.submitted_at !== null && (
          <Line name={nameOf(run.submitted_by)} time={instant(run.submitted_at)}>
            <Chip tone="plain">{t.run.submittedBy}</Chip>
          </Line>
        )}
        {decisions.toReversed().map((decision) => (
          <Line
            key={decision.id}
            name={decision.email ?? nameOf(decision.user_id)}
            reason={decision.reason}
            time={instant(decision.created_at)}
          >
            <Chip tone={decision.decision === 'approved' ? 'good' : 'bad'}>
              {decision.decision === 'approved' ? t.run.decision.approved : t.run.decision.rejected}
            </Chip>
            {decision.voided_at !== null && <span className="text-xs text-dim">{t.run.voided}</span>}
          </Line>
        ))}
      </ul>
    </Section>
  )
}

function Line(props: {
  readonly name: string
  readonly time: string
  readonly reason?: string | null
  readonly children: React.ReactNode
}) {
  return (
    <li className="ledger-line flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-3 text-sm">
      <span className="flex min-w-0 flex-wrap items-center gap-3">
        {props.children}
        <span className="font-medium break-all">{props.name}</span>
        {props.reason != null && <q className="text-dim">{props.reason}</q>}
      </span>
      <span className="text-xs text-dim tabular-nums">{props.time}</span>
    </li>
  )
}
