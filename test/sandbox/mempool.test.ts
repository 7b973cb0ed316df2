import { type FeeBumpTransaction, Keypair, Operation, TransactionBuilder, xdr } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { type Built, type Json, type Op, one, pair, startWorld, type World } from './support.ts'

const data = (name: string): Op => Operation.manageData({ name, value: 'x' })
const hundred = (): Op[] => Array.from({ length: 100 }, (_, index) => data(`entry ${index}`))

function bump(world: World, payer: Keypair, inner: Built, fee: string): FeeBumpTransaction {
  const bumped = TransactionBuilder.buildFeeBumpTransaction(payer, fee, inner, world.sandbox.networkPassphrase)
  bumped.sign(payer)
  return bumped
}

describe('one pending transaction per source', () => {
  test('the same envelope again is a duplicate, another one must wait', async () => {
    const world = await startWorld()
    const source = await world.person()
    const first = await world.build(source, [data('a')])
    const second = await world.build(source, [data('b')])
    const hash = Buffer.from(first.hash()).toString('hex')

    expect(await world.send(first.toXdr())).toEqual({ status: 201, body: { tx_status: 'PENDING', hash } })
    expect(await world.send(first.toXdr())).toEqual({ status: 409, body: { tx_status: 'DUPLICATE', hash } })
    expect(await world.send(second.toXdr())).toMatchObject({ status: 503, body: { tx_status: 'TRY_AGAIN_LATER' } })
    world.sandbox.closeLedger()

    const { body } = await world.get(`/accounts/${source.publicKey()}`)
    expect(Object.keys(body.data)).toEqual(['a'])
  })

  test('of two different transactions sent at once exactly one is applied', async () => {
    const world = await startWorld()
    const source = await world.person()
    const envelopes = await Promise.all(['a', 'b'].map((name) => world.build(source, [data(name)])))
    const answers = await Promise.all(envelopes.map((envelope) => world.send(envelope.toXdr())))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 503])
    world.sandbox.closeLedger()
    const found = await Promise.all(
      envelopes.map((envelope) => world.get(`/transactions/${Buffer.from(envelope.hash()).toString('hex')}`)),
    )
    expect(found.map(({ status }) => status).sort()).toEqual([200, 404])
  })

  test('an older sequence than the pending one is tx_bad_seq', async () => {
    const world = await startWorld()
    const source = await world.person()
    const pending = await world.build(source, [data('a')])
    const { sequence } = await world.account(source.publicKey())
    const older = await world.build(source, [data('b')], { sequence: (BigInt(sequence) - 1n).toString() })
    await world.send(pending.toXdr())
    const { status, body } = await world.send(older.toXdr())
    expect(status).toBe(400)
    expect(xdr.TransactionResult.fromXdr(body.error_result_xdr, 'base64').result.type).toBe('txBadSeq')
  })
})

describe('replacement', () => {
  test('takes ten times the fee per operation, and names it', async () => {
    const world = await startWorld()
    const [source, payer] = await pair(world)
    const inner = await world.build(source, [data('a')], { fee: '200' })
    await world.send(inner.toXdr())

    const tooLittle = await world.send(bump(world, payer, inner, '1999').toXdr())
    expect(tooLittle.status).toBe(400)
    const refusal = xdr.TransactionResult.fromXdr(tooLittle.body.error_result_xdr, 'base64')
    expect(refusal.result.type).toBe('txInsufficientFee')
    expect(refusal.feeCharged).toBe(4000n)

    expect((await world.send(bump(world, payer, inner, '2000').toXdr())).status).toBe(201)
    // The inner transaction alone is now a duplicate of what waits.
    expect((await world.send(inner.toXdr())).status).toBe(409)
    world.sandbox.closeLedger()
    const { body } = await world.get(`/transactions/${Buffer.from(inner.hash()).toString('hex')}`)
    expect(body).toMatchObject({ successful: true, fee_account: payer.publicKey() })
  })
})

describe('a fee source', () => {
  test('must be able to pay all its bids together', async () => {
    const world = await startWorld()
    const [first, second] = await pair(world)
    const payer = Keypair.random()
    await world.must(first, [Operation.createAccount({ destination: payer.publicKey(), startingBalance: '1.0003' })])
    const inner = [await world.build(first, [data('a')]), await world.build(second, [data('a')])]
    const answers: Json[] = []
    // 3,000 stroops above the reserve pay for one bid of 2,000, not for two.
    for (const transaction of inner) answers.push(await world.send(bump(world, payer, transaction, '1000').toXdr()))
    expect(answers.map(({ status }) => status)).toEqual([201, 400])
    const refusal = xdr.TransactionResult.fromXdr(answers[1].body.error_result_xdr, 'base64')
    expect(refusal.result.type).toBe('txInsufficientBalance')
  })
})

