import { Dialog } from '@base-ui/react/dialog'
import { type ReactNode, useRef } from 'react'
import { useMessages } from '../app/context.tsx'
import { Icon } from './icon.tsx'

interface Panel {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly about?: ReactNode
  readonly children: ReactNode
}

/** With a mouse or the keyboard one begins to type at once; on a phone the keyboard would cover what is to be read first. */
function useFirstField() {
  const popup = useRef<HTMLDivElement>(null)
  const initialFocus = (how: string | null) =>
    how === 'touch'
      ? true
      : (popup.current?.querySelector<HTMLElement>('form input, form select, form textarea') ?? true)
  return { popup, initialFocus }
}

const BACKDROP =
  'fixed inset-0 bg-black/40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0'

/** A question in the middle of the screen; on a phone it stands at the bottom, where the thumb is. */
export function Modal({ isOpen, onClose, title, about, children }: Panel) {
  const { popup, initialFocus } = useFirstField()
  return (
    <Dialog.Root onOpenChange={(open) => !open && onClose()} open={isOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup
          initialFocus={initialFocus}
          ref={popup}
          className="card fixed top-[12vh] left-1/2 flex max-h-[80vh] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 flex-col gap-4 overflow-y-auto p-6 transition duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 max-sm:top-auto max-sm:bottom-0 max-sm:left-0 max-sm:max-h-[92vh] max-sm:w-full max-sm:max-w-none max-sm:translate-x-0 max-sm:rounded-b-none"
        >
          <Head about={about} title={title} />
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** A sheet at the side, so that the list that it came from stays visible. */
export function SideSheet({ isOpen, onClose, title, about, children }: Panel) {
  const { popup, initialFocus } = useFirstField()
  return (
    <Dialog.Root onOpenChange={(open) => !open && onClose()} open={isOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup
          initialFocus={initialFocus}
          ref={popup}
          className="fixed inset-y-0 right-0 flex w-full max-w-xl flex-col gap-5 overflow-y-auto border-l border-rule bg-card p-6 shadow-card transition duration-200 data-ending-style:translate-x-8 data-ending-style:opacity-0 data-starting-style:translate-x-8 data-starting-style:opacity-0"
        >
          <Head about={about} title={title} />
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Head({ title, about }: Pick<Panel, 'title' | 'about'>) {
  const t = useMessages()
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <Dialog.Title className="text-lg leading-7 font-semibold tracking-tight break-words">{title}</Dialog.Title>
        {about !== undefined && <div className="text-sm text-dim">{about}</div>}
      </div>
      <Dialog.Close aria-label={t.common.close} className="button button-quiet -mt-1 -mr-2 px-2">
        <Icon name="x" />
      </Dialog.Close>
    </div>
  )
}
