import { Link } from '@tanstack/react-router'
import { PAYROLL_RUNS_STATUS, type PayrollRunStatus, type PayrollRunSummary } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { amountOrder } from '../../ui/amount-order.ts'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Money } from '../../ui/money.tsx'
import { Page } from '../../ui/page.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { RunChip } from '../run/run-chip.tsx'
import { nameOfRun } from '../run/run-name.ts'
import { NewRun } from './new-run.tsx'
import { ProgressBar } from './progress-bar.tsx'

/** Every payroll run, newest first, with how far it is. */
export function RunsPage() {
  const t = useMessages()
  const { queries } = useDesk()
  const reason = useReason('manager')
  const [isNew, setIsNew] = useState(false)
  const [status, setStatus] = useState<PayrollRunStatus | 'all'>('all')
  const filter = status === 'all' ? {} : { status }
  const runs = usePages(queries.payrollRuns.summaries(filter))
  const columns = useColumns()
  const create = (
    <Action icon="plus" kind="primary" onClick={() => setIsNew(true)} reason={reason}>
      {t.runs.newRun}
    </Action>
  )
  return (
    <Page about={t.runs.about} actions={create} title={t.runs.title}>
      <fieldset className="no-print flex flex-wrap gap-1.5">
        <legend className="sr-only">{t.runs.state}</legend>
        {(['all', ...PAYROLL_RUNS_STATUS] as const).map((choice) => (
          <button
            aria-pressed={status === choice}
            className="button min-h-8 rounded-full px-3 py-0.5 text-xs aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
            key={choice}
            onClick={() => setStatus(choice)}
            type="button"
          >
            {choice === 'all' ? t.runs.all : t.runs.status[choice]}
          </button>
        ))}
      </fieldset>
      <Answer of={runs.of}>
        {(items) =>
          items.length === 0 ? (
            status === 'all' ? (
              <Empty actions={reason === undefined && create} icon="banknote" title={t.runs.empty}>
                {t.runs.emptyAbout}
              </Empty>
            ) : (
              <Empty icon="banknote" title={t.runs.emptyState} />
            )
          ) : (
            <VirtualTable
              columns={columns}
              keyOf={(run) => String(run.payroll_run_id)}
              label={t.runs.title}
              growth={runs}
              rows={items}
            />
          )
        }
      </Answer>
      <NewRun isOpen={isNew} onClose={() => setIsNew(false)} />
    </Page>
  )
}

function useColumns(): Column<PayrollRunSummary>[] {
  const t = useMessages()
  const format = useFormat()
  const { organization } = useDesk()
  return [
    {
      key: 'period',
      name: t.runs.period,
      width: 'minmax(12rem, 2fr)',
      isTitle: true,
      sortBy: ({ period_start, period_end }) => `${period_start} ${period_end}`,
      cell: (run) => (
        <Link
          className="link"
          params={{ organization: String(organization.organization_id), run: String(run.payroll_run_id) }}
          to="/o/$organization/runs/$run"
        >
          {nameOfRun(run, format)}
        </Link>
      ),
    },
    {
      key: 'state',
      name: t.runs.state,
      width: 'minmax(10rem, 1fr)',
      sortBy: ({ status }) => t.runs.status[status],
      cell: (run) => <RunChip approvedAt={run.approved_at} status={run.status} />,
    },
    {
      key: 'progress',
      name: t.runs.progress,
      width: 'minmax(10rem, 1.2fr)',
      sortBy: ({ paid_items, item_count }) => (item_count === 0 ? null : paid_items / item_count),
      cell: (run) => <ProgressBar run={run} />,
    },
    {
      key: 'total',
      name: t.runs.total,
      width: 'minmax(10rem, 1fr)',
      isNumber: true,
      sortBy: ({ total_amount, asset_code }) => amountOrder(total_amount, asset_code),
      cell: (run) => <Money amount={run.total_amount} asset={run.asset_code} />,
    },
  ]
}
