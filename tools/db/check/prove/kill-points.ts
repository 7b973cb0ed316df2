import type { AnalysedMigration } from '../../lib/analysis.ts'
import { applyFile, applyUnit, RefusedFileError, unitsOf } from '../../lib/apply.ts'
import { type Catalog, catalogDifferences, printDifference, readCatalog } from '../../lib/catalog.ts'
import { withDatabase } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import { type ScratchServer, scratchName } from '../../lib/scratch.ts'
import type { ExecutionUnit } from '../../lib/units.ts'
import { pairFinding } from './compare.ts'
import type { Stage } from './stage.ts'

/** The places at which a deployment of a file can be cut off, each on a database of its own. */
export type KillPoints = {
  readonly count: number
  /** Cuts the file off at each place, runs it again as the next push would, and compares with the finished catalogue. */
  prove(finished: Catalog): Promise<Finding[]>
  drop(): Promise<void>
}

/**
 * Prepares the databases for crashes between units. A file that is one transaction with its history row leaves nothing
 * behind when it is cut off, so for it PostgreSQL itself is the proof and no database is needed.
 */
export async function prepareKillPoints(
  server: ScratchServer,
  stage: Stage,
  one: AnalysedMigration,
): Promise<KillPoints> {
  const units = one.up.sql ? unitsOf(one.up.file) : []
  if (units.every((unit) => unit.isTransactional)) {
    return { count: units.length, prove: async () => [], drop: async () => undefined }
  }
  const names = units.map((_unit, index) => scratchName(`kill_${index + 1}`))
  await stage.withoutSessions(async () => {
    for (const name of names) await server.createDatabase(name, stage.database)
  })
  return {
    count: units.length,
    prove: async (finished) => {
      const findings: Finding[] = []
      for (const [index, name] of names.entries())
        findings.push(...(await crashAfter(server, name, one, units, index + 1, finished)))
      return findings
    },
    drop: async () => {
      for (const name of names) await server.dropDatabase(name)
    },
  }
}

async function crashAfter(
  server: ScratchServer,
  database: string,
  one: AnalysedMigration,
  units: readonly ExecutionUnit[],
  count: number,
  finished: Catalog,
): Promise<Finding[]> {
  const url = server.urlFor(database)
  await withDatabase(url, async (sql) => {
    for (const unit of units.slice(0, count)) await applyUnit(sql, one.up.file, unit, 'prove/forward-fails')
  })
  const what = `Cut off after part ${count} of ${units.length}, the file cannot be finished`
  const why =
    'Part of this file commits by itself and before its history row, so a crash leaves it half done, and the next push runs all of it again.'
  const fix = 'Leave in this file only the one statement that needs it, with a DROP … CONCURRENTLY IF EXISTS before it.'
  const subject = units[count - 1]?.statements[0]?.text ?? ''
  try {
    await withDatabase(url, (sql) => applyFile(sql, one.up.file, 'prove/kill-point'))
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error
    return [{ ...error.finding, what: `${what}: ${error.finding.what}`, why, fix }]
  }
  const differences = catalogDifferences(finished, await withDatabase(url, readCatalog))
  return differences.length === 0
    ? []
    : [
        pairFinding(
          one.up,
          'kill-point',
          subject,
          `${what}: ${differences.slice(0, 4).map(printDifference).join('; ')}.`,
          why,
          fix,
        ),
      ]
}
