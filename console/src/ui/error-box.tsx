import { isPaydError, type PaydError } from 'payd'
import { useMessages } from '../app/context.tsx'
import { useSentences } from '../app/use-sentences.ts'
import type { Said } from '../app/words.ts'
import { Action } from './action.tsx'
import { Notice } from './notice.tsx'

/** What went wrong as a sentence, and the cure, in the language of the person. */
export function ErrorBox({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const t = useMessages()
  const { title, cure } = useSaid(error)
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
      {isPaydError(error) && (
        <p className="pt-1 text-xs text-dim">
          <code>{error.code}</code>
          {/* The sentence that was translated may name more, such as the columns of a file. */}
          {title !== error.message && <span lang="en"> · {error.message}</span>}
        </p>
      )}
    </Notice>
  )
}

/** The sentence and the cure for an error. */
export function useSaid(error: unknown): Said {
  const t = useMessages()
  const say = useSentences(error !== null && error !== undefined)
  if (isPaydError(error)) return say(error.code, error.message, error.hint)
  return { title: t.common.unexpected, cure: error instanceof Error ? error.message : String(error) }
}

/** What is wrong with the field of a form, where an error is about it. */
export function problemAt(error: unknown, field: string): PaydError | undefined {
  return isPaydError(error) && error.field === field ? error : undefined
}
