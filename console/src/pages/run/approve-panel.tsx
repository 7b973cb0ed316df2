import { useQuery } from '@tanstack/react-query'
import type { PayrollRun } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { LongTextField } from '../../ui/field.tsx'
import { Money } from '../../ui/money.tsx'
import { Facts } from '../../ui/page.tsx'
import { whyNotApprove } from './approval.ts'
import { Panel } from './panel.tsx'
import { nameOfRun } from './run-name.ts'
import type { ShownRun } from './use-run.ts'

/** A run that waits for another person, who approves exactly what is shown, or sends it back with a reason. */
export function ApprovePanel({ shown }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const format = useFormat()
  const { queries } = useDesk()
  const role = useReason('manager')
  // What is approved is what stood on the screen when the dialog was opened, and nothing that arrives meanwhile.
  const [asked, setAsked] = useState<PayrollRun>()
  const [isRejecting, setIsRejecting] = useState(false)
  const [reason, setReason] = useState('')
  const approve = useCommand('payrollRuns', 'approve', { says: t.run.approved, onDone: () => setAsked(undefined) })
  const reject = useCommand('payrollRuns', 'reject', {
    says: t.run.rejected,
    onDone: () => {
      setIsRejecting(false)
      setReason('')
    },
  })
  const { run } = shown
  const words = useWords()
  const asking = useQuery(queries.payrollRuns.approvalState(run.id))
  const state = asking.data
  const whyNot = whyNotApprove(state)
  const reasonNot =
    whyNot === undefined ? undefined : 'own' in whyNot ? t.run[whyNot.own] : words(whyNot.code, whyNot.said).title
  return (
    <Panel
      about={t.run.approveAbout}
      actions={
        <>
          <Action
            icon="check"
            kind="primary"
            onClick={() => {
              approve.reset()
              setAsked(run)
            }}
            isBusy={asking.isPending}
            reason={role ?? reasonNot}
          >
            {t.run.approve}
          </Action>
          {role === undefined && run.status === 'pending' && (
            <Action
              icon="undo-2"
              onClick={() => {
                reject.reset()
                setIsRejecting(true)
              }}
            >
              {t.run.reject}
            </Action>
          )}
        </>
      }
      title={t.run.approveTitle}
    >
      {asking.error !== null && <ErrorBox error={asking.error} onRetry={() => void asking.refetch()} />}
      {state !== undefined && (
        <p className="text-sm font-medium">
          {t.run.approvals(format.count(state.given), format.count(state.required))}
        </p>
      )}
      <Modal isOpen={asked !== undefined} onClose={() => setAsked(undefined)} title={t.run.approveAsk}>
        {approve.error !== null && <ErrorBox error={approve.error} />}
        {asked !== undefined && <Content run={asked} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Action kind="quiet" onClick={() => setAsked(undefined)}>
            {t.common.cancel}
          </Action>
          <Action
            icon="check"
            isBusy={approve.isBusy}
            kind="primary"
            onClick={() => asked !== undefined && approve.run(asked)}
          >
            {t.run.approveConfirm}
          </Action>
        </div>
      </Modal>
      <Modal isOpen={isRejecting} onClose={() => setIsRejecting(false)} title={t.run.rejectAsk}>
        {reject.error !== null && <ErrorBox error={reject.error} />}
        <LongTextField isRequired label={t.run.rejectReason} onChange={setReason} value={reason} />
        <div className="flex flex-wrap justify-end gap-2">
          <Action kind="quiet" onClick={() => setIsRejecting(false)}>
            {t.common.cancel}
          </Action>
          <Action
            isBusy={reject.isBusy}
            kind="primary"
            onClick={() => reject.run(run.id, reason.trim())}
            reason={reason.trim() === '' ? t.run.rejectReason : undefined}
          >
            {t.run.reject}
          </Action>
        </div>
      </Modal>
    </Panel>
  )
}

/** What an approval is for, as exactly as it is signed for. */
function Content({ run }: { readonly run: PayrollRun }) {
  const t = useMessages()
  const format = useFormat()
  return (
    <Facts
      of={[
        [t.runs.period, nameOfRun(run, format)],
        [t.runs.itemCount, format.count(run.item_count)],
        [t.runs.base, <Money amount={run.total_base_amount} asset={run.asset_code} key="base" />],
        [t.runs.bonus, <Money amount={run.total_bonus_amount} asset={run.asset_code} key="bonus" />],
        [
          t.runs.total,
          <strong key="total">
            <Money amount={run.total_amount} asset={run.asset_code} />
          </strong>,
        ],
        [
          t.run.contentHash,
          <code className="text-xs break-all" key="hash">
            {run.content_hash}
          </code>,
        ],
      ]}
    />
  )
}
