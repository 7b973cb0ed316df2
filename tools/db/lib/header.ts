import { CHANGE_CLASSES, type ChangeClass } from './change-class.ts'

/** The header of a forward file: the first comment block. */
export type Header = {
  readonly title: string
  /** Why the migration exists and which rules it holds; at least one sentence. */
  readonly purpose: string
  readonly author: string
  /** `YYYY-MM-DD`. */
  readonly date: string
  readonly ticket?: string
  /** Whom the change touches; needed when it breaks something. */
  readonly impact?: string
  /** Tables it creates, alters, drops or writes to, as `schema.table`. */
  readonly tables: readonly string[]
  /** Versions that must be applied before it. */
  readonly depends: readonly string[]
  readonly classes: readonly ChangeClass[]
  /** What clients must change, or `no`. */
  readonly breaking: string
  /** False for a file whose one statement PostgreSQL refuses inside a transaction. */
  readonly transaction: boolean
}

/** One thing that is wrong with a header, at a line of the file. */
export type HeaderProblem = { readonly line: number; readonly what: string; readonly fix: string }

export type HeaderOutcome = {
  readonly header: Header | undefined
  readonly problems: readonly HeaderProblem[]
  /** The line each field stands on, for findings about it. */
  readonly lines: Readonly<Record<string, number>>
}

/** The fields of a forward file's header, in their order. */
export const FIELDS = [
  'migration',
  'author',
  'date',
  'ticket',
  'purpose',
  'impact',
  'breaking',
  'tables',
  'depends',
  'class',
  'transaction',
] as const
type Field = (typeof FIELDS)[number]
const REQUIRED: readonly Field[] = [
  'migration',
  'author',
  'date',
  'breaking',
  'tables',
  'depends',
  'class',
  'transaction',
]

/** A forward file's header in one look, for messages and help texts. */
export const HEADER_EXAMPLE = `-- migration: add payroll_items.memo
-- One or more lines of prose: why it exists and which rules it holds.
-- author: Ada | date: 2026-11-20 | ticket: PAY-12
-- tables: public.payroll_items | depends: 20261119101500
-- class: add-column | breaking: no
-- transaction: yes`

/**
 * Reads the header of a forward file. Fields are `key: value`, several on one line separated by ` | `; a line that is indented
 * continues the field before it; every other line of the block is prose and becomes the purpose.
 */
export function readHeader(text: string): HeaderOutcome {
  const { fields, prose, lines, duplicates } = readFields(commentBlock(text), FIELDS)
  const missing = REQUIRED.filter((field) => !fields[field])
  const purpose = [fields.purpose, ...prose].filter(Boolean).join(' ').trim()
  const problems: HeaderProblem[] = [
    ...duplicates,
    ...missing.map((field) => ({ line: 1, what: `The header has no "${field}:".`, fix: hintFor(field) })),
    ...(purpose
      ? []
      : [
          {
            line: 1,
            what: 'The header does not say why the migration exists.',
            fix: 'Write one or more sentences below the title.',
          },
        ]),
  ]
  const at = (field: Field): number => lines[field] ?? 1
  const date = fields.date ?? ''
  if (date && !isDay(date))
    problems.push({ line: at('date'), what: `"${date}" is not a day.`, fix: 'Write the day as YYYY-MM-DD.' })
  const classes = listOf(fields.class)
  for (const name of classes.filter((entry) => !isChangeClass(entry))) {
    problems.push({
      line: at('class'),
      what: `"${name}" is not a change class.`,
      fix: `Use ${CHANGE_CLASSES.join(', ')}.`,
    })
  }
  const depends = listOf(fields.depends)
  for (const version of depends.filter((entry) => !/^\d{14}$/.test(entry))) {
    problems.push({
      line: at('depends'),
      what: `"${version}" is not a version.`,
      fix: 'Write versions of 14 digits separated by commas, or "none".',
    })
  }
  const tables = listOf(fields.tables)
  for (const table of tables.filter((entry) => !/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(entry))) {
    problems.push({
      line: at('tables'),
      what: `"${table}" is not a table.`,
      fix: 'Write tables as schema.table separated by commas, or "none".',
    })
  }
  const transaction = fields.transaction ?? ''
  if (transaction && transaction !== 'yes' && transaction !== 'no') {
    problems.push({
      line: at('transaction'),
      what: `"transaction: ${transaction}" is neither yes nor no.`,
      fix: 'Write yes, or no when the file holds one statement such as CREATE INDEX CONCURRENTLY.',
    })
  }
  if (problems.length > 0) return { header: undefined, problems, lines }
  return {
    header: {
      title: fields.migration ?? '',
      purpose,
      author: fields.author ?? '',
      date,
      ...(fields.ticket ? { ticket: fields.ticket } : {}),
      ...(fields.impact ? { impact: fields.impact } : {}),
      tables,
      depends,
      classes: classes.filter(isChangeClass),
      breaking: fields.breaking ?? '',
      transaction: transaction === 'yes',
    },
    problems,
    lines,
  }
}

