import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Answer } from '../../ui/answer.tsx'
import { Notice } from '../../ui/notice.tsx'

/** What waits longer than it should, and the safe thing to do. */
export function Doctor() {
  const t = useMessages()
  const { queries } = useDesk()
  const { distance } = useFormat()
  const findings = useQuery(queries.operations.doctor())
  const words = useWords((findings.data?.length ?? 0) > 0)
  return (
    <Answer of={findings}>
      {(found) =>
        found.length === 0 ? (
          <Notice title={t.home.doctorNone} tone="good" />
        ) : (
          <ul className="flex flex-col gap-3">
            {found.map(({ kind, resource_type, resource_id, severity, problem, safe_action, since }) => {
              const { title, cure } = words(`finding ${kind}`, problem, safe_action)
              return (
                <li key={`${kind} ${resource_type} ${resource_id}`}>
                  <Notice title={title} tone={severity === 'alert' ? 'bad' : severity === 'warning' ? 'warn' : 'info'}>
                    <p>{cure}</p>
                    {since !== null && <p className="pt-1 text-xs text-dim">{t.home.since(distance(since))}</p>}
                  </Notice>
                </li>
              )
            })}
          </ul>
        )
      }
    </Answer>
  )
}
