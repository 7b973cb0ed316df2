import { join } from 'node:path'
import { digestAt } from '../lib/catalog.ts'
import { type CommandInput, defineCommand, type Outcome, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type Target, type TargetOptions } from '../lib/environments.ts'
import { ToolError, usageError } from '../lib/errors.ts'
import type { Project } from '../lib/project.ts'
import { projectScope } from '../lib/scope.ts'
import { fileStamp } from './backup-folder.ts'
import { printGate } from './gate.ts'
import { actorOf, confirmTarget, requireGuard, targetFlag } from './guard.ts'
import { readJournal } from './journal.ts'
import { filled } from './loss.ts'
import { withMutex } from './mutex.ts'
import { writePostMortem } from './post-mortem.ts'
import { positive } from './push.command.ts'
import { catalogAfterRollback, rollBack } from './rollback.ts'
import { lostRows, planRollback, printLedger, type Step } from './rollback-plan.ts'
import { tryRollback } from './rollback-trial.ts'
import { readSituation } from './situation.ts'

type Options = TargetOptions & {
  readonly to?: string
  readonly dryRun?: boolean
  readonly confirm?: string
  readonly as?: string
  readonly reason?: string
  readonly acceptLoss?: string
  readonly despiteDrift?: boolean
  readonly lockTimeout: string
  readonly tries: string
}

export const command = defineCommand<Options>({
  name: 'rollback',
  teach: `Takes back the newest migration, or everything after --to. It uses the rollback that push stored in the database, which
belongs to what really ran there and works without the files; without one it uses the file, if the database recorded the
same statements.

First it counts what would be lost: rows of tables and values of columns that the rollback drops, and all rows of a table
that it updates or deletes from, or whose loss its header declares. Those are saved as CSV in .payd/backups, and the number
has to be accepted; a statement whose loss cannot be counted, such as a DO block that writes, wants --accept-loss in any
case. Then the rollback, the removal of the history row and the journal entry are one transaction; the tables are locked
and compared with what was saved. Afterwards the catalogue must be what it was before the migration.

  npm run db -- rollback --env production --dry-run
  npm run db -- rollback --env production --confirm production --accept-loss 12 --reason "wrong totals"
  npm run db -- rollback --env staging --to 20261120091600       the last version that stays; "none" takes everything back`,
  configure: (command) => {
    withTarget(command)
      .option('--to <version>', 'the last version that stays applied; default: only the newest is taken back')
      .option('--dry-run', 'show what would be lost, run the rollback and take it back again; its locks last that long')
      .option('--confirm <name>', 'the name of the environment, typed by you')
      .option('--as <name>', 'who rolls back; default: PAYD_ACTOR or the account')
      .option('--reason <text>', 'why, for the journal and the post-mortem')
      .option('--accept-loss <rows>', 'how many rows and values may be lost')
      .option('--despite-drift', 'roll back although the catalogue is not what the migration left')
      .option('--lock-timeout <ms>', 'how long a statement may wait for a lock', '3000')
      .option('--tries <n>', 'how often a rollback that lost a lock is tried', '5')
  },
  run: async (input) => {
    const { context, project, options } = input
    const target = resolveTarget(project, options, context.environment)
    if (!options.dryRun) await confirmTarget(context, target, options)
    await withDatabase(target.url, (sql) => requireGuard(sql, project, target))
    const actor = actorOf(context, options)
    return withMutex(target.url, { purpose: 'rollback', actor, timeoutMs: 3_600_000 }, async (mutex) => {
      const steps = await withDatabase(target.url, async (sql) => {
        const situation = await readSituation(project, sql)
        return planRollback(sql, project, situation.applied, await readJournal(sql), options.to)
      })
      if (steps.length === 0)
        return { ok: true, text: 'Nothing is applied that could be taken back.', data: { done: [] } }
      const head = [`rollback on ${target.name} (${target.shown})`, ...printLedger(steps)]
      if (options.dryRun) {
        const { isTried, failure } = await tryRollback(target, steps, positive('--lock-timeout', options.lockTimeout))
        const tried = isTried
          ? 'It was run and taken back: it works now.'
          : 'It is not one transaction, so it was not tried.'
        const text = [
          ...head,
          failure ?? tried,
          `Nothing was changed.${failure === undefined ? ` To do it, accept with --accept-loss ${lostRows(steps)}.` : ''}`,
        ]
        return {
          ok: failure === undefined,
          text: text.join('\n'),
          data: { environment: target.name, steps: forMachines(steps), done: [], isTried, failure: failure ?? null },
        }
      }
      const acceptLoss = acceptedLoss(steps, options)
      if (!options.despiteDrift) await requireKnownCatalog(project, target, steps)
      const folder = join(project.root, '.payd', 'backups', target.name, `rollback-${fileStamp(context.now())}`)
      const outcome = await rollBack(project, target, steps, mutex, {
        actor,
        reason: options.reason ?? '',
        lockTimeoutMs: positive('--lock-timeout', options.lockTimeout),
        tries: positive('--tries', options.tries),
        pauseMs: 250,
        folder,
        acceptLoss,
        endWithinMs: 15_000,
        onProgress: context.printError,
      })
      return finish(input, target, steps, head, outcome)
    })
  },
})

