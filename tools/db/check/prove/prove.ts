import { type AnalysedFile, type AnalysedMigration, analyse } from '../../lib/analysis.ts'
import { applyFile, RefusedFileError } from '../../lib/apply.ts'
import { type Catalog, catalogDifferences, printDifference, readCatalog } from '../../lib/catalog.ts'
import { type Sql, withDatabase } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import { readMigrations } from '../../lib/migrations.ts'
import { readFacts, sqlBetween } from '../../lib/pg-delta.ts'
import type { Project } from '../../lib/project.ts'
import { scopeOf } from '../../lib/scope.ts'
import { type ScratchServer, scratchName } from '../../lib/scratch.ts'
import { type ProofSettings, readProofSettings } from '../settings.ts'
import { pairFinding } from './compare.ts'
import { provePair } from './pair.ts'
import type { PairProof } from './proof.ts'
import { type ApplicationQuery, collectQueries } from './queries.ts'
import type { SeedReport } from './seed/seed.ts'
import { openStage, type Stage, type Start } from './stage.ts'

/** What was proven. */
export type ProofRun = {
  readonly proofs: readonly PairProof[]
  /** Findings that belong to no pair, such as a forward file on the way that does not run. */
  readonly findings: readonly Finding[]
  /** Tables for which no row could be made up. */
  readonly emptyTables: SeedReport['empty']
}

export type ProveOptions = {
  readonly server: ScratchServer
  readonly wanted: ReadonlySet<string>
  /** Databases that walk through the history at the same time, each through a part of the wanted pairs. */
  readonly lanes: number
  /** Where many proofs of one history begin, so that each need not come there by itself. */
  readonly start?: Start | undefined
}

/** Proves the wanted pairs, in the order of the history. */
export async function prove(project: Project, options: ProveOptions): Promise<ProofRun> {
  const settings = readProofSettings(project)
  const queries = collectQueries(project, settings.queries)
  const migrations = readMigrations(project).migrations.map(analyse)
  const parts = partsOf(
    migrations.flatMap(({ migration }, index) => (options.wanted.has(migration.version) ? [index] : [])),
    options.lanes,
  )
  const lanes = parts.map((indexes) =>
    walk({ server: options.server, settings, queries, migrations, indexes, start: options.start }),
  )
  // Every lane has to put its database away, also when another one fails.
  const results = await Promise.allSettled(lanes)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  const runs = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const proofs = runs.flatMap((run) => run.proofs)
  // A file that failed in its own proof fails again on the way to a later one.
  const known = new Set(proofs.flatMap((proof) => proof.findings.map((finding) => finding.file)))
  const onTheWay = runs.flatMap((run) => run.findings).filter((finding) => !known.has(finding.file))
  return {
    proofs,
    findings: onTheWay.slice(0, 1),
    emptyTables: runs.at(-1)?.emptyTables ?? [],
  }
}

// Getting to the middle of the history costs about as much as proving three pairs, so few pairs stay together.
const WORTH_A_LANE = 4

function partsOf(indexes: readonly number[], lanes: number): number[][] {
  const count = Math.max(1, Math.min(lanes, Math.floor(indexes.length / WORTH_A_LANE)))
  const size = Math.ceil(indexes.length / count)
  return Array.from({ length: count }, (_, part) => indexes.slice(part * size, (part + 1) * size))
}

type Part = {
  readonly server: ScratchServer
  readonly settings: ProofSettings
  readonly queries: readonly ApplicationQuery[]
  readonly migrations: readonly AnalysedMigration[]
  /** Where the wanted migrations of this part stand in the history. */
  readonly indexes: readonly number[]
  readonly start: Start | undefined
}

/**
 * Proves one part on one database: a proven pair leaves it in the state after the migration, which is where the next one
 * starts. After a pair with findings the database cannot be trusted, so the walk starts again on a new one.
 */
