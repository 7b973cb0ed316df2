import { useMessages } from '../app/context.tsx'
import { Action } from './action.tsx'
import { toasts } from './toast.tsx'

/** A text to hand on, such as a link or a secret, with a button that copies it. */
export function CopyText({ text }: { readonly text: string }) {
  const t = useMessages()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toasts.add({ title: t.common.copied })
  }
  return (
    <div className="flex items-start gap-2 rounded-lg border border-rule bg-sunken p-2.5">
      <code className="min-w-0 flex-1 text-xs break-all">{text}</code>
      <Action icon="copy" kind="quiet" onClick={() => void copy()}>
        {t.common.copy}
      </Action>
    </div>
  )
}
