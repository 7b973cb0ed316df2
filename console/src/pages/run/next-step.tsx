import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ApprovePanel } from './approve-panel.tsx'
import { DraftPanel } from './draft-panel.tsx'
import { FailedPanel } from './failed-panel.tsx'
import { PayPanel } from './pay-panel.tsx'
import { ProgressPanel } from './progress-panel.tsx'
import type { ShownRun } from './use-run.ts'

/** What the run needs next, and the one button for it. */
export function NextStep({ shown }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const { run, summary } = shown
  switch (summary.status) {
    case 'draft':
      return <DraftPanel run={run} />
    case 'pending':
      return run.approved_at === null ? <ApprovePanel shown={shown} /> : <PayPanel shown={shown} />
    case 'processing':
      return (
        <>
          <AskedAgain shown={shown} />
          <ProgressPanel shown={shown} />
        </>
      )
    case 'failed':
      return (
        <>
          <AskedAgain shown={shown} />
          <FailedPanel shown={shown} />
        </>
      )
    case 'completed':
      return (
        <Notice title={t.run.completedTitle} tone="good">
          {t.run.completedAbout}
        </Notice>
      )
    case 'discarded':
      return <Discarded shown={shown} />
  }
}

/** A run that was started and is paid on only after it was approved again, because others sign for it than its approvers saw. */
function AskedAgain({ shown }: { readonly shown: ShownRun }) {
  const { queries } = useDesk()
  const { data } = useQuery(queries.payrollRuns.approvalState(shown.run.id))
  const isAsked = data?.may_approve === true || data?.code?.startsWith('approver_') === true
  return isAsked ? <ApprovePanel shown={shown} /> : null
}

function Discarded({ shown: { run } }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const reason = useReason('manager')
  const restore = useCommand('payrollRuns', 'restore', { says: t.run.restored })
  return (
    <>
      {restore.error !== null && <ErrorBox error={restore.error} />}
      <Notice
        actions={
          <Action icon="undo-2" isBusy={restore.isBusy} onClick={() => restore.run(run.id)} reason={reason}>
            {t.run.restore}
          </Action>
        }
        title={t.run.discardedTitle}
        tone="plain"
      >
        {t.run.discardedAbout}
      </Notice>
    </>
  )
}
