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
  const { organization, role } = useDesk()
  const params = { organization: String(organization.organization_id) }
  const canWork = isAtLeast(role, 'manager')
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
          <Link
            className={canWork && run.status !== 'processing' ? 'button button-primary' : 'button'}
            params={{ ...params, run: String(run.payroll_run_id) }}
            to="/o/$organization/runs/$run"
          >
            {canWork ? t.home[actionFor(run)] : t.home.look}
          </Link>
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

function actionFor({ status, approved_at }: PayrollRunSummary): 'finish' | 'approve' | 'payNow' | 'mend' | 'look' {
  if (status === 'draft') return 'finish'
  if (status === 'pending') return approved_at === null ? 'approve' : 'payNow'
  return status === 'failed' ? 'mend' : 'look'
}
