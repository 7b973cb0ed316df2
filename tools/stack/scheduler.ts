import postgres, { type Sql } from 'postgres'
import { errorText } from '../lib/error-text.ts'
import { createRinger } from './ringer.ts'

const CHANNEL = 'payd_doorbell'

/** How the scheduler is started. */
export type SchedulerOptions = {
  /** The database, as the role postgres, which is who pg_cron runs jobs as. */
  readonly databaseUrl: string
  readonly gatewayUrl: string
  /** The named secret key "cron". */
  readonly cronKey: string
  readonly functionNames: readonly string[]
  /** Gets a sentence about every ring or job that failed. */
  readonly log: (sentence: string) => void
}

/** Stands in for pg_cron and pg_net: runs the declared jobs and rings a worker when the database asks for it. */
export type Scheduler = {
  /** Rings a worker now; resolves when a run that began after this call has ended. */
  ring(functionName: string): Promise<void>
  /** Resolves when no ring is running or waiting. */
  idle(): Promise<void>
  stop(): Promise<void>
}

type Job = {
  readonly name: string
  readonly kind: string
  readonly target: string
  readonly every_seconds: number
  readonly is_enabled: boolean
  /** How long ago it last ended well; null when that is not known. */
  readonly seconds_ago: number | null
}

/**
 * Starts listening for doorbells and the jobs of `private.scheduled_jobs`, if that table exists. What is overdue runs at once: a
 * stack that is restarted every day would otherwise never run a daily job.
 */
export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const sql = postgres(options.databaseUrl, { max: 3, onnotice: () => undefined })
  const stopping = new AbortController()
  const ringer = createRinger((name) => ringFunction(name, options, stopping.signal))
  const timers = new Map<string, NodeJS.Timeout>()

  const ring = async (name: string): Promise<void> => {
    if (options.functionNames.includes(name)) return ringer.ring(name)
    options.log(`A doorbell rang for "${name}", but there is no edge function of that name.`)
  }
  const runJob = async (job: Job): Promise<void> => {
    if (job.kind === 'function') await ring(job.target)
    else await sql.unsafe(job.target).simple()
    await recordRun(sql, job.name)
  }
  // The next run is planned when the last one has ended, so a slow job never runs beside itself.
  const plan = (job: Job, waitSeconds: number): void => {
    if (stopping.signal.aborted) return
    timers.set(
      job.name,
      // A timer cannot count further than 2^31 milliseconds; waking early costs one more look.
      setTimeout(() => void wake(job), Math.min(waitSeconds * 1000, 2 ** 31 - 1)),
    )
  }
  const wake = async (known: Job): Promise<void> => {
    let job = known
    try {
      job = (await readJobs(sql, known.name))[0] ?? { ...known, is_enabled: false }
      if (job.is_enabled) await runJob(job)
    } catch (error) {
      if (!stopping.signal.aborted) options.log(`The scheduled job ${known.name} failed: ${errorText(error)}`)
    }
    plan(job, job.every_seconds)
  }

  await sql.listen(CHANNEL, (name) => void ring(name))
  const jobs = await readJobs(sql)
  for (const job of jobs) plan(job, secondsUntilDue(job))
  // Doorbells that rang while nobody listened are not repeated, so look once for work that waits.
  for (const job of jobs) if (job.is_enabled && job.kind === 'function') void ring(job.target)

  return {
    ring,
    idle: () => ringer.idle(),
    stop: async () => {
      stopping.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      ringer.stop()
      await ringer.idle()
      await sql.end({ timeout: 1 })
    },
  }
}

/** A statement is due one period after it last ended well, at once if it never did. Workers are rung at every start anyway. */
function secondsUntilDue({ kind, every_seconds: period, seconds_ago: ago }: Job): number {
  if (kind === 'function') return period
  return ago === null ? 0 : Math.max(0, period - ago)
}

/** All jobs, or the one of this name. None while the migration that declares them has not run. */
async function readJobs(sql: Sql, name?: string): Promise<Job[]> {
  const [table] = await sql<{ exists: boolean }[]>`select to_regclass('private.scheduled_jobs') is not null as exists`
  if (!table?.exists) return []
  const secondsAgo = (await hasRecord(sql))
    ? sql`(select extract(epoch from now() - run.last_run_at)::float8 from private.scheduled_job_runs as run where run.name = job.name)`
    : sql`null::float8`
  return sql<Job[]>`
    select job.name, job.kind, job.target, job.every_seconds, job.is_enabled, ${secondsAgo} as seconds_ago
    from private.scheduled_jobs as job
    where ${name ?? null}::text is null or job.name = ${name ?? null}
    order by job.name`
}

/** Writes down that a job ended well, where the database keeps a record of it. */
async function recordRun(sql: Sql, name: string): Promise<void> {
  if (await hasRecord(sql)) await sql`select private.record_job_run(${name})`
}

async function hasRecord(sql: Sql): Promise<boolean> {
  const [found] = await sql<{ exists: boolean }[]>`
    select to_regprocedure('private.record_job_run(text)') is not null as exists`
  return found?.exists ?? false
}

async function ringFunction(name: string, options: SchedulerOptions, stopping: AbortSignal): Promise<void> {
  try {
    const response = await fetch(`${options.gatewayUrl}/functions/v1/${name}`, {
      method: 'POST',
      headers: { apikey: options.cronKey, 'content-type': 'application/json' },
      body: '{}',
      // The wall clock limit of a hosted edge function.
      signal: AbortSignal.any([stopping, AbortSignal.timeout(150_000)]),
    })
    const body = await response.text()
    if (!response.ok) options.log(`The ring of ${name} was answered with ${response.status}: ${body.slice(0, 500)}`)
  } catch (error) {
    if (!stopping.aborted) options.log(`The ring of ${name} failed: ${errorText(error)}`)
  }
}
