import { useFormatIfAny } from '../format/use-format.ts'
import { byName, inWriting, type Names } from '../messages/by-name.ts'
import { useHiddenAmounts } from './hidden-amounts.tsx'
import { type Say, useWords } from './words.ts'

const NOBODY: Names = { people: new Map(), runs: new Map() }

/**
 * Says a sentence of the database as the rest of the console speaks: in the language of the person, people and runs by name, times in the
 * time zone and amounts in the locale of the person.
 */
export function useSentences(isNeeded = true, names: Names = NOBODY): Say {
  const words = useWords(isNeeded)
  const format = useFormatIfAny()
  const isHidden = useHiddenAmounts()
  return (code, sentence, cure) => {
    const said = words(code, byName(sentence, names), cure == null ? cure : byName(cure, names))
    if (format === undefined) return said
    const { instant, day, money } = format
    const hidden = (_: string, asset: string) => `•••• ${asset}`
    const writing = { instant, day, money: isHidden ? hidden : money }
    return {
      title: inWriting(said.title, writing),
      cure: said.cure === undefined ? undefined : inWriting(said.cure, writing),
    }
  }
}
