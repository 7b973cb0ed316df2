import { useQuery } from '@tanstack/react-query'
import type { Employee, EmployeeId } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { isAtLeast, useDesk } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Modal, SideSheet } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Facts } from '../../ui/page.tsx'
import { OwnView } from './own-view.tsx'
import { PaidHistory } from './paid-history.tsx'
import { PersonChip } from './people-columns.tsx'
import { PersonForm } from './person-form.tsx'

/** Everything about one person, beside the list. */
export function PersonSheet({ id, onClose }: { readonly id: EmployeeId; readonly onClose: () => void }) {
  const { queries } = useDesk()
  const employee = useQuery(queries.employees.get(id))
  const name = employee.data === undefined ? '…' : `${employee.data.first_name} ${employee.data.last_name}`
  return (
    <SideSheet isOpen onClose={onClose} title={name}>
      <Answer of={employee}>{(person) => <Person onClose={onClose} person={person} />}</Answer>
    </SideSheet>
  )
}

function Person({ person, onClose }: { readonly person: Employee; readonly onClose: () => void }) {
  const t = useMessages()
  const { queries, role } = useDesk()
  const [isEditing, setIsEditing] = useState(false)
  const [isRemoving, setIsRemoving] = useState(false)
  const waiting = useQuery(queries.walletChanges.list({ employee_id: person.id, state: 'waiting' }))
  const remove = useCommand('employees', 'remove', { says: t.people.removed, onDone: onClose })
  const askToRemove = () => {
    remove.reset()
    setIsRemoving(true)
  }
  const canChange = isAtLeast(role, 'manager') && person.deleted_at === null
  if (isEditing) {
    const done = () => setIsEditing(false)
    return <PersonForm employee={person} onCancel={done} onDone={done} />
  }
  return (
    <>
      {person.deleted_at !== null && <Notice title={t.people.wasRemoved} tone="plain" />}
      {(waiting.data?.items ?? []).map((change) => (
        <Notice key={change.id} title={t.people.changeWaiting} tone="warn">
          <code className="text-xs break-all">{change.new_address ?? change.new_email}</code>
        </Notice>
      ))}
      <Facts
        of={[
          [t.people.state, <PersonChip key="state" status={person.status} />],
          [t.people.email, person.email],
          [t.people.position, person.position ?? '–'],
          [t.people.department, person.department ?? '–'],
          [
            t.people.salary,
            person.salary === null ? (
              t.people.noSalary
            ) : (
              <Money amount={person.salary} asset={person.asset_code} key="salary" />
            ),
          ],
          [
            t.people.wallet,
            <code className="text-xs break-all" key="wallet">
              {person.wallet_address ?? '–'}
            </code>,
          ],
          ...(person.memo === null ? [] : ([[t.people.memo, person.memo]] as const)),
        ]}
      />
      {canChange && (
        <div className="flex flex-wrap gap-2">
          <Action icon="pencil" kind="primary" onClick={() => setIsEditing(true)}>
            {t.people.edit}
          </Action>
          <Action icon="trash-2" kind="danger" onClick={askToRemove}>
            {t.people.remove}
          </Action>
        </div>
      )}
      <OwnView canChange={canChange} person={person} />
      <PaidHistory id={person.id} />
      <Modal
        about={t.people.removeAbout}
        isOpen={isRemoving}
        onClose={() => setIsRemoving(false)}
        title={t.people.removeAsk(`${person.first_name} ${person.last_name}`)}
      >
        {remove.error !== null && <ErrorBox error={remove.error} />}
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={() => setIsRemoving(false)}>
            {t.common.cancel}
          </Action>
          <Action isBusy={remove.isBusy} kind="danger" onClick={() => remove.run(person.id)}>
            {t.people.remove}
          </Action>
        </div>
      </Modal>
    </>
  )
}
