import { useEffect, useState } from 'react'
import { type Dictionary, type Said, translate } from '../messages/translate.ts'
import { useConsole } from './context.tsx'
import type { Language } from './language.ts'

export type { Said } from '../messages/translate.ts'

/** Says a sentence of the database in the language of the person. */
export type Say = (code: string, sentence: string, cure?: string | null) => Said

const asItIs: Say = (_, title, cure) => ({ title, cure: cure ?? undefined })

// The dictionary is large and seldom needed, so it is loaded when somebody needs it, and once.
let loading: Promise<Say> | undefined
let loaded: Say | undefined

/** Begins to load what sentences of the database are in a language other than theirs. */
export async function loadWords(language: Language): Promise<Say> {
  if (language === 'en') return asItIs
  loading ??= Promise.all([import('../messages/de/database.ts'), import('../messages/error-templates.ts')]).then(
    ([{ database }, { ERROR_TEMPLATES }]) => sayer(database, ERROR_TEMPLATES),
  )
  loaded = await loading
  return loaded
}

function sayer(dictionary: Dictionary, templates: Parameters<typeof translate>[1]): Say {
  return (code, sentence, cure) => translate(dictionary, templates, [code, sentence, cure])
}

/** What sentences of the database are in the language of the person; as they came while that is not loaded yet. */
export function useWords(isNeeded = true): Say {
  const { language } = useConsole()
  const [say, setSay] = useState<{ readonly say: Say }>({ say: language === 'en' ? asItIs : (loaded ?? asItIs) })
  useEffect(() => {
    if (!isNeeded || language === 'en') return
    let isOver = false
    loadWords(language).then(
      (words) => isOver || setSay({ say: words }),
      // Without a network the English sentence is better than none.
      () => undefined,
    )
    return () => {
      isOver = true
    }
  }, [isNeeded, language])
  return say.say
}
