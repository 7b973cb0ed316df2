import { applyFile } from '../lib/apply.ts'
import {
  type Catalog,
  catalogDifferences,
  projectCatalog,
  projectMigrationBetween,
  readCatalog,
} from '../lib/catalog.ts'
import { withDatabase } from '../lib/database.ts'
import type { Migration } from '../lib/migrations.ts'
import type { CatalogDifference } from '../lib/pg-delta.ts'
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
}

/** Builds a database from the migrations on a scratch server and compares the project's own objects with the live one. */
export async function readDrift(
  liveUrl: string,
  migrations: readonly Migration[],
  scope: Scope,
  scratch: ScratchOptions,
): Promise<Drift> {
  const server = await openScratchServer(scratch)
  const name = scratchName('drift')
  try {
    await server.createDatabase(name)
    await withDatabase(server.urlFor(name), async (sql) => {
      for (const migration of migrations) await applyFile(sql, migration.up, 'drift')
    })
    const [live, expected] = await Promise.all([readCatalog(liveUrl), readCatalog(server.urlFor(name))])
    return compare(live, expected, scope)
  } finally {
    await server.dropDatabase(name).catch(() => undefined)
    await server.stop()
  }
}

function compare(live: Catalog, expected: Catalog, scope: Scope): Drift {
  const differences = catalogDifferences(projectCatalog(expected, scope), projectCatalog(live, scope))
  if (differences.length === 0) return { differences, mendDatabase: [], mendMigrations: [] }
  return {
    differences,
    mendDatabase: projectMigrationBetween(live, expected, scope),
    mendMigrations: projectMigrationBetween(expected, live, scope),
  }
}
