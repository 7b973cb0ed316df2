import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'pg'
import { errorText } from '../lib/error-text.ts'
import { listenOn } from './channel.ts'
import { createRinger } from './ringer.ts'

const CHANNEL = 'payd_doorbell'
const END_WITHIN_MS = 1_000

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
  /** Rings a worker now; resolves when a call that began after this one was answered, by a worker that goes on afterwards at once. */
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
  // This driver gives up at once when the database is away. Others try again without a pause until it is back.
  const pool = new Pool({ connectionString: options.databaseUrl, max: 2, application_name: 'payd-scheduler' })
  pool.on('error', () => undefined)
  const stopping = new AbortController()
  const ringer = createRinger((name) => ringFunction(name, options, stopping.signal))
  const timers = new Map<string, NodeJS.Timeout>()

  const ring = async (name: string): Promise<void> => {
    if (options.functionNames.includes(name)) return ringer.ring(name)
    options.log(`A doorbell rang for "${name}", but there is no edge function of that name.`)
  }
  const runJob = async (job: Job): Promise<void> => {
    // A job that has nothing to do has run: an idle project makes no call.
    if (!(await isDue(pool, job.name))) return recordRun(pool, job.name)
    if (job.kind === 'function') await ring(job.target)
    else await pool.query(job.target)
    await recordRun(pool, job.name)
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
      job = (await readJobs(pool, known.name))[0] ?? { ...known, is_enabled: false }
      if (job.is_enabled) await runJob(job)
    } catch (error) {
      if (!stopping.signal.aborted) options.log(`The scheduled job ${known.name} failed: ${errorText(error)}`)
    }
    plan(job, job.every_seconds)
  }

  // Doorbells that rang while no session listened are not repeated, so each worker looks once for work that waits.
  const ringAll = (jobs: readonly Job[]): void => {
    for (const job of jobs) if (job.is_enabled && job.kind === 'function') void ringIfDue(job)
  }
  const ringIfDue = async (job: Job): Promise<void> => {
    // What cannot be asked now is asked again after its period.
    if (await isDue(pool, job.name).catch(() => false)) await ring(job.target)
  }
  const channel = await listenOn({
    databaseUrl: options.databaseUrl,
    channel: CHANNEL,
    onNotification: (name) => void ring(name),
    onReopened: () => void readJobs(pool).then(ringAll, () => undefined),
    log: options.log,
  })
  const jobs = await readJobs(pool)
  for (const job of jobs) plan(job, secondsUntilDue(job))
  ringAll(jobs)

  return {
    ring,
    idle: () => ringer.idle(),
    stop: async () => {
      if (stopping.signal.aborted) return
      stopping.abort()
      for (const timer of timers.values()) clearTimeout(timer)
      ringer.stop()
      await channel.close()
      await ringer.idle()
      // A job that still runs ends with the database, which the stack stops next.
      await Promise.race([pool.end(), delay(END_WITHIN_MS, undefined, { ref: false })])
    },
  }
}

/** A statement is due one period after it last ended well, at once if it never did. Workers are rung at every start anyway. */
function secondsUntilDue({ kind, every_seconds: period, seconds_ago: ago }: Job): number {
  if (kind === 'function') return period
  return ago === null ? 0 : Math.max(0, period - ago)
}

/** All jobs, or the one of this name. None while the migration that declares them has not run. */
async function readJobs(pool: Pool, name?: string): Promise<Job[]> {
  const table = await pool.query<{ exists: boolean }>(
    `select to_regclass('private.scheduled_jobs') is not null as exists`,
  )
  if (!table.rows[0]?.exists) return []
  const secondsAgo = (await hasRecord(pool))
    ? `(select extract(epoch from now() - run.last_run_at)::float8 from private.scheduled_job_runs as run where run.name = job.name)`
    : 'null::float8'
  const { rows } = await pool.query<Job>(
    `select job.name, job.kind, job.target, job.every_seconds, job.is_enabled, ${secondsAgo} as seconds_ago
     from private.scheduled_jobs as job
     where $1::text is null or job.name = $1
     order by job.name`,
    [name ?? null],
  )
  return rows
}

/** Writes down that a job ended well, where the database keeps a record of it. */
async function recordRun(pool: Pool, name: string): Promise<void> {
  if (await hasRecord(pool)) await pool.query('select private.record_job_run($1)', [name])
}

/** Whether the job has anything to do, by the query of its row; as on a hosted project, where pg_cron asks the same. */
async function isDue(pool: Pool, name: string): Promise<boolean> {
  const asked = await pool.query<{ exists: boolean }>(
    `select to_regprocedure('private.job_is_due(text)') is not null as exists`,
  )
  if (!asked.rows[0]?.exists) return true
  const { rows } = await pool.query<{ due: boolean }>('select private.job_is_due($1) as due', [name])
  return rows[0]?.due ?? true
}

async function hasRecord(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ exists: boolean }>(
    `select to_regprocedure('private.record_job_run(text)') is not null as exists`,
  )
  return rows[0]?.exists ?? false
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
