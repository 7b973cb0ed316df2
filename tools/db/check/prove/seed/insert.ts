import { databaseError, quoteName, quoteText, type Sql } from '../../../lib/database.ts'
import type { SeedColumn, SeedTable } from './tables.ts'
import { candidatesFor } from './values.ts'

type Choice = { readonly column: SeedColumn; readonly candidates: readonly string[]; at: number }

const MAX_ATTEMPTS = 60

/** Which candidate of which column a table accepted, by table: what one row has learnt spares the next its refusals. */
export type Learnt = Map<string, ReadonlyMap<string, number>>

/**
 * Makes up one row: first the columns that must be filled, learning from every refusal which value to change, then every
 * optional column that the table accepts on top. Resolves with the last refusal when no row could be made.
 */
export async function insertRow(
  sql: Sql,
  table: SeedTable,
  row: number,
  values: Readonly<Record<string, string>>,
  learnt: Learnt = new Map(),
): Promise<string | undefined> {
  const keys = await parentValues(sql, table, row)
  const choices = table.columns
    .filter((column) => !column.isGenerated)
    .map((column) => choose(table, column, row, keys, values))
  if (await insertAsBefore(sql, table, choices, learnt.get(table.name))) return undefined
  const base = choices.filter(({ column }) => column.isRequired && !column.hasDefault)
  const rest = choices.filter((choice) => !base.includes(choice))
  const refusal = await untilAccepted(sql, table, base, rest)
  if (refusal !== undefined) return refusal
  // Mostly the first value of every optional column will do, which one insert shows.
  const isWhole = (await tryInsert(sql, table, [...base, ...rest])) === undefined
  if (!isWhole) for (const choice of rest) if (await accepts(sql, table, base, choice)) base.push(choice)
  const last = isWhole ? undefined : await tryInsert(sql, table, base)
  const filled = isWhole ? [...base, ...rest] : base
  if (!last) learnt.set(table.name, new Map(filled.map(({ column, at }) => [column.name, at])))
  return last?.message
}

async function insertAsBefore(
  sql: Sql,
  table: SeedTable,
  choices: readonly Choice[],
  known: ReadonlyMap<string, number> | undefined,
): Promise<boolean> {
  if (!known) return false
  const same = choices.flatMap((choice) => {
    const at = known.get(choice.column.name)
    return at === undefined ? [] : [{ ...choice, at: Math.min(at, choice.candidates.length - 1) }]
  })
  return (await tryInsert(sql, table, same)) === undefined
}

function choose(
  table: SeedTable,
  column: SeedColumn,
  row: number,
  keys: ReadonlyMap<string, string>,
  values: Readonly<Record<string, string>>,
): Choice {
  const key = keys.get(column.name)
  return { column, candidates: key === undefined ? candidatesFor(table, column, row, values) : [key], at: 0 }
}

// Composite keys share columns (the organization), so a parent is chosen among those that fit what is chosen already.
async function parentValues(sql: Sql, table: SeedTable, row: number): Promise<Map<string, string>> {
  const chosen = new Map<string, string>()
  const widestFirst = [...table.foreignKeys].sort((a, b) => b.columns.length - a.columns.length)
  for (const { columns, parent, parentColumns } of widestFirst) {
    if (parent === table.name) continue
    const conditions = columns.flatMap((column, index) => {
      const value = chosen.get(column)
      return value === undefined ? [] : [`${quoteName(parentColumns[index] ?? '')}::text = (${value})::text`]
    })
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    const names = parentColumns.map(quoteName).join(', ')
    const rows = await sql.unsafe<Record<string, unknown>[]>(
      `select ${names} from ${quoteName(parent)} ${where} order by ${names} limit 3`,
    )
    const found = rows[(row - 1) % Math.max(1, rows.length)]
    if (!found) continue
    columns.forEach((column, index) => {
      const type = table.columns.find((candidate) => candidate.name === column)?.type ?? 'text'
      chosen.set(column, `${quoteText(String(found[parentColumns[index] ?? '']))}::${type}`)
    })
  }
  return chosen
}

// Changes `base` until the table accepts it; columns of `rest` move over when a constraint asks for them.
async function untilAccepted(sql: Sql, table: SeedTable, base: Choice[], rest: Choice[]): Promise<string | undefined> {
  let last: string | undefined
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const error = await tryInsert(sql, table, base, true)
    if (!error) return undefined
    last = error.message
    if (!learn(table, base, rest, error)) return last
  }
  return last
}

type Refusal = {
  readonly message: string
  readonly constraint: string
  readonly column: string
  readonly domain: string
}

// Moves on one value that the refusal is about, or takes in a column that it asks for. One at a time, so that many
// combinations of a few columns are seen.
function learn(table: SeedTable, base: Choice[], rest: Choice[], refusal: Refusal): boolean {
  const check = table.checks.find((candidate) => candidate.name === refusal.constraint)
  const isConcerned = ({ column }: Choice): boolean => {
    if (refusal.column) return column.name === refusal.column
    if (check) return check.columns.includes(column.name)
    return refusal.domain ? column.type.endsWith(refusal.domain) : true
  }
  const movable = base.filter((choice) => isConcerned(choice) && choice.at + 1 < choice.candidates.length)
  const asked = refusal.column || check ? rest.find(isConcerned) : undefined
  const next = movable.sort((a, b) => a.at - b.at)[0]
  if (next && (next.at < 3 || !asked)) {
    next.at += 1
    return true
  }
  if (!asked) return false
  rest.splice(rest.indexOf(asked), 1)
  base.push(asked)
  return true
}

async function accepts(sql: Sql, table: SeedTable, choices: readonly Choice[], choice: Choice): Promise<boolean> {
  const limit = Math.min(choice.candidates.length, 12)
  for (choice.at = 0; choice.at < limit; choice.at += 1) {
    if (!(await tryInsert(sql, table, [...choices, choice], true))) return true
  }
  return false
}

/** Tries an insert; with `onlyTry` the row does not stay. Resolves with the refusal. */
async function tryInsert(
  sql: Sql,
  table: SeedTable,
  choices: readonly Choice[],
  onlyTry = false,
): Promise<Refusal | undefined> {
  const columns = choices.map(({ column }) => quoteName(column.name)).join(', ')
  const row = choices.map((choice) => choice.candidates[choice.at] ?? 'null').join(', ')
  const insert =
    choices.length === 0
      ? `insert into ${quoteName(table.name)} default values`
      : `insert into ${quoteName(table.name)} (${columns}) values (${row})`
  try {
    await sql.unsafe(onlyTry ? `begin; ${insert}; rollback` : insert).simple()
    return undefined
  } catch (error) {
    const refusal = databaseError(error)
    if (!refusal) throw error
    if (onlyTry) await sql.unsafe('rollback').simple()
    return refusalOf(error, refusal.message)
  }
}

function refusalOf(error: unknown, message: string): Refusal {
  const fields = error as { constraint_name?: string; column_name?: string; message: string }
  const domain = /domain (\S+) violates/.exec(message)?.[1] ?? ''
  return { message, constraint: fields.constraint_name ?? '', column: fields.column_name ?? '', domain }
}
