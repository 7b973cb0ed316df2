import { Asset, Operation, TransactionBuilder } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { hex, type Json, nativeOf, pair, startWorld, type World } from './support.ts'

const pay = (to: string, amount = '5') => Operation.payment({ destination: to, asset: NATIVE, amount })

const NATIVE = Asset.native()

async function rpcTransaction(world: World, hash: string): Promise<Json> {
  const response = await fetch(`${world.url}/rpc`, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getTransaction', params: { hash } }),
  })
  return ((await response.json()) as Json).result
}

const records = async (world: World, path: string): Promise<Json[]> => (await world.get(path)).body._embedded.records

describe('a provider that says "applied" of a transaction in no ledger', () => {
  test('tells the same story on every route, and only the balance does not agree', async () => {
    const world = await startWorld()
    const [source, payee] = await pair(world)
    const transaction = await world.build(source, [pay(payee.publicKey())])
    const hash = hex(transaction.hash())
    const honest = await world.sandbox.openProvider()
    world.sandbox.addFault({ kind: 'pretend-applied', count: 1 })

    const { status, body } = await world.post(transaction.toXdr())
    expect([status, body.successful, body.hash]).toEqual([200, true, hash])
    world.sandbox.closeLedger(3)
    expect((await world.get(`/transactions/${hash}`)).body).toMatchObject({ successful: true, ledger: 2 })
    expect(await rpcTransaction(world, hash)).toMatchObject({ status: 'SUCCESS', ledger: 2 })
    const path = `/accounts/${payee.publicKey()}`
    expect((await records(world, `${path}/payments`)).at(-1)).toMatchObject({
      amount: '5.0000000',
      transaction_hash: hash,
    })
    expect((await records(world, `${path}/transactions`)).at(-1)).toMatchObject({ hash })
    expect((await records(world, '/operations?order=desc&limit=1'))[0]).toMatchObject({ transaction_hash: hash })

    expect((await fetch(`${honest.url}/transactions/${hash}`)).status).toBe(404)
    expect(nativeOf(await world.account(payee.publicKey()))).toBe('10000.0000000')
    expect(world.sandbox.dump().operations.some((operation) => operation.hash === hash)).toBe(false)
    // The lie was told once; the same envelope is taken when it comes again elsewhere.
    const again = await fetch(`${honest.url}/transactions_async`, {
      method: 'POST',
      body: new URLSearchParams({ tx: transaction.toXdr() }),
    })
    expect(again.status).toBe(201)
  })

  test('can lose the answer as well', async () => {
    const world = await startWorld()
    const [source, payee] = await pair(world)
    const transaction = await world.build(source, [pay(payee.publicKey())])
    world.sandbox.addFault({ kind: 'pretend-applied' })
    world.sandbox.addFault({ route: 'submissions', kind: 'status', status: 504, stage: 'after' })
    expect((await world.post(transaction.toXdr())).status).toBe(504)
    world.sandbox.closeLedger()
    expect((await world.get(`/transactions/${hex(transaction.hash())}`)).body.successful).toBe(true)
    expect(nativeOf(await world.account(payee.publicKey()))).toBe('10000.0000000')
  })
})

