import { Asset, Keypair, Operation, TransactionBuilder, xdr } from '@stellar/stellar-sdk'
import { describe, expect, test } from 'vitest'
import { buildTransaction, namesIn, nativeOf, type Op, pair, startWorld } from './support.ts'

const data = (name: string): Op => Operation.manageData({ name, value: 'x' })

/** The envelope with another inner transaction, not signed again. */
function edited(envelope: string, edit: (tx: xdr.TransactionWire) => xdr.TransactionWire): string {
  const wire = xdr.TransactionEnvelope.fromXdr(envelope, 'base64').toXdrObject()
  if (wire.type !== 2) throw new Error('Not a plain transaction.')
  const changed = { type: 2 as const, v1: { tx: edit(wire.v1.tx), signatures: [] } }
  return Buffer.from(xdr.TransactionEnvelope.schema.encode(changed)).toString('base64')
}

describe('a node refuses', () => {
  test.each([
    ['a sequence that was used', -1n],
    ['a sequence that skips one', 1n],
  ])('%s: tx_bad_seq', async (_, shift) => {
    const world = await startWorld()
    const source = await world.person()
    const sequence = (BigInt((await world.account(source.publicKey())).sequence) + shift).toString()
    const { codes } = await world.run(source, [data('a')], { sequence })
    expect(codes).toEqual({ transaction: 'tx_bad_seq' })
  })

  test('a signature of another key: tx_bad_auth', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { codes } = await world.run(source, [data('a')], { signers: [Keypair.random()] })
    expect(codes).toEqual({ transaction: 'tx_bad_auth' })
  })

  test('a signature made for another network: tx_bad_auth', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { sequence } = await world.account(source.publicKey())
    const passphrase = 'Public Global Stellar Network ; September 2015'
    const foreign = buildTransaction(passphrase, source, sequence, [data('a')], {}, world.now())
    const { body } = await world.post(foreign.toXdr())
    expect(body.extras.result_codes).toEqual({ transaction: 'tx_bad_auth' })
  })

  test('a signature that is not needed: tx_bad_auth_extra', async () => {
    const world = await startWorld()
    const [source, other] = await pair(world)
    const { codes } = await world.run(source, [data('a')], { signers: [source, other] })
    expect(codes).toEqual({ transaction: 'tx_bad_auth_extra' })
  })

  test('the same signature twice: tx_bad_auth_extra', async () => {
    const world = await startWorld()
    const source = await world.person()
    const { codes } = await world.run(source, [data('a')], { signers: [source, source] })
    expect(codes).toEqual({ transaction: 'tx_bad_auth_extra' })
  })

  test('an account that does not exist: tx_no_source_account', async () => {
    const world = await startWorld()
    const { codes } = await world.run(Keypair.random(), [data('a')], { sequence: '5' })
    expect(codes).toEqual({ transaction: 'tx_no_source_account' })
  })

  test('a transaction without operations: tx_missing_operation', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a')])
    const { body } = await world.post(edited(transaction.toXdr(), (tx) => ({ ...tx, operations: [] })))
    expect(body.extras.result_codes).toEqual({ transaction: 'tx_missing_operation' })
  })

  test('a bid below the base fee, and says what it would have taken', async () => {
    const world = await startWorld()
    const source = await world.person()
    const transaction = await world.build(source, [data('a'), data('b')])
    const cheap = edited(transaction.toXdr(), (tx) => ({ ...tx, fee: 199 }))
    const { body } = await world.post(cheap)
    expect(body.extras.result_codes).toEqual({ transaction: 'tx_insufficient_fee' })
    expect(xdr.TransactionResult.fromXdr(body.extras.result_xdr, 'base64').feeCharged).toBe(200n)
  })

  test('a fee that would break the reserve: tx_insufficient_balance', async () => {
    const world = await startWorld()
    const rich = await world.person()
    const source = Keypair.random()
    await world.must(rich, [Operation.createAccount({ destination: source.publicKey(), startingBalance: '1.0000199' })])
    const broke = await world.run(source, [data('a')], { fee: '200' })
    expect(broke.codes).toEqual({ transaction: 'tx_insufficient_balance' })
    expect(broke.result.feeCharged).toBe(100n)
    // One stroop less to pay, and the same account may pay it: the operation then fails by itself.
    expect((await world.run(source, [data('a')], { fee: '199' })).codes?.transaction).toBe('tx_failed')
  })
})

