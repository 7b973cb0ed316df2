/** What people call what the database calls by number. */
export interface Names {
  readonly people: ReadonlyMap<number, string>
  /** By the number and by the technical name of a run. */
  readonly runs: ReadonlyMap<string, string>
}

const PERSON = /\b([Ee]mployee) (\d+)\b/g
const RUN = /\b([Pp]ayroll run) (\d+|PAY-[\w-]+)/g

/** The people and runs that sentences of the database name by number. */
export function numbersIn(sentences: readonly string[]): { readonly people: number[]; readonly runs: number[] } {
  const all = sentences.join('\n')
  const numbersOf = (pattern: RegExp) => [...all.matchAll(pattern)].map(([, , number]) => Number(number))
  return { people: numbersOf(PERSON), runs: numbersOf(RUN).filter((number) => !Number.isNaN(number)) }
}

/** The sentence with names where numbers stood. It is translated afterwards, so the words around a name stay as the database wrote them. */
export function byName(sentence: string, { people, runs }: Names): string {
  return sentence
    .replace(PERSON, (all, word: string, number: string) => withWord(word, people.get(Number(number)), all))
    .replace(RUN, (all, word: string, key: string) => withWord(word, runs.get(key), all))
}

const withWord = (word: string, name: string | undefined, otherwise: string): string =>
  name === undefined ? otherwise : `${word} ${name}`

/** How values of sentences are written for a person. */
interface Writing {
  readonly instant: (iso: string) => string
  readonly day: (day: string) => string
  readonly money: (amount: string, asset: string) => string
}

const INSTANT = /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:?(?:00)?| UTC)/g
const DAY = /(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])/g
const AMOUNT = /(?<![\w.,])(\d{1,12}\.\d{1,7})[ \u00A0]([A-Za-z0-9]{1,12})\b/g

/** The sentence with its times, days and amounts as the person reads them everywhere else. */
export function inWriting(sentence: string, { instant, day, money }: Writing): string {
  return sentence
    .replace(INSTANT, (_, date: string, time: string) => instant(`${date}T${time}:00Z`))
    .replace(DAY, (date) => day(date))
    .replace(AMOUNT, (_, amount: string, asset: string) => money(amount, asset))
}
