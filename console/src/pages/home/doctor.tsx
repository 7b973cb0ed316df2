import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Finding } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useNamesIn } from '../../app/names.ts'
import { placeOf } from '../../app/place-of.ts'
import { useSentences } from '../../app/use-sentences.ts'
import { useFormat } from '../../format/use-format.ts'
import { numbersIn } from '../../messages/by-name.ts'
import { Answer } from '../../ui/answer.tsx'
import { Notice } from '../../ui/notice.tsx'

/** What waits longer than it should, and the safe thing to do. */
export function Doctor() {
  const t = useMessages()
  const { queries } = useDesk()
  const findings = useQuery(queries.operations.doctor())
  return (
    <Answer of={findings}>
      {(found) => (found.length === 0 ? <Notice title={t.home.doctorNone} tone="good" /> : <Found findings={found} />)}
    </Answer>
  )
}

function Found({ findings }: { readonly findings: readonly Finding[] }) {
  const t = useMessages()
  const { organization } = useDesk()
  const { distance } = useFormat()
  // Findings name people and runs by number, because names are no business of what is kept about the state of the project.
  const names = useNamesIn(findings.map(({ problem, safe_action }) => `${problem} ${safe_action}`))
  const say = useSentences(true, names)
  return (
    <ul className="flex flex-col gap-3">
      {findings.map(({ kind, resource_type, resource_id, severity, problem, safe_action, since }) => {
        const { title, cure } = say(`finding ${kind}`, problem, safe_action)
        const [type, id] = aboutOf(resource_type, resource_id, problem)
        const place = placeOf(type, id, String(organization.organization_id))
        return (
          <li key={`${kind} ${resource_type} ${resource_id}`}>
            <Notice title={title} tone={severity === 'alert' ? 'bad' : severity === 'warning' ? 'warn' : 'info'}>
              <p>{cure}</p>
              <p className="flex flex-wrap gap-x-4 pt-1 text-xs text-dim">
                {since !== null && <span>{t.home.since(distance(since))}</span>}
                {place !== undefined && (
                  <Link {...place} className="link">
                    {t.home.look}
                  </Link>
                )}
              </p>
            </Notice>
          </li>
        )
      })}
    </ul>
  )
}

/** What a finding is about; one about a transaction is looked at on the page of its run. */
function aboutOf(type: string, id: string, problem: string): readonly [type: string, id: string] {
  const [run] = numbersIn([problem]).runs
  return type === 'transaction' && run !== undefined ? ['payroll_run', String(run)] : [type, id]
}
