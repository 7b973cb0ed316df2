import type { Employee } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { latestError, useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Section } from '../../ui/page.tsx'
import { invitationAddress } from '../entry/invitation.ts'

/** Whether the person sees the own pay, and inviting the person to it. */
export function OwnView({ person, canChange }: { readonly person: Employee; readonly canChange: boolean }) {
  const t = useMessages()
  const [link, setLink] = useState<string>()
  const invite = useCommand('employees', 'inviteAccount', {
    onDone: ({ token }) => setLink(invitationAddress('employee', token)),
  })
  const unlink = useCommand('employees', 'unlinkAccount', { says: t.people.unlinked })
  const error = latestError(invite, unlink)
  const isLinked = person.auth_user_id !== null
  return (
    <Section title={t.people.account}>
      <p className="text-sm text-dim">{isLinked ? t.people.accountLinked : t.people.accountNone}</p>
      {error !== null && <ErrorBox error={error} />}
      {link !== undefined && (
        <div className="flex flex-col gap-2">
          <p className="text-sm">{t.people.inviteLink}</p>
          <CopyText text={link} />
        </div>
      )}
      {canChange && link === undefined && (
        <div>
          {isLinked ? (
            <Action isBusy={unlink.isBusy} onClick={() => unlink.run(person.id)}>
              {t.people.unlink}
            </Action>
          ) : (
            <Action icon="send" isBusy={invite.isBusy} onClick={() => invite.run(person.id)}>
              {t.people.invite}
            </Action>
          )}
        </div>
      )}
    </Section>
  )
}
