import type { Health } from './health.ts'

/** What is too much. Shares are 0 to 1. */
export const THRESHOLDS = {
  connectionShare: 0.8,
  oldestTransactionS: 300,
  waitingForLocks: 10,
  bloat: 0.5,
  /** Tables below this size are not worth a rewrite. */
  bloatFromBytes: 10 * 1024 * 1024,
  deadRowShare: 0.2,
  deadRowsFrom: 10_000,
  cacheHitShare: 0.9,
  /** Fewer blocks than these say nothing about the cache. */
  cacheFromBlocks: 100_000,
  meanQueryMs: 1_000,
  replicationLagS: 30,
  retainedBytes: 1024 ** 3,
  transactionAge: 1_000_000_000,
  /** Increase against the baseline, as in the workflow guide. */
  errorIncrease: 0.1,
  latencyIncrease: 0.2,
  /** By how much something that is wrong already has to grow to be an alert again. */
  growth: 0.1,
  /** Fewer transactions or calls than these are noise. */
  comparedFrom: 100,
  /** So few are rolled back by the tools themselves: by tests, trials and sessions that ended. */
  errorsFrom: 25,
} as const

/** Something that needs a person. */
export type Alert = {
  /** Stable name, such as `connections`. */
  readonly name: string
  /** What of several things it is about, such as a table; empty where there is only one. */
  readonly subject: string
  /** How bad it is, to compare two moments. */
  readonly amount: number
  readonly what: string
  readonly fix: string
}

type AlertKey = readonly [name: string, subject: string, amount: number]

/** What is wrong at this moment. */
export function alertsOf(health: Health): Alert[] {
  const { connections, replication, counters } = health
  const limit = THRESHOLDS
  const share = connections.used / connections.usable
  const blocks = counters.blocksHit + counters.blocksRead
  const hit = blocks === 0 ? 1 : counters.blocksHit / blocks
  const when = (is: boolean, [name, subject, amount]: AlertKey, what: string, fix: string): Alert[] =>
    is ? [{ name, subject, amount, what, fix }] : []
  return [
    ...when(
      share >= limit.connectionShare,
      ['connections', '', connections.used],
      `${connections.used} of ${connections.usable} connections are used.`,
      'Find the application that opens them (select application_name, count(*) from pg_stat_activity group by 1), or use the pooler.',
    ),
    ...when(
      connections.oldestTransactionS > limit.oldestTransactionS,
      ['long-transaction', '', connections.oldestTransactionS],
      `A transaction has been open for ${Math.round(connections.oldestTransactionS)} s.`,
      'Find it in pg_stat_activity by xact_start; every migration queues behind it, and everybody else behind the migration.',
    ),
    ...when(
      connections.waitingForLocks >= limit.waitingForLocks,
      ['lock-queue', '', connections.waitingForLocks],
      `${connections.waitingForLocks} sessions wait for locks.`,
      "select pid, pg_blocking_pids(pid), query from pg_stat_activity where wait_event_type = 'Lock' names who blocks.",
    ),
    ...health.tables.flatMap((table) => [
      ...when(
        (table.bloat ?? 0) >= limit.bloat && table.bytes >= limit.bloatFromBytes,
        ['bloat', table.name, (table.bloat ?? 0) * table.bytes],
        `${table.name}: ${percent(table.bloat ?? 0)} of ${megabytes(table.bytes)} is empty.`,
        'Let autovacuum run more often on it; reclaim the space with pg_repack, or VACUUM FULL in a maintenance window.',
      ),
      ...when(
        table.deadRows >= limit.deadRowsFrom && table.deadRows > table.rows * limit.deadRowShare,
        ['dead-rows', table.name, table.deadRows],
        `${table.name}: ${table.deadRows} dead rows beside ${Math.round(table.rows)} live ones.`,
        'VACUUM it; if that does not help, an old transaction or replication slot keeps the rows.',
      ),
    ]),
    ...when(
      blocks >= limit.cacheFromBlocks && hit < limit.cacheHitShare,
      ['cache', '', 1 - hit],
      `Only ${percent(hit)} of the blocks are found in memory.`,
      'Look for sequential scans of large tables among the slow queries before buying memory.',
    ),
    ...(health.slowQueries ?? [])
      .filter((query) => query.meanMs >= limit.meanQueryMs && query.calls >= 10)
      .map((query) => ({
        name: 'slow-query',
        subject: query.query,
        amount: query.meanMs,
        what: `${Math.round(query.meanMs)} ms in the mean of ${query.calls} calls: ${query.query}`,
        fix: 'explain (analyze, buffers) shows where the time goes.',
      })),
    ...health.missingIndexes.map((key) => ({
      name: 'missing-index',
      subject: `${key.table} ${key.name}`,
      amount: 1,
      what: `${key.table}: no index serves the foreign key ${key.name} (${key.columns}).`,
      fix: `create index concurrently on ${key.table} (${key.columns}); in a migration of its own.`,
    })),
    ...health.invalidIndexes.map((name) => ({
      name: 'invalid-index',
      subject: name,
      amount: 1,
      what: `${name} is invalid: a concurrent build failed, and every write still maintains it.`,
      fix: `drop index concurrently ${name}; then build it again.`,
    })),
    ...health.withoutRls.map((name) => ({
      name: 'rls',
      subject: name,
      amount: 1,
      what: `${name} is exposed without row level security.`,
      fix: `alter table ${name} enable row level security; with a policy, in a migration.`,
    })),
    ...when(
      (replication.lagS ?? 0) > limit.replicationLagS,
      ['replication-lag', '', replication.lagS ?? 0],
      `A replica is ${Math.round(replication.lagS ?? 0)} s behind.`,
      'Pause backfills and bulk loads until it has caught up.',
    ),
    ...when(
      (replication.retainedBytes ?? 0) > limit.retainedBytes,
      ['replication-slot', '', replication.retainedBytes ?? 0],
      `A replication slot keeps ${megabytes(replication.retainedBytes ?? 0)} of write-ahead log.`,
      'Bring its reader back or drop the slot, before the disk is full.',
    ),
    ...when(
      health.transactionAge > limit.transactionAge,
      ['wraparound', '', health.transactionAge],
      `The oldest unfrozen transaction is ${health.transactionAge} transactions old.`,
      'VACUUM (FREEZE) the oldest tables; at two thousand million the server stops writing.',
    ),
    ...(health.findings ?? [])
      .filter((finding) => finding.severity !== 'info')
      .map((finding) => ({
        name: 'doctor',
        subject: `${finding.severity} ${finding.kind}`,
        amount: finding.count,
        what: `${finding.count} × ${finding.kind} (${finding.severity}): ${finding.example}`,
        fix: 'select * from private.findings(null) names each with the safe thing to do.',
      })),
  ]
}

