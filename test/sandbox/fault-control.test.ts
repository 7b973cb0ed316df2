import { Operation } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../tools/sandbox/index.ts'
import { type Json, startWorld, type World } from './support.ts'

async function control(
  world: World,
  route: string,
  body: unknown,
  method = 'POST',
): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${world.url}/_sandbox/${route}`, {
    method,
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const statuses = async (world: World, path: string, times: number): Promise<number[]> => {
  const seen: number[] = []
  for (let read = 0; read < times; read += 1) seen.push((await world.get(path)).status)
  return seen
}

async function rpc(world: World, method: string, params: unknown = {}): Promise<Response> {
  return fetch(`${world.url}/rpc`, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
}

describe('a fault strikes', () => {
  test('the path that it names, and no other', async () => {
    const world = await startWorld()
    const { url } = world
    world.sandbox.addFault({ route: '/accounts/*', kind: 'status', status: 503, count: 'forever' })
    const person = (await world.person()).publicKey()
    expect((await fetch(`${url}/accounts/${person}`)).status).toBe(503)
    expect((await fetch(`${url}/accounts/${person}/transactions`)).status).toBe(200)
    expect((await fetch(`${url}/accounts?signer=${person}`)).status).toBe(200)
    world.sandbox.addFault({ route: '/accounts/**', kind: 'status', status: 500, count: 'forever' })
    expect((await fetch(`${url}/accounts/${person}/transactions`)).status).toBe(500)
  })

  test('an RPC method by its name', async () => {
    const world = await startWorld()
    world.sandbox.addFault({ route: 'rpc:getHealth', kind: 'status', status: 429, retryAfter: '7' })
    expect((await rpc(world, 'getLatestLedger')).status).toBe(200)
    const limited = await rpc(world, 'getHealth')
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await rpc(world, 'getHealth')).status).toBe(200)
  })

  test('after the requests it skips, each n-th one, and so often', async () => {
    const world = await startWorld()
    world.sandbox.addFault({ kind: 'status', status: 502, skip: 1, every: 2, count: 2 })
    expect(await statuses(world, '/fee_stats', 8)).toEqual([200, 200, 502, 200, 502, 200, 200, 200])
  })

  test('the request that contains its text', async () => {
    const world = await startWorld()
    world.sandbox.addFault({ kind: 'status', status: 500, contains: 'cursor=77', count: 'forever' })
    expect((await world.get('/ledgers?cursor=76')).status).toBe(200)
    expect((await world.get('/ledgers?cursor=77')).status).toBe(500)
  })

  test('by chance, and the seed decides which requests', async () => {
    const draw = async (seed: string): Promise<number[]> => {
      const world = await startWorld()
      world.sandbox.addFault({ kind: 'status', status: 500, chance: 0.5, count: 'forever', seed })
      return statuses(world, '/fee_stats', 40)
    }
    const first = await draw('one')
    expect(await draw('one')).toEqual(first)
    expect(await draw('two')).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 500]))
  })

  test('nothing else while a request fails', async () => {
    const world = await startWorld()
    world.sandbox.addFault({ kind: 'text', text: 'hello' })
    world.sandbox.addFault({ kind: 'status', status: 500 })
    expect((await world.get('/')).status).toBe(500)
    expect(await (await fetch(`${world.url}/`)).text()).toBe('hello')
  })

  test('one of two providers of the same network', async () => {
    const world = await startWorld()
    const other = await world.sandbox.openProvider()
    world.sandbox.addFault({ kind: 'status', status: 500, count: 'forever' })
    other.addFault({ kind: 'latest-ledger', ledger: 3, count: 'forever' })
    world.sandbox.closeLedger(4)
    expect((await world.get('/')).status).toBe(500)
    expect(await (await fetch(`${other.url}/`)).json()).toMatchObject({ history_latest_ledger: 3 })
    other.clearFaults()
    expect(await (await fetch(`${other.url}/`)).json()).toMatchObject({ history_latest_ledger: 5 })
  })
})

describe('faults over HTTP', () => {
  test('are turned on, listed, and turned off one by one or all at once', async () => {
    const world = await startWorld()
    const on = await control(world, 'faults', [
      { route: '/accounts/*', kind: 'balance', value: '1e3', count: 'forever' },
      { route: 'rpc', kind: 'hang' },
      { kind: 'reaped', elder: 4 },
    ])
    expect(on.body.faults.list).toEqual([
      { id: 1, route: '/accounts/*', kind: 'balance', value: '1e3', count: 'forever', struck: 0 },
      { id: 2, route: 'rpc', kind: 'hang', struck: 0 },
      { id: 3, kind: 'reaped', elder: 4, struck: 0 },
    ])
    const off = await control(world, 'faults/2', null, 'DELETE')
    expect(off.body.faults.list.map(({ id }: { id: number }) => id)).toEqual([1, 3])
    expect((await control(world, 'faults/2', null, 'DELETE')).status).toBe(404)
    expect((await control(world, 'faults', null, 'DELETE')).body.faults.list).toEqual([])
  })

  test('a replay needs something to replay', async () => {
    const world = await startWorld()
    const account = (await world.person()).publicKey()
    const fault = { kind: 'holder', account, sequence: '5', envelope: 'replayed' }
    expect((await control(world, 'faults', fault)).body.extras.reason).toContain('has sent no transaction')
  })

  test.each([
    [{}, 'kind'],
    [{ kind: 'nothing' }, 'kind'],
    [{ kind: 'status' }, 'status'],
    [{ kind: 'status', status: 99 }, 'status'],
    [{ kind: 'hang', stage: 'during' }, 'stage'],
    [{ kind: 'hang', statsu: 3 }, 'statsu'],
    [{ kind: 'hang', route: 'everything' }, 'route'],
    [{ kind: 'hang', count: 0 }, 'count'],
    [{ kind: 'hang', chance: 2 }, 'chance'],
    [{ kind: 'slow', bytes: 1 }, 'everyMs'],
    [{ kind: 'huge', bytes: 1.5 }, 'bytes'],
    [{ kind: 'replace', path: '/a' }, 'value'],
    [{ kind: 'replace', path: 'a', value: 1 }, 'path'],
    [{ kind: 'balance', value: '1', asset: 'USDC' }, 'asset'],
    [{ kind: 'hide', hash: 'AB' }, 'hash'],
    [{ kind: 'holder', account: 'G', sequence: '1' }, 'account'],
    [{ kind: 'holder', account: 'G', sequence: 1 }, 'sequence'],
    [{ kind: 'stale', ledgers: 0 }, 'ledgers'],
  ])('%j is refused with the name of the wrong field', async (fault, field) => {
    const world = await startWorld()
    const { status, body } = await control(world, 'faults', [{ kind: 'hang' }, fault])
    expect([status, body.extras.invalid_field]).toEqual([400, field])
    expect(world.sandbox.status().faults.list).toEqual([])
  })
})

describe('the clock over HTTP', () => {
  test('moves forward by seconds or to a time, and never back', async () => {
    const world = await startWorld()
    expect((await control(world, 'clock', { seconds: 90 })).body.clock).toBe('2027-01-01T00:01:30.000Z')
    expect((await control(world, 'clock', { time: '2027-02-28T12:00:00Z' })).body.clock).toBe(
      '2027-02-28T12:00:00.000Z',
    )
    for (const wrong of [
      { time: '2027-02-28T11:59:59Z' },
      { time: 'tomorrow' },
      { seconds: -1 },
      {},
      { seconds: 1, time: '2028-01-01' },
    ]) {
      expect((await control(world, 'clock', wrong)).status).toBe(400)
    }
    world.sandbox.closeLedger()
    expect((await world.get('/ledgers/2')).body.closed_at).toBe('2027-02-28T12:00:00Z')
  })

  test('moves before each ledger that is closed with a wait', async () => {
    const world = await startWorld()
    await control(world, 'close', { count: 3, seconds: 5 })
    const { records } = (await world.get('/ledgers?cursor=4294967296')).body._embedded
    expect(records.map(({ closed_at }: { closed_at: string }) => closed_at)).toEqual([
      '2027-01-01T00:00:05Z',
      '2027-01-01T00:00:10Z',
      '2027-01-01T00:00:15Z',
    ])
  })
})

describe('an answer on its way', () => {
  const fee = (world: World): Promise<Response> => fetch(`${world.url}/fee_stats`)
  const broken = async (fault: Fault): Promise<Response> => {
    const world = await startWorld()
    world.sandbox.addFault(fault)
    return fee(world)
  }

  test('is cut: the length was promised, and the rest never comes', async () => {
    const response = await broken({ kind: 'cut', bytes: 20 })
    await expect(response.text()).rejects.toThrow('terminated')
  })

  test('stalls after some bytes until the caller gives up', async () => {
    const world = await startWorld()
    world.sandbox.addFault({ kind: 'stall', bytes: 5 })
    const giveUp = new AbortController()
    const response = await fetch(`${world.url}/fee_stats`, { signal: giveUp.signal })
    const reader = response.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toHaveLength(5)
    const rest = expect(reader?.read()).rejects.toThrow('aborted')
    giveUp.abort()
    await rest
  })

  test('comes slowly, and comes whole', async () => {
    const response = await broken({ kind: 'slow', bytes: 50, everyMs: 1 })
    expect(await response.json()).toHaveProperty('last_ledger')
  })

  test('is huge: blanks behind the JSON, and no length', async () => {
    const response = await broken({ kind: 'huge', bytes: 5_000_000 })
    expect(response.headers.get('content-length')).toBeNull()
    const text = await response.text()
    expect(text).toHaveLength(5_000_000)
    expect(JSON.parse(text)).toHaveProperty('last_ledger')
  })

  test('is truncated, damaged, or another text', async () => {
    const whole = await (await fee(await startWorld())).text()
    const truncated = await broken({ kind: 'truncate', bytes: 30 })
    expect(await truncated.text()).toBe(whole.slice(0, 30))
    const damage = async (seed: string): Promise<string> => (await broken({ kind: 'damage', bytes: 3, seed })).text()
    const damaged = await damage('a')
    expect(damaged).toHaveLength(whole.length)
    expect([...damaged].filter((letter, at) => letter !== whole[at]).length).toBeGreaterThan(0)
    expect(await damage('a')).toBe(damaged)
    expect(await damage('b')).not.toBe(damaged)
    const page = await broken({ kind: 'text', text: '<html>Sign in' })
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<html>Sign in',
    ])
  })

  test('has another header, or lacks one', async () => {
    const world = await startWorld()
    const person = await world.person()
    world.sandbox.addFault({ route: '/accounts/*', kind: 'header', name: 'latest-ledger', value: '4294967295' })
    world.sandbox.addFault({ route: '/accounts/*', kind: 'header', name: 'Latest-Ledger', value: null, skip: 1 })
    const path = `/accounts/${person.publicKey()}`
    expect((await world.get(path)).headers.get('latest-ledger')).toBe('4294967295')
    expect((await world.get(path)).headers.get('latest-ledger')).toBeNull()
    expect((await world.get(path)).headers.get('latest-ledger')).toBe('2')
  })
})

describe('a page', () => {
  const page = async (fault: Fault): Promise<{ hashes: string[]; links: Json }> => {
    const world = await startWorld()
    world.sandbox.closeLedger(6)
    world.sandbox.addFault({ route: '/ledgers', ...fault })
    const { body } = await world.get('/ledgers?limit=6')
    const hashes = body._embedded.records.map(({ sequence }: { sequence: number }) => String(sequence))
    return { hashes, links: body._links }
  }
  const right = ['1', '2', '3', '4', '5', '6']

  test('has its records in another order that the seed decides', async () => {
    const { hashes } = await page({ kind: 'reorder', seed: 'x' })
    expect(hashes).not.toEqual(right)
    expect([...hashes].sort()).toEqual(right)
    expect((await page({ kind: 'reorder', seed: 'x' })).hashes).toEqual(hashes)
  })

  test('has records twice, lacks some, or ends early', async () => {
    expect((await page({ kind: 'duplicate' })).hashes).toEqual(right.flatMap((one) => [one, one]))
    expect((await page({ kind: 'duplicate', records: 2 })).hashes).toHaveLength(8)
    expect((await page({ kind: 'drop', records: 2 })).hashes).toHaveLength(4)
    expect((await page({ kind: 'short', keep: 3 })).hashes).toEqual(['1', '2', '3'])
    expect((await page({ kind: 'short', keep: 0 })).hashes).toEqual([])
  })

  test('links to itself', async () => {
    const { links } = await page({ kind: 'loop' })
    expect(links.next).toEqual(links.self)
  })
})

describe('a value', () => {
  test('of a balance is no number, or too long, of one account and one asset', async () => {
    const world = await startWorld()
    const [first, second] = await world.people(2)
    const id = first?.publicKey() ?? ''
    world.sandbox.addFault({
      route: '/accounts/**',
      kind: 'balance',
      value: '1e3',
      account: id,
      asset: 'native',
      count: 2,
    })
    expect((await world.account(id)).balances[0]?.balance).toBe('1e3')
    expect((await world.account(second?.publicKey() ?? '')).balances[0]?.balance).toBe('10000.0000000')
    expect((await world.account(id)).balances[0]?.balance).toBe('10000.0000000')
  })

  test('of the newest ledger is out of this world, in bodies and in headers', async () => {
    const world = await startWorld()
    const person = await world.person()
    world.sandbox.addFault({ kind: 'latest-ledger', ledger: 4_294_967_295, count: 'forever' })
    const { headers } = await world.get(`/accounts/${person.publicKey()}`)
    expect(headers.get('latest-ledger')).toBe('4294967295')
    expect((await world.get('/')).body.history_latest_ledger).toBe(4_294_967_295)
    expect(((await (await rpc(world, 'getHealth')).json()) as Json).result.latestLedger).toBe(4_294_967_295)
  })

  test('at any place is another one, or is missing', async () => {
    const world = await startWorld()
    world.sandbox.closeLedger(3)
    world.sandbox.addFault({ kind: 'replace', path: '/network_passphrase', value: 'Another network' })
    expect((await world.get('/')).body.network_passphrase).toBe('Another network')
    world.sandbox.addFault({ kind: 'replace', path: '/_embedded/records/*/hash', value: null })
    world.sandbox.addFault({ kind: 'remove', path: '/_embedded/records/0/sequence' })
    const { records } = (await world.get('/ledgers')).body._embedded
    expect(records.map(({ hash }: Json) => hash)).toEqual([null, null, null, null])
    expect(records.map((record: Json) => 'sequence' in record)).toEqual([false, true, true, true])
  })
})

describe('another server', () => {
  test('is some ledgers behind for one route, or for every second read', async () => {
    const world = await startWorld()
    world.sandbox.closeLedger(9)
    world.sandbox.addFault({ route: '/', kind: 'stale', ledgers: 4, every: 2 })
    const seen: number[] = []
    for (let read = 0; read < 4; read += 1) seen.push((await world.get('/')).body.history_latest_ledger)
    expect(seen).toEqual([10, 6, 10, 6])
    expect((await world.get('/fee_stats')).body.last_ledger).toBe('10')
  })

  test('stands still while the network goes on', async () => {
    const world = await startWorld()
    const source = await world.person()
    world.sandbox.addFault({ kind: 'frozen' })
    const { sequence } = await world.account(source.publicKey())
    const transaction = await world.build(source, [Operation.manageData({ name: 'a', value: 'x' })])
    await world.send(transaction.toXdr())
    world.sandbox.closeLedger(400)
    expect((await world.get('/')).body).toMatchObject({ history_latest_ledger: 2, core_latest_ledger: 402 })
    expect((await world.account(source.publicKey())).sequence).toBe(sequence)
    // Its core goes on, so the same envelope is refused although it was applied.
    expect((await world.post(transaction.toXdr())).body.extras.result_codes).toEqual({ transaction: 'tx_bad_seq' })
    world.sandbox.clearFaults()
    expect((await world.post(transaction.toXdr())).status).toBe(200)
  })

  test('has forgotten the history before a ledger', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { hash } = await world.must(source, [Operation.manageData({ name: 'a', value: 'x' })])
    world.sandbox.closeLedger(5)
    world.sandbox.addFault({ kind: 'reaped', elder: 6 })
    expect((await world.get('/')).body.history_elder_ledger).toBe(6)
    expect((await world.get(`/transactions/${hash}`)).status).toBe(404)
    expect((await world.get('/ledgers/3')).status).toBe(410)
    expect((await world.get('/transactions?order=desc&cursor=8589934592')).status).toBe(410)
    expect((await world.account(source.publicKey())).sequence).toBeDefined()
    expect((await world.get(`/accounts/${source.publicKey()}/transactions`)).status).toBe(404)
  })
})
