import { Link } from '@tanstack/react-router'
import type { Notification } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { useWords } from '../../app/words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Page } from '../../ui/page.tsx'

/** What happened that concerns the person. */
export function NotificationsPage() {
  const t = useMessages()
  const { count } = useFormat()
  const { queries } = useDesk()
  const [isAll, setIsAll] = useState(false)
  const inbox = usePages(queries.notifications.pages(isAll ? {} : { is_read: false }, 50))
  const markAll = useCommand('notifications', 'markAllRead', {
    says: (marked) => t.notifications.markedAll(count(marked)),
  })
  const newest = inbox.items[0]
  return (
    <Page
      about={t.notifications.about}
      actions={
        newest !== undefined && (
          // What arrives while the person reads stays unread.
          <Action icon="check" isBusy={markAll.isBusy} onClick={() => markAll.run({ upTo: newest.id })}>
            {t.notifications.markAll}
          </Action>
        )
      }
      title={t.notifications.title}
    >
      {markAll.error !== null && <ErrorBox error={markAll.error} />}
      <div className="flex gap-1.5">
        {[false, true].map((all) => (
          <button
            aria-pressed={isAll === all}
            className="button min-h-8 rounded-full px-3 py-0.5 text-xs aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
            key={String(all)}
            onClick={() => setIsAll(all)}
            type="button"
          >
            {all ? t.notifications.all : t.notifications.unread}
          </button>
        ))}
      </div>
      <Answer of={inbox.of}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="bell" title={isAll ? t.notifications.noneAtAll : t.notifications.none} />
          ) : (
            <ul className="card">
              {items.map((notification) => (
                <Entry key={notification.id} notification={notification} />
              ))}
            </ul>
          )
        }
      </Answer>
      {inbox.hasMore && (
        <div>
          <Action isBusy={inbox.isGrowing} onClick={inbox.more}>
            {t.common.more}
          </Action>
        </div>
      )}
    </Page>
  )
}

function Entry({ notification }: { readonly notification: Notification }) {
  const t = useMessages()
  const { distance, instant } = useFormat()
  const { organization, role } = useDesk()
  const mark = useCommand('notifications', 'markRead')
  const { id, title, message, is_read, created_at, resource_type, resource_id } = notification
  const said = useWords()(`notification ${notification.type}`, title, message)
  const isRun = resource_type === 'payroll_run' && role !== null
  return (
    <li className="ledger-line flex flex-wrap items-start justify-between gap-3 px-4 py-3.5 text-sm">
      <div className="flex min-w-0 gap-3">
        <span aria-hidden="true" className={`mt-2 size-2 shrink-0 rounded-full ${is_read ? 'bg-rule' : 'bg-accent'}`} />
        <div className="min-w-0">
          <p className="font-medium">{said.title}</p>
          <p className="break-words text-dim">{said.cure}</p>
          <p className="text-xs text-dim" title={instant(created_at)}>
            {distance(created_at)}
          </p>
        </div>
      </div>
      <div className="flex gap-2">
        {isRun && (
          <Link
            className="button"
            onClick={() => is_read || mark.run(id)}
            params={{ organization: String(organization.organization_id), run: resource_id }}
            to="/o/$organization/runs/$run"
          >
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
