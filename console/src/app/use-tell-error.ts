import { isPaydError } from 'payd'
import { useCallback } from 'react'
import { toasts } from '../ui/toast.tsx'
import { useConsole } from './context.tsx'
import { loadWords } from './words.ts'

/** Tells in the corner why something failed that has no place of its own on the page, in the language of the person. */
export function useTellError(): (error: unknown) => Promise<void> {
  const { language, messages: t } = useConsole()
  return useCallback(
    async (error) => {
      const say = await loadWords(language).catch(() => undefined)
      const said = isPaydError(error)
        ? (say?.(error.code, error.message, error.hint) ?? { title: error.message, cure: error.hint })
        : { title: t.common.unexpected, cure: error instanceof Error ? error.message : String(error) }
      toasts.add({ title: said.title, description: said.cure, type: 'error', priority: 'high' })
    },
    [language, t],
  )
}
