import { type CommandInput, count, defineCommand, type Outcome, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type Target, type TargetOptions } from '../lib/environments.ts'
import { usageError } from '../lib/errors.ts'
import { findMigration, readMigrations } from '../lib/migrations.ts'
import { notifiedRoles } from './approvals.ts'
import { printGate } from './gate.ts'
import { actorOf, claimDatabase, confirmTarget, targetFlag } from './guard.ts'
import { printAlerts } from './health.command.ts'
import { adviceAfter } from './push.ts'
import { type PushResult, push } from './push-flow.ts'
import { writeReport } from './report.ts'

type Options = TargetOptions & {
  readonly claim?: boolean
  readonly confirm?: string
  readonly as?: string
  readonly to?: string
  readonly window?: string
  readonly dryRun?: boolean
  readonly lockTimeout: string
  readonly timeout: string
  readonly tries: string
  readonly report: boolean
}

export const command = defineCommand<Options>({
  name: 'push',
  teach: `Applies what is pending with the real Supabase CLI, after every gate has let it through:

  guard      the database says that it is the environment you named; some ask you to type the name (--confirm)
  mutex      nobody else pushes or rolls back; held by a transaction of its own
  history    nothing edited after it was applied, nothing unknown, nothing out of order
  proof      every pair has an entry in migrations.lock.json for exactly these statements
  backup     younger than 24 h and restored in a drill (environments with "backup")
  catalog    the live catalogue is the one the proof started from
  earlier    the same statements ran on the environment before ("after")
  soak       long enough, by the approval matrix       (environments with "confirm")
  rehearsal  its rollback was tried there               (environments with "confirm")
  approvals  by the people the matrix names             (environments with "confirm")
  window     a breaking change inside an announced window

A file that waits too long for a lock (--lock-timeout) is tried again when it is one transaction. Afterwards the
rollback is stored in the history row, the tests of the pushed versions run and are taken back, the catalogue is
compared with the proof, and health is measured against the moment before. A push that was cut off is finished by
pushing again.

  npm run db -- push --env staging
  npm run db -- push --env production --confirm production --as ada
  npm run db -- push --env production --dry-run            ask the gates, change nothing`,
  configure: (command) => {
    withTarget(command)
      .option('--claim', 'say that this database is the environment, when nobody has said so yet')
      .option('--confirm <name>', 'the name of the environment, typed by you')
      .option('--as <name>', 'who pushes; default: PAYD_ACTOR or the account')
      .option('--to <version>', 'push up to this version')
      .option('--window <from/to>', 'the announced maintenance window, two ISO moments')
      .option('--dry-run', 'ask every gate and change nothing')
      .option('--lock-timeout <ms>', 'how long a statement may wait for a lock', '3000')
      .option('--timeout <s>', 'how long all tries may take together', '300')
      .option('--tries <n>', 'how often a file that lost a lock is tried', '5')
      .option('--no-report', 'write no docs/migrations/<version>_report.md')
  },
  run: async (input) => {
    const { context, project, options } = input
    const target = resolveTarget(project, options, context.environment)
    const actor = actorOf(context, options)
    if (!options.dryRun) await confirmTarget(context, target, options)
    if (options.claim) await withDatabase(target.url, (sql) => claimDatabase(sql, target, actor))
    const to = options.to === undefined ? undefined : findMigration(readMigrations(project).migrations, options.to)
    const result = await push({
      context,
      project,
      target,
      actor,
      to: to?.version,
      window: readWindow(options.window),
      dryRun: options.dryRun ?? false,
      settings: {
        lockTimeoutMs: positive('--lock-timeout', options.lockTimeout),
        timeoutMs: positive('--timeout', options.timeout) * 1000,
        endWithinMs: 15_000,
        tries: positive('--tries', options.tries),
        pauseMs: 250,
        onProgress: context.printError,
      },
    })
    return outcomeOf(input, target, result)
  },
})

// What the migration itself left behind makes a push fail; the other alerts are shown, and `watch` is the one to act on them.
const HARM = new Set(['rls', 'invalid-index'])

