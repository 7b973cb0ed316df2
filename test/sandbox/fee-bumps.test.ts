import { Operation, TransactionBuilder, xdr } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { nativeOf, type Op, pair, startWorld } from './support.ts'

const data = (name: string): Op => Operation.manageData({ name, value: 'x' })

describe('fee bumps', () => {
  test("are found by both hashes, which are the SDK's, and charge the fee source", async () => {
    const world = await startWorld()
    const [source, payer] = await pair(world)
    const inner = await world.build(source, [data('a')])
    const bump = TransactionBuilder.buildFeeBumpTransaction(payer, '1000', inner, world.sandbox.networkPassphrase)
    bump.sign(payer)
    expect((await world.send(bump.toXdr())).status).toBe(201)
    world.sandbox.closeLedger()

    const outerHash = Buffer.from(bump.hash()).toString('hex')
    const innerHash = Buffer.from(inner.hash()).toString('hex')
    for (const hash of [outerHash, innerHash]) {
      const { body } = await world.get(`/transactions/${hash}`)
      expect(body).toMatchObject({
        hash,
        id: hash,
        successful: true,
        fee_account: payer.publicKey(),
        source_account: source.publicKey(),
        fee_charged: '200',
        max_fee: '2000',
        fee_bump_transaction: { hash: outerHash },
        inner_transaction: { hash: innerHash, max_fee: '100' },
      })
    }
    expect(nativeOf(await world.account(source.publicKey()))).toBe('10000.0000000')
    expect(nativeOf(await world.account(payer.publicKey()))).toBe('9999.9999800')
  })

  test('report an inner failure as the outer code and the inner codes', async () => {
    const world = await startWorld()
    const [source, payer] = await pair(world)
    const inner = await world.build(source, [Operation.manageData({ name: 'none', value: null })])
    const bump = TransactionBuilder.buildFeeBumpTransaction(payer, '100', inner, world.sandbox.networkPassphrase)
    bump.sign(payer)
    await world.send(bump.toXdr())
    world.sandbox.closeLedger()
    const operations = ['op_data_name_not_found']
    expect((await world.post(bump.toXdr())).body.extras.result_codes).toEqual({
      transaction: 'tx_fee_bump_inner_failed',
      inner_transaction: 'tx_failed',
      operations,
    })
    // A client that posts the inner transaction sees only its own result.
    expect((await world.post(inner.toXdr())).body.extras.result_codes).toEqual({ transaction: 'tx_failed', operations })
  })

  test('must offer more per operation than the transaction inside', async () => {
    const world = await startWorld()
    const [source, payer] = await pair(world)
    const inner = await world.build(source, [data('a')], { fee: '1000' })
    const bump = TransactionBuilder.buildFeeBumpTransaction(payer, '1000', inner, world.sandbox.networkPassphrase)
    const wire = xdr.TransactionEnvelope.fromXdr(bump.toXdr(), 'base64').toXdrObject()
    if (wire.type !== 5) throw new Error('Not a fee bump.')
    const cheap = { ...wire, feeBump: { ...wire.feeBump, tx: { ...wire.feeBump.tx, fee: 1999n } } }
    const { body } = await world.post(Buffer.from(xdr.TransactionEnvelope.schema.encode(cheap)).toString('base64'))
    expect(body.extras.result_codes).toEqual({ transaction: 'tx_insufficient_fee' })
    expect(xdr.TransactionResult.fromXdr(body.extras.result_xdr, 'base64').feeCharged).toBe(2000n)
  })

  test('need the signature of the fee source', async () => {
    const world = await startWorld()
    const [source, payer] = await pair(world)
    const inner = await world.build(source, [data('a')])
    const bump = TransactionBuilder.buildFeeBumpTransaction(payer, '1000', inner, world.sandbox.networkPassphrase)
    bump.sign(source)
    expect((await world.post(bump.toXdr())).body.extras.result_codes).toEqual({ transaction: 'tx_bad_auth' })
  })
})
