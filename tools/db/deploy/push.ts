import { setTimeout as pause } from 'node:timers/promises'
import { type Sql, withDatabase } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import type { Migration } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import { momentOf, waitForEnd } from './leftover.ts'
import type { Mutex } from './mutex.ts'
import type { Pair } from './pair.ts'
import { readApplied } from './situation.ts'
import { withStagedFolder } from './staged-folder.ts'
import { CLI_SESSIONS, type CliOutcome, pushWithCli } from './supabase-cli.ts'

/** How a push is carried out. */
export type PushSettings = {
  /** How long a statement may wait for a lock, in milliseconds. */
  readonly lockTimeoutMs: number
  /** How long all tries may take together, in milliseconds. */
  readonly timeoutMs: number
  /** How long to wait for the server to end the session of a CLI that was ended or cut off. */
  readonly endWithinMs: number
  /** How often a file that lost a lock is tried in all. */
  readonly tries: number
  /** The pause before the second try, in milliseconds; it doubles each time. */
  readonly pauseMs: number
  readonly onProgress: (sentence: string) => void
}

/** What really happened, read from the history table afterwards. */
export type PushOutcome = {
  readonly applied: readonly Pair[]
  readonly notApplied: readonly Pair[]
  /** Undefined when everything was applied. */
  readonly failure: string | undefined
  /**
   * False when the database could not be asked afterwards, or is still at work on what the CLI sent, so that the two lists
   * above are only the last known state.
   */
  readonly isKnown: boolean
  /** Whether a session of the CLI is still at work in the server. */
  readonly isAtWork: boolean
  readonly tries: number
  readonly durationMs: number
}

// 55P03: a lock was not granted in time. 40P01: a deadlock, which chose this side as its victim. Nothing was applied then.
const LOST_A_LOCK = new Set(['55P03', '40P01'])

/**
 * Applies the pairs with the real Supabase CLI and reads from the history what came of it. A file that lost a lock is
 * tried again when it is one transaction, because then nothing of it is left. Never throws for what a migration does.
 */
export async function applyPairs(
  project: Project,
  target: Target,
  all: readonly Migration[],
  pairs: readonly Pair[],
  mutex: Mutex,
  settings: PushSettings,
): Promise<PushOutcome> {
  const started = performance.now()
  const last = pairs.at(-1)?.migration.version ?? ''
  const files = all.filter((migration) => migration.version <= last)
  return withStagedFolder(project, files, async (folder) => {
    for (let attempt = 1; ; attempt += 1) {
      await mutex.assertHeld()
      const leftMs = settings.timeoutMs - (performance.now() - started)
      const since = await momentOf(target.url)
      const run = await pushWithCli(folder, target.url, { ...settings, timeoutMs: leftMs })
      // What the CLI sent before it was ended or cut off may still be carried out, and committed.
      const isAnswered = run.ok || run.sqlState !== undefined
      const life = isAnswered ? 'ended' : await waitForEnd(target.url, { ...CLI_SESSIONS, since }, settings.endWithinMs)
      const known = life === 'at work' ? undefined : await appliedNow(target, pairs)
      const durationMs = performance.now() - started
      const outcome = { ...describe(run, known, pairs, attempt, durationMs), isAtWork: life === 'at work' }
      const stuck = outcome.notApplied[0]
      const mayRetry =
        outcome.isKnown && stuck?.isTransactional && LOST_A_LOCK.has(run.sqlState ?? '') && attempt < settings.tries
      const waitMs = settings.pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random())
      if (!mayRetry || durationMs + waitMs >= settings.timeoutMs) return outcome
      settings.onProgress(
        `${stuck.migration.id} lost a lock (${run.sqlState}); try ${attempt + 1} of ${settings.tries} in ${Math.round(waitMs)} ms`,
      )
      await pause(waitMs)
    }
  })
}

async function appliedNow(target: Target, pairs: readonly Pair[]): Promise<ReadonlySet<string> | undefined> {
  const wanted = new Set(pairs.map((pair) => pair.migration.version))
  try {
    const rows = await withDatabase(target.url, (sql: Sql) => readApplied(sql))
    return new Set(rows.map((row) => row.version).filter((version) => wanted.has(version)))
  } catch {
    return undefined
  }
}

function describe(
  run: CliOutcome,
  known: ReadonlySet<string> | undefined,
  pairs: readonly Pair[],
  tries: number,
  durationMs: number,
): Omit<PushOutcome, 'isAtWork'> {
  const applied = pairs.filter((pair) => known?.has(pair.migration.version))
  const notApplied = pairs.filter((pair) => !known?.has(pair.migration.version))
  const base = { applied, notApplied, isKnown: known !== undefined, tries, durationMs }
  if (known && notApplied.length === 0) return { ...base, failure: undefined }
  const printed = run.printed || 'The Supabase CLI printed nothing.'
  return {
    ...base,
    failure: run.ok ? `The Supabase CLI reported success, and the history says otherwise:\n${printed}` : printed,
  }
}

/** What a person does after a push that failed. */
export function adviceAfter(outcome: PushOutcome, flag: string): string {
  const stuck = outcome.notApplied[0]
  if (outcome.isAtWork) {
    return `A session of the CLI is still at work in the server, so it is not known what will be applied. Look with npm run db -- status ${flag} when it has ended (select pid, state, query from pg_stat_activity where application_name = '${CLI_SESSIONS.applicationName}'); pushing again continues where this push ended.`
  }
  if (!outcome.isKnown) {
    return `The database no longer answers, so it is not known what was applied. When it does: npm run db -- status ${flag}; pushing again continues where this push ended.`
  }
  if (stuck && !stuck.isTransactional) {
    return `${stuck.migration.id} is not one transaction, so a part of it may remain. npm run db -- drift ${flag} shows what; prove has shown that running it again converges.`
  }
  return 'Nothing of the failed file remains. Correct it, prove it, and push again.'
}
