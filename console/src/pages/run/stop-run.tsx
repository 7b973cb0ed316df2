import type { PayrollRun } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { LongTextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'

/** Stopping a payment under way: for a while, or for good. What was sent goes on to its end in both. */
export function StopRun({ run }: { readonly run: PayrollRun }) {
  const t = useMessages()
  const role = useReason('manager')
  const [asked, setAsked] = useState<'pause' | 'cancel'>('pause')
  const [isAsking, setIsAsking] = useState(false)
  const [reason, setReason] = useState('')
  const close = () => setIsAsking(false)
  const pause = useCommand('payrollRuns', 'pause', { says: t.run.paused, onDone: close })
  const cancel = useCommand('payrollRuns', 'cancel', { says: t.run.cancelled, onDone: close })
  const resume = useCommand('payrollRuns', 'resume', { says: t.run.resumed })
  const command = asked === 'pause' ? pause : cancel
  const ask = (what: typeof asked) => {
    setAsked(what)
    setReason('')
    pause.reset()
    cancel.reset()
    setIsAsking(true)
  }
  const isPaused = run.stop_requested === 'pause'
  return (
    <>
      {resume.error !== null && <ErrorBox error={resume.error} />}
      {run.stop_requested !== null && (
        <Notice title={isPaused ? t.run.pausedTitle : t.run.cancelledTitle} tone="warn">
          <p>{run.stop_reason}</p>
          <p className="pt-1 text-dim">{t.run.stopAbout}</p>
        </Notice>
      )}
      <div className="no-print flex flex-wrap items-start gap-2">
        {run.stop_requested === null ? (
          <Action icon="pause" onClick={() => ask('pause')} reason={role}>
            {t.run.pause}
          </Action>
        ) : (
          <Action icon="play" isBusy={resume.isBusy} kind="primary" onClick={() => resume.run(run.id)} reason={role}>
            {t.run.resume}
          </Action>
        )}
        {run.stop_requested !== 'cancel' && role === undefined && (
          <Action kind="danger" onClick={() => ask('cancel')}>
            {t.run.cancelRun}
          </Action>
        )}
      </div>
      <Modal
        about={asked === 'pause' ? t.run.pauseAbout : t.run.cancelAbout}
        isOpen={isAsking}
        onClose={close}
        title={asked === 'pause' ? t.run.pauseAsk : t.run.cancelAsk}
      >
        {command.error !== null && <ErrorBox error={command.error} />}
        <LongTextField isRequired label={t.common.reason} onChange={setReason} value={reason} />
        <div className="flex flex-wrap justify-end gap-2">
          <Action kind="quiet" onClick={close}>
            {t.common.cancel}
          </Action>
          <Action
            isBusy={command.isBusy}
            kind={asked === 'pause' ? 'primary' : 'danger'}
            onClick={() => command.run(run.id, reason.trim())}
            reason={reason.trim() === '' ? t.run.stopReason : undefined}
          >
            {asked === 'pause' ? t.run.pause : t.run.cancelRun}
          </Action>
        </div>
      </Modal>
    </>
  )
}
