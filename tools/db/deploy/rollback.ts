import { setTimeout as pause } from 'node:timers/promises'
import { catalogDigest, readCatalog } from '../lib/catalog.ts'
import { connect, databaseError, quoteName, quoteText, runScript, withDatabase } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import { errorText, ToolError } from '../lib/errors.ts'
import { executionUnits } from '../lib/units.ts'
import { type Gate, passed, stopped } from './gate.ts'
import { targetFlag } from './guard.ts'
import { saveLosses, unchangedCheck } from './loss.ts'
import type { Mutex } from './mutex.ts'
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
  readonly onProgress: (sentence: string) => void
}

/** What came of a rollback. */
export type RollbackOutcome = {
  readonly done: readonly Step[]
  readonly saved: readonly string[]
  readonly failure: string | undefined
}

// PD001 is our own: somebody wrote to a table between saving and locking it. The others are lost locks.
const WORTH_ANOTHER_TRY = new Set(['PD001', '55P03', '40P01'])

/**
 * Takes the steps back, transaction by transaction: rollback statements, history row and journal entry together, or
 * nothing. Rows that are lost are saved first, and the tables are locked and compared with what was saved.
 */
export async function rollBack(
  target: Target,
  steps: readonly Step[],
  mutex: Mutex,
  settings: RollbackSettings,
): Promise<RollbackOutcome> {
  const done: Step[] = []
  const saved = new Set<string>()
  for (const group of transactionsOf(steps)) {
    try {
      await takeBack(target, group, mutex, settings, saved)
      done.push(...group)
    } catch (error) {
      return { done, saved: [...saved], failure: await explain(target, group, error) }
    }
  }
  return { done, saved: [...saved], failure: undefined }
}

/** Whether the catalogue is what it was before the oldest of the steps. */
export async function catalogAfterRollback(target: Target, steps: readonly Step[]): Promise<Gate> {
  const expected = steps.at(-1)?.catalog?.before
  if (expected === undefined) return passed('catalog', 'nothing to compare with')
  const digest = catalogDigest(await readCatalog(target.url))
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
    for (const loss of losses) saved.add(`${settings.folder}/${step.id}/${loss.name}.csv`)
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
  const sql = connect(target.url, { applicationName: 'payd-db rollback' })
  try {
    const [first] = group
    if (first && !first.isTransactional) {
      await runScript(sql, `set lock_timeout = ${settings.lockTimeoutMs}`)
      for (const unit of executionUnits(first.statements)) {
        await runScript(sql, unit.statements.map((statement) => statement.text).join(';\n'))
      }
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
  const tables = [...new Set(losses.map((loss) => loss.table))]
  return [
    'begin;',
    `set local lock_timeout = ${settings.lockTimeoutMs};`,
    ...tables.map((table) => `lock table ${quoteName(table)} in access exclusive mode;`),
    ...losses.map(unchangedCheck),
    ...group.flatMap((step) => [step.text, forget(step, settings)]),
    'commit;',
  ].join('\n')
}

function forget(step: Step, settings: RollbackSettings): string {
  const lost = step.losses.map(({ kind, name, rows }) => ({ kind, name, rows }))
  const details = JSON.stringify({ id: step.id, reason: settings.reason, source: step.source, lost })
  return `
do $history$ begin
  if (select max(version) from supabase_migrations.schema_migrations) is distinct from ${quoteText(step.version)} then
    raise exception ${quoteText(`${step.id} is no longer the newest applied migration`)};
  end if;
  delete from supabase_migrations.schema_migrations where version = ${quoteText(step.version)};
end $history$;
insert into supabase_migrations.payd_journal (kind, version, actor, details)
  values ('rolled-back', ${quoteText(step.version)}, ${quoteText(settings.actor)}, ${quoteText(details)}::jsonb);`
}

async function explain(target: Target, group: readonly Step[], error: unknown): Promise<string> {
  const names = group.map((step) => step.id).join(', ')
  const refusal = databaseError(error)
  const words = refusal
    ? [`${refusal.message} (SQLSTATE ${refusal.sqlState})`, refusal.detail, refusal.hint].filter(Boolean).join(' ')
    : errorText(error)
  const versions = group.map((step) => step.version)
  const left = await withDatabase(target.url, async (sql) => {
    const rows = await sql<{ version: string }[]>`
      select version from supabase_migrations.schema_migrations where version in ${sql(versions)}`
    return rows.length
  }).catch(() => undefined)
  if (left === undefined) {
    return `The rollback of ${names} was cut off: ${words}\nThe database does not answer; it has taken back all of it or nothing. npm run db -- status ${targetFlag(target)} tells which.`
  }
  return left === 0
    ? `The rollback of ${names} was cut off after it was done: ${words}`
    : `${names} could not be rolled back and ${left === 1 ? 'is' : 'are'} still applied: ${words}`
}
