import type { LiveStatus } from 'payd/realtime'
import { IconAction } from '../ui/action.tsx'
import { Icon } from '../ui/icon.tsx'
import { useMessages } from './context.tsx'
import { PersonMenu } from './person-menu.tsx'

interface Props {
  readonly isHidden: boolean
  readonly status: LiveStatus
  readonly onHide: () => void
  readonly onMenu: () => void
  readonly onPalette: () => void
  readonly onSignOut: () => void
}

/** The organization, the way to everything, and the person. */
export function TopBar({ isHidden, status, onHide, onMenu, onPalette, onSignOut }: Props) {
  const t = useMessages()
  return (
    <header className="no-print sticky top-0 z-10 flex h-14 items-center gap-2 border-b border-rule bg-paper/95 px-6 backdrop-blur max-sm:px-3">
      <IconAction className="lg:hidden" icon="menu" label={t.shell.menu} onClick={onMenu} />
      <button
        className="button button-quiet min-w-0 justify-start text-dim sm:w-72 sm:border-rule sm:bg-card"
        onClick={onPalette}
        type="button"
      >
        <Icon name="search" />
        <span className="truncate max-sm:sr-only">{t.shell.palette}</span>
        <kbd className="ml-auto rounded border border-rule px-1.5 font-sans text-xs max-sm:hidden">Ctrl K</kbd>
      </button>
      <div className="ml-auto flex items-center gap-1">
        <Liveness status={status} />
        <IconAction
          icon={isHidden ? 'eye-off' : 'eye'}
          label={isHidden ? t.shell.showAmounts : t.shell.hideAmounts}
          onClick={onHide}
        />
        <PersonMenu onSignOut={onSignOut} />
      </div>
    </header>
  )
}

function Liveness({ status }: { readonly status: LiveStatus }) {
  const t = useMessages()
  const look = status === 'live' ? 'bg-good' : status === 'connecting' ? 'bg-rule-strong' : 'bg-warn'
  return (
    <span className="flex items-center gap-2 px-2 text-xs text-dim" title={t.shell.live[status]}>
      <span aria-hidden="true" className={`size-2 rounded-full ${look}`} />
      <span className={status === 'live' ? 'max-sm:sr-only' : 'max-sm:sr-only'} role="status">
        {t.shell.live[status]}
      </span>
    </span>
  )
}
