import { setTimeout as pause } from 'node:timers/promises'
import { digestAt } from '../lib/catalog.ts'
import { connect, databaseError, quoteName, quoteText, runScript, withDatabase } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import { errorText, ToolError } from '../lib/errors.ts'
import type { Project } from '../lib/project.ts'
import { projectScope } from '../lib/scope.ts'
import { executionUnits } from '../lib/units.ts'
import { type Gate, passed, stopped } from './gate.ts'
import { targetFlag } from './guard.ts'
import { readJournal, record } from './journal.ts'
import { momentOf, waitForEnd } from './leftover.ts'
import { filled, type Loss, saveLosses, unchangedCheck } from './loss.ts'
import type { Mutex } from './mutex.ts'
import { asRecord, knownRights, readRights, rightDifferences } from './rights.ts'
import { lostRows, type Step, transactionsOf } from './rollback-plan.ts'

/** How a rollback is carried out. */
export type RollbackSettings = {
  readonly actor: string
  readonly reason: string
  readonly lockTimeoutMs: number
  readonly tries: number
  readonly pauseMs: number
  /** Where the lost rows are written before they are lost. */
  readonly folder: string
  /** How many rows may be lost. */
  readonly acceptLoss: number
  /** How long to wait for the server to end a session whose client was cut off. */
  readonly endWithinMs: number
  readonly onProgress: (sentence: string) => void
}

/** What came of a rollback. */
export type RollbackOutcome = {
  readonly done: readonly Step[]
  readonly saved: readonly string[]
  /** What was noticed on the way and did no harm. */
  readonly notes: readonly string[]
  readonly failure: string | undefined
}

const SESSION = 'payd-db rollback'

// PD001 is our own: somebody wrote to a table between saving and locking it. The others are lost locks.
const WORTH_ANOTHER_TRY = new Set(['PD001', '55P03', '40P01'])

/**
 * Takes the steps back, transaction by transaction: rollback statements, history row and journal entry together, or
 * nothing. Rows that are lost are saved first, and the tables are locked and compared with what was saved.
 */
export async function rollBack(
  project: Project,
  target: Target,
  steps: readonly Step[],
  mutex: Mutex,
  settings: RollbackSettings,
): Promise<RollbackOutcome> {
  const done: Step[] = []
  const saved = new Set<string>()
  const notes: string[] = []
  const wasAsKnown = await withDatabase(target.url, async (sql) => {
    const known = knownRights(await readJournal(sql))
    return known !== undefined && rightDifferences(await readRights(sql, project), known).length === 0
  })
  for (const group of transactionsOf(steps)) {
    let since = 'infinity'
    try {
      since = await momentOf(target.url)
      await takeBack(target, group, mutex, settings, saved)
      done.push(...group)
    } catch (error) {
      const ending = await endingOf(target, group, error, { ...settings, since })
      if (!ending.isDone) return { done, saved: [...saved], notes, failure: ending.what }
      // The answer was lost and the work was not.
      done.push(...group)
      notes.push(ending.what)
    }
  }
  // Rights that were as the last push left them are now what the rollback left.
  if (wasAsKnown) {
    await withDatabase(target.url, async (sql) => {
      const rights = asRecord(await readRights(sql, project))
      await record(sql, { kind: 'rights-accepted', actor: settings.actor, details: { reason: 'rollback', rights } })
    })
  }
  return { done, saved: [...saved], notes, failure: undefined }
}

/** Whether the catalogue is what it was before the oldest of the steps. */
export async function catalogAfterRollback(project: Project, target: Target, steps: readonly Step[]): Promise<Gate> {
  const expected = steps.at(-1)?.catalog?.before
  if (expected === undefined) return passed('catalog', 'nothing to compare with')
  const digest = await digestAt(target.url, projectScope(project))
  if (digest === expected) return passed('catalog', `as before ${steps.at(-1)?.id} (${digest.slice(0, 12)})`)
  return stopped(
    'catalog',
    `The catalogue is ${digest.slice(0, 12)}; before ${steps.at(-1)?.id} it was ${expected.slice(0, 12)}.`,
    'The rollback left something behind or took too much.',
    `npm run db -- drift ${targetFlag(target)} shows the difference and the SQL that mends it.`,
  )
}

async function takeBack(
  target: Target,
  group: readonly Step[],
  mutex: Mutex,
  settings: RollbackSettings,
  saved: Set<string>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const fresh = await saveGroup(target, group, settings, saved)
    await mutex.assertHeld()
    try {
      await runGroup(target, fresh, settings)
      return
    } catch (error) {
      const code = databaseError(error)?.sqlState ?? ''
      if (!WORTH_ANOTHER_TRY.has(code) || attempt >= settings.tries) throw error
      const waitMs = settings.pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random())
      settings.onProgress(`${errorText(error)} (${code}); try ${attempt + 1} of ${settings.tries}`)
      await pause(waitMs)
    }
  }
}

