import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Dispatcher, startDispatcher, type Told } from './support/dispatcher.ts'
import { bombOf } from './support/hostile-behaviour.ts'
import { type HostileDns, hostileDns } from './support/hostile-dns.ts'
import { type Behaviour, type HostileReceiver, hostileReceiver, type TlsMode } from './support/hostile-receiver.ts'

// Who tries what against the real webhook-dispatch in Deno, and what must not happen. The receivers are raw sockets of this machine.

const BOMB_BYTES = 50_000_000

/** What a receiver does, and what webhook-dispatch makes of it. */
type Attack = {
  readonly what: string
  readonly does: Behaviour
  readonly error: string | null
  readonly status?: number
}

const ATTACKS: readonly Attack[] = [
  { what: 'never answers', does: 'hang', error: 'timeout' },
  { what: 'answers a head and never the body it promised', does: 'head-then-hang', error: 'timeout' },
  { what: 'sends its answer a byte at a time', does: { kind: 'trickle', everyMs: 60 }, error: 'timeout' },
  { what: 'sends a body piece by piece for ever', does: { kind: 'endless-body', everyMs: 100 }, error: 'timeout' },
  { what: 'never reads what it is sent', does: { kind: 'never-read' }, error: 'timeout' },
  { what: 'sends a body without end at full speed', does: { kind: 'endless-body' }, error: null, status: 200 },
  { what: 'sends a body of a gigabyte', does: { kind: 'huge', bytes: 2 ** 30 }, error: null, status: 200 },
  { what: 'sends a packed bomb of 50 MB', does: { kind: 'gzip-bomb', bytes: BOMB_BYTES }, error: null, status: 200 },
  { what: 'sends headers without end', does: { kind: 'header-bomb' }, error: 'malformed_answer' },
  { what: 'sends one header without end', does: { kind: 'header-bomb', one: true }, error: 'malformed_answer' },
  { what: 'sends 100 Continue for ever', does: { kind: 'continue-flood' }, error: 'malformed_answer' },
  { what: 'sends a few 100 Continue first', does: { kind: 'continue-flood', thenOk: 3 }, error: null, status: 200 },
  { what: 'switches to another protocol', does: 'switching', error: 'malformed_answer' },
  { what: 'speaks another protocol', does: 'not-http', error: 'malformed_answer' },
  { what: 'gives two lengths', does: 'two-lengths', error: 'malformed_answer' },
  { what: 'gives a length and chunks', does: 'length-and-chunks', error: 'malformed_answer' },
  { what: 'announces a chunk of nearly 2^64 bytes', does: 'chunk-bomb', error: 'malformed_answer' },
  { what: 'resets the connection', does: 'reset', error: 'connection_reset' },
  { what: 'resets in the middle of an answer', does: 'reset-in-answer', error: 'connection_reset' },
  { what: 'hangs up', does: 'hang-up', error: 'connection_closed' },
  { what: 'ends before the length it promised', does: 'cut', error: 'connection_closed' },
  { what: 'answers before it has read the request', does: { kind: 'early', status: 200 }, error: null, status: 200 },
]

const TLS_ATTACKS: readonly { readonly what: string; readonly tls: TlsMode; readonly error: string | null }[] = [
  { what: 'shows a genuine certificate', tls: 'good', error: null },
  { what: 'shows a certificate of another name', tls: 'wrong-name', error: 'tls_failed' },
  { what: 'shows a certificate that has expired', tls: 'expired', error: 'tls_failed' },
  { what: 'shows a certificate of an unknown authority', tls: 'unknown-ca', error: 'tls_failed' },
  { what: 'takes the connection and never speaks TLS', tls: 'mute', error: 'timeout' },
]

const NAME = 'hooks.attacker.example'

let dns: HostileDns
let dispatcher: Dispatcher
let receivers: HostileReceiver[]
let told: Told[]
let memoryBefore: number
let memoryAfter: number
/** A server of the inside: on an address that webhooks must not reach. */
let inside: HostileReceiver