describe('waiting too long', () => {
  test('a transaction leaves after four ledgers and is banned for ten', async () => {
    const world = await startWorld()
    const source = await world.person()
    const cheap = (await world.build(source, [data('a')])).toXdr()
    expect((await world.send(cheap)).status).toBe(201)
    world.sandbox.setSurge('500')
    world.sandbox.closeLedger(3)
    expect((await world.send(cheap)).status).toBe(409)
    world.sandbox.closeLedger()
    world.sandbox.setSurge(null)
    for (let ledger = 0; ledger < 10; ledger += 1) {
      expect((await world.send(cheap)).body.tx_status).toBe('TRY_AGAIN_LATER')
      world.sandbox.closeLedger()
    }
    expect((await world.send(cheap)).body.tx_status).toBe('PENDING')
  })

  test('a fee bump escapes the ban, because it has another hash', async () => {
    const world = await startWorld()
    const [source, payer] = await pair(world)
    const inner = await world.build(source, [data('a')])
    await world.send(inner.toXdr())
    world.sandbox.setSurge('500')
    world.sandbox.closeLedger(4)
    expect((await world.send(inner.toXdr())).body.tx_status).toBe('TRY_AGAIN_LATER')
    expect((await world.send(bump(world, payer, inner, '500').toXdr())).body.tx_status).toBe('PENDING')
    world.sandbox.closeLedger()
    expect((await world.get(`/transactions/${Buffer.from(inner.hash()).toString('hex')}`)).body.successful).toBe(true)
  })

  test('an applied envelope is banned at core too, then its sequence is used: only history knows it was applied', async () => {
    const world = await startWorld()
    const source = await world.person()
    const envelope = (await world.build(source, [data('a')])).toXdr()
    await world.send(envelope)
    world.sandbox.closeLedger()
    expect((await world.send(envelope)).body.tx_status).toBe('TRY_AGAIN_LATER')
    expect((await world.post(envelope)).body.successful).toBe(true)
    world.sandbox.closeLedger(10)
    const { body } = await world.send(envelope)
    expect(xdr.TransactionResult.fromXdr(body.error_result_xdr, 'base64').result.type).toBe('txBadSeq')
    expect((await world.post(envelope)).body.successful).toBe(true)
  })

  test('a transaction that expires while it waits leaves without a trace: no sequence, no fee, no history', async () => {
    const world = await startWorld()
    const source = await world.person()
    const before = await world.account(source.publicKey())
    const late = await world.build(source, [data('a')], { maxTime: world.now() + 30 })
    await world.send(late.toXdr())
    world.pass(31)
    world.sandbox.closeLedger()
    expect(await world.account(source.publicKey())).toEqual(before)
    expect((await world.get(`/transactions/${Buffer.from(late.hash()).toString('hex')}`)).status).toBe(404)
    expect((await world.run(source, [data('b')])).successful).toBe(true)
  })
})

describe('what became impossible', () => {
  test('makes room at once for the next transaction of its source', async () => {
    const world = await startWorld()
    const [source, other] = await pair(world)
    const { sequence } = await world.account(source.publicKey())
    await world.send((await world.build(source, [data('a')])).toXdr())
    world.sandbox.setSurge('500')
    const bumpTo = (BigInt(sequence) + 10n).toString()
    const bumping = await world.build(other, [Operation.bumpSequence({ source: source.publicKey(), bumpTo })], {
      fee: '500',
      signers: [other, source],
    })
    await world.send(bumping.toXdr())
    world.sandbox.closeLedger()
    expect(world.sandbox.status().pending).toEqual([])
    expect((await world.send((await world.build(source, [data('b')], { fee: '500' })).toXdr())).status).toBe(201)
  })
})

describe('a full ledger', () => {
  test('takes the dearest transactions, and everybody pays the lowest bid in it', async () => {
    const world = await startWorld({ maxOperationsPerLedger: 100 })
    const [low, high] = await pair(world)
    const cheap = await world.build(low, hundred(), { fee: '300' })
    const dear = await world.build(high, hundred(), { fee: '900' })
    for (const envelope of [cheap, dear]) expect((await world.send(envelope.toXdr())).status).toBe(201)

    world.sandbox.closeLedger()
    const first = one((await world.get('/ledgers?order=desc&limit=1')).body._embedded.records)
    expect(first).toMatchObject({ successful_transaction_count: 1, operation_count: 100 })
    const applied = (await world.get(`/transactions/${Buffer.from(dear.hash()).toString('hex')}`)).body
    expect(applied.fee_charged).toBe('90000')

    // Next time there is room for all, so the base fee is enough.
    world.sandbox.closeLedger()
    const second = (await world.get(`/transactions/${Buffer.from(cheap.hash()).toString('hex')}`)).body
    expect(second.fee_charged).toBe('10000')
  })

  test('a pool with two full ledgers in it refuses the next equal bid with the fee it would take', async () => {
    const world = await startWorld({ maxOperationsPerLedger: 100 })
    const sources = await world.people(4)
    const fees = ['200', '200', '200', '201']
    const envelopes = await Promise.all(
      sources.map((source, index) => world.build(source, hundred(), { fee: fees[index] ?? '' })),
    )
    const answers: Json[] = []
    for (const envelope of envelopes) answers.push(await world.send(envelope.toXdr()))

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 400, 201])
    const refusal = xdr.TransactionResult.fromXdr(answers[2].body.error_result_xdr, 'base64')
    expect(refusal.result.type).toBe('txInsufficientFee')
    expect(refusal.feeCharged).toBe(20_100n)
    // The dearer one pushed one of the others out.
    expect(world.sandbox.status().pending).toHaveLength(2)
  })
})

describe('a surge', () => {
  test('refuses a bid below it, says the fee, and charges no more than it', async () => {
    const world = await startWorld()
    const source = await world.person()
    world.sandbox.setSurge('5000')
    const refused = await world.send((await world.build(source, [data('a')])).toXdr())
    expect(xdr.TransactionResult.fromXdr(refused.body.error_result_xdr, 'base64').feeCharged).toBe(5000n)
    const paid = await world.build(source, [data('a')], { fee: '20000' })
    await world.send(paid.toXdr())
    world.sandbox.closeLedger()
    const { body } = await world.get(`/transactions/${Buffer.from(paid.hash()).toString('hex')}`)
    expect(body).toMatchObject({ fee_charged: '5000', max_fee: '20000' })
    expect((await world.get('/fee_stats')).body.fee_charged.p95).toBe('5000')
  })
})
