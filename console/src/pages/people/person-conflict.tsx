import { useQuery } from '@tanstack/react-query'
import type { Employee, EmployeeId } from 'payd'
import type { PaydQuery } from 'payd/query'
import { useMessages } from '../../app/context.tsx'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Notice } from '../../ui/notice.tsx'
import { differencesOf, draftOf, type PersonDraft } from './person-draft.ts'

/** Somebody else saved the same person meanwhile: both versions side by side, and a clear choice. */
export function PersonConflict(props: {
  readonly id: EmployeeId
  readonly draft: PersonDraft
  readonly query: PaydQuery<Employee>
  readonly onKeep: (fresh: Employee) => void
  readonly onTake: (fresh: Employee) => void
}) {
  const t = useMessages()
  const names: Readonly<Record<keyof PersonDraft, string>> = {
    first_name: t.people.firstName,
    last_name: t.people.lastName,
    email: t.people.email,
    position: t.people.position,
    department: t.people.department,
    status: t.people.state,
    salary: t.people.salary,
    asset_code: t.runs.asset,
    asset_issuer: t.runs.assetIssuer,
    wallet_address: t.people.wallet,
    memo_type: t.people.memoType,
    memo: t.people.memo,
  }
  const fresh = useQuery({ ...props.query, staleTime: 0 })
  return (
    <Answer of={fresh}>
      {(employee) => {
        const now = draftOf(employee)
        return (
          <Notice
            actions={
              <>
                <Action onClick={() => props.onTake(employee)}>{t.common.takeTheirs}</Action>
                <Action onClick={() => props.onKeep(employee)}>{t.common.keepMine}</Action>
              </>
            }
            role="alert"
            title={t.common.changedMeanwhile}
            tone="warn"
          >
            <table className="w-full text-left text-xs">
              <thead>
                <tr>
                  <th />
                  <th className="py-1 font-medium">{t.common.theirs}</th>
                  <th className="py-1 font-medium">{t.common.yours}</th>
                </tr>
              </thead>
              <tbody>
                {differencesOf(props.draft, employee).map((field) => (
                  <tr key={field}>
                    <th className="py-1 pr-3 font-normal text-dim">{names[field]}</th>
                    <td className="py-1 pr-3 break-all">{now[field] || '–'}</td>
                    <td className="py-1 break-all">{props.draft[field] || '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Notice>
        )
      }}
    </Answer>
  )
}