async function walk({ server, settings, queries, migrations, indexes, start }: Part): Promise<ProofRun> {
  const scope = scopeOf(migrations.map(({ migration }) => migration.up.text))
  const proofs: PairProof[] = []
  let emptyTables: SeedReport['empty'] = []
  let stage: Stage | undefined
  let at = 0
  let before: Catalog | undefined
  try {
    for (const index of indexes) {
      const one = migrations[index]
      if (!one) continue
      if (!stage) {
        stage = await openStage(server, settings, migrations.slice(0, index), start)
        before = start?.count === index ? start.catalog : undefined
        at = index
      }
      if (at !== index && before) {
        await applyAll(
          stage.sql,
          migrations.slice(at, index).map(({ up }) => up),
          'prove/forward-fails',
        )
        before = undefined
      }
      emptyTables = (await stage.seed()).empty
      before ??= await stage.readCatalog()
      const { database } = stage
      const mend = async (): Promise<string[]> => {
        const there = await openStage(server, settings, migrations.slice(0, index), start)
        try {
          return sqlBetween(await readFacts(server.urlFor(database)), await readFacts(server.urlFor(there.database)))
        } finally {
          await there.drop()
        }
      }
      const { proof, after } = await provePair({ server, stage, one, before, mend, scope, settings, queries })
      proofs.push(proof)
      at = index + 1
      before = after
      if (after) continue
      await stage.drop()
      stage = undefined
    }
    return { proofs, findings: [], emptyTables }
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error
    return { proofs, findings: [error.finding], emptyTables }
  } finally {
    await stage?.drop()
  }
}

/**
 * The whole history back and forth again: nothing may be left behind, and the second time must give the same. With `migrated`, a
 * database to which somebody else has applied all of it, the way there is spared.
 */
export async function proveHistory(project: Project, server: ScratchServer, migrated?: string): Promise<Finding[]> {
  const migrations = readMigrations(project).migrations.map(analyse)
  const reversible = migrations.filter(
    ({ down, rollbackHeader }) => down && rollbackHeader?.header?.loss.kind !== 'impossible',
  )
  const first = migrations[0]
  if (!first || reversible.length !== migrations.length) return []
  const name = scratchName('history')
  const blank = await catalogOfNew(server)
  const url = await server.createDatabase(name, migrated)
  const forward = (sql: Sql, check: string): Promise<void> =>
    applyAll(
      sql,
      migrations.map(({ up }) => up),
      check,
    )
  try {
    return await withDatabase(url, async (sql) => {
      if (migrated === undefined) await forward(sql, 'prove/forward-fails')
      const full = await readCatalog(sql)
      await applyAll(
        sql,
        [...migrations].reverse().flatMap(({ down }) => down ?? []),
        'prove/rollback-fails',
      )
      const empty = await readCatalog(sql)
      await forward(sql, 'prove/forward-not-repeatable')
      return [
        ...historyFinding(first, 'history-not-restored', 'After every rollback something is left', blank, empty),
        ...historyFinding(
          first,
          'history-not-repeatable',
          'The second time the history gives another catalogue',
          full,
          await readCatalog(sql),
        ),
      ]
    })
  } catch (error) {
    if (error instanceof RefusedFileError) return [error.finding]
    throw error
  } finally {
    await server.dropDatabase(name)
  }
}

async function catalogOfNew(server: ScratchServer): Promise<Catalog> {
  const name = scratchName('blank')
  try {
    return await withDatabase(await server.createDatabase(name), readCatalog)
  } finally {
    await server.dropDatabase(name)
  }
}

async function applyAll(sql: Sql, files: readonly AnalysedFile[], check: string): Promise<void> {
  for (const { file } of files) await applyFile(sql, file, check)
}

function historyFinding(
  one: AnalysedMigration,
  check: string,
  what: string,
  expected: Catalog,
  found: Catalog,
): Finding[] {
  const differences = catalogDifferences(expected, found)
  const first = differences[0]
  if (!first) return []
  const shown = differences.slice(0, 8).map(printDifference).join('; ')
  return [
    pairFinding(
      one.up,
      check,
      '',
      `${what}: ${shown}.`,
      'A fresh project and one that was taken back must be the same.',
      'Prove the pair that made the object: npm run db -- prove --all.',
    ),
  ]
}
