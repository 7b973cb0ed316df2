import { type AnalysedMigration, analyse } from '../../lib/analysis.ts'
import { applyFile, RefusedFileError } from '../../lib/apply.ts'
import { type Catalog, catalogDifferences, printDifference, readCatalog } from '../../lib/catalog.ts'
import { withDatabase } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import { readMigrations } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'
import { type ScratchServer, scratchName } from '../../lib/scratch.ts'
import { type ProofSettings, readProofSettings } from '../settings.ts'
import { pairFinding } from './compare.ts'
import { provePair } from './pair.ts'
import type { PairProof } from './proof.ts'
import { type ApplicationQuery, collectQueries } from './queries.ts'
import { type SeedReport, seedDatabase } from './seed/seed.ts'

/** What was proven. */
export type ProofRun = {
  readonly proofs: readonly PairProof[]
  /** Findings that belong to no pair, such as a forward file on the way that does not run. */
  readonly findings: readonly Finding[]
  /** How full the database was at the last pair. */
  readonly seeds: SeedReport | undefined
}

export type ProveOptions = {
  readonly server: ScratchServer
  readonly wanted: ReadonlySet<string>
  /** Pairs that are proven at the same time. */
  readonly lanes: number
  readonly onProof?: (proof: PairProof) => void
}

/**
 * Proves the wanted pairs. One database walks through the history; at every wanted version it is seeded and copied: the
 * walk goes on with the copy, and the proof has the original to itself.
 */
export async function prove(project: Project, options: ProveOptions): Promise<ProofRun> {
  const settings = readProofSettings(project)
  const walk = new Walk(options, settings, collectQueries(project, settings.queries))
  const migrations = readMigrations(project).migrations.map(analyse)
  const last = migrations.findLastIndex(({ migration }) => options.wanted.has(migration.version))
  try {
    for (const one of migrations.slice(0, last + 1)) {
      const isWanted = options.wanted.has(one.migration.version)
      const goesOn = isWanted ? await walk.proveNext(one) : await walk.pass(one)
      if (!goesOn) break
    }
    return await walk.finish()
  } finally {
    await walk.clear()
  }
}

/** The whole history back and forth again: nothing may be left behind, and the second time must give the same. */
export async function proveHistory(project: Project, server: ScratchServer): Promise<Finding[]> {
  const migrations = readMigrations(project).migrations.map(analyse)
  const reversible = migrations.filter(
    ({ down, rollbackHeader }) => down && rollbackHeader?.header?.loss.kind !== 'impossible',
  )
  const first = migrations[0]
  if (!first || reversible.length !== migrations.length) return []
  const name = scratchName('history')
  const url = await server.createDatabase(name)
  try {
    const blank = await readCatalog(url)
    await withDatabase(url, async (sql) => {
      for (const { up } of migrations) await applyFile(sql, up.file, 'prove/forward-fails')
    })
    const full = await readCatalog(url)
    await withDatabase(url, async (sql) => {
      for (const { down } of [...migrations].reverse())
        if (down) await applyFile(sql, down.file, 'prove/rollback-fails')
    })
    const empty = await readCatalog(url)
    await withDatabase(url, async (sql) => {
      for (const { up } of migrations) await applyFile(sql, up.file, 'prove/forward-not-repeatable')
    })
    return [
      ...historyFinding(first, 'history-not-restored', 'After every rollback something is left', blank, empty),
      ...historyFinding(
        first,
        'history-not-repeatable',
        'The second time the history gives another catalogue',
        full,
        await readCatalog(url),
      ),
    ]
  } catch (error) {
    if (error instanceof RefusedFileError) return [error.finding]
    throw error
  } finally {
    await server.dropDatabase(name)
  }
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

/** A database on its way through the history, and the proofs it left behind at work. */
class Walk {
  readonly #options: ProveOptions
  readonly #settings: ProofSettings
  readonly #queries: readonly ApplicationQuery[]
  readonly #running = new Set<Promise<void>>()
  readonly #proofs: PairProof[] = []
  readonly #findings: Finding[] = []
  readonly #errors: unknown[] = []
  #current: string | undefined
  #before: Promise<Catalog> | undefined
  #seeds: SeedReport | undefined

  constructor(options: ProveOptions, settings: ProofSettings, queries: readonly ApplicationQuery[]) {
    this.#options = options
    this.#settings = settings
    this.#queries = queries
  }

  /** Applies a migration that nobody asked to prove. */
  async pass(one: AnalysedMigration): Promise<boolean> {
    this.#before = undefined
    return this.#apply(one, await this.#database())
  }

  /** Seeds, leaves the database to the proof of this migration, and goes on with a copy. */
  async proveNext(one: AnalysedMigration): Promise<boolean> {
    const { server } = this.#options
    const here = await this.#database()
    this.#seeds = await withDatabase(server.superuserUrlFor(here), (sql) => seedDatabase(sql, this.#settings))
    const next = scratchName('walk')
    await server.createDatabase(next, here)
    this.#current = next
    await this.#freeLane()
    this.#start(one, here)
    return this.#apply(one, next)
  }

  /** Waits for the proofs and returns them in the order of the history. */
  async finish(): Promise<ProofRun> {
    await Promise.all(this.#running)
    if (this.#errors.length > 0) throw this.#errors[0]
    const proofs = this.#proofs.sort((a, b) => (a.migration.version < b.migration.version ? -1 : 1))
    const known = new Set(proofs.flatMap((proof) => proof.findings.map((finding) => finding.file)))
    return { proofs, findings: this.#findings.filter((finding) => !known.has(finding.file)), seeds: this.#seeds }
  }

  async clear(): Promise<void> {
    await Promise.all(this.#running)
    if (this.#current !== undefined) await this.#options.server.dropDatabase(this.#current)
  }

  async #database(): Promise<string> {
    if (this.#current === undefined) {
      this.#current = scratchName('walk')
      await this.#options.server.createDatabase(this.#current)
    }
    return this.#current
  }

  async #freeLane(): Promise<void> {
    while (this.#running.size >= this.#options.lanes) await Promise.race(this.#running)
  }

  #start(one: AnalysedMigration, database: string): void {
    const { server, onProof } = this.#options
    const before = this.#before
    // The catalogue after this pair is the one before the next, so it is read once.
    let resolve: (catalog: Catalog) => void = () => undefined
    let reject: (reason: unknown) => void = () => undefined
    const after = new Promise<Catalog>((accept, refuse) => {
      resolve = accept
      reject = refuse
    })
    after.catch(() => undefined)
    this.#before = after
    const onAfter = (catalog: Catalog | undefined): void =>
      catalog ? resolve(catalog) : reject(new Error('The forward file did not run.'))
    const work = provePair({ server, database, one, before, onAfter, settings: this.#settings, queries: this.#queries })
      .then((proof) => {
        this.#proofs.push(proof)
        onProof?.(proof)
      })
      .catch((error: unknown) => {
        reject(error)
        this.#errors.push(error)
      })
      .finally(async () => {
        await server.dropDatabase(database)
        this.#running.delete(work)
      })
    this.#running.add(work)
  }

  async #apply(one: AnalysedMigration, database: string): Promise<boolean> {
    try {
      await withDatabase(this.#options.server.urlFor(database), (sql) =>
        applyFile(sql, one.up.file, 'prove/forward-fails'),
      )
      return true
    } catch (error) {
      if (!(error instanceof RefusedFileError)) throw error
      this.#findings.push(error.finding)
      return false
    }
  }
}
