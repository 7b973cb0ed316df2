import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Changes } from './changes.tsx'
import { Decisions } from './decisions.tsx'
import { NextStep } from './next-step.tsx'
import { PayslipsTable } from './payslips-table.tsx'
import { Preflight } from './preflight.tsx'
import { RunChip } from './run-chip.tsx'
import { nameOfRun } from './run-name.ts'
import { Stepper } from './stepper.tsx'
import { Trail } from './trail.tsx'
import { Unclaimed } from './unclaimed.tsx'
import { type ShownRun, useRun } from './use-run.ts'

/** Before money moves, and before the rest is paid, the ledger can say what would become of it. */
const CHECKABLE: readonly string[] = ['draft', 'pending', 'failed']

/** One run from draft to paid. */
export function RunPage() {
  const run = useRun()
  return <Answer of={run}>{(shown) => <Shown shown={shown} />}</Answer>
}

function Shown({ shown }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const format = useFormat()
  const { organization } = useDesk()
  const [isTrailOpen, setIsTrailOpen] = useState(false)
  const { run, summary } = shown
  const params = { organization: String(organization.organization_id), run: String(run.id) }
  const people = run.item_count === 1 ? t.runs.onePerson : t.runs.items(format.count(run.item_count))
  return (
    <Page
      about={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <RunChip approvedAt={run.approved_at} status={summary.status} />
          <span className="font-medium text-ink">
            <Money amount={run.total_amount} asset={run.asset_code} />
          </span>
          <span>{people}</span>
        </span>
      }
      above={
        <Link className="link no-print text-sm" params={params} to="/o/$organization/runs">
          {t.runs.title}
        </Link>
      }
      actions={
        summary.paid_items > 0 && (
          <Link className="button" params={params} to="/o/$organization/runs/$run/receipt">
            {t.runs.receipt}
          </Link>
        )
      }
      title={nameOfRun(run, format)}
    >
      <Stepper shown={shown} />
      <NextStep shown={shown} />
      {CHECKABLE.includes(summary.status) && <Preflight run={run} />}
      {(summary.status === 'draft' || summary.status === 'pending') && <Changes run={run} />}
      {summary.unclaimed_items + summary.reclaimed_items > 0 && <Unclaimed run={run} />}
      <Decisions shown={shown} />
      <Section title={t.runs.payslips}>
        <PayslipsTable run={run} status={summary.status} />
      </Section>
      <div className="no-print">
        <Action icon="scroll-text" kind="quiet" onClick={() => setIsTrailOpen(!isTrailOpen)}>
          {t.runs.showTrail}
        </Action>
      </div>
      {isTrailOpen && <Trail entries={shown.trail} />}
    </Page>
  )
}
