import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EmployeeId, ImportReport } from 'payd'
import { invalidateArea } from 'payd/query'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Panel } from '../run/panel.tsx'
import { RowTable } from './row-table.tsx'

/** What was written, what was refused, and the way back while nothing is built on it. */
export function Imported({ report }: { readonly report: ImportReport }) {
  const t = useMessages()
  const { count } = useFormat()
  const { payd, organization } = useDesk()
  const cache = useQueryClient()
  const [left, setLeft] = useState<readonly EmployeeId[]>(() =>
    report.rows.flatMap(({ outcome, employee_id }) =>
      outcome === 'imported' && employee_id !== null ? [employee_id] : [],
    ),
  )
  const [all] = useState(left.length)
  const [isUndoing, setIsUndoing] = useState(false)
  const [problem, setProblem] = useState<unknown>()
  const undo = async () => {
    setIsUndoing(true)
    setProblem(undefined)
    try {
      for (const id of left) {
        await payd.employees.remove(id)
        setLeft((before) => before.filter((other) => other !== id))
      }
    } catch (error) {
      setProblem(error)
    } finally {
      setIsUndoing(false)
      await invalidateArea(payd, cache, 'employees')
    }
  }
  const refused = report.rows.filter(({ outcome }) => outcome === 'refused')
  return (
    <>
      <Panel
        about={t.importing.counts(
          count(report.imported),
          count(report.updated),
          count(report.unchanged),
          count(report.refused),
        )}
        actions={
          <>
            <Link
              className="button button-primary"
              params={{ organization: String(organization.organization_id) }}
              to="/o/$organization/people"
            >
              {t.importing.toPeople}
            </Link>
            {left.length > 0 && (
              <Action icon="undo-2" isBusy={isUndoing} kind="danger" onClick={() => void undo()}>
                {isUndoing ? t.importing.undoing(count(all - left.length), count(all)) : t.importing.undo}
              </Action>
            )}
          </>
        }
        title={left.length === 0 && all > 0 ? t.importing.undone(count(all)) : t.importing.doneTitle}
      >
        {left.length > 0 && <p className="text-sm text-dim">{t.importing.undoAbout}</p>}
        {problem !== undefined && <ErrorBox error={problem} />}
      </Panel>
      {refused.length > 0 && <RowTable onMend={() => undefined} results={refused} rows={new Map()} />}
    </>
  )
}
