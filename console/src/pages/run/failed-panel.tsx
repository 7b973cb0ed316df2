import { Link } from '@tanstack/react-router'
import { subtractAmounts } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { useAsk } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Money } from '../../ui/money.tsx'
import { type FailureGroup, groupFailures } from './failures.ts'
import { Panel } from './panel.tsx'
import { Treasury } from './treasury.tsx'
import type { ShownRun } from './use-run.ts'

/** A run in which somebody is not paid: whom, why and the cure, what to fund in numbers, and paying the rest. */
export function FailedPanel({ shown: { run, summary } }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const { payd } = useDesk()
  const reason = useReason('manager')
  const [isAsking, setIsAsking] = useState(false)
  const retry = useCommand('payrollRuns', 'retry', { says: t.run.retrying, onDone: () => setIsAsking(false) })
  const failed = useAsk('payslips', 'failed', [run.id], async ({ signal }) =>
    groupFailures(
      await Array.fromAsync(payd.payslips.iterate({ payroll_run_id: run.id, status: 'failed' }, { signal })),
    ),
  )
  const ask = () => {
    retry.reset()
    setIsAsking(true)
  }
  const toPay = subtractAmounts(run.total_amount, summary.paid_amount)
  return (
    <Panel
      about={t.run.failedAbout}
      actions={
        <Action icon="refresh-cw" kind="primary" onClick={ask} reason={reason}>
          {t.run.retry}
        </Action>
      }
      title={t.run.failedTitle}
    >
      <Answer of={failed}>
        {(groups) => (
          <ul className="flex flex-col gap-3">
            {groups.map((group) => (
              <Group group={group} key={group.code} />
            ))}
          </ul>
        )}
      </Answer>
      <div className="flex flex-col gap-2">
        <h3>{t.run.toFund}</h3>
        <Treasury run={run} toPay={toPay} />
      </div>
      <Modal about={t.run.failedAbout} isOpen={isAsking} onClose={() => setIsAsking(false)} title={t.run.retryAsk}>
        {retry.error !== null && <ErrorBox error={retry.error} />}
        <Treasury run={run} toPay={toPay} />
        <div className="flex flex-wrap justify-end gap-2">
          <Action kind="quiet" onClick={() => setIsAsking(false)}>
            {t.common.cancel}
          </Action>
          <Action icon="refresh-cw" isBusy={retry.isBusy} kind="primary" onClick={() => retry.run(run.id)}>
            {t.run.retry}
          </Action>
        </div>
      </Modal>
    </Panel>
  )
}

const NAMES_SHOWN = 8

function Group({ group: { code, reason, people, amount } }: { readonly group: FailureGroup }) {
  const t = useMessages()
  const { count } = useFormat()
  const { organization } = useDesk()
  const words = useWords()
  const asset = people[0]?.asset_code
  return (
    <li className="rounded-lg border border-bad/30 bg-bad-soft p-4 text-sm">
      <p className="font-medium">{words(code, reason).title}</p>
      <p className="pt-1 text-xs text-dim">
        <span className="font-mono">{code}</span> · {t.run.peopleAffected(count(people.length))} ·{' '}
        <Money amount={amount} asset={asset} />
      </p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 pt-2">
        {people.slice(0, NAMES_SHOWN).map(({ employee_id, first_name, last_name }) => (
          <li key={employee_id}>
            <Link
              className="link"
              params={{ organization: String(organization.organization_id) }}
              search={{ person: String(employee_id) }}
              to="/o/$organization/people"
            >
              {first_name} {last_name}
            </Link>
          </li>
        ))}
        {people.length > NAMES_SHOWN && <li className="text-dim">+ {count(people.length - NAMES_SHOWN)}</li>}
      </ul>
    </li>
  )
}
