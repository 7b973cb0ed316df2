import { usageError } from '../../../lib/errors.ts'
import { tokensOf } from '../../../lib/lexer.ts'
import type { SchemaModel } from '../../../lib/schema-model.ts'
import type { Statement } from '../../../lib/sql.ts'

/** What a template is filled with. */
export type TemplateInput = {
  readonly version: string
  readonly name: string
  /** `schema.table`, where the type needs one. */
  readonly table: string | undefined
  readonly column: string | undefined
  /** What it becomes: the new name of a column, or the right value of a data fix. */
  readonly to?: string | undefined
  /** The wrong value of a data fix. */
  readonly from?: string | undefined
  /** `schema.function` that is replaced. */
  readonly function?: string | undefined
  /** The schema before the migration, and the statements that made it. */
  readonly model: SchemaModel
  readonly statements: readonly Statement[]
}

/** The parts of a new migration without headers. */
export type TemplateText = {
  /** Is added to the name, where a template writes more than one migration. */
  readonly suffix?: string
  /** Prose of the header: what the author has to replace. */
  readonly prose: string
  /** What of today's application stops to work; absent: nothing. */
  readonly breaking?: string
  readonly up: string
  readonly down: string
  /** pgTAP assertions, one each. */
  readonly tests: readonly string[]
}

export type Template = (input: TemplateInput) => TemplateText | readonly TemplateText[]
export type Templates<Type extends string> = Readonly<Record<Type, Template>>

export const TIMEOUTS = `set local lock_timeout = '2s';
set local statement_timeout = '30s';
`

/** A DO block that raises when the condition holds. */
export const verification = (isWrong: string, what: string): string => `do $verify$
begin
  if ${isWrong} then
    raise exception '${what.replaceAll("'", "''")}';
  end if;
end
$verify$;`

export const shortName = (table: string): string => table.split('.').at(-1) ?? table

/** `'schema', 'name'`, as pgTAP takes a table. */
export const pair = (table: string): string => `'${table.split('.')[0]}', '${shortName(table)}'`

/** The table that was named; throws when no migration creates it. */
export function existing(table: string | undefined, model: SchemaModel, type: string): string {
  const name = needed(table, type, '--table <schema.table>')
  if (model.tables.has(name)) return name
  throw usageError(
    `No migration creates the table ${name}.`,
    `Name one of ${[...model.tables.keys()].sort().slice(0, 8).join(', ')}, ….`,
  )
}

/** A column of the table that was named; throws when the table has none of that name. */
export function existingColumn({ column, model }: TemplateInput, table: string, type: string): string {
  const name = needed(column, type, '--column <a column that is there>')
  const columns = model.tables.get(table)?.columns
  if (columns?.has(name)) return name
  throw usageError(`${table} has no column ${name}.`, `Name one of ${[...(columns?.keys() ?? [])].join(', ')}.`)
}

/** The value of an option that a type cannot do without. */
export function needed(value: string | undefined, type: string, option: string): string {
  if (value !== undefined) return value
  throw usageError(`A migration of type ${type} needs to know more.`, `Add ${option}.`)
}

/** Statements, with row triggers off, that change rows without a stamp, a line of a trail or an event. */
export const asleep = (table: string, statement: string): string =>
  `-- This is no edit of anybody, so no stamp, audit row or event is made. Leave the triggers on if the outside must hear of it.
alter table ${table} disable trigger user;
${statement}
alter table ${table} enable trigger user;`

/** The text between the brackets after a word, such as the condition of a policy after `using`. */
export function inBrackets(text: string, ...after: readonly string[]): string | undefined {
  const tokens = tokensOf(text)
  const start = tokens.findIndex((_token, at) => after.every((word, place) => tokens[at + place]?.value === word))
  const open = start === -1 ? undefined : tokens[start + after.length]
  if (open?.value !== '(') return undefined
  let depth = 0
  for (const token of tokens.slice(start + after.length)) {
    if (token.kind === 'symbol' && token.value === '(') depth += 1
    if (token.kind === 'symbol' && token.value === ')') depth -= 1
    if (depth === 0) return text.slice(open.end, token.start).trim()
  }
  return undefined
}