/** What got worse between a baseline and a later moment: new alerts, and known ones that grew by more than a tenth. */
export function alertsAgainst(before: Health, after: Health): Alert[] {
  const keyOf = (alert: Alert): string => `${alert.name} ${alert.subject}`
  const known = new Map(alertsOf(before).map((alert) => [keyOf(alert), alert.amount]))
  const isWorse = (alert: Alert): boolean => {
    const was = known.get(keyOf(alert))
    return was === undefined || alert.amount > was * (1 + THRESHOLDS.growth)
  }
  const rates = [errorAlert(before, after), latencyAlert(before, after)].filter((alert) => alert !== undefined)
  const deadlocks = after.counters.deadlocks - before.counters.deadlocks
  return [
    ...alertsOf(after).filter(isWorse),
    ...rates,
    ...(deadlocks > 0
      ? [
          {
            name: 'deadlocks',
            subject: '',
            amount: deadlocks,
            what: `${deadlocks} deadlocks since the baseline.`,
            fix: 'The server log names both statements; lock in one order.',
          },
        ]
      : []),
  ]
}

function errorAlert(before: Health, after: Health): Alert | undefined {
  const was = before.counters
  const now = after.counters
  const total = now.commits - was.commits + now.rollbacks - was.rollbacks
  if (total < THRESHOLDS.comparedFrom) return undefined
  const errors = now.rollbacks - was.rollbacks
  if (errors < THRESHOLDS.errorsFrom) return undefined
  const share = errors / total
  const usual = was.commits + was.rollbacks === 0 ? 0 : was.rollbacks / (was.commits + was.rollbacks)
  // Relative to almost nothing every single error would be an alarm, so it has to be one in a hundred as well.
  if (share <= usual * (1 + THRESHOLDS.errorIncrease) || share - usual < 0.01) return undefined
  return {
    name: 'errors',
    subject: '',
    amount: share,
    what: `${percent(share)} of ${total} transactions were rolled back since the baseline; usual are ${percent(usual)}.`,
    fix: 'Look at the application log; roll back the newest migration when its tables are concerned.',
  }
}

function latencyAlert(before: Health, after: Health): Alert | undefined {
  const [was, now] = [before.counters, after.counters]
  if (was.calls === undefined || was.totalMs === undefined || now.calls === undefined || now.totalMs === undefined) {
    return undefined
  }
  const calls = now.calls - was.calls
  if (calls < THRESHOLDS.comparedFrom || was.calls === 0) return undefined
  const mean = (now.totalMs - was.totalMs) / calls
  const usual = was.totalMs / was.calls
  if (mean <= usual * (1 + THRESHOLDS.latencyIncrease)) return undefined
  return {
    name: 'latency',
    subject: '',
    amount: mean,
    what: `A statement takes ${mean.toFixed(2)} ms in the mean since the baseline; usual are ${usual.toFixed(2)} ms.`,
    fix: 'Compare the slow queries with those of the baseline; a plan may have changed.',
  }
}

/** A share for people. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** Bytes for people. */
export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`
