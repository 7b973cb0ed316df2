import { isPaydError, type PayrollRun } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useReason } from '../../app/desk.tsx'
import { latestError, useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { CheckField } from '../../ui/field.tsx'
import { AddBonus } from './add-bonus.tsx'
import { AddPerson } from './add-person.tsx'
import { EditRun } from './edit-run.tsx'
import { Panel } from './panel.tsx'

/** A draft: look at it, mend it, and ask for approval of exactly the version that is shown. */
export function DraftPanel({ run }: { readonly run: PayrollRun }) {
  const t = useMessages()
  const reason = useReason('manager')
  const [isBonusOpen, setIsBonusOpen] = useState(false)
  const [isAdding, setIsAdding] = useState(false)
  const [isEditing, setIsEditing] = useState(false)
  const [allowOverlap, setAllowOverlap] = useState(false)
  const [allowSharedWallets, setAllowSharedWallets] = useState(false)
  const submit = useCommand('payrollRuns', 'submit', { says: t.run.submitted })
  const refresh = useCommand('payrollRuns', 'refresh', { says: t.run.refreshed })
  const discard = useCommand('payrollRuns', 'discard', { says: t.run.discarded })
  const refusal = isPaydError(submit.error) ? submit.error.code : undefined
  const error = latestError(submit, refresh, discard)
  const edit = { expectedVersion: run.version }
  return (
    <Panel
      about={t.run.submitAbout}
      actions={
        <>
          <Action
            icon="send"
            isBusy={submit.isBusy}
            kind="primary"
            onClick={() => submit.run(run, { allowOverlap, allowSharedWallets })}
            reason={reason ?? (run.item_count === 0 ? t.run.submitEmpty : undefined)}
          >
            {t.run.submit}
          </Action>
          {reason === undefined && (
            <>
              <Action icon="plus" onClick={() => setIsBonusOpen(true)}>
                {t.run.bonus}
              </Action>
              <Action icon="user" onClick={() => setIsAdding(true)}>
                {t.run.addPerson}
              </Action>
              <Action icon="pencil" onClick={() => setIsEditing(true)}>
                {t.run.editRun}
              </Action>
              <Action icon="refresh-cw" isBusy={refresh.isBusy} onClick={() => refresh.run(run.id, edit)}>
                {t.run.refresh}
              </Action>
              <Action icon="trash-2" isBusy={discard.isBusy} kind="danger" onClick={() => discard.run(run.id, edit)}>
                {t.run.discard}
              </Action>
            </>
          )}
        </>
      }
      title={t.run.submitTitle}
    >
      {error !== null && <ErrorBox error={error} />}
      {(refusal === 'base_pay_overlaps' || allowOverlap) && (
        <CheckField isChecked={allowOverlap} label={t.run.overlap} onChange={setAllowOverlap} />
      )}
      {(refusal === 'wallets_shared' || allowSharedWallets) && (
        <CheckField isChecked={allowSharedWallets} label={t.run.shared} onChange={setAllowSharedWallets} />
      )}
      {isAdding && <AddPerson onClose={() => setIsAdding(false)} run={run} />}
      {isEditing && <EditRun onClose={() => setIsEditing(false)} run={run} />}
      <AddBonus isOpen={isBonusOpen} onClose={() => setIsBonusOpen(false)} run={run} />
    </Panel>
  )
}
