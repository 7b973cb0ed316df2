import { useQuery } from '@tanstack/react-query'
import { type Member, type MemberRole, USERS_ROLE } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { InviteMember } from './invite-member.tsx'

/** Who works here, with which role. */
export function Members() {
  const t = useMessages()
  const { queries } = useDesk()
  const reason = useReason('admin')
  const [isInviting, setIsInviting] = useState(false)
  const [leaving, setLeaving] = useState<Member>()
  const members = useQuery(queries.members.list({}, 200))
  const remove = useCommand('members', 'remove', {
    says: t.settings.memberRemoved,
    onDone: () => setLeaving(undefined),
  })
  const ask = (member: Member) => {
    remove.reset()
    setLeaving(member)
  }
  return (
    <>
      <Answer of={members}>
        {({ items }) => (
          <ul className="card">
            {items.map((member) => (
              <Line key={member.id} member={member} onRemove={() => ask(member)} reason={reason} />
            ))}
          </ul>
        )}
      </Answer>
      <div>
        <Action icon="plus" onClick={() => setIsInviting(true)} reason={reason}>
          {t.settings.invite}
        </Action>
      </div>
      <InviteMember isOpen={isInviting} onClose={() => setIsInviting(false)} />
      <Modal
        about={t.settings.removeMemberAbout}
        isOpen={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={t.settings.removeMemberAsk(leaving?.email ?? '')}
      >
        {remove.error !== null && <ErrorBox error={remove.error} />}
        <div className="flex justify-end gap-2">
          <Action kind="quiet" onClick={() => setLeaving(undefined)}>
            {t.common.cancel}
          </Action>
          <Action isBusy={remove.isBusy} kind="danger" onClick={() => leaving !== undefined && remove.run(leaving.id)}>
            {t.settings.remove}
          </Action>
        </div>
      </Modal>
    </>
  )
}

function Line(props: { readonly member: Member; readonly reason: string | undefined; readonly onRemove: () => void }) {
  const t = useMessages()
  const { userId } = useDesk()
  const { member, reason } = props
  const change = useCommand('members', 'changeRole', { says: t.settings.roleChanged })
  return (
    <li className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm">
      <span className="min-w-0 font-medium break-all">
        {member.email}
        {member.id === userId && <span className="font-normal text-dim"> ({t.settings.you})</span>}
      </span>
      <span className="flex items-center gap-2">
        {reason === undefined ? (
          <select
            aria-label={`${t.settings.role}: ${member.email}`}
            className="input w-auto"
            disabled={change.isBusy}
            onChange={(event) => change.run(member.id, event.target.value as MemberRole)}
            value={member.role}
          >
            {USERS_ROLE.map((role) => (
              <option key={role} value={role}>
                {t.settings.roles[role]}
              </option>
            ))}
          </select>
        ) : (
          <span className="text-dim">{t.settings.roles[member.role]}</span>
        )}
        {reason === undefined && (
          <Action kind="quiet" label={`${t.settings.remove}: ${member.email}`} onClick={props.onRemove}>
            {t.settings.remove}
          </Action>
        )}
      </span>
      {change.error !== null && (
        <div className="basis-full">
          <ErrorBox error={change.error} />
        </div>
      )}
    </li>
  )
}
