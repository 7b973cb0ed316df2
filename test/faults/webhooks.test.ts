import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type Sink, startSink, startWebhookStack, type WebhookStack } from '../support/webhook-stack.ts'
import { randomNumbers } from './random-numbers.ts'

// What breaks under webhook-dispatch, and what must hold: nothing is lost, only what was under way comes again, and always with the
// same id. `npm run faults` makes the series longer.
const KILLS = Number(process.env.PAYD_FAULT_KILLS ?? 8)
const SEED = Number(process.env.PAYD_FAULT_SEED ?? 20261130)
const ENDPOINTS = 4
const EVENTS = 30

let hooks: WebhookStack
let organization: number

beforeAll(async () => {
  hooks = await startWebhookStack({ isDurable: true })
})
beforeEach(async () => {
  organization = await hooks.organization('Acme')
})
afterEach(() => hooks.clear())
afterAll(() => hooks?.stop())

test(`a worker that is killed ${KILLS} times at random loses no webhook and repeats only what was under way`, async () => {
  const random = randomNumbers(SEED)
  const sink = await aSink()
  const mayRepeat = new Map<string, number>()
  for (let kill = 1; kill <= KILLS; kill++) {
    await hooks.emit(organization, EVENTS)
    const before = sink.arrivals.length
    const after = before + Math.floor(random() * EVENTS * ENDPOINTS)
    await hooks.ring()
    await vi.waitFor(() => expect(sink.arrivals.length).toBeGreaterThanOrEqual(after), { timeout: 60_000, interval: 1 })
    await hooks.killWorker()
    await noteHeld(mayRepeat)
    await hooks.makeDue()
  }
  await hooks.untilAllTold()
  await expectNothingLost(sink, mayRepeat, KILLS * EVENTS)
  await sink.close()
})

test('a database that crashes while webhooks are sent loses none and repeats only what was under way', async () => {
  const sink = await aSink()
  const mayRepeat = new Map<string, number>()
  await hooks.emit(organization, 200)
  await hooks.ring()
  await vi.waitFor(() => expect(sink.arrivals.length).toBeGreaterThan(100), { timeout: 60_000, interval: 1 })
  // A process of the server that dies takes all sessions with it, and the server recovers from its log.
  const [session] = await hooks.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where usename = 'authenticator' limit 1`
  process.kill(session?.pid ?? Number.NaN, 'SIGKILL')
  await vi.waitFor(() => hooks.sql`select 1`, { timeout: 60_000, interval: 20 })
  await hooks.killWorker()
  await noteHeld(mayRepeat)
  await hooks.makeDue()
  await hooks.untilAllTold()
  await expectNothingLost(sink, mayRepeat, 200)
  await sink.close()
})

test('a webhook that kills every worker is counted, given up and stops no other', async () => {
  let poison = ''
  let deaths = 0
  const sink = await startSink(({ webhookId }, response) => {
    if (webhookId !== poison) return void response.writeHead(204).end()
    void hooks.killWorker().then(() => {
      deaths += 1
    })
  })
  const endpoint = await hooks.subscribe(organization, sink.url)
  await hooks.emit(organization, 20)
  const [chosen] = await hooks.sql<{ id: string; event_id: string }[]>`
    select id, event_id from public.events where organization_id = ${organization} order by id offset 10 limit 1`
  poison = chosen?.event_id ?? ''
  // Seven workers have died of it already, which makes a row of its own of it.
  await hooks.sql.begin(async (sql) => {
    await sql`create temporary table due on commit drop as select * from private.webhook_ready_deliveries`
    await sql`delete from private.webhook_ready`
    await sql`
      insert into private.webhook_ready (endpoint_id, id, event_id, number, attempts) overriding system value
      select endpoint_id, id, event_id, number, case when event_id = ${chosen?.id ?? ''} then 7 else attempts end from due`
  })
  for (const expected of [1, 2, 3]) {
    await vi.waitFor(
      async () => {
        await hooks.makeRetriesDue()
        await hooks.ring()
        expect(deaths).toBe(expected)
      },
      { timeout: 60_000, interval: 50 },
    )
    await hooks.makeDue()
  }
  await hooks.untilAllTold()

  const attempts = await hooks.sql<{ attempt_number: number; error_class: string; outcome: string }[]>`
    select attempt_number, error_class, outcome from public.webhook_attempts
    where endpoint_id = ${endpoint} and event_id = ${chosen?.id ?? ''} order by attempt_number`
  expect([...attempts]).toEqual([
    { attempt_number: 8, error_class: 'worker_lost', outcome: 'retrying' },
    { attempt_number: 9, error_class: 'worker_lost', outcome: 'retrying' },
    { attempt_number: 10, error_class: 'worker_lost', outcome: 'dead' },
  ])
  expect([...(await hooks.sql`select event_id from private.webhook_dead`)]).toEqual([{ event_id: chosen?.id }])
  expect(new Set(sink.arrivals.map(({ webhookId }) => webhookId)).size).toBe(20)
  await sink.close()
})

/** A receiver with several subscriptions of the organization, one for each path. */
async function aSink(): Promise<Sink> {
  const sink = await startSink()
  for (let path = 0; path < ENDPOINTS; path++) await hooks.subscribe(organization, `${sink.url}/${path}`)
  return sink
}

/** Notes what the leases of dead workers hold and what no worker has told. */
async function noteHeld(mayRepeat: Map<string, number>): Promise<void> {
  const held = await hooks.sql<{ key: string }[]>`
    select right(subscription.url, 2) || ' ' || event.event_id as key
    from private.webhook_leases as lease
    cross join lateral unnest(lease.endpoint_ids, lease.event_ids, lease.delivery_ids) as one (endpoint_id, event_id, id)
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = one.endpoint_id
    join public.events as event on event.id = one.event_id
    where one.id <> all (lease.finished)`
  for (const { key } of held) mayRepeat.set(key, (mayRepeat.get(key) ?? 0) + 1)
}

async function expectNothingLost(sink: Sink, mayRepeat: ReadonlyMap<string, number>, events: number): Promise<void> {
  const counts = new Map<string, number>()
  for (const { path, webhookId } of sink.arrivals) {
    const key = `${path} ${webhookId}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const emitted = await hooks.sql<{ event_id: string; body: string }[]>`
    select event_id, body from public.events where organization_id = ${organization}`
  expect(emitted).toHaveLength(events)
  const expected = emitted.flatMap(({ event_id }) =>
    Array.from({ length: ENDPOINTS }, (_, path) => `/${path} ${event_id}`),
  )
  expect(expected.filter((key) => !counts.has(key))).toEqual([])
  expect([...counts].filter(([key, count]) => count > 1 + (mayRepeat.get(key) ?? 0))).toEqual([])
  // The id is the event's on every attempt, and so is the body.
  const bodies = new Map(emitted.map(({ event_id, body }) => [event_id, body]))
  expect(sink.arrivals.filter(({ webhookId, body }) => bodies.get(webhookId) !== body)).toEqual([])
  expect(sink.complaints).toEqual([])
  // Each is written down as delivered once, and none was given up.
  const [told] = await hooks.sql<{ delivered: number; once: number; dead: number }[]>`
    select count(*)::integer as delivered, count(distinct (endpoint_id, event_id))::integer as once,
      (select count(*)::integer from private.webhook_dead) as dead
    from public.webhook_attempts where organization_id = ${organization} and outcome = 'delivered'`
  expect(told).toEqual({ delivered: expected.length, once: expected.length, dead: 0 })
}
