import { Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { startWorld, type World } from './support.ts'

const data = (name: string) => Operation.manageData({ name, value: 'x' })

type Event = { readonly id?: string; readonly event?: string; readonly data?: string }

/** Reads a stream event by event. */
async function* eventsOf(world: World, path: string, headers: Record<string, string> = {}): AsyncGenerator<Event> {
  const response = await fetch(`${world.url}${path}`, { headers: { Accept: 'text/event-stream', ...headers } })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      yield Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      )
    }
  }
}

async function next(events: AsyncGenerator<Event>): Promise<Event> {
  const { value } = await events.next()
  if (!value) throw new Error('The stream ended.')
  return value
}

describe('a stream', () => {
  test('says hello, tells what is there, and then what each ledger brings', async () => {
    const world = await startWorld()
    const source = await world.person()
    const path = `/accounts/${source.publicKey()}/transactions`
    const events = eventsOf(world, path)
    expect(await next(events)).toEqual({ retry: '1000', event: 'open', data: '"hello"' })
    const first = await next(events)
    expect(JSON.parse(first.data ?? '').paging_token).toBe(first.id)
    const { hash } = await world.must(source, [data('a')])
    expect(JSON.parse((await next(events)).data ?? '').hash).toBe(hash)
    await events.return(undefined)
  })

  test('from now on tells nothing old, and goes on after the last event that a reader names', async () => {
    const world = await startWorld()
    const source = await world.person()
    const path = `/accounts/${source.publicKey()}/transactions?cursor=now`
    const events = eventsOf(world, path)
    await next(events)
    world.sandbox.closeLedger(3)
    const { hash } = await world.must(source, [data('a')])
    const seen = await next(events)
    expect(JSON.parse(seen.data ?? '').hash).toBe(hash)
    await events.return(undefined)
    const later = await world.must(source, [data('b')])
    const again = eventsOf(world, path, { 'Last-Event-ID': seen.id ?? '' })
    await next(again)
    expect(JSON.parse((await next(again)).data ?? '').hash).toBe(later.hash)
    await again.return(undefined)
  })

  test('ends after a page, and says goodbye', async () => {
    const world = await startWorld()
    world.sandbox.closeLedger(5)
    const seen: Event[] = []
    for await (const event of eventsOf(world, '/ledgers?limit=3')) seen.push(event)
    expect(seen.map(({ event = 'message' }) => event)).toEqual(['open', 'message', 'message', 'message', 'close'])
    expect(seen.at(-1)?.data).toBe('"byebye"')
  })

  test('of an account tells it again whenever it changed', async () => {
    const world = await startWorld()
    const source = await world.person()
    const events = eventsOf(world, `/accounts/${source.publicKey()}`)
    await next(events)
    expect(JSON.parse((await next(events)).data ?? '').data).toEqual({})
    world.sandbox.closeLedger(2)
    await world.must(source, [data('a')])
    expect(JSON.parse((await next(events)).data ?? '').data).toEqual({ a: 'eA==' })
    await events.return(undefined)
  })

  test('that cannot begin is an ordinary error, and one that breaks ends', async () => {
    const world = await startWorld()
    const response = await fetch(`${world.url}/accounts/G/transactions`, { headers: { Accept: 'text/event-stream' } })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ])
    const events = eventsOf(world, '/ledgers?cursor=now')
    await next(events)
    world.sandbox.addFault({ kind: 'reset' })
    world.sandbox.closeLedger()
    await expect(events.next()).rejects.toThrow('terminated')
  })

  test('may repeat and reorder like a page', async () => {
    const world = await startWorld()
    world.sandbox.closeLedger(3)
    world.sandbox.addFault({ route: '/ledgers', kind: 'duplicate' })
    const seen: Event[] = []
    for await (const event of eventsOf(world, '/ledgers?limit=4')) if (event.id) seen.push(event)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2)
  })
})

describe('a browser', () => {
  test('may read answers, errors and the headers it needs, and may ask first', async () => {
    const world = await startWorld()
    for (const path of ['/', '/accounts/G', '/ledgers']) {
      const { headers } = await fetch(`${world.url}${path}`, { headers: { Origin: 'http://127.0.0.1:3000' } })
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toBe('Date, Latest-Ledger')
    }
    const preflight = await fetch(`${world.url}/transactions`, {
      method: 'OPTIONS',
      headers: { 'Access-Control-Request-Headers': 'content-type,x-client-name' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type,x-client-name')
  })

  test('may not use the control routes', async () => {
    const world = await startWorld()
    expect((await fetch(`${world.url}/_sandbox`)).headers.get('access-control-allow-origin')).toBeNull()
    const reset = { method: 'POST', headers: { Origin: 'https://example.org' } }
    expect((await fetch(`${world.url}/_sandbox/reset`, reset)).status).toBe(403)
    expect(world.sandbox.status().epoch).toBe(0)
  })
})