async function outcomeOf(
  { context, project, options }: CommandInput<Options>,
  target: Target,
  result: PushResult,
): Promise<Outcome> {
  const { outcome, settlement } = result
  const checks = settlement?.checks ?? []
  const ok =
    [...result.gates, ...checks].every((gate) => gate.ok) &&
    outcome?.failure === undefined &&
    result.settleFailure === undefined &&
    !settlement?.alerts.some((alert) => HARM.has(alert.name))
  const wantsReport = options.report && target.settings.after !== undefined && settlement !== undefined
  const reports = wantsReport
    ? await Promise.all(settlement.settled.map((pair) => writeReport({ project, migration: pair.migration, context })))
    : []
  return {
    ok,
    text: [...describe(result, target, options.dryRun ?? false), ...reports.map((path) => `  report     ${path}`)].join(
      '\n',
    ),
    data: {
      environment: target.name,
      gates: result.gates,
      checks,
      pending: result.pending.map((pair) => pair.migration.id),
      applied: [...result.resumed, ...(outcome?.applied ?? [])].map((pair) => pair.migration.id),
      notApplied: (outcome ? outcome.notApplied : result.pending).map((pair) => pair.migration.id),
      failure: outcome?.failure ?? result.settleFailure ?? null,
      isKnown: outcome?.isKnown ?? true,
      isAtWork: outcome?.isAtWork ?? false,
      tries: outcome?.tries ?? 0,
      alerts: settlement?.alerts ?? [],
      tests: settlement?.tests ?? [],
      reports,
    },
  }
}

function describe(result: PushResult, target: Target, isDryRun: boolean): string[] {
  const { gates, pending, resumed, outcome, settlement } = result
  const head = `push to ${target.name} (${target.shown}): ${count(pending.length, 'migration')} pending`
  const lines = [head, ...pending.map((pair) => `  ${pair.migration.id} (${pair.classes.join(', ') || 'code'})`)]
  lines.push(...gates.map(printGate))
  if (gates.some((gate) => !gate.ok)) return [...lines, 'Nothing was changed.']
  const told = [...new Set(pending.flatMap((pair) => notifiedRoles(pair.approval)))]
  if (told.length > 0 && target.settings.confirm) lines.push(`  to notify  ${told.join(', ')}`)
  if (isDryRun) return [...lines, 'Every gate is open. Nothing was changed, because this was a dry run.']
  if (resumed.length > 0) {
    lines.push(`  finished   ${resumed.map((pair) => pair.migration.id).join(', ')} (applied earlier)`)
  }
  if (outcome) {
    lines.push(`  applied    ${outcome.applied.map((pair) => pair.migration.id).join(', ') || 'nothing'}`)
    if (outcome.failure !== undefined) lines.push(outcome.failure, adviceAfter(outcome, targetFlag(target)))
  }
  if (settlement) lines.push(...settlement.checks.map(printGate), ...printAlerts(settlement.alerts))
  if (result.settleFailure !== undefined) {
    lines.push(
      `The migrations are applied, and the push could not be finished: ${result.settleFailure}`,
      'Push again to store the rollbacks and to verify.',
    )
  }
  return pending.length + resumed.length === 0 ? [...lines, 'Nothing to push.'] : lines
}

function readWindow(text: string | undefined): { from: Date; to: Date } | undefined {
  if (text === undefined) return undefined
  const [from, to] = text.split('/').map((part) => new Date(part))
  if (!from || !to || Number.isNaN(from.getTime()) || Number.isNaN(to.getTime()) || from >= to) {
    throw usageError(`"${text}" is no window.`, 'Write two moments, such as 2026-11-21T02:00Z/2026-11-21T03:00Z.')
  }
  return { from, to }
}

/** A positive whole number of an option. Throws a usage error otherwise. */
export function positive(option: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw usageError(`${option} ${text} is not a positive whole number.`, `Write ${option} and a number such as 1000.`)
}
