import { Dialog } from '@base-ui/react/dialog'
import { Link } from '@tanstack/react-router'
import { Icon } from '../ui/icon.tsx'
import { useConsole, useMessages } from './context.tsx'
import { useDesk } from './desk.tsx'
import { placesOf } from './navigation.ts'

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly unread: number
}

/** Where one can go: always there on a wide screen, behind a button on a narrow one. */
export function SideBar({ isOpen, onClose, unread }: Props) {
  const t = useMessages()
  return (
    <>
      <aside className="no-print sticky top-0 flex h-dvh w-60 shrink-0 flex-col overflow-y-auto border-r border-rule bg-card max-lg:hidden">
        <Places onChoose={() => undefined} unread={unread} />
      </aside>
      <Dialog.Root onOpenChange={(open) => !open && onClose()} open={isOpen}>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 bg-black/40" />
          <Dialog.Popup
            aria-label={t.shell.menu}
            className="fixed inset-y-0 left-0 w-72 overflow-y-auto border-r border-rule bg-card shadow-card"
          >
            <Places onChoose={onClose} unread={unread} />
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  )
}

const GROUPS = ['groupWork', 'groupMoney', 'groupRecords'] as const

function Places({ onChoose, unread }: { readonly onChoose: () => void; readonly unread: number }) {
  const t = useMessages()
  const { locale } = useConsole()
  const { organization, role } = useDesk()
  const places = placesOf(role, organization.is_employee)
  const params = { organization: String(organization.organization_id) }
  return (
    <nav aria-label={t.shell.menu} className="flex flex-col gap-5 p-4">
      <p className="flex items-center gap-2.5 px-2 pt-1 font-semibold tracking-tight">
        <img alt="" className="size-7" src={`${import.meta.env.BASE_URL}favicon.svg`} />
        PayD
      </p>
      {GROUPS.map((group) => {
        const inside = places.filter((place) => place.group === group)
        if (inside.length === 0) return null
        return (
          <div className="flex flex-col gap-0.5" key={group}>
            <p className="px-2 pb-1 text-xs font-medium text-dim">{t.shell[group]}</p>
            {inside.map(({ to, name, icon }) => (
              <Link
                activeOptions={{ exact: to === '/o/$organization' }}
                className="flex min-h-9 items-center gap-3 rounded-lg px-2.5 py-1.5 text-sm font-medium text-dim hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent max-lg:min-h-11"
                key={to}
                onClick={onChoose}
                params={params}
                to={to}
              >
                <Icon name={icon} />
                {t.shell[name]}
                {name === 'notifications' && unread > 0 && (
                  <span className="ml-auto rounded-full bg-accent px-1.5 text-xs leading-5 text-on-accent">
                    <span className="sr-only">{t.shell.unread(String(unread))}</span>
                    <span aria-hidden="true">{new Intl.NumberFormat(locale).format(unread)}</span>
                  </span>
                )}
              </Link>
            ))}
          </div>
        )
      })}
    </nav>
  )
}
