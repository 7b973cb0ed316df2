import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { OurQueue } from './ours.ts'
import type { PeerJob, PeerQueue } from './peers.ts'
import { cpuOf } from './processes.ts'
import type { BenchSink } from './sink.ts'

/** One side in one round, for each delivery. */
export interface Measured {
  readonly perSecond: number
  /** Microseconds. The gateway is the process of the benchmark itself. */
  readonly cpu: { readonly worker: number; readonly database: number; readonly api: number; readonly gateway: number }
  /** Bytes, of writing and of delivering. */
  readonly wal: number
}

type Spent = Readonly<Record<string, number>>

/** So many deliveries of PayD: the events are written first, then a ring starts the worker. */
export async function measureOurs(
  ours: OurQueue,
  sink: BenchSink,
  { organizations, each, deliveries }: { organizations: number; each: number; deliveries: number },
): Promise<Measured> {
  await ours.subscribe({ organizations, each, sinkUrl: sink.url })
  const walBefore = await walOf(ours)
  await ours.emit(deliveries / each)
  const spent = await spending(
    { worker: 'webhook-dispatch.entry.js', database: await dataFolderOf(ours), api: 'postgrest' },
    async () => {
      // What is left after one budget is rung for by the database, as a scheduler would hear it.
      const bell = await ours.sql.listen('payd_doorbell', () => void ours.ring())
      await ours.ring()
      await sink.collect(deliveries)
      await untilTold(ours)
      await bell.unlisten()
    },
  )
  const wal = (await walOf(ours)) - walBefore
  await ours.clear()
  return measuredOf(spent, deliveries, wal)
}

/** What was found best for each peer. */
const BEST = { 'pg-boss': { sockets: 192, timeoutMs: 15_000 }, 'graphile-worker': { sockets: 64, timeoutMs: 15_000 } }

/** So many jobs of a peer: they are put in first, then its worker begins. */
export async function measurePeer(peer: PeerQueue, sink: BenchSink, deliveries: number): Promise<Measured> {
  const walBefore = await walOf(peer)
  await peer.enqueue(jobsFor(sink.url, deliveries))
  const worker = await peer.boot(BEST[peer.peer])
  const folder = await dataFolderOf(peer)
  const spent = await spending({ worker: 'peer-process.ts', database: folder }, async () => {
    worker.go()
    await sink.collect(deliveries)
    await untilLogged(peer, deliveries)
  })
  const wal = (await walOf(peer)) - walBefore
  await worker.stop()
  await peer.sql`truncate attempts`
  return measuredOf(spent, deliveries, wal)
}

/**
 * Seconds until 99 % of the deliveries to healthy endpoints have arrived, of 1,000 to 100 endpoints of which ten hang; they are waited for
 * 15 seconds, as PayD does where nothing else is said.
 */
export async function measureHang(sink: BenchSink, queue: OurQueue | PeerQueue, sockets = 64): Promise<number> {
  const healthy = 900
  if ('enqueue' in queue) await queue.enqueue(jobsFor(sink.url, 1_000, 10))
  else {
    await queue.subscribe({ organizations: 100, each: 1, sinkUrl: sink.url, hanging: 10, timeoutMs: 15_000 })
    await queue.emit(1_000)
  }
  const worker = 'enqueue' in queue ? await queue.boot({ sockets, timeoutMs: 15_000 }) : undefined
  const begin = Date.now()
  if ('enqueue' in queue) worker?.go()
  else await queue.ring()
  const arrivals = await sink.collect(healthy)
  if ('enqueue' in queue) await worker?.stop()
  else await queue.clear()
  const seconds = arrivals.map(([, at]) => (at - begin) / 1_000).toSorted((a, b) => a - b)
  return seconds[Math.floor(seconds.length * 0.99)] ?? Number.NaN
}

function jobsFor(sinkUrl: string, count: number, hanging = 0): PeerJob[] {
  return Array.from({ length: count }, (_, index) => {
    const endpoint = index % 100
    const data = { payroll_run_id: index, text: 'x'.repeat(900) }
    return {
      id: randomUUID(),
      url: `${sinkUrl}${endpoint < hanging ? '/hang' : ''}/${endpoint}`,
      body: JSON.stringify({ type: 'payroll.completed', timestamp: new Date().toISOString(), data }),
    }
  })
}

async function spending(words: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<Spent> {
  const before = await cpuOf(words)
  const own = process.cpuUsage()
  const begin = performance.now()
  await work()
  const seconds = (performance.now() - begin) / 1_000
  const after = await cpuOf(words)
  const { user, system } = process.cpuUsage(own)
  const spent = Object.keys(words).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)])
  return { ...Object.fromEntries(spent), seconds, gateway: (user + system) / 1_000_000 }
}

function measuredOf(spent: Spent, deliveries: number, wal: number): Measured {
  const micros = (name: string): number => ((spent[name] ?? 0) * 1_000_000) / deliveries
  return {
    perSecond: deliveries / (spent.seconds ?? Number.NaN),
    cpu: {
      worker: micros('worker'),
      database: micros('database'),
      api: micros('api'),
      gateway: 'api' in spent ? micros('gateway') : 0,
    },
    wal: wal / deliveries,
  }
}

async function walOf({ sql }: Pick<PeerQueue, 'sql'>): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes`
  return row?.bytes ?? Number.NaN
}

async function dataFolderOf({ sql }: Pick<PeerQueue, 'sql'>): Promise<string> {
  const [row] = await sql<{ folder: string }[]>`select current_setting('data_directory') as folder`
  return row?.folder ?? ''
}

async function untilTold({ sql }: OurQueue): Promise<void> {
  for (let left = 1; left > 0; ) {
    const [row] = await sql<{ left: number }[]>`
      select ((select count(*) from private.webhook_ready_deliveries) + (select count(*) from private.webhook_leases))::integer as left`
    left = row?.left ?? 0
    if (left > 0) await delay(10)
  }
}

async function untilLogged({ sql }: PeerQueue, count: number): Promise<void> {
  for (let logged = 0; logged < count; ) {
    const [row] = await sql<{ logged: number }[]>`select count(*)::integer as logged from attempts`
    logged = row?.logged ?? 0
    if (logged < count) await delay(10)
  }
}
