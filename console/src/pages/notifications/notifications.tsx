import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useNamesIn } from '../../app/names.ts'
import { usePages } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Page } from '../../ui/page.tsx'
import { Entry } from './entry.tsx'

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
  const names = useNamesIn(
    inbox.items.map(({ title, message }) => `${title} ${message}`),
    inbox.items.filter(({ resource_type }) => resource_type === 'payroll_run').map(({ resource_id }) => resource_id),
  )
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
                <Entry key={notification.id} names={names} notification={notification} />
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