beforeAll(async () => {
  bombOf(BOMB_BYTES)
  inside = await hostileReceiver({ host: '127.0.0.2' })
  receivers = await Promise.all([
    ...ATTACKS.map(({ does }) => hostileReceiver(does)),
    ...TLS_ATTACKS.map(({ tls }) => hostileReceiver({ tls, names: [NAME] })),
  ])
  dns = await hostileDns({
    [NAME]: [['127.0.0.1']],
    // The first answer may be dialled, every later one leads inside.
    'rebinding.attacker.example': [['127.0.0.1'], ['127.0.0.2']],
    ...Object.fromEntries(INWARD.map((addresses, index) => [`inward-${index}.attacker.example`, [addresses]])),
    ...Object.fromEntries(LIES.map((lie) => [`${lie}.attacker.example`, [lie]])),
  })
  dispatcher = await startDispatcher({ dns, trusted: receivers.map(({ ca }) => ca).slice(ATTACKS.length) })
  await using ordinary = await hostileReceiver(200)
  await dispatcher.send([{ url: ordinary.url }])
  memoryBefore = await dispatcher.peakMemory()
  told = await dispatcher.send(
    [...ATTACKS, ...TLS_ATTACKS].map(({ error }, index) => ({
      url: urlOf(index),
      timeoutMs: error === 'timeout' ? 1_000 : 20_000,
    })),
  )
  memoryAfter = await dispatcher.peakMemory()
})

afterAll(async () => {
  await dispatcher?.[Symbol.asyncDispose]()
  await dns?.close()
  await Promise.all([...(receivers ?? []), inside].map((receiver) => receiver?.close()))
})

describe('a receiver', () => {
  test.each(ATTACKS.map((attack, index) => ({ ...attack, index })))(
    'that $what costs one attempt, which ends by its deadline with the result $error',
    ({ index, error, status }) => {
      expect(told[index]).toMatchObject({ error, status: error === null ? status : null, dialler: null })
      expect(told[index]?.body?.length ?? 0).toBeLessThanOrEqual(4_400)
    },
  )

  test.each(TLS_ATTACKS.map((attack, index) => ({ ...attack, index: ATTACKS.length + index })))(
    'over https that $what is told as $error',
    ({ index, error }) => {
      expect(told[index]).toMatchObject({ error, status: error === null ? 200 : null })
      if (error === 'tls_failed') expect(receivers[index]?.requests).toEqual([])
    },
  )

  test('that sends gigabytes, bombs and endless headers does not fill the memory of the worker', () => {
    expect(memoryAfter - memoryBefore).toBeLessThan(100)
  })

  test('that misbehaves keeps no connection open after its deadline, and one that never speaks TLS no more than one', async () => {
    const failed = receivers.filter((_, index) => told[index]?.error !== null)
    const mute = failed.pop()
    await expect.poll(() => failed.map((receiver) => receiver.connections().open)).toEqual(failed.map(() => 0))
    expect(mute?.connections().opened).toBe(1)
  })

  test('that redirects into the private network is not followed', async () => {
    await using receiver = await hostileReceiver({ kind: 'redirect', to: inside.url, status: 307 })
    expect(await dispatcher.send([{ url: receiver.url }])).toMatchObject([{ status: 307, error: 'redirect_refused' }])
    expect(inside.connections().opened).toBe(0)
  })

  test('that sends a second answer in advance does not have it taken for the answer of the next webhook', async () => {
    await using receiver = await hostileReceiver({ script: [{ kind: 'bytes-after' }, 500] })
    expect(await dispatcher.send([{ url: receiver.url }])).toMatchObject([{ status: 200 }])
    expect(await dispatcher.send([{ url: receiver.url }])).toMatchObject([{ status: 500 }])
    expect(receiver.connections().opened).toBe(2)
  })

  test('that closes a kept connection is sent the next webhook on a new one, once', async () => {
    await using receiver = await hostileReceiver({ script: [200, 'hang-up', 200] })
    expect(await dispatcher.send([{ url: receiver.url }])).toMatchObject([{ status: 200 }])
    expect(await dispatcher.send([{ url: receiver.url }])).toMatchObject([{ status: 200 }])
    expect(receiver.requests).toHaveLength(3)
    expect(new Set(receiver.requests.map(({ head }) => /webhook-id: (.*)\r/.exec(head)?.[1])).size).toBe(1)
  })

  test('cannot make PayD wait longer than a day, whatever its Retry-After says', async () => {
    const values = ['999999999', '99999999999999', '-5', 'soon', 'Fri, 31 Dec 9999 23:59:59 GMT', '60']
    const answering = await Promise.all(
      values.map((value) => hostileReceiver({ kind: 'answer', status: 503, headers: { 'Retry-After': value } })),
    )
    const results = await dispatcher.send(answering.map(({ url }) => ({ url })))
    expect(results.map(({ retryAfter }) => retryAfter)).toEqual([86_400, null, null, null, 86_400, 60])
    await Promise.all(answering.map((receiver) => receiver.close()))
  })

  test('that answers with what no table can hold has it replaced', async () => {
    const body = `\u0000\u0007${'\ufffd'.repeat(10)}\u{1f600}`
    await using receiver = await hostileReceiver({ kind: 'answer', status: 500, body })
    const [result] = await dispatcher.send([{ url: receiver.url }])
    expect(result).toMatchObject({ status: 500, error: 'http_500' })
    expect(result?.body).not.toContain('\u0000')
  })
})

