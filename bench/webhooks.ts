import { cpus, loadavg } from 'node:os'
import type { Benchmark, ResultRow } from './measure.ts'
import { spread } from './measure.ts'
import { type MeasuredDialler, measureDialler } from './webhooks/dialler.ts'
import { measureEmit } from './webhooks/emit.ts'
import { measureLatency } from './webhooks/latency.ts'
import { openOurs } from './webhooks/ours.ts'
import { openPeer, PEERS, type PeerQueue } from './webhooks/peers.ts'
import { type Measured, measureHang, measureOurs, measurePeer } from './webhooks/rates.ts'
import { startBenchSink } from './webhooks/sink.ts'

const ROUNDS = 3
const DELIVERIES = 20_000

type Side = 'PayD' | (typeof PEERS)[number]

/** Webhooks from the queue to the receiver, against pg-boss and graphile-worker at their best on the same server and receiver. */
export const webhooks: Benchmark = async (tell) => {
  const sink = await startBenchSink()
  const ours = await openOurs()
  const peers: PeerQueue[] = []
  const rows: ResultRow[] = []
  try {
    // A checkpoint in the middle of a round would write whole pages for one side only.
    for (const setting of [`max_wal_size = '8GB'`, `checkpoint_timeout = '1h'`]) {
      await ours.sql.unsafe(`alter system set ${setting}`)
    }
    await ours.sql`select pg_reload_conf()`
    for (const peer of PEERS) {
      const name = peer.replace('-', '_')
      await ours.sql`create database ${ours.sql(name)}`
      const url = new URL(ours.stack.adminUrl)
      url.pathname = `/${name}`
      peers.push(await openPeer(peer, url.href))
    }
    const found: {
      single: Record<Side, Measured[]>
      twenty: Measured[]
      hang: Record<Side, number[]>
      wide: number[]
      dialler: MeasuredDialler[]
    } = {
      dialler: [],
      single: { PayD: [], 'pg-boss': [], 'graphile-worker': [] },
      twenty: [],
      hang: { PayD: [], 'pg-boss': [], 'graphile-worker': [] },
      wide: [],
    }
    for (let round = 0; round <= ROUNDS; round++) {
      // The first round only warms everything up.
      const size = round === 0 ? 600 : DELIVERIES
      const single = await measureOurs(ours, sink, { organizations: 100, each: 1, deliveries: size })
      const twenty = await measureOurs(ours, sink, { organizations: 5, each: 20, deliveries: size })
      const others = []
      for (const peer of peers) others.push(await measurePeer(peer, sink, size))
      const dialler = await measureDialler(sink, size)
      if (round === 0) continue
      found.single.PayD.push(single)
      found.twenty.push(twenty)
      found.dialler.push(dialler)
      for (const [index, peer] of PEERS.entries()) found.single[peer].push(others[index] as Measured)
      tell(`round ${round}: ${JSON.stringify({ single, twenty, others, dialler })}`)
    }
    for (let round = 0; round < ROUNDS; round++) {
      found.hang.PayD.push(await measureHang(sink, ours))
      for (const peer of peers) found.hang[peer.peer].push(await measureHang(sink, peer))
    }
    const [boss] = peers
    if (boss !== undefined) found.wide.push(await measureHang(sink, boss, 192))
    tell(`hanging: ${JSON.stringify({ ...found.hang, wide: found.wide })}`)
    rows.push(...ratesOf(found.single, found.twenty, found.dialler), ...hangOf(found.hang, found.wide))
    rows.push(...(await measureEmit(ours, sink.url)))
  } finally {
    await Promise.all(peers.map((peer) => peer.close()))
    await ours.close()
  }
  try {
    rows.push(...(await measureLatency(sink, tell)))
  } finally {
    sink.close()
  }
  return {
    title: 'Webhooks',
    method: `${DELIVERIES} deliveries of about a kilobyte to 100 endpoints in each of ${ROUNDS} rounds after one to warm up, PayD, pg-boss 12.35 and graphile-worker 0.18 in turn on one durable server (fsync and synchronous_commit on) with one receiver in a process of its own. PayD goes over PostgREST with supabase-js, through the gateway of the local stack, which is part of its rate and named apart in its processor time. The peers sign, send with undici, and write one row for each attempt in batches: pg-boss in six lanes of 1,000 jobs with 192 connections, graphile-worker with 64 jobs at once, a local queue of 500 and batched completion. PayD's worker takes 5,000 deliveries at a time, so that it keeps within the processor time of a hosted function, and is rung again by the database. Every side begins a round with a new process, whose start and modules are left out. WAL is that of writing the event or job and of delivering it. While endpoints hang, every side has 64 deliveries at once and waits 15 seconds for an answer, as PayD does by itself.`,
    rows,
    remarks: `Rates and seconds depend on what else the machine does, processor time less, WAL hardly. A row that compares takes the better peer of the same round. What the code of a worker needs to warm up is part of its processor time, on every side. At the end of the run the load average was ${loadavg()[0]?.toFixed(0)} on ${cpus().length} cores.`,
  }
}

