import { Link } from '@tanstack/react-router'
import type { Notification } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { placeOf } from '../../app/place-of.ts'
import { useCommand } from '../../app/use-command.ts'
import { useSentences } from '../../app/use-sentences.ts'
import { useFormat } from '../../format/use-format.ts'
import type { Names } from '../../messages/by-name.ts'
import { Action } from '../../ui/action.tsx'

/** One notification, with the way to what it is about. */
export function Entry({ notification, names }: { readonly notification: Notification; readonly names: Names }) {
  const t = useMessages()
  const { distance, instant } = useFormat()
  const { organization, role } = useDesk()
  const mark = useCommand('notifications', 'markRead')
  const { id, title, message, is_read, created_at, resource_type, resource_id } = notification
  const said = useSentences(true, names)(`notification ${notification.type}`, title, message)
  const place = role === null ? undefined : placeOf(resource_type, resource_id, String(organization.organization_id))
  return (
    <li className="ledger-line flex items-start justify-between gap-x-6 gap-y-3 px-4 py-3.5 text-sm max-sm:flex-col">
      <div className="flex min-w-0 gap-3">
        <span aria-hidden="true" className={`mt-2 size-2 shrink-0 rounded-full ${is_read ? 'bg-rule' : 'bg-accent'}`} />
        <div className="min-w-0">
          <p className="font-medium wrap-anywhere">{said.title}</p>
          <p className="wrap-anywhere text-dim">{said.cure}</p>
          <p className="text-xs text-dim" title={instant(created_at)}>
            {distance(created_at)}
          </p>
        </div>
      </div>
      <div className="flex shrink-0 gap-2">
        {place !== undefined && (
          <Link {...place} className="button" onClick={() => is_read || mark.run(id)}>
            {t.notifications.open}
          </Link>
        )}
        {!is_read && (
          <Action isBusy={mark.isBusy} kind="quiet" onClick={() => mark.run(id)}>
            {t.notifications.mark}
          </Action>
        )}
      </div>
    </li>
  )
}