test('the next webhook of a receiver that behaves goes over the connection of the one before', async () => {
  await using receiver = await hostileReceiver(200)
  for (const _ of [1, 2, 3]) expect(await dispatcher.send([{ url: receiver.url }])).toMatchObject([{ status: 200 }])
  expect(receiver.connections().opened).toBe(1)
})

describe('an organization', () => {
  test('cannot split the request by its own headers or address', async () => {
    await using receiver = await hostileReceiver(200)
    const headers = { 'x-team': 'pay\r\nx-injected: 1\r\n\r\nPOST /second HTTP/1.1', 'x-umlaut': 'ü' }
    await dispatcher.send([{ url: `${receiver.url}/a%0d%0ax-injected:%201?q=\r\nx-injected: 1`, headers }])
    const [request] = receiver.requests
    expect(receiver.requests).toHaveLength(1)
    expect(request?.head.split('\r\n').map((line) => line.split(':')[0])).not.toContain('x-injected')
    expect(request?.head).toContain('POST /a%0d%0ax-injected:%201?q=x-injected:%201 HTTP/1.1')
  })

  test('cannot replace the headers that are signed', async () => {
    await using receiver = await hostileReceiver(200)
    const headers = { 'webhook-id': 'evt_forged', 'webhook-signature': 'v1,forged', 'content-length': '0' }
    await dispatcher.send([{ url: receiver.url, headers }])
    expect(receiver.requests[0]?.head).not.toContain('forged')
    expect(receiver.requests[0]?.body).toBe('{"type":"test.ping"}')
  })

  test('cannot reach the inside by any spelling of an address', async () => {
    const { port } = inside
    const spelled = [
      '127.0.0.2',
      '127.2',
      '0x7f000002',
      '0x7f.2',
      '017700000002',
      '2130706434',
      '127.0.0.2.',
      '①27.0.0.2',
    ]
    const six = [
      '[::ffff:127.0.0.2]',
      '[::ffff:7f00:2]',
      '[0:0:0:0:0:ffff:7f00:0002]',
      '[::1]',
      '[fe80::1]',
      '[fd00::1]',
    ]
    const metadata = ['169.254.169.254', '[fd00:ec2::254]', '0xa9fea9fe', 'metadata.google.internal', 'localhost.']
    const hosts = [...spelled, ...six, ...metadata]
    const results = await dispatcher.send(hosts.map((host) => ({ url: `http://${host}:${port}/` })))
    const refused = expect.stringMatching(/^(address_not_public|host_not_allowed|url_malformed)$/)
    expect(results.map(({ error }, index) => [hosts[index], error])).toEqual(hosts.map((host) => [host, refused]))
    expect(inside.connections().opened).toBe(0)
  })
})

