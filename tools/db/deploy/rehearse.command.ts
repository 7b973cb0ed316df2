import { join } from 'node:path'
import { type CommandInput, defineCommand, withTarget } from '../lib/command.ts'
import { seeingEveryRow, withDatabase } from '../lib/database.ts'
import { resolveTarget, type Target, type TargetOptions } from '../lib/environments.ts'
import { ToolError, usageError } from '../lib/errors.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import { columnsOf, type DatabaseData, readData } from '../lib/table-data.ts'
import { fileStamp } from './backup-folder.ts'
import { type Gate, passed, printGate, stopped } from './gate.ts'
import { actorOf, requireGuard, targetFlag } from './guard.ts'
import { readJournal, record } from './journal.ts'
import { withMutex } from './mutex.ts'
import { type Pair, readPair } from './pair.ts'
import { push } from './push-flow.ts'
import { catalogAfterRollback, rollBack } from './rollback.ts'
import { lostRows, planRollback, printLedger, type Step } from './rollback-plan.ts'
import { readSituation } from './situation.ts'

type Options = TargetOptions & { readonly as?: string; readonly acceptLoss?: string }

export const command = defineCommand<Options>({
  name: 'rehearse',
  teach: `Pushes what is pending, takes it back with the rollback that was stored, pushes it again, and compares catalogue and rows.
The result stands in the journal of that environment for exactly these statements; production asks for it. The second push
starts the soak time again, so rehearse first and soak then. Environments that ask for confirmation are refused.

  npm run db -- rehearse --env staging               what is pending, or the newest applied one
  npm run db -- rehearse add_memo --env staging      this one and everything after it
  npm run db -- rehearse --env staging --accept-loss 3     values written since the first push may be lost`,
  configure: (command) => {
    withTarget(command.argument('[migration]', 'version or name of the oldest migration to rehearse'))
      .option('--as <name>', 'who rehearses; default: PAYD_ACTOR or the account')
      .option('--accept-loss <rows>', 'how many rows and values may be lost', '0')
  },
  run: async (input) => {
    const {
      context,
      project,
      arguments: [wanted],
      options,
    } = input
    const target = resolveTarget(project, options, context.environment)
    if (target.settings.confirm) {
      throw usageError(`A rollback is not rehearsed on ${target.name}.`, 'Rehearse on the environment before it.')
    }
    const actor = actorOf(context, options)
    const oldest = wanted === undefined ? undefined : findMigration(readMigrations(project).migrations, wanted).version
    const first = await pushAll(input, target, actor)
    const from = oldest ?? first.pushed[0]
    const prepared = await withDatabase(target.url, async (sql) => {
      await requireGuard(sql, project, target)
      const situation = await readSituation(project, sql)
      const stays =
        from === undefined ? undefined : (situation.applied.findLast((one) => one.version < from)?.version ?? 'none')
      const steps = await planRollback(sql, project, situation.applied, await readJournal(sql), stays)
      return { steps, data: await seeingEveryRow(sql, () => readData(sql)) }
    })
    const { steps, data } = prepared
    if (steps.length === 0) throw usageError('Nothing is applied that could be rehearsed.', 'Push a migration first.')
    if (lostRows(steps) > Number(options.acceptLoss)) {
      throw new ToolError(`Rehearsing loses rows that were written since:\n${printLedger(steps).join('\n')}`, {
        fix: `They are saved as CSV first. Accept with --accept-loss ${lostRows(steps)}.`,
      })
    }
    const back = await takeBack(input, target, actor, steps)
    const second = await pushAll(input, target, actor)
    const after = await withDatabase(target.url, (sql) => seeingEveryRow(sql, () => readData(sql, columnsOf(data))))
    const checks = [...back, ...second.gates, rowsGate(data, after, lostRows(steps) > 0)]
    const ok = checks.every((gate) => gate.ok)
    if (ok) await recordAll(target, actor, steps, input)
    const names = steps.map((step) => step.id).reverse()
    const text = [`rehearsed on ${target.name} (${target.shown}): ${names.join(', ')}`, ...checks.map(printGate)]
    return { ok, text: text.join('\n'), data: { environment: target.name, rehearsed: ok ? names : [], checks } }
  },
})

async function pushAll({ context, project }: CommandInput<Options>, target: Target, actor: string) {
  const result = await push({
    context,
    project,
    target,
    actor,
    to: undefined,
    window: undefined,
    dryRun: false,
    settings: {
      lockTimeoutMs: 3000,
      timeoutMs: 300_000,
      endWithinMs: 15_000,
      tries: 5,
      pauseMs: 250,
      onProgress: context.printError,
    },
  })
  const failed = result.gates.filter((gate) => !gate.ok)
  const failure = result.outcome?.failure ?? result.settleFailure
  if (failed.length > 0 || failure !== undefined) {
    throw new ToolError(
      [`The push to ${target.name} failed.`, ...failed.map(printGate), failure ?? ''].join('\n').trim(),
      {
        fix: `npm run db -- push ${targetFlag(target)} shows it alone.`,
      },
    )
  }
  return { pushed: result.pending.map((pair) => pair.migration.version), gates: result.settlement?.checks ?? [] }
}

async function takeBack(
  { context, project, options }: CommandInput<Options>,
  target: Target,
  actor: string,
  steps: readonly Step[],
): Promise<Gate[]> {
  const folder = join(project.root, '.payd', 'backups', target.name, `rehearsal-${fileStamp(context.now())}`)
  const outcome = await withMutex(target.url, { purpose: 'rehearse', actor, timeoutMs: 3_600_000 }, (mutex) =>
    rollBack(project, target, steps, mutex, {
      actor,
      reason: 'rehearsal',
      lockTimeoutMs: 3000,
      tries: 5,
      pauseMs: 250,
      folder,
      acceptLoss: Number(options.acceptLoss),
      endWithinMs: 15_000,
      onProgress: context.printError,
    }),
  )
  if (outcome.failure !== undefined) {
    throw new ToolError(outcome.failure, { fix: 'Correct the rollback, prove it, and rehearse again.' })
  }
  return [{ ...(await catalogAfterRollback(project, target, steps)), name: 'rollback' }]
}

function rowsGate(before: DatabaseData, after: DatabaseData, mayDiffer: boolean): Gate {
  if (mayDiffer) return passed('rows', 'not compared, because a loss was accepted')
  const other = [...before.tables].filter(([name, table]) => after.tables.get(name)?.hash !== table.hash)
  if (other.length === 0) return passed('rows', 'all rows are the same')
  return stopped(
    'rows',
    `${other.map(([name]) => name).join(', ')}: not the same rows as before.`,
    'The rollback or the second push changed data, or somebody wrote meanwhile.',
    'Compare the tables with a backup; rehearse while nobody writes.',
  )
}

async function recordAll(
  target: Target,
  actor: string,
  steps: readonly Step[],
  { project }: CommandInput<Options>,
): Promise<void> {
  const versions = new Set(steps.map((step) => step.version))
  const pairs: Pair[] = readMigrations(project)
    .migrations.filter((migration) => versions.has(migration.version))
    .map(readPair)
  await withDatabase(target.url, async (sql) => {
    for (const { migration, fingerprint } of pairs) {
      await record(sql, { kind: 'rehearsed', version: migration.key, actor, details: { fingerprint } })
    }
  })
}
