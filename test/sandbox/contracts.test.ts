import { createHash } from 'node:crypto'
import {
  Address,
  Contract,
  Keypair,
  nativeToScVal,
  Operation,
  rpc,
  scValToNative,
  TransactionBuilder,
  xdr,
} from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { hex, type Json, type Op, startWorld, type World } from './support.ts'

const FIRST = Buffer.from('0061736d01000000', 'hex')
const SECOND = Buffer.from('0061736d0100000001', 'hex')
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** A contract of a deployer, and the SDK's own RPC client to work with it. */
async function deployed(world: World) {
  const server = new rpc.Server(`${world.url}/rpc`, { allowHttp: true })
  const deployer = await world.person()
  const call = async (operation: Op): Promise<rpc.Api.GetTransactionResponse> => {
    const source = await server.getAccount(deployer.publicKey())
    const draft = new TransactionBuilder(source, { fee: '100', networkPassphrase: world.sandbox.networkPassphrase })
      .addOperation(operation)
      .setTimeout(0)
      .build()
    // Simulates, and adds the footprint and the resource fee.
    const prepared = await server.prepareTransaction(draft)
    prepared.sign(deployer)
    const sent = await server.sendTransaction(prepared)
    expect(sent.status).toBe('PENDING')
    world.sandbox.closeLedger()
    return server.getTransaction(sent.hash)
  }
  await call(Operation.uploadContractWasm({ wasm: FIRST }))
  const created = await call(
    Operation.createCustomContract({
      address: new Address(deployer.publicKey()),
      wasmHash: sha256(FIRST),
      salt: Buffer.alloc(32, 7),
    }),
  )
  if (created.status !== 'SUCCESS' || !created.returnValue) throw new Error('The contract was not created.')
  const id: string = scValToNative(created.returnValue)
  return { server, deployer, call, id, contract: new Contract(id) }
}

describe('contracts', () => {
  test('are uploaded and created with the hashes and ids of the network, and read with the SDK', async () => {
    const world = await startWorld()
    const { server, id } = await deployed(world)
    expect(id).toMatch(/^C[A-Z2-7]{55}$/)
    expect(Buffer.from(await server.getContractWasmByContractId(id)).equals(FIRST)).toBe(true)
    const entry = await server.getContractData(id, xdr.ScVal.scvLedgerKeyContractInstance())
    expect(entry.lastModifiedLedgerSeq).toBe(world.sandbox.status().ledger)
    expect(entry.liveUntilLedgerSeq).toBeGreaterThan(world.sandbox.status().ledger)
  })

  test('replace their code, and the ledger shows the new hash and a system event', async () => {
    const world = await startWorld()
    const { server, call, id, contract } = await deployed(world)
    await call(Operation.uploadContractWasm({ wasm: SECOND }))
    const upgraded = await call(contract.call('upgrade', xdr.ScVal.scvBytes(sha256(SECOND))))
    expect(upgraded.status).toBe('SUCCESS')
    expect(Buffer.from(await server.getContractWasmByContractId(id)).equals(SECOND)).toBe(true)
    const { events } = await server.getEvents({
      startLedger: 1,
      filters: [{ type: 'system', contractIds: [id] }],
    } as never)
    expect(events.map(({ topic }) => topic.map(scValToNative))).toEqual([
      ['executable_update', ['Wasm', new Uint8Array(sha256(FIRST))], ['Wasm', new Uint8Array(sha256(SECOND))]],
    ])
  })

  test('that trap fail the simulation, and the transaction that is sent all the same', async () => {
    const world = await startWorld()
    const { server, deployer, contract } = await deployed(world)
    const before = world.sandbox.status().ledger
    const source = await server.getAccount(deployer.publicKey())
    const unknown = contract.call('upgrade', xdr.ScVal.scvBytes(Buffer.alloc(32, 1)))
    const draft = new TransactionBuilder(source, { fee: '100', networkPassphrase: world.sandbox.networkPassphrase })
      .addOperation(unknown)
      .setTimeout(0)
    const simulated = await server.simulateTransaction(draft.build())
    expect('error' in simulated && simulated.error).toContain('HostError')
    expect(world.sandbox.status().ledger).toBe(before)
    const again = new TransactionBuilder(await server.getAccount(deployer.publicKey()), {
      fee: '60000',
      networkPassphrase: world.sandbox.networkPassphrase,
    })
      .addOperation(unknown)
      .setTimeout(0)
      .setSorobanData(
        new xdr.SorobanTransactionData({
          ext: xdr.SorobanTransactionDataExt.fromXdrObject({ v: 0 }),
          resources: xdr.SorobanResources.fromXdrObject({
            footprint: { readOnly: [], readWrite: [] },
            instructions: 0,
            diskReadBytes: 0,
            writeBytes: 0,
          }),
          resourceFee: 50_000n,
        }) as never,
      )
      .build()
    again.sign(deployer)
    const sent = await server.sendTransaction(again)
    world.sandbox.closeLedger()
    expect((await server.getTransaction(sent.hash)).status).toBe('FAILED')
    const body = (await world.get(`/transactions/${sent.hash}`)).body
    expect(body.successful).toBe(false)
  })

  test('need a transaction of their own, with its resources', async () => {
    const world = await startWorld()
    const { deployer, contract } = await deployed(world)
    const bare = await world.build(deployer, [contract.call('hello') as Op])
    expect((await world.post(bare.toXdr())).body.extras.result_codes).toEqual({ transaction: 'tx_malformed' })
  })
})

