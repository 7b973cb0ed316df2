import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../supabase/functions/_shared/worker/settings.ts'
import { parseNetwork } from '../../supabase/functions/webhook-dispatch/addresses.ts'
import { type Delivery, deliver } from '../../supabase/functions/webhook-dispatch/deliver.ts'
import { pinnedDial } from '../../supabase/functions/webhook-dispatch/pinned-dial.ts'
import { throughProxy } from '../../supabase/functions/webhook-dispatch/proxy.ts'
import { webhookProxy } from '../../supabase/functions/webhook-dispatch/settings.ts'
import { hostileReceiver } from '../attacks/support/hostile-receiver.ts'
import { testClock } from '../support/clock.ts'
import { nodeNetwork } from './support/node-network.ts'

const POLICY = { allowHttp: true, allowedNetworks: [parseNetwork('127.0.0.0/8')], ownUrl: null }

let server: Server
let heads: string[]
let refusal: string | null

beforeEach(async () => {
  heads = []
  refusal = null
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (bytes: Buffer) => {
      const head = bytes.toString('latin1')
      heads.push(head)
      if (refusal !== null) return void socket.end(refusal)
      const [, host = '', port = ''] = /^CONNECT ([^ ]+):(\d+) HTTP\/1\.1\r\n/.exec(head) ?? []
      const target = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(target).pipe(socket)
      })
      target.on('error', () => void socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  server.close()
})

describe('webhooks that leave through a proxy', () => {
  test('a receiver is asked for by the address that was checked, and TLS is checked by its name', async () => {
    await using receiver = await hostileReceiver({ tls: 'good', names: ['receiver.example.com'], script: [204] })
    const result = await deliver(
      ports(receiver.ca),
      POLICY,
      deliveryTo(`https://receiver.example.com:${receiver.port}/hook`),
    )
    expect(result).toMatchObject({ status: 204, error_class: null, peer: '127.0.0.1', dialler: null })
    const credentials = Buffer.from('pay:d@y').toString('base64')
    expect(heads).toEqual([
      `CONNECT 127.0.0.1:${receiver.port} HTTP/1.1\r\nhost: 127.0.0.1:${receiver.port}\r\nproxy-authorization: Basic ${credentials}\r\n\r\n`,
    ])
  })

  test('a connection through a proxy is kept for the next webhook', async () => {
    await using receiver = await hostileReceiver({ script: [204] })
    const kept = ports()
    for (let round = 0; round < 3; round++) {
      expect(await deliver(kept, POLICY, deliveryTo(`${receiver.url}/hook`))).toMatchObject({ status: 204 })
    }
    expect(heads).toHaveLength(1)
  })

  test('a certificate of another name is refused behind a proxy as well', async () => {
    await using receiver = await hostileReceiver({ tls: 'wrong-name', script: [204] })
    const result = await deliver(
      ports(receiver.ca),
      POLICY,
      deliveryTo(`https://receiver.example.com:${receiver.port}/hook`),
    )
    expect(result).toMatchObject({ status: null, error_class: 'tls_failed' })
    expect(receiver.requests).toEqual([])
  })

  test('an address that is not public is never asked for', async () => {
    const result = await deliver(
      ports(),
      { ...POLICY, allowedNetworks: [] },
      deliveryTo('http://receiver.example.com:8443/'),
    )
    expect(result).toMatchObject({ error_class: 'address_not_public' })
    expect(heads).toEqual([])
  })

  test.each([
    ['HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n', 'proxy_failed'],
    ['HTTP/1.1 403 Forbidden\r\n\r\nno', 'proxy_failed'],
    ['HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n.', 'proxy_failed'],
    ['SSH-2.0-OpenSSH_9.6\r\n\r\n', 'proxy_failed'],
    ['', 'proxy_failed'],
    ['HTTP/1.1 504 Gateway Timeout\r\n\r\n', 'connection_failed'],
  ])('the answer %j of a proxy ends the attempt', async (answer, problem) => {
    await using receiver = await hostileReceiver({ script: [204] })
    refusal = answer
    const result = await deliver(ports(), POLICY, deliveryTo(`${receiver.url}/hook`))
    expect(result).toMatchObject({ status: null, error_class: problem })
    expect(receiver.requests).toEqual([])
  })

  test('a proxy that is not there ends the attempt, and nothing goes another way', async () => {
    await using receiver = await hostileReceiver({ script: [204] })
    const { port } = server.address() as AddressInfo
    server.close()
    const result = await deliver(ports(undefined, port), POLICY, deliveryTo(`${receiver.url}/hook`))
    expect(result).toMatchObject({ status: null, error_class: 'proxy_failed' })
    expect(receiver.requests).toEqual([])
  })
})

describe('the setting of the proxy', () => {
  test('says where the proxy is and how it is spoken to', () => {
    expect(webhookProxy(() => undefined)).toBeNull()
    expect(webhookProxy(() => '')).toBeNull()
    expect(webhookProxy(() => 'http://10.1.2.3:3128')).toEqual({ host: '10.1.2.3', port: 3128, authorization: null })
    expect(webhookProxy(() => 'http://[fd00::1]/')).toEqual({ host: 'fd00::1', port: 80, authorization: null })
    const authorization = `Basic ${Buffer.from('pay:ü').toString('base64')}`
    expect(webhookProxy(() => 'http://pay:%C3%BC@proxy.example')).toEqual({
      host: 'proxy.example',
      port: 80,
      authorization,
    })
  })

  test.each([
    'proxy.example:3128',
    'https://proxy.example',
    'socks5://proxy.example',
    'http://proxy.example/path',
    'http://pay:%zz@proxy.example',
  ])('the setting %j is refused without its value', (setting) => {
    expect(() => webhookProxy(() => setting)).toThrow(ConfigurationError)
    expect(() => webhookProxy(() => setting)).toThrow(/PAYD_WEBHOOK_PROXY/)
    expect(() => webhookProxy(() => setting)).not.toThrow(/zz/)
  })
})

function ports(ca?: string, port = (server.address() as AddressInfo).port) {
  const clock = testClock()
  const { network } = nodeNetwork(ca === undefined ? {} : { ca })
  const proxy = webhookProxy(() => `http://pay:d%40y@127.0.0.1:${port}`)
  if (proxy === null) throw new Error('There is no proxy.')
  const dial = pinnedDial(throughProxy(network, proxy), clock)
  return { clock, dial, resolveHost: () => Promise.resolve(['127.0.0.1']) }
}

function deliveryTo(url: string): Delivery {
  return {
    id: 1,
    endpoint: { id: 1, url, timeout_ms: 15_000, headers: {}, v1a: [] },
    webhookId: 'evt_1',
    sequence: 1,
    number: 1,
    body: '{}',
    timestamp: 1_795_176_000,
    signature: 'v1,abc',
  }
}
