import { EMPLOYEES_STATUS, type Employee, type EmployeeChanges, isPaydError } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { AssetField } from '../../ui/asset-field.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { PersonConflict } from './person-conflict.tsx'
import { changesOf, draftOf, newPersonOf, type PersonDraft } from './person-draft.ts'

/** Adds a person, or changes the one that was looked at. Only what was changed is sent. */
export function PersonForm(props: {
  readonly employee?: Employee
  readonly onDone: (employee: Employee) => void
  readonly onCancel?: () => void
}) {
  const t = useMessages()
  const { queries } = useDesk()
  const [seen, setSeen] = useState(props.employee)
  const [draft, setDraft] = useState<PersonDraft>(() => draftOf(props.employee))
  const keyOf = useCommandKey()
  const create = useCommand('employees', 'create', { says: t.people.added, onDone: props.onDone })
  const update = useCommand('employees', 'update', {
    says: ({ wallet_address }) =>
      draft.wallet_address !== '' && wallet_address !== draft.wallet_address.trim()
        ? t.people.savedWaiting
        : t.people.saved,
    onDone: props.onDone,
  })
  const error = create.error ?? update.error
  const isOutdated = seen !== undefined && isPaydError(error) && error.code === 'version_outdated'
  const change = (name: keyof PersonDraft) => (value: string) => setDraft({ ...draft, [name]: value })
  const text = (name: keyof PersonDraft, label: string) => ({
    label,
    value: draft[name],
    onChange: change(name),
    problem: problemAt(error, name),
  })
  const changes: EmployeeChanges = seen === undefined ? {} : changesOf(draft, seen)
  const nothing = seen !== undefined && Object.keys(changes).length === 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const person = newPersonOf(draft)
    if (seen === undefined) create.run(person, { idempotencyKey: keyOf(person) })
    else if (!nothing) update.run(seen, changes)
  }
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      {isOutdated ? (
        <PersonConflict
          draft={draft}
          id={seen.id}
          onKeep={(fresh) => {
            setSeen(fresh)
            update.reset()
            update.run(fresh, changesOf(draft, fresh))
          }}
          onTake={(fresh) => {
            setSeen(fresh)
            setDraft(draftOf(fresh))
            update.reset()
          }}
          query={queries.employees.get(seen.id)}
        />
      ) : (
        error !== null && <ErrorBox error={error} />
      )}
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <TextField isRequired {...text('first_name', t.people.firstName)} />
        <TextField isRequired {...text('last_name', t.people.lastName)} />
      </div>
      <TextField isRequired type="email" {...text('email', t.people.email)} />
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <TextField isOptional={t.common.optional} {...text('position', t.people.position)} />
        <TextField isOptional={t.common.optional} {...text('department', t.people.department)} />
      </div>
      <SelectField
        choices={EMPLOYEES_STATUS.map((status) => [status, t.people.status[status]])}
        label={t.people.state}
        onChange={change('status')}
        value={draft.status}
      />
      <TextField inputMode="decimal" isOptional={t.common.optional} {...text('salary', t.people.salary)} />
      <AssetField
        onChange={(asset) => setDraft({ ...draft, ...asset })}
        problem={problemAt(error, 'asset_code')}
        value={draft}
      />
      <TextField
        hint={t.people.walletHint}
        isMono
        isOptional={t.common.optional}
        {...text('wallet_address', t.people.wallet)}
      />
      <div className="grid grid-cols-[8rem_1fr] gap-3">
        <SelectField
          choices={[
            ['text', t.people.memoTypes.text],
            ['id', t.people.memoTypes.id],
          ]}
          label={t.people.memoType}
          onChange={change('memo_type')}
          value={draft.memo_type}
        />
        <TextField hint={t.people.memoHint} isOptional={t.common.optional} {...text('memo', t.people.memo)} />
      </div>
      <div className="flex justify-end gap-2">
        {props.onCancel !== undefined && (
          <Action kind="quiet" onClick={props.onCancel}>
            {t.common.cancel}
          </Action>
        )}
        <Action isBusy={create.isBusy || update.isBusy} kind="primary" type="submit">
          {seen === undefined ? t.people.add : t.common.save}
        </Action>
      </div>
    </form>
  )
}
