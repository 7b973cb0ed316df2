import { type MemberRole, USERS_ROLE } from 'payd'
import { type SubmitEvent, useRef, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { invitationAddress } from '../entry/invitation.ts'

/** Invites a member, and gives the link that only this answer has. */
export function InviteMember({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const t = useMessages()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<MemberRole>('manager')
  const [link, setLink] = useState<string>()
  const key = useRef(crypto.randomUUID())
  const invite = useCommand('members', 'invite', {
    says: (invited) => t.settings.invited(invited.email),
    onDone: ({ token }) => setLink(invitationAddress('member', token)),
  })
  const close = () => {
    setLink(undefined)
    setEmail('')
    key.current = crypto.randomUUID()
    invite.reset()
    onClose()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    invite.run({ email: email.trim(), role }, { idempotencyKey: key.current })
  }
  return (
    <Modal about={t.settings.inviteAbout} isOpen={isOpen} onClose={close} title={t.settings.inviteTitle}>
      {link === undefined ? (
        <form className="flex flex-col gap-4" onSubmit={submit}>
          {invite.error !== null && <ErrorBox error={invite.error} />}
          <TextField
            isRequired
            label={t.settings.email}
            onChange={(value) => {
              key.current = crypto.randomUUID()
              setEmail(value)
            }}
            problem={problemAt(invite.error, 'email')}
            type="email"
            value={email}
          />
          <SelectField
            choices={USERS_ROLE.map((choice) => [choice, t.settings.roles[choice]])}
            label={t.settings.role}
            onChange={(choice) => {
              key.current = crypto.randomUUID()
              setRole(choice)
            }}
            value={role}
          />
          <div className="flex justify-end gap-2">
            <Action kind="quiet" onClick={close}>
              {t.common.cancel}
            </Action>
            <Action isBusy={invite.isBusy} kind="primary" type="submit">
              {t.settings.invite}
            </Action>
          </div>
        </form>
      ) : (
        <>
          <p className="text-sm">{t.settings.inviteLink}</p>
          <CopyText text={link} />
          <div className="flex justify-end">
            <Action kind="primary" onClick={close}>
              {t.common.close}
            </Action>
          </div>
        </>
      )}
    </Modal>
  )
}