async function finish(
  { context, project, options }: CommandInput<Options>,
  target: Target,
  steps: readonly Step[],
  head: readonly string[],
  outcome: Awaited<ReturnType<typeof rollBack>>,
): Promise<Outcome> {
  const check = outcome.failure === undefined ? await catalogAfterRollback(project, target, steps) : undefined
  const postMortem =
    target.settings.confirm && outcome.done.length > 0
      ? writePostMortem(project, { target, steps: outcome.done, now: context.now(), reason: options.reason ?? '' })
      : undefined
  const text = [
    ...head,
    ...outcome.saved.map((path) => `  saved       ${path}`),
    `  taken back  ${outcome.done.map((step) => step.id).join(', ') || 'nothing'}`,
    ...outcome.notes.map((note) => `  note        ${note}`),
    ...(outcome.failure === undefined ? [] : [outcome.failure]),
    ...(check ? [printGate(check)] : []),
    ...(postMortem ? [`  post-mortem ${postMortem} (fill it in while you remember)`] : []),
  ]
  return {
    ok: outcome.failure === undefined && check?.ok !== false,
    text: text.join('\n'),
    data: {
      environment: target.name,
      steps: forMachines(steps),
      done: outcome.done.map((step) => step.id),
      saved: outcome.saved,
      notes: outcome.notes,
      failure: outcome.failure ?? null,
      checks: check ? [check] : [],
      postMortem: postMortem ?? null,
    },
  }
}

function acceptedLoss(steps: readonly Step[], options: Options): number {
  const lost = lostRows(steps)
  const accepted = options.acceptLoss === undefined ? 0 : Number(options.acceptLoss)
  if (!Number.isSafeInteger(accepted) || accepted < 0) {
    throw usageError(`--accept-loss ${options.acceptLoss} is not a number of rows.`, `Write --accept-loss ${lost}.`)
  }
  const unknown = steps.flatMap((step) => step.uncountable)
  if (options.acceptLoss === undefined && unknown.length > 0) {
    throw new ToolError(`What this rollback takes away cannot be counted:\n${printLedger(steps).join('\n')}`, {
      why: 'These statements run code or drop what depends on something, and no ledger can tell which rows that touches.',
      fix: `Read them. When that is what you want, add --accept-loss ${lost}.`,
    })
  }
  if (accepted >= lost) return accepted
  throw new ToolError(`This rollback loses ${lost} rows or values:\n${printLedger(steps).join('\n')}`, {
    why: 'What was written since the migration exists nowhere else. It is saved as CSV before it is lost.',
    fix: `When that is what you want, add --accept-loss ${lost}.`,
  })
}

async function requireKnownCatalog(project: Project, target: Target, steps: readonly Step[]): Promise<void> {
  const expected = steps[0]?.catalog?.after
  if (expected === undefined) return
  const live = await digestAt(target.url, projectScope(project))
  if (live === expected) return
  throw new ToolError(
    `The catalogue is not what ${steps[0]?.id} left (${live.slice(0, 12)}, not ${expected.slice(0, 12)}).`,
    {
      why: 'The rollback was proven against that catalogue; against another one it may fail or take too much.',
      fix: `npm run db -- drift ${targetFlag(target)} shows the difference. In an emergency add --despite-drift: what fails is taken back as a whole.`,
    },
  )
}

const forMachines = (steps: readonly Step[]) =>
  steps.map(({ id, version, source, declared, losses, uncountable }) => ({
    id,
    version,
    source,
    declared: declared?.kind ?? null,
    losses: filled(losses).map(({ kind, name, rows }) => ({ kind, name, rows })),
    uncountable,
  }))