describe('a provider that lies about an applied transaction', () => {
  test('says that it failed, with codes that blame the payee', async () => {
    const world = await startWorld()
    const [source, payee] = await pair(world)
    const { hash } = await world.must(source, [pay(payee.publicKey())])
    const off = world.sandbox.addFault({ kind: 'pretend-failed', hash })
    const { body } = await world.get(`/transactions/${hash}`)
    expect(body.successful).toBe(false)
    expect(await rpcTransaction(world, hash)).toMatchObject({ status: 'FAILED' })
    const list = `/accounts/${source.publicKey()}/transactions`
    expect((await records(world, list)).map((record) => record.hash)).not.toContain(hash)
    expect((await records(world, `${list}?include_failed=true`)).map((record) => record.hash)).toContain(hash)
    expect((await records(world, `/accounts/${payee.publicKey()}/payments`)).map(({ type }) => type)).toEqual([
      'create_account',
    ])
    world.sandbox.removeFault(off)
    expect((await world.get(`/transactions/${hash}`)).body.successful).toBe(true)
  })

  test('leaves it out everywhere', async () => {
    const world = await startWorld()
    const [source, payee] = await pair(world)
    const { hash } = await world.must(source, [pay(payee.publicKey())])
    world.sandbox.addFault({ kind: 'hide', hash })
    expect((await world.get(`/transactions/${hash}`)).status).toBe(404)
    expect(await rpcTransaction(world, hash)).toMatchObject({ status: 'NOT_FOUND' })
    const path = `/accounts/${payee.publicKey()}`
    expect(await records(world, `${path}/payments`)).toHaveLength(1)
    expect(await records(world, `${path}/transactions`)).toHaveLength(1)
    expect((await records(world, `${path}/effects`)).map(({ type }) => type)).not.toContain('account_credited')
    expect(nativeOf(await world.account(payee.publicKey()))).toBe('10005.0000000')
  })
})

describe('a made-up holder of a sequence number', () => {
  const holderOf = async (envelope: 'text' | 'unsigned' | 'wrong-signer' | 'wrong-hash' | 'replayed') => {
    const world = await startWorld()
    const [source, payee] = await pair(world)
    const account = source.publicKey()
    await world.must(source, [pay(payee.publicKey())])
    const sequence = (BigInt((await world.account(account)).sequence) + 1n).toString()
    world.sandbox.addFault({ kind: 'holder', account, sequence, envelope, seed: 'holder' })
    const list = await records(world, `/accounts/${account}/transactions?order=desc&include_failed=true`)
    const holder = list.find((record) => record.source_account_sequence === sequence)
    const byHash = (await world.get(`/transactions/${holder?.hash}`)).body
    return { world, source, sequence, holder, byHash, list }
  }
  const parse = (world: World, xdr: string) => TransactionBuilder.fromXdr(xdr, world.sandbox.networkPassphrase)

  test('has a text instead of an envelope', async () => {
    const { holder, byHash } = await holderOf('text')
    expect(holder.envelope_xdr).toBe('AAAA')
    expect(byHash.source_account_sequence).toBe(holder.source_account_sequence)
  })

  test('has an unsigned envelope, or one that another key signed', async () => {
    const unsigned = await holderOf('unsigned')
    expect(unsigned.holder.signatures).toEqual([])
    const { world, source, holder, sequence } = await holderOf('wrong-signer')
    const transaction = parse(world, holder.envelope_xdr)
    expect(hex(transaction.hash())).toBe(holder.hash)
    expect('sequence' in transaction && transaction.sequence).toBe(sequence)
    const [signature] = transaction.signatures
    expect(source.verify(transaction.hash(), signature?.signature ?? new Uint8Array())).toBe(false)
    expect(hex(signature?.hint.toBytes() ?? new Uint8Array())).toBe(hex(source.signatureHint()))
  })

  test('has a hash that is not the envelope’s', async () => {
    const { world, holder, byHash } = await holderOf('wrong-hash')
    expect(hex(parse(world, holder.envelope_xdr).hash())).not.toBe(holder.hash)
    expect(byHash.hash).toBe(holder.hash)
  })

  test('shows a genuine signed envelope of another sequence', async () => {
    const { world, source, holder, sequence } = await holderOf('replayed')
    const transaction = parse(world, holder.envelope_xdr)
    expect('sequence' in transaction && transaction.sequence).not.toBe(sequence)
    const [signature] = transaction.signatures
    expect(source.verify(transaction.hash(), signature?.signature ?? new Uint8Array())).toBe(true)
  })

  test('is the same for the same seed', async () => {
    expect((await holderOf('wrong-hash')).holder.hash).toBe((await holderOf('wrong-hash')).holder.hash)
  })
})
