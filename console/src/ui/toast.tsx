import { Toast } from '@base-ui/react/toast'
import { Icon } from './icon.tsx'

/** Tells what was done, for some seconds, without taking the keyboard away. */
export const toasts = Toast.createToastManager()

/** The corner in which they stand. */
export function Toasts({ close }: { readonly close: string }) {
  return (
    <Toast.Provider toastManager={toasts}>
      <Toast.Portal>
        <Toast.Viewport className="no-print fixed right-4 bottom-4 z-50 flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2">
          <ToastList close={close} />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList({ close }: { readonly close: string }) {
  const { toasts: shown } = Toast.useToastManager()
  return shown.map((toast) => (
    <Toast.Root
      className="card flex items-start gap-3 p-4 text-sm transition duration-200 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0"
      key={toast.id}
      toast={toast}
    >
      <Icon
        className={`mt-0.5 size-4.5 ${toast.type === 'error' ? 'text-bad' : 'text-good'}`}
        name={toast.type === 'error' ? 'circle-alert' : 'circle-check'}
      />
      <Toast.Content className="min-w-0 flex-1">
        <Toast.Title className="font-medium" />
        <Toast.Description className="text-dim" />
      </Toast.Content>
      <Toast.Close aria-hidden={false} aria-label={close} className="button button-quiet -my-1.5 min-h-0 p-1.5">
        <Icon name="x" />
      </Toast.Close>
    </Toast.Root>
  ))
}
