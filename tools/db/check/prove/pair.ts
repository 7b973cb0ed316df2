import type { AnalysedMigration } from '../../lib/analysis.ts'
import { applyFile, RefusedFileError } from '../../lib/apply.ts'
import {
  type Catalog,
  type CatalogReader,
  catalogDifferences,
  catalogDigest,
  openCatalogReader,
} from '../../lib/catalog.ts'
import { connect, type Sql } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import type { ScratchServer } from '../../lib/scratch.ts'
import { columnsOf, type DatabaseData, readData } from '../../lib/table-data.ts'
import type { ProofSettings } from '../settings.ts'
import { catalogFinding, changedData, pairFinding, rollbackOf } from './compare.ts'
import { prepareKillPoints } from './kill-points.ts'
import { proveLosses } from './losses.ts'
import { readPlans, readVisibility } from './probes.ts'
import type { PairProof } from './proof.ts'
import type { ApplicationQuery } from './queries.ts'
import { checkPlans, checkVisibility } from './witnesses.ts'

/** What a pair is proven with. */
export type PairInput = {
  readonly server: ScratchServer
  /** A seeded database in the state before the migration, without sessions; the proof may do with it what it wants. */
  readonly database: string
  readonly one: AnalysedMigration
  /** The catalogue of that database where it is known already. */
  readonly before: Promise<Catalog> | undefined
  /** Told as soon as the catalogue after the forward file is known, or undefined when the file did not run. */
  readonly onAfter: (after: Catalog | undefined) => void
  readonly settings: ProofSettings
  readonly queries: readonly ApplicationQuery[]
}

/**
 * Proves one pair: forward, rollback, forward on a database with rows. Identical catalogues and untouched rows after the
 * rollback, the same catalogue after the second forward run, nothing lost that the header does not name, a crash after any
 * unit converges, nobody sees other rows than before unless the header says so, and the application's queries still plan.
 */
export async function provePair(input: PairInput): Promise<PairProof> {
  const started = performance.now()
  const { server, database, one } = input
  const killPoints = await prepareKillPoints(server, database, one)
  const sql = connect(server.urlFor(database))
  const reader = openCatalogReader(server.urlFor(database))
  const findings: Finding[] = []
  const state: Partial<States> = {}
  try {
    await thereAndBack(input, sql, reader, state, findings)
    if (state.after) findings.push(...(await killPoints.prove(state.after)))
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error
    findings.push(error.finding)
  } finally {
    input.onAfter(state.after)
    await Promise.all([sql.end({ timeout: 5 }), reader.close(), killPoints.drop()])
  }
  return toProof(input, state, findings, killPoints.count, performance.now() - started)
}

type States = {
  before: Catalog
  after: Catalog
  catalogIdentity: boolean
  dataPreserved: boolean
  planned: number
  broken: number
  losses: PairProof['losses']
}

async function thereAndBack(
  input: PairInput,
  sql: Sql,
  reader: CatalogReader,
  state: Partial<States>,
  findings: Finding[],
): Promise<void> {
  const { one, queries } = input
  const [before, rows, visible, plans] = await Promise.all([
    input.before?.catch(() => reader.read()) ?? reader.read(),
    readData(sql),
    readVisibility(sql),
    readPlans(sql, queries),
  ])
  state.before = before

  await applyFile(sql, one.up.file, 'prove/forward-fails')
  const [after, rowsAfter, visibleAfter, plansAfter] = await Promise.all([
    reader.read(),
    readData(sql, columnsOf(rows)),
    readVisibility(sql),
    readPlans(sql, queries),
  ])
  state.after = after
  input.onAfter(after)
  state.planned = queries.length - plans.size
  const broken = checkPlans(one, queries, plans, plansAfter)
  state.broken = broken.length
  findings.push(
    ...checkForward(one, before, after, rows, rowsAfter),
    ...checkVisibility(one, visible, visibleAfter),
    ...broken,
  )

  const impossible = one.rollbackHeader?.header?.loss.kind === 'impossible'
  if (!one.down || impossible) return
  await applyFile(sql, one.down.file, 'prove/rollback-fails')
  const [restored, rowsRestored] = await Promise.all([reader.read(), readData(sql, columnsOf(rows))])
  const restoring = checkRestored(one, before, restored, rows, rowsRestored)
  findings.push(...restoring)
  state.catalogIdentity = !restoring.some((finding) => finding.check === 'prove/catalog-not-restored')
  state.dataPreserved = !restoring.some((finding) => finding.check !== 'prove/catalog-not-restored')
  // From another starting point the rest would only repeat this in other words.
  if (!state.catalogIdentity || !state.dataPreserved) return

  await applyFile(sql, one.up.file, 'prove/forward-not-repeatable')
  const again = await reader.read()
  const why = 'A database that was rolled back and migrated again would differ from all others.'
  const different = catalogFinding(
    one.up,
    'catalog-differs-second-time',
    'The second forward run gives another catalogue',
    after,
    again,
    why,
  )
  findings.push(...different)
  if (different.length > 0) state.catalogIdentity = false
  const { losses, findings: undeclared } = await proveLosses(input, sql, rows)
  state.losses = losses
  findings.push(...undeclared)
}

