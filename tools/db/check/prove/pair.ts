import type { AnalysedFile } from '../../lib/analysis.ts'
import { applyFile, RefusedFileError } from '../../lib/apply.ts'
import { type Catalog, catalogDigest } from '../../lib/catalog.ts'
import type { Sql } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import { runTests } from '../../lib/pgtap-run.ts'
import { columnsOf, type DatabaseData, readData } from '../../lib/table-data.ts'
import { checkFixes, checkForward, checkNothing, checkRepeated, checkRestored, checkUnmodeled } from './checks.ts'
import { changedData, pairFinding } from './compare.ts'
import { exerciseFixes } from './exercise.ts'
import { type KillPoints, prepareKillPoints } from './kill-points.ts'
import { type Limits, readLimits } from './limits.ts'
import { proveLosses } from './losses.ts'
import { readPlans, readVisibility, type Visibility } from './probes.ts'
import type { LossEntry, PairInput, PairProof } from './proof.ts'
import { checkPlans, checkVisibility, mayShowOtherRows } from './witnesses.ts'

/** A proof and the catalogue it ended with, which is the one before the next migration. */
export type PairOutcome = { readonly proof: PairProof; readonly after: Catalog | undefined }

/**
 * Proves one pair: forward, rollback, forward on a database with rows. Identical catalogues and untouched rows after the
 * rollback, the same catalogue after the second forward run, nothing lost that the header does not name, a crash after any
 * unit converges, each role sees the same rows as before unless the header says otherwise, and the application's queries still plan.
 */
export async function provePair(input: PairInput): Promise<PairOutcome> {
  const started = performance.now()
  const { server, stage, one } = input
  const killPoints = await prepareKillPoints(server, stage, one)
  const proof = emptyDraft()
  let after: Catalog | undefined
  try {
    await exerciseFixes(stage.superuser, one, input.settings)
    const [rows, limits] = [await readData(stage.sql), await readLimits(stage.sql)]
    if (await thereAndBack(input, rows, proof)) after = await arrive(input, rows, limits, killPoints, proof)
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error
    proof.findings.push(error.finding)
  } finally {
    await killPoints.drop()
  }
  const { changesRows: _changesRows, forward: _forward, ...shown } = proof
  return {
    after: proof.findings.length === 0 ? after : undefined,
    proof: {
      ...shown,
      migration: one.migration,
      before: catalogDigest(input.before, input.scope),
      after: after ? catalogDigest(after, input.scope) : '',
      killPoints: killPoints.count,
      serverVersion: await serverVersion(stage.sql),
      durationMs: performance.now() - started,
    },
  }
}

type Draft = {
  readonly findings: Finding[]
  catalogIdentity: boolean
  dataPreserved: boolean
  queries: number
  brokenQueries: number
  losses: readonly LossEntry[]
  /** Whether the forward file changed rows that were there before. */
  changesRows: boolean
  /** The catalogue after the forward file ran for the first time. */
  forward: Catalog | undefined
}

const emptyDraft = (): Draft => ({
  findings: [],
  catalogIdentity: false,
  dataPreserved: false,
  queries: 0,
  brokenQueries: 0,
  losses: [],
  changesRows: false,
  forward: undefined,
})

/** Forward, rollback, forward. False when the rest would only repeat in other words what was found. */
async function thereAndBack(input: PairInput, rows: DatabaseData, proof: Draft): Promise<boolean> {
  const { stage, one, queries, before } = input
  const plans = await readPlans(stage.sql, queries)
  const isReversible = one.down !== undefined && one.rollbackHeader?.header?.loss.kind !== 'impossible'
  const seenBefore = isReversible ? undefined : await readVisibility(stage.sql)

  await applyFile(stage.sql, one.up.file, 'prove/forward-fails')
  proof.forward = await stage.readCatalog()
  const rowsAfter = await readData(stage.sql, columnsOf(rows))
  const changed = changedData(rows, rowsAfter)
  proof.changesRows = changed.tables.length + changed.sequences.length > 0
  proof.findings.push(
    ...checkFixes(one, changed.tables, input.settings.referenceTables),
    ...checkForward(one, before, proof.forward, changed.tables),
  )
  const mayDiffer = proof.changesRows || mayShowOtherRows(before, proof.forward)
  const seen = mayDiffer ? await readVisibility(stage.sql) : undefined
  const compareSeen = (then: Visibility): void => {
    if (seen) proof.findings.push(...checkVisibility(one, then, seen, changed.tables))
  }
  if (seenBefore) compareSeen(seenBefore)
  proof.findings.push(...(await checkTest(input)))
  const broken = checkPlans(one, queries, plans, await readPlans(stage.sql, queries))
  proof.findings.push(...broken)
  proof.queries = queries.length - plans.size
  proof.brokenQueries = broken.length

  if (!one.down || !isReversible) return true
  if (!(await isRestored(input, one.down, rows, proof))) return false
  // Catalogue and rows are again what they were before, so what people see is too.
  if (seen) compareSeen(await readVisibility(stage.sql))

  await applyFile(stage.sql, one.up.file, 'prove/forward-not-repeatable')
  return true
}

/** The pair's own test, on the schema that the forward file leaves; it takes back what it does. */
async function checkTest({ server, stage, one }: PairInput): Promise<Finding[]> {
  const { test } = one.migration
  if (!test) return []
  const { ok, problems } = await runTests(server.urlFor(stage.database), test)
  if (ok) return []
  const why = 'A migration that does not do what its test promises is found out here, and not after the push.'
  const finding = pairFinding(
    one.up,
    'test-fails',
    '',
    `Its test fails: ${problems.map((problem) => problem.replace(/\.+$/, '')).join('; ')}.`,
    why,
    `Correct the statements or ${test.shown}.`,
  )
  return [{ ...finding, file: test.shown, line: 1, column: 1 }]
}

async function isRestored(input: PairInput, down: AnalysedFile, rows: DatabaseData, proof: Draft): Promise<boolean> {
  const { stage } = input
  await applyFile(stage.sql, down.file, 'prove/rollback-fails')
  const [restored, rowsRestored] = [await stage.readCatalog(), await readData(stage.sql, columnsOf(rows))]
  const restoring = await checkRestored(input, restored, rows, rowsRestored)
  proof.findings.push(...restoring)
  proof.catalogIdentity = !restoring.some((finding) => finding.check === 'prove/catalog-not-restored')
  proof.dataPreserved = !restoring.some((finding) => finding.check !== 'prove/catalog-not-restored')
  return proof.catalogIdentity && proof.dataPreserved
}

/** Rows as people would write them, what a rollback costs then, and the catalogue in the end. */
async function arrive(
  input: PairInput,
  rows: DatabaseData,
  limits: Limits,
  killPoints: KillPoints,
  proof: Draft,
): Promise<Catalog> {
  const { stage, one, before } = input
  const { losses, findings } = await proveLosses(input, rows, limits)
  proof.losses = losses
  proof.findings.push(...findings)
  const after = await stage.readCatalog()
  proof.findings.push(...checkRepeated(one, proof.forward ?? after, after))
  proof.catalogIdentity &&= !proof.findings.some((finding) => finding.check === 'prove/catalog-differs-second-time')
  if (!proof.changesRows && proof.findings.length === 0) proof.findings.push(...checkNothing(one, before, after))
  proof.findings.push(...checkUnmodeled(one, before, after), ...(await killPoints.prove(after)))
  return after
}

async function serverVersion(sql: Sql): Promise<string> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`
  return row?.version ?? ''
}
