import { catalogDigest, readCatalog } from '../lib/catalog.ts'
import { connect, type Sql } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import { type LockFile, readLockFile } from '../lib/lock-file.ts'
import { runTests, type TestOutcome } from '../lib/pgtap-run.ts'
import type { Project } from '../lib/project.ts'
import { projectScope } from '../lib/scope.ts'
import { type Gate, passed, stopped } from './gate.ts'
import { targetFlag } from './guard.ts'
import { type Health, readHealth } from './health.ts'
import type { JournalEntry } from './journal.ts'
import { type Pair, readPair, storedStatements } from './pair.ts'
import { asRecord, readRights } from './rights.ts'
import type { Standing } from './situation.ts'
import { type Alert, alertsAgainst } from './thresholds.ts'

/** What was found after a push. */
export type Settlement = {
  readonly settled: readonly Pair[]
  readonly checks: readonly Gate[]
  readonly tests: readonly TestOutcome[]
  readonly after: Health
  readonly alerts: readonly Alert[]
}

/** How the settlement was reached, for the journal. */
export type SettleInput = {
  readonly project: Project
  readonly target: Target
  readonly actor: string
  readonly now: Date
  readonly before: Health
  /** Facts of the push for the journal, such as its duration. */
  readonly details: object
}

/** Applied migrations whose push was never finished: cut off after the CLI, or done without PayD. */
export function unsettled(applied: readonly Standing[], journal: readonly JournalEntry[]): Pair[] {
  return applied.flatMap((one) => {
    if (!one.migration || one.state !== 'applied') return []
    const last = journal.findLast(
      (entry) => entry.version === one.key && (entry.kind === 'pushed' || entry.kind === 'rolled-back'),
    )
    const isSettled =
      last?.kind === 'pushed' && one.applied?.rollback !== undefined && !haveTestsFailed(journal, one.key)
    return isSettled ? [] : [readPair(one.migration)]
  })
}

/**
 * The digest of the catalogue that the last push left, where nothing was pushed or taken back since and nothing is unsettled:
 * what a migration of a release, which has no proof here, is compared with.
 */
export function lastDigest(applied: readonly Standing[], journal: readonly JournalEntry[]): string | undefined {
  const last = journal.findLast((entry) => entry.kind === 'pushed' || entry.kind === 'rolled-back')
  const digest = last?.kind === 'pushed' ? last.details.digest : undefined
  return typeof digest === 'string' && unsettled(applied, journal).length === 0 ? digest : undefined
}

/** Whether the tests of a version failed when they last ran in this database. */
export function haveTestsFailed(journal: readonly JournalEntry[], version: string): boolean {
  const last = journal.findLast(
    (entry) => entry.version === version && ['pushed', 'tested', 'rolled-back'].includes(entry.kind),
  )
  const tests = last?.details.tests
  return Array.isArray(tests) && tests.some((test: { ok?: unknown }) => test.ok === false)
}

/**
 * Finishes a push: stores each rollback in the history row together with a journal entry, runs the verification tests,
 * compares the catalogue with the proof, and measures again. Safe to run again after it was cut off.
 */
export async function settle(input: SettleInput, pairs: readonly Pair[], isComplete: boolean): Promise<Settlement> {
  const lock = readLockFile(input.project)
  const sql = connect(input.target.url)
  try {
    const digest = catalogDigest(await readCatalog(sql), projectScope(input.project))
    const catalog = catalogCheck(pairs, lock, digest, input.target, isComplete)
    const after = await readHealth(sql, input.now, input.project)
    const alerts = alertsAgainst(input.before, after)
    const evidence = {
      ...input.details,
      before: briefly(input.before),
      after: briefly(after),
      alerts,
      catalogOk: catalog.ok,
    }
    const rights = asRecord(await readRights(sql, input.project))
    const tests: TestOutcome[] = []
    for (const pair of pairs) {
      const { test } = pair.migration
      const own = test ? [await runTests(input.target.url, test)] : []
      await storeRollback(sql, pair, input, lock, {
        ...evidence,
        tests: own,
        rolledBack: own.length,
        ...(pair === pairs.at(-1) ? { rights, digest } : {}),
      })
      tests.push(...own)
    }
    return { settled: pairs, checks: [catalog, testCheck(tests, input.target)], tests, after, alerts }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

// One statement, so that a history row with a stored rollback always has its journal entry and the other way round.
async function storeRollback(
  sql: Sql,
  pair: Pair,
  input: SettleInput,
  lock: LockFile,
  evidence: object,
): Promise<void> {
  const { migration, fingerprint, classes, title } = pair
  const rollback = migration.down ? storedStatements(migration.down) : null
  const entry = lock[migration.key]
  const details = { ...evidence, id: migration.id, title, fingerprint, classes, catalog: entry?.catalog ?? null }
  await sql`
    with stored as (
      update supabase_migrations.schema_migrations set rollback = ${rollback} where version = ${migration.version}
      returning version
    )
    insert into supabase_migrations.payd_journal (kind, version, actor, details)
    select 'pushed', ${migration.key}::text, ${input.actor}::text, ${JSON.stringify(details)}::text::jsonb from stored`
}

function catalogCheck(
  pairs: readonly Pair[],
  lock: LockFile,
  digest: string,
  target: Target,
  isComplete: boolean,
): Gate {
  const last = pairs.at(-1)?.migration
  const expected = last && lock[last.key]?.catalog.after
  if (!last || expected === undefined) return passed('catalog', 'nothing to compare with')
  if (digest === expected)
    return passed('catalog', `exactly what ${last.id} was proven to leave (${digest.slice(0, 12)})`)
  return stopped(
    'catalog',
    `The catalogue is ${digest.slice(0, 12)}; ${last.id} was proven to leave ${expected.slice(0, 12)}.`,
    isComplete
      ? 'The database is not what was proven.'
      : 'A push that stopped half way may have left part of a file that is not one transaction.',
    `npm run db -- drift ${targetFlag(target)} shows the difference.`,
  )
}

function testCheck(tests: readonly TestOutcome[], target: Target): Gate {
  const failed = tests.filter((test) => !test.ok)
  if (failed.length === 0) {
    const assertions = tests.reduce((sum, test) => sum + test.assertions, 0)
    return passed('tests', tests.length === 0 ? 'the pushed versions have no tests' : `${assertions} assertions hold`)
  }
  return stopped(
    'tests',
    failed.map((test) => `${test.file}: ${test.problems.join('; ')}`).join('\n       '),
    'The migration is applied and does not do what its test promises.',
    `npm run db -- rollback ${targetFlag(target)}, unless the harm is smaller than that of going back. Until they hold, every push says so; npm run db -- test <version> ${targetFlag(target)} runs them again.`,
  )
}

/** The numbers of a measurement that a report shows. */
export const briefly = (health: Health): Record<string, number | null> => ({
  connections: health.connections.used,
  waitingForLocks: health.connections.waitingForLocks,
  oldestTransactionS: Math.round(health.connections.oldestTransactionS),
  bytes: health.bytes,
  rollbacks: health.counters.rollbacks,
  deadlocks: health.counters.deadlocks,
  meanStatementMs:
    health.counters.calls && health.counters.totalMs !== undefined
      ? Number((health.counters.totalMs / health.counters.calls).toFixed(3))
      : null,
  replicationLagS: health.replication.lagS,
})
