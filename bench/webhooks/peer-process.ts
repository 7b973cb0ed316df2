/** pg-boss or graphile-worker at its best, in a process of its own: signs, sends and writes one row for each attempt, in batches. */
import { createHmac } from 'node:crypto'
import { Logger, run } from 'graphile-worker'
import { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { Agent, request } from 'undici'
import type { PeerJob } from './peers.ts'

const [kind, databaseUrl = '', sockets = '', timeout = ''] = process.argv.slice(2)
const KEY = Buffer.alloc(32, 7)
const TIMEOUT_MS = Number(timeout)
const pool = new Pool({ connectionString: databaseUrl, max: 4 })
const agent = new Agent({
  connections: Number(sockets),
  pipelining: 1,
  headersTimeout: TIMEOUT_MS,
  bodyTimeout: TIMEOUT_MS,
})

process.on('disconnect', () => process.exit(0))
// The start of the process and its modules are no part of what is measured.
process.once('message', () => void (kind === 'pg-boss' ? startPgBoss() : startGraphile()))
process.send?.('ready')

type Row = readonly [string, number, number]

async function send(job: PeerJob): Promise<Row> {
  const begin = performance.now()
  const seconds = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', KEY).update(`${job.id}.${seconds}.${job.body}`).digest('base64')
  const headers = {
    'content-type': 'application/json',
    'webhook-id': job.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  }
  const { statusCode, body } = await request(job.url, { method: 'POST', headers, body: job.body, dispatcher: agent })
  await body.dump()
  if (statusCode > 299) throw new Error(`The receiver answered ${statusCode}.`)
  return [job.id, statusCode, Math.round(performance.now() - begin)]
}

async function write(rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  await pool.query(
    'insert into attempts (webhook_id, status, duration_ms) select * from unnest($1::text[], $2::int[], $3::int[])',
    [rows.map(([id]) => id), rows.map(([, status]) => status), rows.map(([, , duration]) => duration)],
  )
}

async function startPgBoss(): Promise<void> {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 8, supervise: false, schedule: false })
  await boss.start()
  const handle = async (jobs: { readonly data: PeerJob }[]): Promise<void> => {
    const done = await Promise.allSettled(jobs.map(({ data }) => send(data)))
    await write(done.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
    // A batch succeeds or fails as a whole, so one that hangs is given up here.
  }
  for (let lane = 0; lane < 6; lane++) {
    await boss.work('webhooks', { batchSize: 1_000, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true }, handle)
  }
}

async function startGraphile(): Promise<void> {
  let rows: Row[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const full = rows
    rows = []
    write(full).catch((error: unknown) => console.error(error))
  }
  const log = (row: Row): void => {
    rows.push(row)
    if (rows.length >= 250) flush()
    else timer ??= setTimeout(flush, 50)
  }
  await run({
    connectionString: databaseUrl,
    taskList: { webhook: async (job) => log(await send(job as PeerJob)) },
    noHandleSignals: true,
    // Receivers that hang are part of the benchmark.
    logger: new Logger(() => () => undefined),
    maxPoolSize: 8,
    preset: {
      worker: {
        concurrentJobs: Number(sockets),
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        pollInterval: 500,
      },
    },
  })
}
