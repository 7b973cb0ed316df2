import { setTimeout as delay } from 'node:timers/promises'
import type { ResultRow } from '../measure.ts'
import { spread } from '../measure.ts'
import { type OurQueue, openOurs } from './ours.ts'
import type { BenchSink } from './sink.ts'

const EVENTS = 150
const EVERY_MS = 20

/** From the call that writes an event to its arrival, calm and beside a receiver that hangs; and how long a kill delays. */
export async function measureLatency(sink: BenchSink, tell: (line: string) => void): Promise<ResultRow[]> {
  const ours = await openOurs({ scheduler: true })
  try {
    await ours.subscribe({ organizations: 1, each: 1, sinkUrl: sink.url })
    await trickle(ours, sink, 20)
    const calm = await trickle(ours, sink, EVENTS)
    await ours.subscribe({ organizations: 1, each: 1, sinkUrl: sink.url, hanging: 1 })
    await emitAll(ours)
    const beside = await trickle(ours, sink, EVENTS)
    tell(`commit to arrival: ${JSON.stringify({ calm: spread(calm), beside: spread(beside) })}`)
    await ours.clear()
    const recovery = await recover(ours, sink)
    tell(`recovery: ${recovery} s`)
    return [
      {
        what: 'from the call that writes an event to its arrival, 50 a second',
        unit: 'ms',
        ...spread(calm),
        aim: '< 100',
      },
      { what: 'the same beside a receiver that hangs', unit: 'ms', ...spread(beside) },
      {
        what: 'p50 beside a receiver that hangs over p50 without',
        unit: '×',
        ...spread([spread(beside).median / spread(calm).median]),
        aim: '< 2',
      },
      {
        what: 'a worker is killed: until everything it held has arrived',
        unit: 's',
        ...spread([recovery]),
        aim: '≤ 46',
      },
    ]
  } finally {
    await ours.close()
  }
}

/** Milliseconds of each event of the first organization. */
export async function trickle(ours: OurQueue, sink: BenchSink, count: number): Promise<number[]> {
  const [organization] = await ours.sql<{ id: string }[]>`
    select min(organization_id) as id from public.webhook_subscriptions where is_active`
  const begun = new Map<string, number>()
  for (let event = 0; event < count; event++) {
    const key = `${Date.now()} ${event}`
    begun.set(key, Date.now())
    await ours.sql`
      select private.emit_event(${organization?.id ?? ''}, 'payroll.completed', 'payroll_run', ${key}, ${key}, '{}')`
    await delay(EVERY_MS)
  }
  const arrivals = new Map(await sink.collect(count))
  const events = await ours.sql<{ event_id: string; dedupe_key: string }[]>`
    select event_id, dedupe_key from public.events where dedupe_key = any (${[...begun.keys()]})`
  return events.map(({ event_id, dedupe_key }) => (arrivals.get(event_id) ?? Number.NaN) - (begun.get(dedupe_key) ?? 0))
}

/** An event for every organization, so that the receiver that hangs has something to hang on. */
async function emitAll({ sql }: OurQueue): Promise<void> {
  await sql`
    select private.emit_event(organization_id, 'payroll.completed', 'payroll_run', 'hang', 'hang' || organization_id, '{}')
    from public.webhook_subscriptions where is_active and url like '%/hang/%'`
}

async function recover(ours: OurQueue, sink: BenchSink): Promise<number> {
  await ours.subscribe({ organizations: 10, each: 1, sinkUrl: sink.url })
  await ours.emit(2_000)
  await delay(300)
  await ours.stack.functions.kill('webhook-dispatch')
  const begin = performance.now()
  for (let left = 1; left > 0; ) {
    await delay(100)
    const [row] = await ours.sql<{ left: number }[]>`
      select ((select count(*) from private.webhook_ready_deliveries) + (select count(*) from private.webhook_retry)
        + (select count(*) from private.webhook_leases))::integer as left`
    left = row?.left ?? 0
  }
  return (performance.now() - begin) / 1_000
}
