import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { count, defineCommand, withTarget } from '../lib/command.ts'
import { withDatabase } from '../lib/database.ts'
import { resolveTarget, type TargetOptions } from '../lib/environments.ts'
import { errorText, usageError } from '../lib/errors.ts'
import { type Health, readHealth } from './health.ts'
import { type Alert, alertsAgainst, alertsOf, megabytes, percent } from './thresholds.ts'

type Options = TargetOptions & { readonly save?: string; readonly baseline?: string }

export const command = defineCommand<Options>({
  name: 'health',
  teach: `Measures a database and says what needs a person: connections, long transactions, lock queues, bloat (pages the rows
do not need, not the size of indexes), dead rows, cache, slow queries, foreign keys without index, invalid and unused
indexes, replication lag, exposed tables without row level security, transaction age, and what private.findings reports.

  npm run db -- health --env production
  npm run db -- health --env production --save before.json
  npm run db -- health --env production --baseline before.json    only what got worse, with rates of errors and latency

Exit code 1 means at least one alert.`,
  configure: (command) => {
    withTarget(command)
      .option('--save <file>', 'write what was measured, to compare with later')
      .option('--baseline <file>', 'compare with a saved measurement and alert only about what got worse')
  },
  run: async ({ context, project, options }) => {
    const target = resolveTarget(project, options, context.environment)
    const before = options.baseline === undefined ? undefined : readBaseline(resolve(context.folder, options.baseline))
    const health = await withDatabase(target.url, (sql) => readHealth(sql, context.now(), project))
    if (options.save !== undefined) {
      writeFileSync(resolve(context.folder, options.save), `${JSON.stringify(health, undefined, 2)}\n`)
    }
    const alerts = before ? alertsAgainst(before, health) : alertsOf(health)
    return {
      ok: alerts.length === 0,
      text: [`${target.name} (${target.shown})`, ...describeHealth(health), ...printAlerts(alerts)].join('\n'),
      data: { environment: target.name, alerts, health },
    }
  },
})

/** Reads a saved measurement. Throws a usage error when the file is none. */
export function readBaseline(path: string): Health {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (value !== null && typeof value === 'object' && 'counters' in value && 'connections' in value) {
      return value as Health
    }
    throw new Error('it is not what --save writes')
  } catch (error) {
    throw usageError(`The baseline ${path} cannot be read: ${errorText(error)}`, 'Write one with health --save <file>.')
  }
}

/** The alerts for people; one line when there is none. */
export function printAlerts(alerts: readonly Alert[]): string[] {
  const lines = alerts.map((alert) => `  ALERT ${alert.name}: ${alert.what}\n        fix: ${alert.fix}`)
  return [...lines, alerts.length === 0 ? '  no alert' : `  ${count(alerts.length, 'alert')}`]
}

/** What was measured, in a few lines. */
export function describeHealth(health: Health): string[] {
  const { connections, replication, counters } = health
  const blocks = counters.blocksHit + counters.blocksRead
  return [
    `  connections  ${connections.used} of ${connections.usable}, ${connections.active} active, ${connections.waitingForLocks} waiting for locks, oldest transaction ${Math.round(connections.oldestTransactionS)} s`,
    `  size         ${megabytes(health.bytes)} in ${count(health.tables.length, 'table')}`,
    ...health.tables
      .slice(0, 5)
      .map(
        (table) =>
          `               ${table.name}: ${megabytes(table.bytes)}, ${Math.round(table.rows)} rows, bloat ${table.bloat === undefined ? 'unknown (never analyzed)' : percent(table.bloat)}`,
      ),
    `  cache        ${blocks === 0 ? 'nothing read yet' : `${percent(counters.blocksHit / blocks)} of ${blocks} blocks`}`,
    `  indexes      ${health.unusedIndexes.length} unused, ${health.missingIndexes.length} missing for foreign keys, ${health.invalidIndexes.length} invalid`,
    ...health.unusedIndexes
      .slice(0, 5)
      .map((index) => `               unused: ${index.name} (${megabytes(index.bytes)})`),
    `  replication  ${replication.replicas === 0 ? 'no replica' : `${count(replication.replicas, 'replica')}, ${Math.round(replication.lagS ?? 0)} s behind`}`,
    `  rights       ${count(health.withoutRls.length, 'exposed table')} without row level security`,
    `  queries      ${health.slowQueries === undefined ? 'not measured (pg_stat_statements is not loaded)' : count(health.slowQueries.length, 'query').replace('querys', 'queries')}`,
    ...(health.slowQueries ?? [])
      .slice(0, 5)
      .map((query) => `               ${query.meanMs.toFixed(1)} ms × ${query.calls}: ${query.query.slice(0, 100)}`),
    ...(health.findings === undefined ? [] : [`  doctor       ${count(health.findings.length, 'kind')} of findings`]),
  ]
}
