import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import { parseNetwork } from '../../supabase/functions/webhook-dispatch/addresses.ts'
import {
  type DeliverPorts,
  type Delivery,
  type DeliveryResult,
  deliver,
  fetchDial,
} from '../../supabase/functions/webhook-dispatch/deliver.ts'
import { type Dial, NO_PHASES, withFallback } from '../../supabase/functions/webhook-dispatch/dial.ts'
import { pinnedDial } from '../../supabase/functions/webhook-dispatch/pinned-dial.ts'
import { type TestClock, testClock } from '../support/clock.ts'
import { gate } from '../support/gate.ts'
import { startServer, type TestServer } from '../support/http-server.ts'
import { nodeNetwork } from './support/node-network.ts'

/** What is told of an answer; the database keeps 4096 characters of it. */
const KEPT_BYTES = 4_400
const POLICY = { allowHttp: true, allowedNetworks: [parseNetwork('127.0.0.0/8')], ownUrl: null }

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('a delivery', () => {
  test('sends exactly the signed headers and body, and reports the answer', async () => {
    server = await startServer((_, response) => {
      response.writeHead(202, { 'retry-after': '9' })
      response.end('thanks')
    })
    const claim = aClaim({ body: '{"type":"test.ping","data":{"ü":1 }}' })
    expect(await deliver(portsAt(testClock()), POLICY, claim)).toMatchObject({
      delivery_id: 7,
      status: 202,
      body: 'thanks',
      error_class: null,
      error_message: null,
      duration_ms: 0,
      retry_after: 9,
      peer: '127.0.0.1',
      dialler: null,
      phases: { connect: 0, tls: null, wait: 0, read: 0 },
    })
    const [received] = server.requests
    expect(received).toMatchObject({ method: 'POST', path: '/hook', body: claim.body })
    expect(received?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'PayD-Webhooks/1',
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1795176000',
      'webhook-signature': 'v1,abc',
      'webhook-sequence': '4',
      'webhook-number': '3',
      'x-team': 'pay',
    })
  })

  test('a redirect is a failure and is not followed', async () => {
    server = await startServer(({ path }, response) => {
      response.writeHead(path === '/hook' ? 307 : 200, { location: `${server?.url}/elsewhere` })
      response.end()
    })
    const result = await deliver(portsAt(testClock()), POLICY, aClaim())
    expect(result).toMatchObject({ status: 307, error_class: 'redirect_refused' })
    expect(server.requests.map(({ path }) => path)).toEqual(['/hook'])
  })

  test.each([400, 404, 410, 429, 500, 503])('status %i is reported with a reason', async (status) => {
    server = await startServer((_, response) => {
      response.writeHead(status)
      response.end('no')
    })
    expect(await deliver(portsAt(testClock()), POLICY, aClaim())).toMatchObject({
      status: status,
      error_class: `http_${status}`,
    })
  })

  test('of an answer of a megabyte a few kilobytes are kept, and the connection is closed', async () => {
    const closed = gate()
    server = await startServer((_, response) => {
      response.once('close', () => closed.open())
      response.write('x'.repeat(1_000_000))
      // The rest never comes: only a reader that stops by itself gets to an end.
    })
    const result = await deliver(portsAt(testClock()), POLICY, aClaim())
    expect(result.status).toBe(200)
    expect(result.body).toBe('x'.repeat(KEPT_BYTES))
    await closed.opened
  })

  test.each([
    ['zero bytes', Buffer.alloc(20_000)],
    ['bytes that are no text', Buffer.alloc(20_000, 0xff)],
    ['characters of four bytes, cut in the middle', Buffer.from(`a${'😀'.repeat(5_000)}`)],
  ])('%s become a text that PostgreSQL can hold within what is kept', async (_name, bytes) => {
    server = await startServer((_, response) => {
      response.end(bytes)
    })
    const { body } = await deliver(portsAt(testClock()), POLICY, aClaim())
    expect(Buffer.byteLength(body ?? '')).toBeLessThanOrEqual(KEPT_BYTES)
    expect(Buffer.byteLength(body ?? '')).toBeGreaterThan(KEPT_BYTES - 8)
    expect(body).not.toContain('\u0000')
    expect(Buffer.from(body ?? '').toString()).toBe(body)
  })

  test.each([
    ['never answers', ''],
    ['answers 200 and then trickles', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx'],
    ['stops in the middle of the headers', 'HTTP/1.1 200 OK\r\nx-slow: '],
  ])('an endpoint that %s is cut by one deadline over everything', async (_name, said) => {
    const clock = testClock()
    const connected = gate()
    const listener = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.write(said, () => connected.open()))
    })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as { port: number }
    const result = deliver(portsAt(clock), POLICY, aClaim({ url: `http://127.0.0.1:${port}/`, timeout_ms: 15_000 }))
    await connected.opened
    clock.advance(14_999)
    expect(clock.openDeadlines()).toBe(1)
    clock.advance(1)
    expect(await result).toMatchObject({
      status: null,
      error_class: 'timeout',
      error_message: 'The endpoint did not answer completely within 15000 ms.',
      duration_ms: 15_000,
    })
    expect(clock.openDeadlines()).toBe(0)
    listener.close()
    await once(listener, 'close')
  })

  test('a name server that never answers is cut by the same deadline', async () => {
    const clock = testClock()
    const asked = gate()
    const resolveHost = () => {
      asked.open()
      return new Promise<never>(() => undefined)
    }
    const claim = aClaim({ url: 'https://hooks.example.org/', timeout_ms: 5_000 })
    const result = deliver({ ...portsAt(clock), resolveHost }, POLICY, claim)
    await asked.opened
    clock.advance(5_000)
    expect(await result).toMatchObject({ error_class: 'timeout' })
  })

  test('what is not reachable is a result, and says nothing about the inner network', async () => {
    server = await startServer(() => undefined)
    const url = server.url
    await server.close()
    server = undefined
    const result = await deliver(portsAt(testClock()), POLICY, aClaim({ url }))
    expect(result).toMatchObject({
      status: null,
      error_class: 'connection_refused',
    })
    expect(result.error_message).not.toContain('127.0.0.1')
  })

  test('a destination that is not allowed is not dialled', async () => {
    server = await startServer((_, response) => void response.end())
    const policy = { allowHttp: false, allowedNetworks: [], ownUrl: null }
    const url = server.url.replace('http:', 'https:')
    const dial = () => Promise.reject(new Error('dialled'))
    const result = await deliver({ ...portsAt(testClock()), dial }, policy, aClaim({ url }))
    expect(result).toMatchObject({
      status: null,
      error_class: 'address_not_public',
    })
    expect(server.requests).toEqual([])
  })

  test('the dialler is given every address that was checked', async () => {
    const given: (readonly string[])[] = []
    const dial: DeliverPorts['dial'] = (request) => {
      given.push(request.addresses)
      return Promise.resolve({
        status: 200,
        header: () => null,
        body: '',
        phases: NO_PHASES,
        peer: null,
        dialler: null,
      })
    }
    const resolveHost = () => Promise.resolve(['93.184.216.34', '2606:4700::1'])
    await deliver({ ...portsAt(testClock()), dial, resolveHost }, POLICY, aClaim({ url: 'https://hooks.example.org/' }))
    expect(given).toEqual([['93.184.216.34', '2606:4700::1']])
  })

  test('every connection to a host is kept for its next webhooks, however many go there at the same time', async () => {
    let held: ServerResponse[] = []
    server = await startServer((_, response) => {
      held.push(response)
      if (held.length < 20) return
      for (const one of held) one.writeHead(204).end()
      held = []
    })
    const clock = testClock()
    const { network, connected } = nodeNetwork()
    const ports = { ...portsAt(clock), dial: pinnedDial(network, clock) }
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all(Array.from({ length: 20 }, () => deliver(ports, POLICY, aClaim())))
      expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 204))
    }
    expect(connected).toHaveLength(20)
  })

  test('a connection that ends at another address than the one that was allowed is closed before anything is written', async () => {
    let requests = 0
    server = await startServer((_, response) => {
      requests += 1
      response.writeHead(204).end()
    })
    const clock = testClock()
    const { network } = nodeNetwork()
    let closed = 0
    const diverted: typeof network = {
      ...network,
      connect: async (...to) => {
        const connection = await network.connect(...to)
        return {
          ...connection,
          peer: '10.0.0.1',
          close: () => {
            closed += 1
            connection.close()
          },
        }
      },
    }
    const result = await deliver({ ...portsAt(clock), dial: pinnedDial(diverted, clock) }, POLICY, aClaim())
    expect(result).toMatchObject({ status: null, error_class: 'wrong_peer', peer: '10.0.0.1' })
    expect([requests, closed]).toEqual([0, 1])
  })

  test('a webhook without a number, such as one that is sent once more, has no header for it', async () => {
    let names: readonly string[] = []
    const dial: Dial = ({ headers }) => {
      names = Object.keys(headers)
      return Promise.resolve({
        status: 204,
        header: () => null,
        body: '',
        phases: NO_PHASES,
        peer: null,
        dialler: null,
      })
    }
    const claim = { ...aClaim({ url: 'http://127.0.0.1/' }), number: null }
    await deliver({ ...portsAt(testClock()), dial }, POLICY, claim)
    expect(names).toContain('webhook-sequence')
    expect(names).not.toContain('webhook-number')
  })

  test('where nothing may be connected to fetch stands in, and the attempt says so', async () => {
    server = await startServer((_, response) => void response.end('thanks'))
    const clock = testClock()
    const result = await deliver({ ...portsAt(clock), dial: fetchDial(systemFetch, clock) }, POLICY, aClaim())
    expect(result).toMatchObject({ status: 200, body: 'thanks', dialler: 'fetch', peer: null })
  })

  test('an address that the platform refuses after others were allowed brings about no request that is not pinned', async () => {
    server = await startServer((_, response) => void response.end('thanks'))
    const clock = testClock()
    const { network } = nodeNetwork()
    const pinned = pinnedDial(network, clock)
    const refuse: Dial = () => Promise.reject(Object.assign(new Error('not permitted'), { name: 'PermissionDenied' }))
    let isRefused = true
    const dial = withFallback((...call) => (isRefused ? refuse : pinned)(...call), fetchDial(systemFetch, clock))
    const diallers = []
    for (const next of [true, false, true]) {
      isRefused = next
      diallers.push(await deliver({ ...portsAt(clock), dial }, POLICY, aClaim()))
    }
    expect(diallers.map(({ status, dialler }) => [status, dialler])).toEqual([
      [200, 'fetch'],
      [200, null],
      [null, null],
    ])
    expect(server.requests).toHaveLength(2)
  })

  test.each([
    [500, 'abort-message', 'receiver_aborts'],
    [404, ' Disable ', 'receiver_disables'],
    [500, 'something-else', 'http_500'],
    [200, 'disable', null],
  ])('an answer %i with the header webhook-delivery "%s" is told as %s', async (status, wish, errorClass) => {
    const header = (name: string) => (name === 'webhook-delivery' ? wish : null)
    const dial: Dial = () => Promise.resolve({ status, header, body: '', phases: NO_PHASES, peer: null, dialler: null })
    const claim = aClaim({ url: 'http://127.0.0.1/' })
    expect(await deliver({ ...portsAt(testClock()), dial }, POLICY, claim)).toMatchObject({
      status,
      error_class: errorClass,
    })
  })

  test.each([
    ['120', 120],
    ['0', 0],
    ['999999999', 86_400],
    ['Fri, 20 Nov 2026 12:01:00 GMT', 60],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['Fri, 20 Nov 2099 12:00:00 GMT', 86_400],
    ['soon', null],
    ['-5', null],
    ['1.5e9', null],
  ])('Retry-After "%s" means %s seconds', async (header, seconds) => {
    const given = (name: string) => (name === 'retry-after' ? header : null)
    const dial: DeliverPorts['dial'] = () =>
      Promise.resolve({ status: 503, header: given, body: '', phases: NO_PHASES, peer: null, dialler: null })
    const result: DeliveryResult = await deliver(
      { ...portsAt(testClock()), dial },
      POLICY,
      aClaim({ url: 'http://127.0.0.1/' }),
    )
    expect(result.retry_after).toBe(seconds)
  })
})

function aClaim(
  changes: { readonly url?: string; readonly body?: string; readonly timeout_ms?: number } = {},
): Delivery {
  const { url = `${server?.url}/hook`, body = '{}', timeout_ms = 15_000 } = changes
  return {
    id: 7,
    endpoint: { id: 2, url, timeout_ms, headers: { 'x-team': 'pay' }, v1a: [] },
    webhookId: 'evt_1',
    sequence: 4,
    number: 3,
    body,
    timestamp: 1_795_176_000,
    signature: 'v1,abc',
  }
}

function portsAt(clock: TestClock): DeliverPorts {
  const { network } = nodeNetwork()
  return { clock, resolveHost: () => Promise.reject(new Error('no names here')), dial: pinnedDial(network, clock) }
}
