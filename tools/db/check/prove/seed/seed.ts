import { quoteName, quoteText, type Sql } from '../../../lib/database.ts'
import { isPlatformSchema } from '../../../lib/platform.ts'
import { isArchive } from '../../../lib/rollback-header.ts'
import type { ProofSettings } from '../../settings.ts'
import { insertRow, type Learnt } from './insert.ts'
import { readSeedTables, type SeedTable } from './tables.ts'
import { candidatesFor } from './values.ts'

/** How full a database got. */
export type SeedReport = {
  /** Tables that hold rows now. */
  readonly filled: number
  /** Tables for which no row could be made up, with the last refusal; what they would hold is not part of the proof. */
  readonly empty: readonly { readonly table: string; readonly reason: string }[]
}

const ROWS = 3

/** Tables that took no further row, with what they were like then, their rows included: trying again would come to the same. */
export type Refused = Map<string, { readonly shape: string; readonly reason: string | undefined }>

/**
 * Makes up rows until every table holds three, parents first, so that a proof has something to lose. Reference tables are
 * left as the migrations fill them. Where triggers refuse a row it is written without them, as an old row would lie there.
 * Needs a superuser for that.
 */
export async function seedDatabase(
  sql: Sql,
  settings: ProofSettings,
  refused: Refused = new Map(),
): Promise<SeedReport> {
  const tables = (await readSeedTables(sql)).filter(
    (table) => !settings.referenceTables.includes(table.name) && !isArchive(table.name),
  )
  const rows = await countRows(sql, tables)
  const empty: { table: string; reason: string }[] = []
  for (const table of tables) {
    const found = rows.get(table.name) ?? 0
    const shapeWith = (count: number): string =>
      JSON.stringify([table, count, table.foreignKeys.map(({ parent }) => rows.get(parent) ?? 0)])
    const known = refused.get(table.name)
    const isKnown = known?.shape === shapeWith(found)
    const { made, reason } = isKnown ? { made: found, reason: known.reason } : await fill(sql, table, found, settings)
    if (made < ROWS) refused.set(table.name, { shape: shapeWith(made), reason })
    if (reason !== undefined && !isPlatformSchema(table.name.split('.')[0] ?? ''))
      empty.push({ table: table.name, reason })
  }
  // A trigger of another table may have filled it.
  const full = empty.length === 0 ? rows : await countRows(sql, tables)
  const still = empty.filter(({ table }) => full.get(table) === 0)
  return { filled: tables.length - still.length, empty: still }
}

/** Fills these columns of rows that exist, because a column that came later is empty in them. */
export async function seedColumns(
  sql: Sql,
  columns: readonly { readonly table: string; readonly column: string }[],
  settings: ProofSettings,
): Promise<void> {
  const tables = await readSeedTables(sql)
  await sql.unsafe('set session_replication_role = replica').catch(() => undefined)
  for (const { table: name, column: wanted } of columns) {
    const table = tables.find((candidate) => candidate.name === name)
    const column = table?.columns.find((candidate) => candidate.name === wanted && !candidate.isGenerated)
    if (!table || !column) continue
    for (const value of candidatesFor(table, column, 1, settings.values)) {
      const update = `update ${quoteName(name)} set ${quoteName(wanted)} = ${value} where ctid in (select ctid from ${quoteName(name)} limit 2)`
      const done = await sql.unsafe(update).then(
        () => true,
        () => false,
      )
      if (done) break
    }
  }
  await sql.unsafe('reset session_replication_role').catch(() => undefined)
}

async function countRows(sql: Sql, tables: readonly SeedTable[]): Promise<Map<string, number>> {
  if (tables.length === 0) return new Map()
  const counts = tables.map(
    ({ name }) =>
      `select ${quoteText(name)} as name, (select count(*)::int from (select from ${quoteName(name)} limit ${ROWS}) as first_rows) as rows`,
  )
  const found = await sql.unsafe<{ name: string; rows: number }[]>(counts.join(' union all '))
  return new Map(found.map((entry) => [entry.name, entry.rows]))
}

async function fill(
  sql: Sql,
  table: SeedTable,
  rows: number,
  settings: ProofSettings,
): Promise<{ readonly made: number; readonly reason: string | undefined }> {
  let made = rows
  const learnt: Learnt = new Map()
  for (let row = rows + 1; row <= ROWS; row += 1) {
    const refusal = await insertRow(sql, table, row, settings.values, learnt)
    const second = refusal === undefined ? undefined : await withoutTriggers(sql, table, row, settings, learnt)
    if (second !== undefined) return { made, reason: made > 0 ? undefined : second }
    made += 1
  }
  return { made, reason: undefined }
}

async function withoutTriggers(
  sql: Sql,
  table: SeedTable,
  row: number,
  settings: ProofSettings,
  learnt: Learnt,
): Promise<string | undefined> {
  await sql.unsafe('set session_replication_role = replica')
  try {
    return await insertRow(sql, table, row, settings.values, learnt)
  } finally {
    await sql.unsafe('reset session_replication_role')
  }
}
