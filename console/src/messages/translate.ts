import type { Sentence } from './sentence.ts'

/** A sentence with its cure, as a person reads them. */
export interface Said {
  readonly title: string
  readonly cure?: string | undefined
}

/** What a language has for the sentences of the database. */
export interface Dictionary {
  /** By the code of the refusal. */
  readonly errors: Readonly<Record<string, Sentence>>
  /** Sentences without a code of their own, by the English template. */
  readonly sentences: Readonly<Record<string, string>>
  /** Words that stand as values in sentences. */
  readonly words: Readonly<Record<string, string>>
}

type Templates = Readonly<Record<string, readonly [message: string, hint: string]>>

/** Says an error or a finding in another language; what the language lacks stays as the database said it. */
export function translate(
  { errors, sentences, words }: Dictionary,
  templates: Templates,
  [code, sentence, cure]: readonly [code: string, sentence: string, cure?: string | null | undefined],
): Said {
  const whole = (text: string): string | undefined => sentences[text] ?? byTemplate(sentences, inWords, text)
  const plain = (text: string): string | undefined => whole(text) ?? inTwo(text, whole)
  // A value may be a sentence itself, such as the reason why a run failed.
  const inWords = (value: string): string =>
    words[value] ?? (/^.{25,}[.]$/s.test(value) ? plain(value) : undefined) ?? phrase(sentences, value) ?? value
  const own = plain(sentence)
  if (own !== undefined) return { title: own, cure: cure == null ? undefined : (plain(cure) ?? cure) }
  const known = errors[code]
  const template = templates[code]
  const title = filled(known?.[0], template?.[0], sentence, inWords)
  // A cure must not speak of something else than the sentence above it.
  if (title === undefined) return { title: sentence, cure: cure ?? undefined }
  return { title, cure: filled(known?.[1], template?.[1], cure ?? '', inWords) ?? cure ?? undefined }
}

/** The translated text with the values of the original, or nothing where these cannot be told. */
function filled(
  text: string | undefined,
  template: string | undefined,
  original: string,
  inWords: (value: string) => string,
): string | undefined {
  if (text === undefined || !/%\d/.test(text)) return text
  const values = template === undefined ? undefined : valuesIn(template, original)
  if (values === undefined) return undefined
  return text.replace(/%(\d)/g, (_, digit: string) => inWords(values[Number(digit) - 1] ?? ''))
}

const PLACE = /%(?:(\d)\$)?s/g

/** The values that stand in a sentence in place of `%s`, in the order in which the template counts them. */
function valuesIn(template: string, sentence: string): string[] | undefined {
  const places = [...template.matchAll(PLACE)].map(([, digit], index) =>
    digit === undefined ? index : Number(digit) - 1,
  )
  const parts = template
    .split(/%(?:\d\$)?s/)
    .map((part) => part.replaceAll('%%', '%').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const found = new RegExp(`^${parts.join('(.*?)')}$`, 's').exec(sentence)
  if (found === null) return undefined
  const values: string[] = []
  for (const [index, place] of places.entries()) values[place] = found[index + 1] ?? ''
  return values
}

/** A sentence and its cure that were put together, such as the reason why somebody was not paid. */
function inTwo(text: string, say: (part: string) => string | undefined): string | undefined {
  for (const { index } of text.matchAll(/[.] /g)) {
    const [first, rest] = [say(text.slice(0, index + 1)), say(text.slice(index + 2))]
    if (first !== undefined && rest !== undefined) return `${first} ${rest}`
  }
  return undefined
}

/** A part of a sentence that has a value of its own, such as "payroll run 7". */
function phrase(sentences: Dictionary['sentences'], value: string): string | undefined {
  const phrases = Object.entries(sentences).filter(([template]) => /^[a-z;]/.test(template))
  return value.includes(' ') ? byTemplate(Object.fromEntries(phrases), (inner) => inner, value) : undefined
}

function byTemplate(
  sentences: Dictionary['sentences'],
  inWords: (value: string) => string,
  text: string,
): string | undefined {
  // The sentence that says more in its own words is the one that is meant.
  const fitting = Object.keys(sentences)
    .filter((template) => template.includes('%') && valuesIn(template, text) !== undefined)
    .sort((a, b) => b.length - a.length)
  const [template] = fitting
  return template === undefined ? undefined : filled(sentences[template], template, text, inWords)
}
