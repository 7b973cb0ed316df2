import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { PayrollRunSummary, WalletChange } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { isAtLeast, useDesk } from '../../app/desk.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Money } from '../../ui/money.tsx'
import { RunChip } from '../run/run-chip.tsx'
import { nameOfRun } from '../run/run-name.ts'

/** Runs and address changes that need a person now. */
export function Waits(props: {
  readonly runs: readonly PayrollRunSummary[]
  readonly changes: readonly WalletChange[]
}) {
  const t = useMessages()
  const format = useFormat()
  const { organization } = useDesk()
  const params = { organization: String(organization.organization_id) }
  const open = props.runs
  if (open.length === 0 && props.changes.length === 0)
    return <p className="card p-5 text-sm text-dim">{t.home.waitsNone}</p>
  return (
    <ul className="card">
      {open.map((run) => (
        <li
          className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3"
          key={run.payroll_run_id}
        >
          <span className="flex min-w-0 flex-col gap-1">
            <span className="font-medium">{nameOfRun(run, format)}</span>
            <span className="flex flex-wrap items-center gap-2 text-sm text-dim">
              <RunChip approvedAt={run.approved_at} status={run.status} />
              <Money amount={run.total_amount} asset={run.asset_code} />
            </span>
          </span>
          <Next run={run} />
        </li>
      ))}
      {props.changes.length > 0 && (
        <li className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3">
          <span className="font-medium">{t.home.confirmAddress(format.count(props.changes.length))}</span>
          <Link className="button" params={params} to="/o/$organization/address-changes">
            {t.home.look}
          </Link>
        </li>
      )}
    </ul>
  )
}

/** The way to a run, named by what this person can do there next. */
function Next({ run }: { readonly run: PayrollRunSummary }) {
  const t = useMessages()
  const { queries, organization, role } = useDesk()
  const canWork = isAtLeast(role, 'manager')
  const isAwaited = run.status === 'pending' && run.approved_at === null
  // The people who prepared a run cannot approve it, and only the database knows all of them.
  const state = useQuery({ ...queries.payrollRuns.approvalState(run.payroll_run_id), enabled: canWork && isAwaited })
  const action = canWork ? actionFor(run, state.data?.may_approve ?? false) : 'look'
  return (
    <Link
      className={action === 'look' ? 'button' : 'button button-primary'}
      params={{ organization: String(organization.organization_id), run: String(run.payroll_run_id) }}
      to="/o/$organization/runs/$run"
    >
      {t.home[action]}
    </Link>
  )
}

type Next = 'finish' | 'approve' | 'payNow' | 'mend' | 'look'

function actionFor({ status, approved_at }: PayrollRunSummary, mayApprove: boolean): Next {
  if (status === 'draft') return 'finish'
  if (status === 'pending' && approved_at !== null) return 'payNow'
  if (status === 'pending') return mayApprove ? 'approve' : 'look'
  return status === 'failed' ? 'mend' : 'look'
}
