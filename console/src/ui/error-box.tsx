import { isPaydError } from 'payd'
import { useMessages } from '../app/context.tsx'
import { Action } from './action.tsx'
import { Notice } from './notice.tsx'

/** What went wrong as a sentence, and the cure. */
export function ErrorBox({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const t = useMessages()
  const { title, cure, code } = explain(error, t.common.unexpected)
  return (
    <Notice
      actions={
        onRetry !== undefined && (
          <Action icon="refresh-cw" onClick={onRetry}>
            {t.common.tryAgain}
          </Action>
        )
      }
      role="alert"
      title={title}
      tone="bad"
    >
      {cure !== undefined && <p>{cure}</p>}
      {code !== undefined && <p className="pt-1 font-mono text-xs text-dim">{code}</p>}
    </Notice>
  )
}

/** The field of a form that an error is about, with the sentence for it. */
export function problemAt(error: unknown, field: string): string | undefined {
  return isPaydError(error) && error.field === field ? error.message : undefined
}

function explain(error: unknown, unexpected: string): { title: string; cure?: string | undefined; code?: string } {
  if (isPaydError(error)) return { title: error.message, cure: error.hint, code: error.code }
  return { title: unexpected, cure: error instanceof Error ? error.message : String(error) }
}
