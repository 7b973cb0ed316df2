import { Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { hex, startWorld, type World } from './support.ts'

const data = (name: string) => Operation.manageData({ name, value: 'x' })

async function control(world: World, route: string, body: unknown = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${world.url}/_sandbox/${route}`, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

describe('submissions fail', () => {
  test('before the network sees them: the envelope is nowhere', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    world.sandbox.failSubmissions({ count: 2, stage: 'before', how: 503 })
    expect((await world.post(transaction.toXdr())).status).toBe(503)
    expect((await world.send(transaction.toXdr())).status).toBe(503)
    world.sandbox.closeLedger()
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).status).toBe(404)
    expect((await world.send(transaction.toXdr())).status).toBe(201)
  })

  test('after the network took them: the caller gets 504, the payment happens', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    world.sandbox.failSubmissions({ count: 1, stage: 'after', how: 504 })
    const { status, body } = await world.post(transaction.toXdr())
    expect(status).toBe(504)
    expect(body.extras.hash).toBe(hex(transaction.hash()))
    world.sandbox.closeLedger()
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).body.successful).toBe(true)
  })

  test('by a connection that breaks after the envelope was taken', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    world.sandbox.failSubmissions({ count: 1, stage: 'after', how: 'reset' })
    await expect(world.send(transaction.toXdr())).rejects.toThrow('fetch failed')
    world.sandbox.closeLedger()
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).status).toBe(200)
  })

  test('by silence: the caller gives up, the envelope is in', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    world.sandbox.failSubmissions({ count: 1, stage: 'after', how: 'hang' })
    const body = new URLSearchParams({ tx: transaction.toXdr() })
    const giveUp = new AbortController()
    const hanging = fetch(`${world.url}/transactions`, { method: 'POST', body, signal: giveUp.signal })
    const ended = expect(hanging).rejects.toThrow('aborted')
    while (!(await isPending(world, hex(transaction.hash())))) await world.get('/')
    giveUp.abort()
    await ended
    world.sandbox.closeLedger()
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).status).toBe(200)
  })
})

describe('reads fail', () => {
  test('with the status that was asked for, as often as was asked for', async () => {
    const world = await startWorld()
    world.sandbox.failReads({ count: 2, how: 503 })
    world.sandbox.failReads({ count: 1, how: 500 })
    const statuses: number[] = []
    for (let read = 0; read < 4; read += 1) statuses.push((await world.get('/')).status)
    expect(statuses).toEqual([503, 503, 500, 200])
  })
})

describe('a lagging server', () => {
  test('shows accounts, lists and history as they were some ledgers ago', async () => {
    const world = await startWorld()
    const source = await world.person()
    await world.must(source, [data('a')])
    await world.must(source, [data('b')])
    const latest = world.sandbox.closeLedger()
    world.sandbox.setLag({ ledgers: 2 })

    const { body, headers } = await world.get(`/accounts/${source.publicKey()}`)
    expect(headers.get('latest-ledger')).toBe(String(latest - 2))
    expect(Object.keys(body.data)).toEqual(['a'])
    expect((await world.get('/')).body).toMatchObject({
      history_latest_ledger: latest - 2,
      core_latest_ledger: latest,
    })
    const list = (await world.get(`/accounts/${source.publicKey()}/transactions`)).body._embedded.records
    expect(list).toHaveLength(2)
    expect((await world.get(`/ledgers/${latest}`)).status).toBe(404)

    world.sandbox.clearFaults()
    expect(Object.keys((await world.account(source.publicKey())).data)).toEqual(['a', 'b'])
  })

  test('behind a balancer answers every second read', async () => {
    const world = await startWorld()
    const latest = world.sandbox.closeLedger(10)
    world.sandbox.setLag({ ledgers: 3, everySecondRead: true })
    const seen: number[] = []
    for (let read = 0; read < 4; read += 1) seen.push((await world.get('/')).body.history_latest_ledger)
    expect(seen).toEqual([latest, latest - 3, latest, latest - 3])
  })

  test('forgets nothing that a deep lag can ask for, and never shows a ledger before the first', async () => {
    const world = await startWorld()
    world.sandbox.closeLedger(300)
    world.sandbox.setLag({ ledgers: 255 })
    expect((await world.get('/')).body.history_latest_ledger).toBe(46)
    world.sandbox.reset()
    expect((await world.get('/')).body.history_latest_ledger).toBe(1)
  })
})

describe('the rate limit', () => {
  test('lets 101 requests through at once and then one a second', async () => {
    const world = await startWorld()
    world.sandbox.setRateLimit(true)
    const first = await world.get('/')
    expect(first.headers.get('x-ratelimit-limit')).toBe('101')
    expect(first.headers.get('x-ratelimit-remaining')).toBe('100')
    for (let request = 1; request < 101; request += 1) expect((await world.get('/fee_stats')).status).toBe(200)

    const limited = await world.get('/')
    expect(limited.status).toBe(429)
    expect(limited.body.type).toBe('https://stellar.org/horizon-errors/rate_limit_exceeded')
    expect(limited.headers.get('retry-after')).toBe('1')
    expect(limited.headers.get('x-ratelimit-remaining')).toBe('0')
    world.pass(1)
    expect((await world.get('/')).status).toBe(200)
    expect((await world.get('/')).status).toBe(429)
    world.sandbox.setRateLimit(false)
    expect((await world.get('/')).headers.get('x-ratelimit-limit')).toBeNull()
  })
})

describe('ledgers', () => {
  test('close by themselves, stop and go on', async () => {
    const world = await startWorld({ ledgerIntervalMs: 10 })
    const ledger = async (): Promise<number> => (await world.get('/')).body.history_latest_ledger
    const start = await ledger()
    while ((await ledger()) < start + 3) await world.get('/')
    world.sandbox.stopLedgers()
    expect(world.sandbox.status()).toMatchObject({ running: false })
    const stopped = await ledger()
    expect(world.sandbox.closeLedger()).toBe(stopped + 1)
    world.sandbox.resumeLedgers()
    while ((await ledger()) < stopped + 3) await world.get('/')
  })

  test('start again at a reset: same passphrase, other hashes, nothing left', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { hash } = await world.must(source, [data('a')])
    const before = (await world.get('/ledgers/2')).body.hash
    world.sandbox.reset()
    expect((await world.get('/')).body).toMatchObject({
      history_latest_ledger: 1,
      network_passphrase: world.sandbox.networkPassphrase,
    })
    expect((await world.get(`/transactions/${hash}`)).status).toBe(404)
    expect((await world.get(`/accounts/${source.publicKey()}`)).status).toBe(404)
    world.sandbox.closeLedger()
    expect((await world.get('/ledgers/2')).body.hash).not.toBe(before)
  })
})

describe('control over HTTP', () => {
  test('does what the functions do and answers with the status', async () => {
    const world = await startWorld()
    expect(await control(world, 'close', { count: 3 })).toMatchObject({ status: 200, body: { ledger: 4 } })
    expect(await control(world, 'surge', { baseFee: '700' })).toMatchObject({ body: { minimum_fee: '700' } })
    expect(await control(world, 'surge', { baseFee: '50' })).toMatchObject({ body: { minimum_fee: '100' } })
    await control(world, 'lag', { ledgers: 2 })
    await control(world, 'fail-reads', { count: 1, how: 502 })
    await control(world, 'fail-submissions', { stage: 'after', how: 'reset' })
    expect((await control(world, 'rate-limit', { on: true })).body).toMatchObject({
      faults: {
        lag: { ledgers: 2 },
        rate_limit: true,
        list: [
          { id: 1, route: 'reads', count: 1, kind: 'status', status: 502, struck: 0 },
          { id: 2, route: 'submissions', count: 1, kind: 'reset', stage: 'after', struck: 0 },
        ],
      },
    })
    expect((await control(world, 'clear')).body).toMatchObject({
      minimum_fee: '100',
      faults: { lag: { ledgers: 0 }, rate_limit: false, list: [] },
    })
    expect(await control(world, 'reset')).toMatchObject({ body: { ledger: 1, epoch: 1 } })
  })

  test.each([
    ['nothing', {}, 404],
    ['close', { count: 0 }, 400],
    ['close', [], 400],
    ['lag', {}, 400],
    ['lag', { ledgers: 256 }, 400],
    ['surge', { baseFee: 5000 }, 400],
    ['fail-reads', { how: 200 }, 400],
    ['fail-submissions', { stage: 'during', how: 500 }, 400],
    ['rate-limit', { on: 'yes' }, 400],
  ])('refuses %s %j', async (route, body, status) => {
    const world = await startWorld()
    expect((await control(world, route, body)).status).toBe(status)
  })
})

async function isPending(world: World, hash: string): Promise<boolean> {
  const { body } = await world.get('/_sandbox')
  return body.pending.some((pending: { hash: string }) => pending.hash === hash)
}