function checkForward(
  one: AnalysedMigration,
  before: Catalog,
  after: Catalog,
  rows: DatabaseData,
  rowsAfter: DatabaseData,
): Finding[] {
  const findings: Finding[] = []
  const changed = changedData(rows, rowsAfter)
  const said = one.classes.map((reason) => reason.changeClass)
  const nothing =
    catalogDifferences(before, after).length === 0 && changed.tables.length + changed.sequences.length === 0
  if (nothing) {
    findings.push(
      pairFinding(
        one.up,
        'changes-nothing',
        '',
        'The forward file changes nothing.',
        'The history would claim a change that never was.',
        'Delete the pair, or write what it was meant to do.',
      ),
    )
  }
  for (const key of after.residual.keys()) {
    if (!key.startsWith('invalid index ') || before.residual.has(key)) continue
    findings.push(
      pairFinding(
        one.up,
        'invalid-index',
        key,
        `It leaves an ${key}.`,
        'An INVALID index slows every write and serves no query.',
        'Drop it concurrently and build it again; for a unique index remove the duplicates first.',
      ),
    )
  }
  for (const kind of after.facts.unmodeled.filter(
    (name) => !before.facts.unmodeled.includes(name) && !COVERED_BY_RESIDUAL.has(name),
  )) {
    findings.push(
      pairFinding(
        one.up,
        'unmodeled-kind',
        kind,
        `It creates an object of kind ${kind}, which the proof cannot compare.`,
        'Nobody would notice when the rollback leaves it behind.',
        'Do without it, or compare it in the residual query of tools/db/lib/residual.ts.',
      ),
    )
  }
  if (changed.tables.length > 0 && !said.includes('data-migration')) {
    findings.push(
      pairFinding(
        one.up,
        'forward-changes-rows',
        changed.tables[0] ?? '',
        `Rows of ${changed.tables.join(', ')} change, though no statement is a data migration.`,
        'A trigger, a default or a cast rewrites what people stored.',
        'Find what writes there; if it is meant, write it as a statement of its own.',
      ),
    )
  }
  return findings
}

// The residual query compares these, so it does not matter that the fact engine only counts them.
const COVERED_BY_RESIDUAL = new Set(['cast', 'statistics', 'textSearchConfig', 'ts_config'])

function checkRestored(
  one: AnalysedMigration,
  before: Catalog,
  restored: Catalog,
  rows: DatabaseData,
  found: DatabaseData,
): Finding[] {
  const file = rollbackOf(one)
  const why =
    'After a rollback the database must be what it was, or the next migration starts from a schema that nobody has tested.'
  const findings = catalogFinding(
    file,
    'catalog-not-restored',
    'The rollback does not restore the catalogue',
    before,
    restored,
    why,
  )
  const changed = changedData(rows, found)
  const harm = 'These rows were there before the migration; taking it back must not touch them.'
  for (const table of changed.tables) {
    findings.push(
      pairFinding(
        file,
        'rows-not-restored',
        table,
        `Rows of ${table} are not what they were before the migration.`,
        harm,
        'Archive what the forward file overwrites in a table private.archive_<version>_… and restore it from there; guard triggers such as updated_at.',
      ),
    )
  }
  for (const name of changed.sequences) {
    findings.push(
      pairFinding(
        file,
        'sequence-not-restored',
        name,
        `The sequence ${name} stands at ${found.sequences.get(name)?.value ?? 'nothing'} instead of ${rows.sequences.get(name)?.value}.`,
        'The next number could be one that is taken, or leave a gap that an auditor asks about.',
        `Use setval('${name}', …) in the rollback.`,
      ),
    )
  }
  return findings
}

function toProof(
  input: PairInput,
  state: Partial<States>,
  findings: readonly Finding[],
  killPoints: number,
  durationMs: number,
): PairProof {
  return {
    migration: input.one.migration,
    findings,
    before: state.before ? catalogDigest(state.before) : '',
    after: state.after ? catalogDigest(state.after) : '',
    catalogIdentity: state.catalogIdentity ?? false,
    dataPreserved: state.dataPreserved ?? false,
    killPoints,
    queries: state.planned ?? 0,
    brokenQueries: state.broken ?? 0,
    losses: state.losses ?? [],
    serverVersion: state.before?.facts.serverVersion ?? '',
    durationMs,
  }
}
