import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startSink, startWebhookStack, type WebhookStack } from '../support/webhook-stack.ts'
import { hostileReceiver } from './support/hostile-receiver.ts'

// Who tries to take the queue away from others, and what must not happen. The real database, PostgREST and webhook-dispatch in Deno.
let hooks: WebhookStack

beforeAll(async () => {
  hooks = await startWebhookStack()
})
afterEach(() => hooks.clear())
afterAll(() => hooks?.stop())

test('an organization whose receiver hangs holds up no webhook of another, and never has more than one under way', async () => {
  await using hanging = await hostileReceiver('hang')
  const sink = await startSink()
  const slow = await hooks.organization('Slow')
  const fast = await hooks.organization('Fast')
  const stuck = await hooks.subscribe(slow, hanging.url, { timeoutMs: 30_000 })
  await hooks.subscribe(fast, sink.url)

  await hooks.emit(slow, 50)
  await hooks.emit(fast, 20)
  await hooks.ring()
  await vi.waitFor(() => expect(sink.arrivals).toHaveLength(20), { timeout: 25_000, interval: 10 })
  // What happens while the receiver hangs is not late either.
  await hooks.emit(fast, 20)
  await hooks.ring()
  await vi.waitFor(() => expect(sink.arrivals).toHaveLength(40), { timeout: 25_000, interval: 10 })
  expect(hanging.connections()).toEqual({ opened: 1, open: 1 })
  expect(await attemptsOf(stuck)).toEqual([])

  await sink.close()
})

test('an organization all of whose twenty receivers hang holds up no webhook of another', async () => {
  await using hanging = await hostileReceiver('hang')
  const sink = await startSink()
  const slow = await hooks.organization('Slow')
  const fast = await hooks.organization('Fast')
  for (let number = 0; number < 20; number++)
    await hooks.subscribe(slow, `${hanging.url}/${number}`, { timeoutMs: 30_000 })
  await hooks.subscribe(fast, sink.url)
  await hooks.emit(slow, 20)
  await hooks.ring()
  await vi.waitFor(() => expect(hanging.connections().open).toBe(20), { timeout: 25_000, interval: 10 })
  await hooks.emit(fast, 20)
  await hooks.ring()
  await vi.waitFor(() => expect(sink.arrivals).toHaveLength(20), { timeout: 25_000, interval: 10 })
  expect(hanging.connections().open).toBe(20)
  await sink.close()
})

test('five organizations let a hundred new receivers hang: one that has answered before keeps places and is not late', async () => {
  await using hanging = await hostileReceiver('hang')
  const sink = await startSink()
  const fast = await hooks.organization('Fast')
  await hooks.subscribe(fast, sink.url)
  await hooks.emit(fast, 1)
  await hooks.ring()
  await hooks.untilAllTold()
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) {
    const slow = await hooks.organization(name)
    for (let number = 0; number < 20; number++)
      await hooks.subscribe(slow, `${hanging.url}/${name}/${number}`, { timeoutMs: 30_000 })
    await hooks.emit(slow, 10)
  }
  await hooks.ring()
  await vi.waitFor(() => expect(hanging.connections().open).toBe(48), { timeout: 25_000, interval: 10 })
  await hooks.emit(fast, 20)
  await hooks.ring()
  await vi.waitFor(() => expect(sink.arrivals).toHaveLength(21), { timeout: 25_000, interval: 10 })
  expect(hanging.connections().open).toBe(48)
  await sink.close()
})

test('four organizations let all of their eighty receivers hang after they behaved well: a fifth is late by moments, not by a timeout', async () => {
  await using hanging = await hostileReceiver('hang')
  const sink = await startSink()
  const fast = await hooks.organization('Fast')
  await hooks.subscribe(fast, sink.url)
  for (const name of ['One', 'Two', 'Three', 'Four']) {
    const slow = await hooks.organization(name)
    for (let number = 0; number < 20; number++)
      await hooks.subscribe(slow, `${hanging.url}/${name}/${number}`, { timeoutMs: 30_000 })
    await hooks.emit(slow, 10)
  }
  // Each of them took a webhook well before.
  await hooks.sql`update private.webhook_endpoints set trusted_from = clock_timestamp()`
  await hooks.ring()
  await vi.waitFor(() => expect(hanging.connections().open).toBe(80), { timeout: 25_000, interval: 10 })
  await hooks.emit(fast, 20)
  await hooks.ring()
  await vi.waitFor(() => expect(sink.arrivals).toHaveLength(20), { timeout: 25_000, interval: 10 })
  expect(hanging.connections()).toEqual({ opened: 80, open: 80 })
  await sink.close()
})

test('an organization with a thousand webhooks waiting gets no more of the next claim than another with twenty', async () => {
  const sink = await startSink()
  const large = await hooks.organization('Large')
  const small = await hooks.organization('Small')
  await hooks.subscribe(large, `${sink.url}/large`)
  await hooks.subscribe(small, `${sink.url}/small`)
  await hooks.emit(large, 1_000)
  await hooks.emit(small, 20)
  await hooks.ring()
  await hooks.untilAllTold()
  const paths = sink.arrivals.map(({ path }) => path)
  expect(paths).toHaveLength(1_020)
  // Lanes take turns, so the last of the small one comes when about as many of the large one have come.
  expect(paths.lastIndexOf('/small')).toBeLessThan(200)
  await sink.close()
})

test('a receiver that fails gets a handful of webhooks and then none, from no worker, until its breaker lets one through', async () => {
  const sink = await startSink(({ path }, response) => void response.writeHead(path === '/broken' ? 500 : 204).end())
  const organization = await hooks.organization('Broken')
  const broken = await hooks.subscribe(organization, `${sink.url}/broken`)
  await hooks.subscribe(organization, `${sink.url}/sound`)
  await hooks.emit(organization, 100)
  const arrived = (path: string) => sink.arrivals.filter((arrival) => arrival.path === path).length

  await hooks.ring()
  await vi.waitFor(() => expect(arrived('/sound')).toBe(100), { timeout: 25_000, interval: 10 })
  await vi.waitFor(async () => expect(await heldNow()).toBe(0), { timeout: 25_000, interval: 10 })
  const first = arrived('/broken')
  // Four at a time, and those that began before the third failure was known.
  expect(first).toBeGreaterThanOrEqual(3)
  expect(first).toBeLessThanOrEqual(7)

  // Another worker knows it from the database.
  await hooks.killWorker()
  await hooks.emit(organization, 10)
  await hooks.ring()
  await vi.waitFor(() => expect(arrived('/sound')).toBe(110), { timeout: 25_000, interval: 10 })
  await vi.waitFor(async () => expect(await heldNow()).toBe(0), { timeout: 25_000, interval: 10 })
  expect(arrived('/broken')).toBe(first)

  await hooks.sql`update private.webhook_endpoints set open_until = now() - interval '1 second' where id = ${broken}`
  await hooks.ring()
  await vi.waitFor(() => expect(arrived('/broken')).toBe(first + 1), { timeout: 25_000, interval: 10 })
  await vi.waitFor(async () => expect(await heldNow()).toBe(0), { timeout: 25_000, interval: 10 })
  expect(arrived('/broken')).toBe(first + 1)
  await sink.close()
})

async function heldNow(): Promise<number> {
  const [row] = await hooks.sql<{ count: number }[]>`select count(*)::integer as count from private.webhook_leases`
  return row?.count ?? -1
}

async function attemptsOf(endpointId: number): Promise<unknown[]> {
  return [...(await hooks.sql`select id from public.webhook_attempts where endpoint_id = ${endpointId}`)]
}
