import type { Employee, PayrollRun } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
import { useMessages } from '../../app/context.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { problemAt } from '../../ui/error-box.tsx'
import { TextField } from '../../ui/field.tsx'
import { ChoosePerson } from './choose-person.tsx'
import { EditError, useSeenVersion } from './edit-error.tsx'

/** One more person in the draft, with the pay that the salary gives or with another one and its reason. */
export function AddPerson(props: { readonly run: PayrollRun; readonly onClose: () => void }) {
  const t = useMessages()
  const { run, onClose } = props
  const [person, setPerson] = useState<Employee>()
  const [amount, setAmount] = useState('')
  const [reason, setReason] = useState('')
  const seen = useSeenVersion(run)
  const keyOf = useCommandKey()
  const add = useCommand('payrollRuns', 'addBasePay', { says: t.run.personAdded, onDone: onClose })
  const save = (expectedVersion: number) => {
    if (person === undefined) return
    const pay = { employee_id: person.id, ...(amount.trim() === '' ? {} : { amount: amount.trim() }) }
    const why = reason.trim() === '' ? {} : { reason: reason.trim() }
    add.run(run.id, pay, { ...why, expectedVersion, idempotencyKey: keyOf(run.id, pay, why, expectedVersion) })
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    save(seen.version)
  }
  return (
    <Modal about={t.run.addPersonAbout} isOpen onClose={onClose} title={t.run.addPerson}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <EditError error={add.error} onKeep={() => save(seen.takeCurrent())} onTake={onClose} />
        <ChoosePerson onChoose={setPerson} person={person} />
        <TextField
          hint={t.run.addPersonAmountHint}
          inputMode="decimal"
          isOptional={t.common.optional}
          label={`${t.runs.amount} (${run.asset_code})`}
          onChange={setAmount}
          problem={problemAt(add.error, 'amount')}
          value={amount}
        />
        {amount.trim() !== '' && (
          <TextField
            hint={t.run.reasonHint}
            isRequired
            label={t.common.reason}
            onChange={setReason}
            problem={problemAt(add.error, 'reason')}
            value={reason}
          />
        )}
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={onClose}>
            {t.common.cancel}
          </Action>
          <Action
            isBusy={add.isBusy}
            kind="primary"
            reason={person === undefined ? t.run.personHint : undefined}
            type="submit"
          >
            {t.run.addPerson}
          </Action>
        </div>
      </form>
    </Modal>
  )
}
