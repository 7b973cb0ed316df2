/** One piece of SQL or PL/pgSQL text. Comments and white space are left out. */
export type Token = {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol'
  /** Words in lower case, quoted identifiers without their quotes, strings with their content, symbols as they stand. */
  readonly value: string
  /** Offset of the first code unit in the text. */
  readonly start: number
  readonly end: number
}

const PATTERNS = {
  blank: /\s+|--[^\n]*/y,
  // A dollar sign may be inside a word, so that a$b$ is a word and not the start of a string.
  word: /[\p{L}_][\p{L}\p{N}_$]*/uy,
  number: /\d[\w.]*/y,
  quoted: /"(?:[^"]|"")*"/y,
  escaped: /e'(?:[^'\\]|\\.|'')*'/isy,
  string: /(?:[bnx]|u&)?'(?:[^']|'')*'/iy,
  dollar: /\$([\p{L}_][\p{L}\p{N}_]*)?\$/uy,
} as const

/**
 * The tokens of an SQL text. It knows comments, quotes and dollar quotes as PostgreSQL does, so that a keyword inside a
 * string is never mistaken for one. PL/pgSQL bodies are read with it, because the parser does not look inside them.
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const blank = mayBeBlank(text.charCodeAt(at)) ? match('blank', text, at) : undefined
    if (blank) {
      at = blank
      continue
    }
    if (text.startsWith('/*', at)) {
      at = endOfComment(text, at)
      continue
    }
    const token = tokenAt(text, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function tokenAt(text: string, start: number): Token {
  const make = (kind: Token['kind'], end: number, value: string): Token => ({ kind, value, start, end })
  const string = mayBeString(text, start) ? (match('escaped', text, start) ?? match('string', text, start)) : undefined
  if (string) return make('string', string, text.slice(text.indexOf("'", start) + 1, string - 1).replaceAll("''", "'"))
  const word = match('word', text, start)
  if (word) return make('word', word, text.slice(start, word).toLowerCase())
  const quoted = match('quoted', text, start)
  if (quoted) return make('quoted', quoted, text.slice(start + 1, quoted - 1).replaceAll('""', '"'))
  const number = match('number', text, start)
  if (number) return make('number', number, text.slice(start, number))
  const opened = match('dollar', text, start)
  if (opened) {
    const tag = text.slice(start, opened)
    const closing = text.indexOf(tag, opened)
    const contentEnd = closing === -1 ? text.length : closing
    return make('string', Math.min(text.length, contentEnd + tag.length), text.slice(opened, contentEnd))
  }
  return make('symbol', start + 1, text.charAt(start))
}

// Every expression costs, and these look at every character of every file: blanks, minus signs, and what is not ASCII.
const mayBeBlank = (code: number): boolean => code <= 32 || code === 45 || code > 126

// A quote, or the one or two characters that may stand before it.
const mayBeString = (text: string, start: number): boolean =>
  [start, start + 1, start + 2].some((at) => text.charCodeAt(at) === 39)

function match(name: keyof typeof PATTERNS, text: string, at: number): number | undefined {
  const pattern = PATTERNS[name]
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function endOfComment(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    if (text.startsWith('/*', at)) {
      depth += 1
      at += 2
    } else if (text.startsWith('*/', at)) {
      depth -= 1
      at += 2
      if (depth === 0) return at
    } else {
      at += 1
    }
  }
  return at
}
