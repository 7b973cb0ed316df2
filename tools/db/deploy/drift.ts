import { applyFile } from '../lib/apply.ts'
import {
  type CatalogDifference,
  catalogDifferences,
  countForeign,
  projectCatalog,
  readCatalog,
} from '../lib/catalog.ts'
import { quoteName, quoteText, type Sql, withDatabase } from '../lib/database.ts'
import type { Migration } from '../lib/migrations.ts'
import { projectSqlBetween, readFacts } from '../lib/pg-delta.ts'
import type { Scope } from '../lib/scope.ts'
import { openScratchServer, type ScratchOptions, scratchName } from '../lib/scratch.ts'

/** In what a live database differs from its migrations. */
export type Drift = {
  /** What the live database has more (`added`), less (`removed`) or otherwise (`changed`). */
  readonly differences: readonly CatalogDifference[]
  /** Makes the database what the migrations say. */
  readonly mendDatabase: readonly string[]
  /** Makes the migrations say what the database is: the body of a new migration. */
  readonly mendMigrations: readonly string[]
  /** How many objects of others are there, which are not compared. */
  readonly foreign: number
}

/** Builds a database from the migrations on a scratch server and compares the project's own objects with the live one. */
export async function readDrift(
  liveUrl: string,
  migrations: readonly Migration[],
  { scope, referenceTables }: { readonly scope: Scope; readonly referenceTables: readonly string[] },
  scratch: ScratchOptions,
): Promise<Drift> {
  const server = await openScratchServer(scratch)
  const name = scratchName('drift')
  try {
    await server.createDatabase(name)
    await withDatabase(server.urlFor(name), async (sql) => {
      for (const migration of migrations) await applyFile(sql, migration.up, 'drift')
    })
    const [live, expected] = await Promise.all([
      withDatabase(liveUrl, readCatalog),
      withDatabase(server.urlFor(name), readCatalog),
    ])
    const differences = catalogDifferences(projectCatalog(expected, scope), projectCatalog(live, scope))
    const mend =
      differences.length === 0 ? { database: [], migrations: [] } : await mending(liveUrl, server.urlFor(name), scope)
    const rows = await withDatabase(liveUrl, (there) =>
      withDatabase(server.urlFor(name), (here) => rowDifferences(there, here, referenceTables)),
    )
    return {
      differences: [...differences, ...rows.map((row) => row.difference)],
      mendDatabase: [...mend.database, ...rows.map((row) => row.mendDatabase)],
      mendMigrations: [...mend.migrations, ...rows.map((row) => row.mendMigrations)],
      foreign: countForeign(live, scope),
    }
  } finally {
    await server.dropDatabase(name).catch(() => undefined)
    await server.stop()
  }
}

async function mending(liveUrl: string, expectedUrl: string, scope: Scope) {
  const [live, expected] = await Promise.all([readFacts(liveUrl), readFacts(expectedUrl)])
  return {
    database: projectSqlBetween(live, expected, scope),
    migrations: projectSqlBetween(expected, live, scope),
  }
}

type RowDifference = {
  readonly difference: CatalogDifference
  readonly mendDatabase: string
  readonly mendMigrations: string
}

/** Rows of tables that only migrations write, which one side has and the other has not. */
async function rowDifferences(live: Sql, expected: Sql, tables: readonly string[]): Promise<RowDifference[]> {
  const found: RowDifference[] = []
  for (const table of tables) {
    const [there, here] = [await rowsOf(live, table), await rowsOf(expected, table)]
    for (const row of new Set([...there, ...here])) {
      if (there.has(row) === here.has(row)) continue
      const add = `insert into ${table} select * from jsonb_populate_record(null::${table}, ${quoteText(row)});`
      const remove = `delete from ${table} as kept where to_jsonb(kept) = ${quoteText(row)}::jsonb;`
      const isAdded = there.has(row)
      found.push({
        difference: { change: isAdded ? 'added' : 'removed', subject: `row of ${table}`, detail: row },
        mendDatabase: isAdded ? remove : add,
        mendMigrations: isAdded ? add : remove,
      })
    }
  }
  return found
}

async function rowsOf(sql: Sql, table: string): Promise<ReadonlySet<string>> {
  const [there] = await sql<{ exists: boolean }[]>`select to_regclass(${quoteName(table)}) is not null as exists`
  if (!there?.exists) return new Set()
  const rows = await sql.unsafe<{ row: string }[]>(
    `select to_jsonb(kept)::text as row from ${quoteName(table)} as kept`,
  )
  return new Set(rows.map(({ row }) => row))
}
