import type { CommandContext } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import type { Project } from '../lib/project.ts'
import type { Gate } from './gate.ts'
import { deploymentGates } from './gates.ts'
import { requireGuard } from './guard.ts'
import { readHealth } from './health.ts'
import { readJournal, record } from './journal.ts'
import { withMutex } from './mutex.ts'
import { type Pair, readPair, withGitAuthors } from './pair.ts'
import { applyPairs, type PushOutcome, type PushSettings } from './push.ts'
import { type Settlement, settle, unsettled } from './settle.ts'
import { readSituation, type Situation } from './situation.ts'

/** What a push was asked to do. */
export type PushRequest = {
  readonly context: CommandContext
  readonly project: Project
  readonly target: Target
  readonly actor: string
  /** The last version to push; all by default. */
  readonly to: string | undefined
  readonly window: { readonly from: Date; readonly to: Date } | undefined
  /** Look only. */
  readonly dryRun: boolean
  readonly settings: PushSettings
}

/** What came of it. Nothing was changed when `outcome` is undefined. */
export type PushResult = {
  readonly gates: readonly Gate[]
  readonly pending: readonly Pair[]
  /** Applied before, and finished by this push. */
  readonly resumed: readonly Pair[]
  readonly outcome: PushOutcome | undefined
  readonly settlement: Settlement | undefined
  readonly settleFailure: string | undefined
}

/** Takes the lock, asks every gate, pushes, and finishes what is applied, also what an earlier push left unfinished. */
export async function push(request: PushRequest): Promise<PushResult> {
  const { target, actor, settings } = request
  const timeoutMs = settings.timeoutMs + 600_000
  await withDatabase(target.url, (sql) => requireGuard(sql, request.project, target))
  return withMutex(target.url, { purpose: 'push', actor, timeoutMs }, async (mutex) => {
    const look = await lookAround(request)
    const { gates, pairs, resumed, all, before } = look
    const done: PushResult = {
      gates,
      pending: pairs,
      resumed,
      outcome: undefined,
      settlement: undefined,
      settleFailure: undefined,
    }
    if (request.dryRun || gates.some((gate) => !gate.ok) || pairs.length + resumed.length === 0) return done
    const outcome = pairs.length === 0 ? undefined : await carryOut(request, all, pairs, mutex)
    const applied = [...resumed, ...(outcome?.applied ?? [])]
    if (outcome && !outcome.isKnown) return { ...done, outcome }
    const details = { tries: outcome?.tries ?? 0, durationMs: Math.round(outcome?.durationMs ?? 0), resumed: !outcome }
    const input = { project: request.project, target, actor, now: request.context.now(), before, details }
    try {
      const settlement = applied.length === 0 ? undefined : await settle(input, applied, !outcome?.failure)
      return { ...done, outcome, settlement }
    } catch (error) {
      return { ...done, outcome, settleFailure: error instanceof Error ? error.message : String(error) }
    }
  })
}

async function lookAround(request: PushRequest) {
  const { project, target, context } = request
  return withDatabase(target.url, async (sql) => {
    const situation = await readSituation(project, sql)
    const journal = await readJournal(sql)
    const before = await readHealth(sql, context.now(), project)
    const pending = pendingPairs(situation, request.to)
    const pairs = target.settings.confirm
      ? await Promise.all(pending.map((pair) => withGitAuthors(project, pair)))
      : pending
    const gates = await deploymentGates({
      project,
      target,
      situation,
      pairs,
      journal,
      now: context.now(),
      variables: context.environment,
      window: request.window,
    })
    const all = situation.all.flatMap((one) => one.migration ?? [])
    return { gates, pairs, all, before, resumed: unsettled(situation.applied, journal) }
  })
}

function pendingPairs(situation: Situation, to: string | undefined): Pair[] {
  return situation.pending
    .flatMap((one) => one.migration ?? [])
    .filter((migration) => to === undefined || migration.version <= to)
    .map(readPair)
}

async function carryOut(
  { project, target, actor, settings }: PushRequest,
  all: Parameters<typeof applyPairs>[2],
  pairs: readonly Pair[],
  mutex: Parameters<typeof applyPairs>[4],
): Promise<PushOutcome> {
  const versions = pairs.map((pair) => pair.migration.version)
  await withDatabase(target.url, (sql) => record(sql, { kind: 'push-started', actor, details: { versions } }))
  const outcome = await applyPairs(project, target, all, pairs, mutex, settings)
  const stuck = outcome.notApplied[0]
  if (outcome.failure !== undefined && outcome.isKnown && stuck) {
    const details = { versions, failure: outcome.failure.slice(0, 4000), tries: outcome.tries }
    await withDatabase(target.url, (sql) =>
      record(sql, { kind: 'push-failed', version: stuck.migration.key, actor, details }),
    )
  }
  return outcome
}
