import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'

/** Invitations that are neither accepted nor withdrawn nor expired. */
export function Invitations() {
  const t = useMessages()
  const { queries } = useDesk()
  const { distance } = useFormat()
  const reason = useReason('admin')
  const invitations = useQuery(queries.members.invitations())
  const revoke = useCommand('members', 'revokeInvitation', { says: t.settings.revoked })
  return (
    <>
      {revoke.error !== null && <ErrorBox error={revoke.error} />}
      <Answer of={invitations}>
        {({ items }) => {
          const now = Date.now()
          const open = items.filter(
            ({ accepted_at, revoked_at, expires_at }) =>
              accepted_at === null && revoked_at === null && Date.parse(expires_at) > now,
          )
          if (open.length === 0) return <p className="card p-5 text-sm text-dim">{t.settings.invitationsNone}</p>
          return (
            <ul className="card">
              {open.map(({ id, email, role, expires_at }) => (
                <li
                  className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm"
                  key={id}
                >
                  <span className="font-medium break-all">{email}</span>
                  <span className="text-dim">
                    {t.settings.roles[role]} · {t.settings.expires(distance(expires_at))}
                  </span>
                  <Action
                    isBusy={revoke.isBusy}
                    kind="quiet"
                    label={`${t.settings.revoke}: ${email}`}
                    onClick={() => revoke.run(id)}
                    reason={reason}
                  >
                    {t.settings.revoke}
                  </Action>
                </li>
              ))}
            </ul>
          )
        }}
      </Answer>
    </>
  )
}
