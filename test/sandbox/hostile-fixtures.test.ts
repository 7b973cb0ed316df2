import { Resolver } from 'node:dns/promises'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type DnsAnswer, hostileDns } from '../attacks/support/hostile-dns.ts'
import { hostileProvider } from '../attacks/support/hostile-provider.ts'
import { type Behaviour, hostileReceiver, type TlsMode } from '../attacks/support/hostile-receiver.ts'

const post = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: '{"id":1}', redirect: 'manual', ...init })

describe('a hostile receiver', () => {
  test('keeps what it received, and follows its script', async () => {
    await using receiver = await hostileReceiver({
      script: [500, { kind: 'answer', status: 503, headers: { 'Retry-After': '9' } }, 200],
    })
    const answers = [
      await post(receiver.url),
      await post(`${receiver.url}/hook`),
      await post(receiver.url),
      await post(receiver.url),
    ]
    expect(answers.map(({ status }) => status)).toEqual([500, 503, 200, 200])
    expect(answers[1]?.headers.get('retry-after')).toBe('9')
    expect(receiver.requests.map(({ body }) => body)).toEqual(Array.from({ length: 4 }, () => '{"id":1}'))
    expect(receiver.requests[1]?.head.split('\r\n')[0]).toBe('POST /hook HTTP/1.1')
  })

  test('redirects to where it is told', async () => {
    await using receiver = await hostileReceiver({ kind: 'redirect', to: 'http://169.254.169.254/latest', status: 307 })
    const answer = await post(receiver.url)
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'http://169.254.169.254/latest'])
  })

  test.each<[Behaviour, string]>([
    ['hang-up', 'other side closed'],
    ['reset', 'ECONNRESET'],
    ['not-http', 'Expected HTTP/'],
    ['two-lengths', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
    ['length-and-chunks', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
    [{ kind: 'header-bomb' }, 'Headers Overflow'],
    [{ kind: 'header-bomb', one: true }, 'Headers Overflow'],
  ])('%j gives no answer', async (behaviour, reason) => {
    await using receiver = await hostileReceiver(behaviour)
    const error: Error = await post(receiver.url).then(
      () => new Error('There was an answer.'),
      (failure) => failure.cause,
    )
    expect(`${error.message} ${'code' in error ? error.code : ''}`).toContain(reason)
  })

  test.each<[Behaviour]>([['reset-in-answer'], ['cut']])('%j gives no body', async (behaviour) => {
    await using receiver = await hostileReceiver(behaviour)
    const answer = await post(receiver.url)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow('terminated')
  })

  test.each<[Behaviour]>([['hang'], [{ kind: 'never-read' }], [{ kind: 'trickle', everyMs: 60_000 }]])(
    '%j is silent until the caller gives up',
    async (behaviour) => {
      await using receiver = await hostileReceiver(behaviour)
      const giveUp = new AbortController()
      const gone = expect(post(receiver.url, { signal: giveUp.signal })).rejects.toThrow('aborted')
      while (receiver.requests.length === 0) await new Promise(setImmediate)
      giveUp.abort()
      await gone
      while (receiver.connections().open > 0) await new Promise(setImmediate)
    },
  )

  test('says 200 and then nothing, or never stops', async () => {
    for (const behaviour of ['head-then-hang', 'chunk-bomb', { kind: 'endless-body' }] as const) {
      await using receiver = await hostileReceiver(behaviour)
      const giveUp = new AbortController()
      const answer = await post(receiver.url, { signal: giveUp.signal })
      expect(answer.status).toBe(200)
      const reader = answer.body?.getReader()
      if (behaviour !== 'head-then-hang') expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
      giveUp.abort()
      await expect(reader?.closed).rejects.toThrow('aborted')
    }
  })

  test('sends huge bodies, plain and packed', async () => {
    await using plain = await hostileReceiver({ kind: 'huge', bytes: 1_000_001 })
    const text = await (await post(plain.url)).text()
    expect([text.length, text.slice(0, 6), text.slice(-3)]).toEqual([1_000_001, 'SASASA', 'SAS'])
    await using packed = await hostileReceiver({ kind: 'gzip-bomb', bytes: 10_000_000 })
    const answer = await post(packed.url)
    expect(Number(answer.headers.get('content-length'))).toBeLessThan(20_000)
    expect((await answer.arrayBuffer()).byteLength).toBe(10_000_000)
  })

  test('trickles, and says 100 Continue again and again', async () => {
    await using trickle = await hostileReceiver({ kind: 'trickle', everyMs: 0 })
    expect(await (await post(trickle.url)).text()).toBe('thank you')
    await using three = await hostileReceiver({ kind: 'continue-flood', thenOk: 3 })
    expect(await statusesFrom(three.port, 4)).toEqual(['100', '100', '100', '200'])
    await using flood = await hostileReceiver({ kind: 'continue-flood' })
    expect(await statusesFrom(flood.port, 500)).toEqual(Array.from({ length: 500 }, () => '100'))
  })

  test('sends bytes after its answer', async () => {
    await using receiver = await hostileReceiver({ kind: 'bytes-after', status: 204, bytes: 'HTTP/1.1 200 OK\r\n\r\n' })
    expect(await statusesFrom(receiver.port, 2)).toEqual(['204', '200'])
  })

  const overTls = (url: string, ca: string, servername = 'receiver.test'): Promise<string> =>
    new Promise((resolve) => {
      const request = httpsRequest(url, { method: 'POST', ca, servername, agent: false }, (answer) => {
        answer.resume()
        resolve(String(answer.statusCode))
      })
      request.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
      request.end('{}')
    })

  test.each<[TlsMode, string]>([
    ['good', '200'],
    ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['expired', 'CERT_HAS_EXPIRED'],
    ['unknown-ca', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('over TLS with a certificate that is %s', async (tls, outcome) => {
    await using receiver = await hostileReceiver({ tls })
    expect(await overTls(receiver.url, receiver.ca)).toBe(outcome)
  })

  test('resets a connection over TLS, and misbehaves there too', async () => {
    await using reset = await hostileReceiver({ tls: 'good', script: ['reset'] })
    expect(await overTls(reset.url, reset.ca)).toBe('ECONNRESET')
    await using garbage = await hostileReceiver({ tls: 'good', script: ['not-http'] })
    expect(await overTls(garbage.url, garbage.ca)).toBe('HPE_INVALID_CONSTANT')
  })

  test('takes a connection and never speaks TLS', async () => {
    await using receiver = await hostileReceiver({ tls: 'mute' })
    const answer = overTls(receiver.url, receiver.ca)
    while (receiver.connections().open === 0) await new Promise(setImmediate)
    await receiver.close()
    expect(await answer).toBe('ECONNRESET')
  })
})

describe('a hostile name server', () => {
  const resolver = (port: number): Resolver => {
    const asked = new Resolver({ timeout: 200, tries: 1 })
    asked.setServers([`127.0.0.1:${port}`])
    return asked
  }

  test('gives a public address first and then this machine', async () => {
    await using dns = await hostileDns({ 'hooks.example.org': [['93.184.216.34'], ['127.0.0.1', '10.0.0.1']] })
    const { port, questions } = dns
    const asked = resolver(port)
    expect(await asked.resolve4('hooks.example.org')).toEqual(['93.184.216.34'])
    expect(await asked.resolve4('hooks.example.org')).toEqual(['127.0.0.1', '10.0.0.1'])
    expect(await asked.resolve4('hooks.example.org')).toEqual(['127.0.0.1', '10.0.0.1'])
    expect(questions).toHaveLength(3)
  })

  test('mixes kinds of addresses, and answers each type with its own', async () => {
    await using dns = await hostileDns({
      'a.example': [['93.184.216.34', '::ffff:127.0.0.1', 'fd00::1', '::1', '2606:4700::1']],
    })
    expect(await resolver(dns.port).resolve4('a.example')).toEqual(['93.184.216.34'])
    expect(await resolver(dns.port).resolve6('a.example')).toEqual([
      '::ffff:127.0.0.1',
      'fd00::1',
      '::1',
      '2606:4700::1',
    ])
  })

  test('follows an alias to a local address', async () => {
    await using dns = await hostileDns({
      'a.example': [{ alias: 'metadata.google.internal', addresses: ['169.254.169.254'] }],
    })
    expect(await resolver(dns.port).resolve4('a.example')).toEqual(['169.254.169.254'])
  })

  test.each<[DnsAnswer, string]>([
    ['no-such-name', 'ENOTFOUND'],
    ['server-failure', 'ESERVFAIL'],
    ['refused', 'EREFUSED'],
    ['silence', 'ETIMEOUT'],
    ['other-number', 'ETIMEOUT'],
    ['garbage', 'EBADRESP'],
    [[], 'ENODATA'],
  ])('answers %j', async (answer, code) => {
    await using dns = await hostileDns({ 'a.example': [answer] })
    await expect(resolver(dns.port).resolve4('a.example')).rejects.toMatchObject({ code })
    await expect(resolver(dns.port).resolve4('b.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })
})

describe('a hostile provider', () => {
  test('lies, while another provider of the same network does not', async () => {
    await using provider = await hostileProvider(
      { kind: 'latest-ledger', ledger: 4_294_967_295, count: 'forever' },
      { seed: 'x' },
    )
    provider.tick(3)
    const read = async (url: string) => (await fetch(url)).json()
    expect(await read(provider.url)).toMatchObject({
      history_latest_ledger: 4_294_967_295,
      network_passphrase: 'PayD Sandbox ; x',
    })
    expect(await read(provider.honestUrl)).toMatchObject({
      history_latest_ledger: 4,
      history_latest_ledger_closed_at: '2027-01-01T00:00:15Z',
    })
    const stop = provider.lie({ route: '/', kind: 'status', status: 500, count: 'forever' })
    expect((await fetch(provider.url)).status).toBe(500)
    stop()
    provider.tellTheTruth()
    expect(await read(provider.url)).toMatchObject({ history_latest_ledger: 4 })
  })
})

/** The first statuses that a connection gives to one request. */
async function statusesFrom(port: number, count: number): Promise<string[]> {
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n')
  let text = ''
  for await (const chunk of socket) {
    text += String(chunk)
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => String(status))
    if (statuses.length >= count) return statuses.slice(0, count)
  }
  throw new Error(`The connection ended after: ${text}`)
}