describe('getEvents', () => {
  const symbol = (text: string): string => xdr.ScVal.scvSymbol(text).toXdr('base64')
  const ask = async (world: World, params: unknown): Promise<Json> => {
    const response = await fetch(`${world.url}/rpc`, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getEvents', params }),
    })
    return response.json()
  }

  test('gives what a call published: its name and first arguments as topics, the rest as value', async () => {
    const world = await startWorld()
    const { server, call, id, contract } = await deployed(world)
    const person = Keypair.random().publicKey()
    const { status, ...paid } = await call(
      contract.call('paid', new Address(person).toScVal(), nativeToScVal(922337203685_4775807n, { type: 'i128' })),
    )
    expect(status).toBe('SUCCESS')
    const page = await server.getEvents({ startLedger: 1, filters: [{ type: 'contract', contractIds: [id] }] } as never)
    expect(page.events).toHaveLength(1)
    const [event] = page.events
    expect(event?.topic.map(scValToNative)).toEqual(['paid', person])
    expect(event && scValToNative(event.value)).toBe(9223372036854775807n)
    expect(event).toMatchObject({
      type: 'contract',
      operationIndex: 0,
      transactionIndex: 1,
      inSuccessfulContractCall: true,
    })
    expect(event?.txHash).toBe((paid as Json).txHash)
    expect(BigInt(event?.id.split('-')[0] ?? 0) >> 32n).toBe(BigInt(event?.ledger ?? 0))
    expect((paid as Json).events.contractEventsXdr[0]).toHaveLength(1)
  })

  test('filters by contract, by type and by topics with wildcards', async () => {
    const world = await startWorld()
    const { call, id, contract } = await deployed(world)
    await call(contract.call('one'))
    await call(contract.call('two', nativeToScVal(5, { type: 'u32' }), nativeToScVal(6, { type: 'u32' })))
    const five = nativeToScVal(5, { type: 'u32' }).toXdr('base64')
    const count = async (...filters: unknown[]): Promise<number> =>
      (await ask(world, { startLedger: 1, filters })).result.events.length
    expect(await count()).toBe(2)
    expect(await count({ contractIds: [id] })).toBe(2)
    expect(await count({ type: 'system' })).toBe(0)
    expect(await count({ topics: [[symbol('one')]] })).toBe(1)
    expect(await count({ topics: [[symbol('two')]] })).toBe(0)
    expect(await count({ topics: [[symbol('two'), '*']] })).toBe(1)
    expect(await count({ topics: [['*', five]] })).toBe(1)
    expect(await count({ topics: [[symbol('two'), '**']] })).toBe(1)
    expect(await count({ topics: [['**']] })).toBe(2)
    expect(await count({ topics: [[symbol('one')]] }, { topics: [['*', five]] })).toBe(2)
  })

  test('looks through 10,000 ledgers at most, and its cursor goes on from where it stopped', async () => {
    const world = await startWorld()
    const { call, contract } = await deployed(world)
    world.sandbox.closeLedger(10_100)
    await call(contract.call('late'))
    const first = (await ask(world, { startLedger: 1 })).result
    expect(first.events).toEqual([])
    expect(BigInt(first.cursor.split('-')[0]) >> 32n).toBe(10_000n)
    const second = (await ask(world, { pagination: { cursor: first.cursor } })).result
    expect(second.events).toHaveLength(1)
    const third = (await ask(world, { pagination: { cursor: second.cursor } })).result
    expect(third.events).toEqual([])
  })

  test('pages: the cursor is the id of the last event, and no event comes twice', async () => {
    const world = await startWorld()
    const { call, contract } = await deployed(world)
    for (let at = 0; at < 5; at += 1) await call(contract.call(`event${at}`))
    const ids: string[] = []
    let params: Json = { startLedger: 1, pagination: { limit: 2 } }
    for (;;) {
      const { events, cursor } = (await ask(world, params)).result
      ids.push(...events.map(({ id }: Json) => id))
      if (events.length < 2) break
      expect(cursor).toBe(ids.at(-1))
      params = { pagination: { limit: 2, cursor } }
    }
    expect(ids).toHaveLength(5)
    expect(new Set(ids).size).toBe(5)
    expect([...ids].sort()).toEqual(ids)
  })

  test.each([
    [{}, -32602],
    [{ startLedger: 0 }, -32602],
    [{ startLedger: 999 }, -32600],
    [{ startLedger: 1, endLedger: 1 }, -32602],
    [{ startLedger: 1, pagination: { limit: 10_001 } }, -32602],
    [{ startLedger: 1, pagination: { cursor: '0000000004294967296-0000000000' } }, -32602],
    [{ pagination: { cursor: 'x' } }, -32602],
    [{ startLedger: 1, filters: Array.from({ length: 6 }, () => ({})) }, -32602],
    [{ startLedger: 1, filters: [{ type: 'diagnostic' }] }, -32602],
    [{ startLedger: 1, filters: [{ contractIds: ['C'] }] }, -32602],
    [{ startLedger: 1, filters: [{ topics: [[]] }] }, -32602],
  ])('refuses %j with %i', async (params, code) => {
    const world = await startWorld()
    expect((await ask(world, params)).error.code).toBe(code)
  })

  test('says which ledgers it keeps when the history was reaped', async () => {
    const world = await startWorld()
    world.sandbox.closeLedger(9)
    world.sandbox.addFault({ kind: 'reaped', elder: 6 })
    expect((await ask(world, { startLedger: 5 })).error.message).toBe(
      'startLedger must be within the ledger range: 6 - 10',
    )
    expect((await ask(world, { startLedger: 6 })).result.oldestLedger).toBe(6)
  })
})

describe('RPC history', () => {
  test('of transactions and ledgers is read by the SDK', async () => {
    const world = await startWorld()
    const { server, deployer } = await deployed(world)
    const { hash } = await world.must(deployer, [Operation.manageData({ name: 'a', value: 'x' })])
    const { transactions, cursor } = await server.getTransactions({ startLedger: 1, pagination: { limit: 200 } })
    expect(transactions.map(({ txHash }) => txHash)).toContain(hash)
    expect(transactions.every(({ status }) => status === 'SUCCESS')).toBe(true)
    expect((await server.getTransactions({ pagination: { cursor } } as never)).transactions).toEqual([])
    const { ledgers } = await server.getLedgers({ startLedger: 1, pagination: { limit: 2 } })
    expect(ledgers.map(({ sequence }) => sequence)).toEqual([1, 2])
    const next = await server.getLedgers({ pagination: { cursor: '2', limit: 200 } } as never)
    expect(next.ledgers.at(-1)?.sequence).toBe(world.sandbox.status().ledger)
    const newest = next.ledgers.at(-1)
    expect(newest && hex(newest.headerXdr.hash.toBytes())).toBe(newest?.hash)
    expect(await server.getVersionInfo()).toMatchObject({ protocolVersion: 27 })
  })
})