async function saveGroup(
  target: Target,
  group: readonly Step[],
  settings: RollbackSettings,
  saved: Set<string>,
): Promise<Step[]> {
  const fresh: Step[] = []
  for (const step of group) {
    const losses =
      step.losses.length === 0 ? [] : await saveLosses(target.url, step.losses, `${settings.folder}/${step.id}`)
    for (const loss of filled(losses)) saved.add(`${settings.folder}/${step.id}/${loss.name}.csv`)
    fresh.push({ ...step, losses })
  }
  if (lostRows(fresh) > settings.acceptLoss) {
    throw new ToolError(`${lostRows(fresh)} rows would be lost by now; ${settings.acceptLoss} were accepted.`, {
      why: 'Somebody wrote more since you looked.',
      fix: `Look again with --dry-run, then accept with --accept-loss ${lostRows(fresh)}.`,
    })
  }
  return fresh
}

async function runGroup(target: Target, group: readonly Step[], settings: RollbackSettings): Promise<void> {
  const sql = connect(target.url, { applicationName: SESSION })
  try {
    // A server that does not notice a lost client goes on and commits. Not every platform can notice.
    await sql.unsafe('set client_connection_check_interval = 1000').catch(() => undefined)
    const [first] = group
    if (first && !first.isTransactional) {
      await runScript(sql, `set lock_timeout = ${settings.lockTimeoutMs}`)
      for (const unit of executionUnits(first.statements)) {
        await runScript(sql, unit.statements.map((statement) => statement.text).join(';\n'))
      }
      // It takes nothing away, or it would not have been planned, so only the history is left to change.
      await runScript(sql, script([{ ...first, text: '' }], settings))
    } else {
      // One message: when the network fails, either the server got all of it or it does none of it.
      await runScript(sql, script(group, settings))
    }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

function script(group: readonly Step[], settings: RollbackSettings): string {
  const losses = group.flatMap((step) => step.losses)
  return [
    'begin;',
    `set local lock_timeout = ${settings.lockTimeoutMs};`,
    ...locksFor(losses),
    'set local row_security = off;',
    ...losses.map(unchangedCheck),
    // The statements run as they were proven.
    'set local row_security = on;',
    ...group.flatMap((step) => [step.text, forget(step, settings)]),
    'commit;',
  ].join('\n')
}

// Writers wait until the end; readers are not in the way of a table that stays.
function locksFor(losses: readonly Loss[]): string[] {
  const drops = new Set(losses.filter((loss) => loss.kind !== 'rows').map((loss) => loss.table))
  return [...new Set(losses.map((loss) => loss.table))].map(
    (table) =>
      `lock table ${quoteName(table)} in ${drops.has(table) ? 'access exclusive' : 'share row exclusive'} mode;`,
  )
}

function forget(step: Step, settings: RollbackSettings): string {
  const lost = filled(step.losses).map(({ kind, name, rows }) => ({ kind, name, rows }))
  const details = JSON.stringify({ id: step.id, reason: settings.reason, source: step.source, lost })
  return `
do $history$ begin
  if (select max(version) from supabase_migrations.schema_migrations) is distinct from ${quoteText(step.version)} then
    raise exception ${quoteText(`${step.id} is no longer the newest applied migration`)};
  end if;
  delete from supabase_migrations.schema_migrations where version = ${quoteText(step.version)};
end $history$;
insert into supabase_migrations.payd_journal (kind, version, actor, details)
  values ('rolled-back', ${quoteText(step.key)}, ${quoteText(settings.actor)}, ${quoteText(details)}::jsonb);`
}

type Ending = { readonly isDone: boolean; readonly what: string }

async function endingOf(
  target: Target,
  group: readonly Step[],
  error: unknown,
  { since, endWithinMs }: { readonly since: string; readonly endWithinMs: number },
): Promise<Ending> {
  const names = group.map((step) => step.id).join(', ')
  const refusal = databaseError(error)
  const words = refusal
    ? [`${refusal.message} (SQLSTATE ${refusal.sqlState})`, refusal.detail, refusal.hint].filter(Boolean).join(' ')
    : errorText(error)
  const cutOff = `The rollback of ${names} was cut off: ${words}`
  const tells = `npm run db -- status ${targetFlag(target)} tells which.`
  const life = await waitForEnd(target.url, { applicationName: SESSION, since }, endWithinMs)
  if (life === 'at work') {
    return {
      isDone: false,
      what: `${cutOff}\nIts session is still at work in the server and will take back all of it or nothing. When it has ended, ${tells}`,
    }
  }
  const left = life === 'unknown' ? undefined : await stillApplied(target, group)
  if (left === undefined) {
    return {
      isDone: false,
      what: `${cutOff}\nThe database does not answer; it takes back all of it or nothing. When it answers, ${tells}`,
    }
  }
  if (left === 0) return { isDone: true, what: `The rollback of ${names} was cut off after it was done: ${words}` }
  const partly = group.every((step) => step.isTransactional)
    ? ''
    : '\nIt is not one transaction, so a part of it may have been taken back; rolling back again does the rest.'
  return {
    isDone: false,
    what: `${names} could not be rolled back and ${left === 1 ? 'is' : 'are'} still applied: ${words}${partly}`,
  }
}

async function stillApplied(target: Target, group: readonly Step[]): Promise<number | undefined> {
  const versions = group.map((step) => step.version)
  return withDatabase(target.url, async (sql) => {
    const rows = await sql<{ version: string }[]>`
      select version from supabase_migrations.schema_migrations where version in ${sql(versions)}`
    return rows.length
  }).catch(() => undefined)
}