function ratesOf(
  single: Record<Side, Measured[]>,
  twenty: readonly Measured[],
  dialler: readonly MeasuredDialler[],
): ResultRow[] {
  const better = (pick: (measured: Measured) => number, best: (...values: number[]) => number): number[] =>
    single.PayD.map((_, round) => best(...PEERS.map((peer) => pick(single[peer][round] as Measured))))
  const ratio = (ours: readonly number[], theirs: readonly number[]) =>
    spread(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))
  const of = (measured: readonly Measured[], pick: (one: Measured) => number): number[] => measured.map(pick)
  const rate = (one: Measured) => one.perSecond
  const cpu = (one: Measured) => one.cpu.worker + one.cpu.database + one.cpu.api
  const wal = (one: Measured) => one.wal
  const sides = Object.entries(single) as [Side, Measured[]][]
  return [
    ...sides.map(([side, all]) => ({ what: `${side}: deliveries`, unit: '/s', ...spread(of(all, rate)) })),
    {
      what: 'PayD over the faster peer',
      unit: '×',
      ...ratio(of(single.PayD, rate), better(rate, Math.max)),
      aim: '≥ 1.8',
    },
    {
      what: 'the dialler of PayD alone, without a queue',
      unit: '/s',
      ...spread(dialler.map(({ perSecond }) => perSecond)),
    },
    {
      what: 'PayD over its dialler alone',
      unit: '×',
      ...ratio(
        of(single.PayD, rate),
        dialler.map(({ perSecond }) => perSecond),
      ),
    },
    ...sides.map(([side, all]) => ({
      what: `${side}: processor time of a delivery, without the gateway`,
      unit: 'µs',
      ...spread(of(all, cpu)),
      detail: partsOf(all),
    })),
    {
      what: 'the dialler of PayD alone, processor time of a delivery',
      unit: 'µs',
      ...spread(dialler.map(({ micros }) => micros)),
    },
    {
      what: 'PayD over the leaner peer, processor time',
      unit: '×',
      ...ratio(of(single.PayD, cpu), better(cpu, Math.min)),
      aim: '≤ 0.5',
    },
    ...sides.map(([side, all]) => ({
      what: `${side}: WAL of a delivery, one endpoint for each event`,
      unit: 'B',
      ...spread(of(all, wal)),
    })),
    {
      what: 'PayD over the leaner peer, WAL at one endpoint for each event',
      unit: '×',
      ...ratio(of(single.PayD, wal), better(wal, Math.min)),
      aim: '≤ 0.5',
    },
    { what: 'PayD: WAL of a delivery, 20 endpoints for each event', unit: 'B', ...spread(of(twenty, wal)) },
    {
      what: 'PayD over the leaner peer, WAL at 20 endpoints for each event',
      unit: '×',
      ...ratio(of(twenty, wal), better(wal, Math.min)),
      aim: '≤ 0.2',
    },
  ]
}

function partsOf(all: readonly Measured[]): string {
  const median = (part: keyof Measured['cpu']) => spread(all.map(({ cpu }) => cpu[part])).median.toFixed(0)
  const shared = `worker ${median('worker')}, database ${median('database')}`
  return Number(median('api')) === 0 ? shared : `${shared}, PostgREST ${median('api')}, gateway ${median('gateway')}`
}

function hangOf(hang: Record<Side, number[]>, wide: readonly number[]): ResultRow[] {
  const sides = Object.entries(hang) as [Side, number[]][]
  const ratios = hang.PayD.map(
    (ours, round) => ours / Math.min(...PEERS.map((peer) => hang[peer][round] ?? Number.NaN)),
  )
  return [
    ...sides.map(([side, all]) => ({
      what: `${side}: p99 of 900 deliveries to healthy endpoints while 10 of 100 hang`,
      unit: 's',
      ...spread(all),
    })),
    { what: 'PayD over the better peer, p99 while 10 % hang', unit: '×', ...spread(ratios), aim: '≤ 0.083' },
    { what: 'pg-boss with 192 deliveries at once, more than hang: p99 of the same', unit: 's', ...spread(wide) },
  ]
}
