import { type MemberRole, USERS_ROLE } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useCommandKey } from '../../app/command-key.ts'
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
  const keyOf = useCommandKey(isOpen)
  const invite = useCommand('members', 'invite', {
    says: (invited) => t.settings.invited(invited.email),
    onDone: ({ token }) => setLink(invitationAddress('member', token)),
  })
  const close = () => {
    setLink(undefined)
    setEmail('')
    invite.reset()
    onClose()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const person = { email: email.trim(), role }
    invite.run(person, { idempotencyKey: keyOf(person) })
  }
  return (
    <Modal about={t.settings.inviteAbout} isOpen={isOpen} onClose={close} title={t.settings.inviteTitle}>
      {link === undefined ? (
        <form className="flex flex-col gap-4" onSubmit={submit}>
          {invite.error !== null && <ErrorBox error={invite.error} />}
          <TextField
            isRequired
            label={t.settings.email}
            onChange={setEmail}
            problem={problemAt(invite.error, 'email')}
            type="email"
            value={email}
          />
          <SelectField
            choices={USERS_ROLE.map((choice) => [choice, t.settings.roles[choice]])}
            label={t.settings.role}
            onChange={setRole}
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
