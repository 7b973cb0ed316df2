import { useQuery } from '@tanstack/react-query'
import type { Employee, PayrollRun } from 'payd'
import { type SubmitEvent, useDeferredValue, useRef, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { TextField } from '../../ui/field.tsx'

/** A bonus for one person of the draft. */
export function AddBonus(props: { readonly run: PayrollRun; readonly isOpen: boolean; readonly onClose: () => void }) {
  const t = useMessages()
  const { queries } = useDesk()
  const [words, setWords] = useState('')
  const [person, setPerson] = useState<Employee>()
  const [amount, setAmount] = useState('')
  const [description, setDescription] = useState('')
  const key = useRef(crypto.randomUUID())
  const wanted = useDeferredValue(words.trim())
  const found = useQuery({
    ...queries.employees.search(wanted, 6),
    enabled: wanted.length >= 2 && person === undefined,
  })
  const close = () => {
    setPerson(undefined)
    setWords('')
    setAmount('')
    setDescription('')
    key.current = crypto.randomUUID()
    props.onClose()
  }
  const add = useCommand('payrollRuns', 'addBonus', { says: t.run.bonusAdded, onDone: close })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (person === undefined) return
    const bonus = { employee_id: person.id, amount: amount.trim(), ...(description === '' ? {} : { description }) }
    add.run(props.run.id, bonus, { idempotencyKey: key.current })
  }
  const nameOf = ({ first_name, last_name }: Employee) => `${first_name} ${last_name}`
  return (
    <Modal about={t.run.bonusAbout} isOpen={props.isOpen} onClose={close} title={t.run.bonus}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {add.error !== null && <ErrorBox error={add.error} />}
        <TextField
          hint={t.run.personHint}
          isRequired
          label={t.run.choosePerson}
          onChange={(value) => {
            setPerson(undefined)
            setWords(value)
          }}
          type="search"
          value={person === undefined ? words : nameOf(person)}
        />
        {person === undefined && (found.data ?? []).length > 0 && (
          <ul className="-mt-2 flex flex-col rounded-lg border border-rule">
            {(found.data ?? []).map((employee) => (
              <li className="ledger-line" key={employee.id}>
                <button
                  className="flex w-full cursor-pointer justify-between gap-3 px-3 py-2 text-left text-sm hover:bg-sunken"
                  onClick={() => setPerson(employee)}
                  type="button"
                >
                  <span className="font-medium">{nameOf(employee)}</span>
                  <span className="truncate text-dim">{employee.email}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
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
