import type { Employee, PayrollRun } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
import { useMessages } from '../../app/context.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { TextField } from '../../ui/field.tsx'
import { ChoosePerson } from './choose-person.tsx'

/** A bonus for one person of the draft. */
export function AddBonus(props: { readonly run: PayrollRun; readonly isOpen: boolean; readonly onClose: () => void }) {
  const t = useMessages()
  const [person, setPerson] = useState<Employee>()
  const [amount, setAmount] = useState('')
  const [description, setDescription] = useState('')
  const keyOf = useCommandKey(props.isOpen)
  const close = () => {
    setPerson(undefined)
    setAmount('')
    setDescription('')
    add.reset()
    props.onClose()
  }
  const add = useCommand('payrollRuns', 'addBonus', { says: t.run.bonusAdded, onDone: () => close() })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (person === undefined) return
    const bonus = { employee_id: person.id, amount: amount.trim(), ...(description === '' ? {} : { description }) }
    add.run(props.run.id, bonus, { idempotencyKey: keyOf(props.run.id, bonus) })
  }
  return (
    <Modal about={t.run.bonusAbout} isOpen={props.isOpen} onClose={close} title={t.run.bonus}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {add.error !== null && <ErrorBox error={add.error} />}
        <ChoosePerson onChoose={setPerson} person={person} />
        <TextField
          inputMode="decimal"
          isRequired
          label={`${t.runs.amount} (${props.run.asset_code})`}
          onChange={setAmount}
          problem={problemAt(add.error, 'amount')}
          value={amount}
        />
        <TextField
          isOptional={t.common.optional}
          label={t.run.description}
          onChange={setDescription}
          value={description}
        />
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={close}>
            {t.common.cancel}
          </Action>
          <Action
            isBusy={add.isBusy}
            kind="primary"
            reason={person === undefined ? t.run.personHint : undefined}
            type="submit"
          >
            {t.run.bonus}
          </Action>
        </div>
      </form>
    </Modal>
  )
}