/** No line of a migration is longer. */
const LONGEST_LINE = 120

/** Writes a header; the prose lines are kept as they are, because a person chose their breaks. */
export function writeHeader(header: Omit<Header, 'purpose'>, prose: readonly string[]): string {
  const line = (...parts: readonly (readonly [string, string | undefined])[]): string =>
    `-- ${parts.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`])).join(' | ')}`
  const list = (entries: readonly string[]): string => (entries.length === 0 ? 'none' : entries.join(', '))
  const objects = [['tables', list(header.tables)] as const, ['depends', list(header.depends)] as const]
  const together = line(...objects)
  return [
    line(['migration', header.title]),
    ...prose.map((text) => `-- ${text}`),
    line(['author', header.author], ['date', header.date], ['ticket', header.ticket]),
    ...(together.length > LONGEST_LINE ? objects.flatMap((field) => wrapped(line(field))) : [together]),
    line(['class', list(header.classes)], ['breaking', header.breaking], ['impact', header.impact]),
    line(['transaction', header.transaction ? 'yes' : 'no']),
  ].join('\n')
}

/** A list that is too long for one line goes on in lines that are indented. */
export function wrapped(line: string): readonly string[] {
  if (line.length <= LONGEST_LINE) return [line]
  const end = line.lastIndexOf(', ', LONGEST_LINE - 1)
  return [line.slice(0, end + 1), ...wrapped(`--   ${line.slice(end + 2)}`)]
}

/** The lines of the first comment block without their dashes, and where the block ends. */
export function commentBlock(text: string): readonly string[] {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('--'))
  return lines.slice(0, end === -1 ? lines.length : end).map((line) => line.replace(/^--\s?/, '').trimEnd())
}

/** Sorts the lines of a comment block into known fields and prose. */
export function readFields<Name extends string>(block: readonly string[], known: readonly Name[]) {
  const fields: Partial<Record<Name, string>> = {}
  const lines: Record<string, number> = {}
  const prose: string[] = []
  const duplicates: HeaderProblem[] = []
  const isKnown = (key: string): key is Name => known.some((name) => name === key)
  let open: Name | undefined
  block.forEach((line, index) => {
    if (open !== undefined && /^\s{2,}\S/.test(line)) {
      fields[open] = `${fields[open] ?? ''} ${line.trim()}`
      return
    }
    open = undefined
    const parts = line.split(' | ').map((part) => /^([a-z-]+):\s*(.*)$/.exec(part.trim()))
    if (!parts.every((part) => part?.[1] !== undefined && isKnown(part[1]))) {
      prose.push(line)
      return
    }
    for (const part of parts) {
      const key = part?.[1] ?? ''
      if (!isKnown(key)) continue
      if (fields[key] !== undefined) {
        duplicates.push({ line: index + 1, what: `The header says "${key}:" twice.`, fix: 'Keep one of them.' })
      }
      fields[key] = (part?.[2] ?? '').trim()
      lines[key] = index + 1
      open = key
    }
  })
  return { fields, prose, lines, duplicates }
}

/** The entries of a comma-separated field; `none` is the empty list. */
export function listOf(value: string | undefined): string[] {
  if (!value || value === 'none') return []
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
}

const isChangeClass = (name: string): name is ChangeClass => CHANGE_CLASSES.some((known) => known === name)

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function hintFor(field: Field): string {
  const example = HEADER_EXAMPLE.split('\n').find((line) => line.includes(`${field}:`)) ?? ''
  return `Write it like "${example}", or run npm run db -- check --fix, which works it out from the statements.`
}