/** Answers of a name server of which no address may be dialled. */
const INWARD: readonly (readonly string[])[] = [
  ['127.0.0.2'],
  ['10.0.0.1'],
  ['172.16.0.1'],
  ['192.168.0.1'],
  ['169.254.169.254'],
  ['100.64.0.1'],
  ['0.0.0.0'],
  ['255.255.255.255'],
  ['224.0.0.1'],
  ['192.0.2.1'],
  ['198.18.0.1'],
  ['240.0.0.1'],
  ['::1'],
  ['::'],
  ['::ffff:127.0.0.2'],
  ['::ffff:10.0.0.1'],
  ['64:ff9b::a00:1'],
  ['2002:7f00:2::'],
  ['2001:0:7f00:2::'],
  ['fe80::1'],
  ['fec0::1'],
  ['fc00::1'],
  ['fd00:ec2::254'],
  ['ff02::1'],
  ['2001:db8::1'],
  // A mixed answer: one address that may be dialled beside one that must not.
  ['127.0.0.1', '127.0.0.2'],
  ['127.0.0.1', 'fd00::1'],
]

/** Answers of a name server that are none. */
const LIES = [
  'no-such-name',
  'server-failure',
  'refused',
  'silence',
  'other-number',
  'truncated',
  'garbage',
  'alias-loop',
] as const

describe('a name server', () => {
  test('is asked once for a delivery, so a second answer that leads inside is never used', async () => {
    await using receiver = await hostileReceiver(200)
    const before = dns.questions.length
    const url = `http://rebinding.attacker.example:${receiver.port}/`
    expect(await dispatcher.send([{ url }])).toMatchObject([{ status: 200, peer: '127.0.0.1', dialler: null }])
    expect(
      dns.questions
        .slice(before)
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['A', 'AAAA'])
    expect(inside.connections().opened).toBe(0)
  })

  test('that answers with an address of the inside, alone or beside a good one, leads nowhere', async () => {
    const urls = INWARD.map((_, index) => `http://inward-${index}.attacker.example:${inside.port}/`)
    const results = await dispatcher.send(urls.map((url) => ({ url })))
    expect(results.map(({ error }, index) => `${INWARD[index]?.join(' ')}: ${error}`)).toEqual(
      INWARD.map((addresses) => `${addresses.join(' ')}: address_not_public`),
    )
    expect(inside.connections().opened).toBe(0)
  })

  test('that lies, is silent or runs in circles costs one attempt that ends by its deadline', async () => {
    const results = await dispatcher.send(
      LIES.map((lie) => ({ url: `http://${lie}.attacker.example:${inside.port}/`, timeoutMs: 1_000 })),
    )
    expect(results.map(({ error }) => error)).toEqual(
      LIES.map(() => expect.stringMatching(/^(name_not_resolved|timeout)$/)),
    )
  })
})

test('a worker whose clock is a day off sends the time that the database signed, and waits as the receiver asks', async () => {
  const date = new Date('2026-11-30T12:00:00Z')
  const headers = { Date: date.toUTCString(), 'Retry-After': new Date(date.getTime() + 90_000).toUTCString() }
  await using receiver = await hostileReceiver({ kind: 'answer', status: 503, headers })
  await using skewed = await startDispatcher({ clockOffsetMs: -86_400_000 })
  expect(await skewed.send([{ url: receiver.url }])).toMatchObject([{ status: 503, retryAfter: 90 }])
  expect(receiver.requests[0]?.head).toContain('webhook-timestamp: 1795176000')
})

/** Over http by address, over https by the name in the certificates. */
function urlOf(index: number): string {
  const { port } = receivers[index] as HostileReceiver
  return index < ATTACKS.length ? `http://127.0.0.1:${port}/` : `https://${NAME}:${port}/`
}
