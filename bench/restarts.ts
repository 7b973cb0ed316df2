import { setTimeout as delay } from 'node:timers/promises'
import type { Sql } from 'postgres'
import { disburseAll, finished, readyPayroll } from '../test/integration/payroll.ts'
import { type Benchmark, spread } from './measure.ts'
import { trickle } from './webhooks/latency.ts'
import { openOurs } from './webhooks/ours.ts'
import { startBenchSink } from './webhooks/sink.ts'

const KILLS = 3
const HANGING = 20
const IMPORTED = 100
const EVENTS = 20

/** How long a payment stands still when its worker is killed, and how long an event takes beside a company whose receivers all hang. */
export const restarts: Benchmark = async (tell) => {
  const payment = await killedWhilePaying('payroll-disburse')
  tell(`payroll-disburse: ${JSON.stringify(payment)}`)
  const { alone, beside } = await noisyNeighbour()
  tell(`events: ${JSON.stringify({ alone: spread(alone), beside: spread(beside) })}`)
  return {
    title: 'After a kill, and beside a noisy neighbour',
    method: `payroll-disburse is killed (SIGKILL) ${KILLS} times while it holds the account that pays, and started again at once; nobody gives its lease back. Then ${EVENTS} events, one every 20 ms, are written for one company, alone and while ${HANGING} receivers of another company hang and ${IMPORTED} of its people were imported a moment before, which each of them is to be told. The scheduler rings as it does in npm start.`,
    rows: [
      {
        what: 'the worker of payments is killed: until the account is worked on again',
        unit: 's',
        ...spread(payment),
        aim: '≤ 30',
      },
      { what: 'from the call that writes an event to its arrival', unit: 'ms', ...spread(alone) },
      { what: 'the same beside the noisy neighbour', unit: 'ms', ...spread(beside), aim: '< 2000' },
    ],
  }
}

/** Seconds from each kill in mid-payment to the next claim of the account. */
async function killedWhilePaying(name: 'payroll-disburse'): Promise<number[]> {
  const payroll = await readyPayroll(700, 'restarts')
  const { stack, sql } = payroll
  try {
    await disburseAll(payroll)
    const seconds: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const killedAt = await untilLeased(sql)
      await stack.functions.kill(name)
      await stack.functions.restart(name)
      seconds.push(await secondsUntilClaimed(sql, killedAt))
    }
    await finished(payroll)
    return seconds
  } finally {
    await payroll.stop()
  }
}

/** The database's time, once a worker holds the account. */
async function untilLeased(sql: Sql): Promise<string> {
  for (;;) {
    const [row] = await sql<{ now: string }[]>`
      select clock_timestamp()::text as now from private.source_accounts where leased_until > now() limit 1`
    if (row !== undefined) return row.now
    await delay(5)
  }
}

async function secondsUntilClaimed(sql: Sql, since: string): Promise<number> {
  for (;;) {
    const [row] = await sql<{ seconds: number }[]>`
      select extract(epoch from last_claimed_at - ${since}::timestamptz)::float8 as seconds
      from private.source_accounts where last_claimed_at > ${since}::timestamptz limit 1`
    if (row !== undefined) return row.seconds
    await delay(20)
  }
}

/** Milliseconds of events of one company, alone and beside another whose receivers all hang. */
async function noisyNeighbour(): Promise<{ readonly alone: number[]; readonly beside: number[] }> {
  const sink = await startBenchSink()
  const ours = await openOurs({ scheduler: true })
  try {
    await ours.subscribe({ organizations: 1, each: 1, sinkUrl: sink.url })
    await trickle(ours, sink, EVENTS)
    const alone = await trickle(ours, sink, EVENTS)
    await ours.subscribe({ organizations: 1, each: HANGING, sinkUrl: sink.url, hanging: HANGING })
    await ours.sql`
      insert into public.employees (organization_id, first_name, last_name, email)
      select max(subscription.organization_id), 'Person', number::text, 'person' || number || '@noisy.example'
      from public.webhook_subscriptions as subscription, generate_series(1, ${IMPORTED}::integer) as number
      where subscription.url like '%/hang/%'
      group by number`
    return { alone, beside: await trickle(ours, sink, EVENTS) }
  } finally {
    await ours.close()
    sink.close()
  }
}