describe('bounds', () => {
  test('a transaction is late when it could expire before the ledger closes', async () => {
    const world = await startWorld({ expectedCloseSeconds: 5 })
    const source = await world.person()
    const late = await world.run(source, [data('a')], { maxTime: world.now() + 9 })
    expect(late.codes).toEqual({ transaction: 'tx_too_late' })
    const justInTime = await world.run(source, [data('a')], { maxTime: world.now() + 10 })
    expect(justInTime.successful).toBe(true)
  })

  test('a transaction is early before its first second', async () => {
    const world = await startWorld()
    const source = await world.person()
    const bounds = { minTime: world.now() + 10, maxTime: world.now() + 100 }
    expect((await world.run(source, [data('a')], bounds)).codes).toEqual({ transaction: 'tx_too_early' })
    world.pass(10)
    world.sandbox.closeLedger()
    expect((await world.run(source, [data('a')], bounds)).successful).toBe(true)
  })

  test('the last ledger is exclusive', async () => {
    const world = await startWorld()
    const source = await world.person()
    const next = world.sandbox.closeLedger() + 1
    const exclusive = await world.run(source, [data('a')], { maxLedger: next })
    expect(exclusive.codes).toEqual({ transaction: 'tx_too_late' })
    expect((await world.run(source, [data('a')], { maxLedger: next + 1 })).successful).toBe(true)
  })

  test('the first ledger is inclusive', async () => {
    const world = await startWorld()
    const source = await world.person()
    const next = world.sandbox.closeLedger() + 1
    const early = await world.run(source, [data('a')], { minLedger: next + 1 })
    expect(early.codes).toEqual({ transaction: 'tx_too_early' })
    expect((await world.run(source, [data('a')], { minLedger: next })).successful).toBe(true)
  })

  test('a sequence that must be older than it is: tx_bad_minseq_age_or_gap', async () => {
    const world = await startWorld()
    const source = await world.person()
    await world.must(source, [data('a')])
    const transaction = await world.build(source, [data('b')])
    const minSeqAge = 60n
    const { body } = await world.post(
      signedAgain(transaction.toXdr(), source, world.sandbox.networkPassphrase, (tx) => ({
        ...tx,
        cond: { type: 2, v2: { ...emptyConditions, minSeqAge } },
      })),
    )
    expect(body.extras.result_codes).toEqual({ transaction: 'tx_bad_minseq_age_or_gap' })
  })
})

describe('a failed operation', () => {
  test('leaves nothing but the fee and the sequence, and every bad operation is named', async () => {
    const world = await startWorld()
    const [source, to] = await pair(world)
    const before = await world.account(source.publicKey())
    const pay = (destination: string, amount: string): Op =>
      Operation.payment({ destination, asset: Asset.native(), amount })
    const outcome = await world.run(source, [
      pay(to.publicKey(), '1'),
      pay(Keypair.random().publicKey(), '1'),
      data('kept?'),
      pay(to.publicKey(), '99999'),
    ])

    expect(outcome.codes).toEqual({
      transaction: 'tx_failed',
      operations: ['op_success', 'op_no_destination', 'op_success', 'op_underfunded'],
    })
    expect(namesIn(outcome.result).operations).toEqual([
      'paymentSuccess',
      'paymentNoDestination',
      'manageDataSuccess',
      'paymentUnderfunded',
    ])
    const after = await world.account(source.publicKey())
    expect(BigInt(after.sequence)).toBe(BigInt(before.sequence) + 1n)
    expect(nativeOf(after)).toBe('9999.9999600')
    expect(after.data).toEqual({})
    expect(nativeOf(await world.account(to.publicKey()))).toBe('10000.0000000')
  })

  test('a later operation sees what an earlier one of the same transaction did', async () => {
    const world = await startWorld()
    const source = await world.person()
    const child = Keypair.random()
    await world.must(source, [
      Operation.createAccount({ destination: child.publicKey(), startingBalance: '5' }),
      Operation.payment({ destination: child.publicKey(), asset: Asset.native(), amount: '2' }),
    ])
    expect(nativeOf(await world.account(child.publicKey()))).toBe('7.0000000')
  })
})

const emptyConditions = {
  timeBounds: null,
  ledgerBounds: null,
  minSeqNum: null,
  minSeqAge: 0n,
  minSeqLedgerGap: 0,
  extraSigners: [],
}

function signedAgain(
  envelope: string,
  signer: Keypair,
  passphrase: string,
  edit: (tx: xdr.TransactionWire) => xdr.TransactionWire,
): string {
  const transaction = TransactionBuilder.fromXdr(edited(envelope, edit), passphrase)
  transaction.sign(signer)
  return transaction.toXdr()
}
