import {
  Account,
  Asset,
  Claimant,
  FeeBumpTransaction,
  Keypair,
  Memo,
  MuxedAccount,
  Operation,
  StrKey,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  describeTransaction,
  innerHashOf,
  type PaymentDescription,
} from '../../supabase/functions/_shared/stellar/describe.ts'
import { differenceOf } from '../../supabase/functions/_shared/stellar/same-transaction.ts'
import { buildTransaction } from '../../supabase/functions/payroll-disburse/build.ts'
import { type TransactionPlan, TransactionPlanError } from '../../supabase/functions/payroll-disburse/plan.ts'
import { address, anyPlan, aPayment, aPlan, keypair, PASSPHRASE } from '../support/plans.ts'

const MUXED_TREASURY = new MuxedAccount(new Account(address(0), '0'), '7').accountId()

describe('building a transaction', () => {
  test('what is decoded again is exactly what was planned', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const built = buildTransaction(plan)
        expect(describeTransaction(built.envelope_xdr, PASSPHRASE)).toEqual({
          tx_hash: built.tx_hash,
          source_account: plan.source_account,
          operation_source: plan.operation_source,
          sequence_number: plan.sequence_number,
          fee_bid_stroops: built.fee_bid_stroops,
          max_ledger: plan.max_ledger,
          max_time_seconds: plan.max_time_seconds,
          memo_type: plan.memo_type,
          memo: plan.memo,
          operations: plan.operations,
        })
        expect(built.sequence_number).toBe(plan.sequence_number)
      }),
    )
  })

  test('the same plan always has the same hash, and signing does not change it', () => {
    const built = buildTransaction(aPlan())
    expect(buildTransaction(aPlan())).toEqual(built)
    const signed = TransactionBuilder.fromXdr(built.envelope_xdr, PASSPHRASE)
    signed.sign(keypair(0))
    expect(innerHashOf(signed.toXdr(), PASSPHRASE)).toBe(built.tx_hash)
    expect(built.tx_hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test('another network, sequence, bound, memo, amount or order is another transaction', () => {
    const two = [aPayment({ destination: address(1) }), aPayment({ destination: address(2) })]
    const plans = [
      aPlan(),
      aPlan({ network_passphrase: 'Public Global Stellar Network ; September 2015' }),
      aPlan({ sequence_number: '120192344791187472' }),
      aPlan({ max_ledger: 1_021 }),
      aPlan({ max_time_seconds: 1_795_000_001 }),
      aPlan({ memo: 'PAY-2026-11' }),
      aPlan({ operations: [aPayment({ amount: '4200.0000001' })] }),
      aPlan({ operations: two }),
      aPlan({ operations: two.toReversed() }),
    ]
    expect(new Set(plans.map((plan) => buildTransaction(plan).tx_hash)).size).toBe(plans.length)
  })

  test('the fee is offered per operation', () => {
    const operations = Array.from({ length: 100 }, (_, index) => aPayment({ destination: address(index + 1) }))
    const built = buildTransaction(aPlan({ operations, fee_per_operation_stroops: 1_000n }))
    expect(built.fee_bid_stroops).toBe('100000')
    expect(TransactionBuilder.fromXdr(built.envelope_xdr, PASSPHRASE).fee).toBe('100000')
  })

  test('one hundred operations fit and one more is refused', () => {
    const operations = Array.from({ length: 101 }, (_, index) => aPayment({ destination: address(index + 1) }))
    expect(
      describeTransaction(buildTransaction(aPlan({ operations: operations.slice(1) })).envelope_xdr, PASSPHRASE)
        ?.operations,
    ).toHaveLength(100)
    expect(refusalOf({ operations })).toContain('at most 100 operations')
    expect(refusalOf({ operations: [] })).toContain('at least one')
  })

  test('the code XLM with an issuer is not native XLM', () => {
    const credit = aPayment({ asset_code: 'XLM', asset_issuer: address(9) })
    const built = buildTransaction(aPlan({ operations: [credit] }))
    expect(describeTransaction(built.envelope_xdr, PASSPHRASE)?.operations).toEqual([credit])
  })

  test('an asset that the library would rename is refused, because it is another asset', () => {
    const planned = aPayment({ asset_code: 'xlm', asset_issuer: address(9) })
    expect(refusalOf({ operations: [planned] })).toContain('exactly what was planned')
  })

  test('a memo may have 28 bytes, not 28 characters', () => {
    const memo = 'é'.repeat(14)
    expect(describeTransaction(buildTransaction(aPlan({ memo })).envelope_xdr, PASSPHRASE)?.memo).toBe(memo)
    expect(refusalOf({ memo: `${memo}!` })).toContain('29 bytes')
  })

  test('a payment may go to a muxed address, a new account may not', () => {
    const destination = 'MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK'
    const built = buildTransaction(aPlan({ operations: [aPayment({ destination })] }))
    expect(describeTransaction(built.envelope_xdr, PASSPHRASE)?.operations[0]).toMatchObject({ destination })
    expect(refusalOf({ operations: [aPayment({ destination, operation_type: 'create_account' })] })).toContain(
      'G… address',
    )
  })

  const bad: readonly [string, Partial<TransactionPlan>][] = [
    ['no last ledger', { max_ledger: 0 }],
    ['a last ledger above 2^32', { max_ledger: 4_294_967_296 }],
    ['a last ledger that is no integer', { max_ledger: 10.5 }],
    ['no latest time', { max_time_seconds: 0 }],
    ['sequence zero', { sequence_number: '0' }],
    ['a sequence that is no integer', { sequence_number: '1e3' }],
    ['no fee', { fee_per_operation_stroops: 0n }],
    ['a fee above 2^32', { fee_per_operation_stroops: 4_294_967_296n }],
    ['a source that is no account', { source_account: 'GABC' }],
    ['a paying account that is none', { operation_source: 'GABC' }],
    ...operations([
      ['an amount of zero', { amount: '0' }],
      ['a negative amount', { amount: '-1' }],
      ['an eighth decimal', { amount: '1.00000001' }],
      ['an exponent', { amount: '1e3' }],
      ['an amount above int64', { amount: '922337203685.4775808' }],
      ['a contract as destination', { destination: 'CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA' }],
      [
        'a destination with a typing error',
        { destination: `${address(1).slice(0, -1)}${address(1).endsWith('A') ? 'B' : 'A'}` },
      ],
      ['an asset without issuer', { asset_code: 'USDC', asset_issuer: '' }],
      ['an asset with a wrong issuer', { asset_code: 'USDC', asset_issuer: 'G' }],
      ['an asset code of 13 characters', { asset_code: 'ABCDEFGHIJKLM', asset_issuer: address(9) }],
      ['an empty asset code', { asset_code: '', asset_issuer: address(9) }],
      [
        'a new account funded with a credit asset',
        { operation_type: 'create_account', asset_code: 'USDC', asset_issuer: address(9) },
      ],
    ]),
  ]
  test.each(bad)('%s is refused', (_name, changes) => {
    expect(refusalOf(changes)).toMatch(/\.$/)
  })

  const wrongKinds: readonly [string, string][] = [
    ['a secret key', StrKey.encodeEd25519SecretSeed(keyBytes(32))],
    ['a contract', StrKey.encodeContract(keyBytes(32))],
    ['a transaction that signs in advance', StrKey.encodePreAuthTx(keyBytes(32))],
    ['a hash that signs', StrKey.encodeSha256Hash(keyBytes(32))],
    [
      'a signed payload',
      StrKey.encodeSignedPayload(Buffer.concat([keyBytes(32), Buffer.from([0, 0, 0, 4, 1, 2, 3, 4])])),
    ],
    ['a liquidity pool', StrKey.encodeLiquidityPool(keyBytes(32))],
    ['a claimable balance', StrKey.encodeClaimableBalance(keyBytes(33))],
    ['an address in small letters', address(1).toLowerCase()],
    ['an address with a space behind it', `${address(1)} `],
    ['an address without its last letter', address(1).slice(0, -1)],
    ['an address with letters of another alphabet', address(1).replace(/A/, 'А')],
    ['a federated name', 'anna*example.org'],
    ['nothing', ''],
  ]
  test.each(wrongKinds)('%s is neither paid, nor pays, nor issues what is paid', (_name, text) => {
    expect(refusalOf({ operations: [aPayment({ destination: text })] })).toMatch(/\.$/)
    expect(refusalOf({ operations: [aPayment({ destination: text, operation_type: 'create_account' })] })).toMatch(
      /\.$/,
    )
    expect(refusalOf({ source_account: text })).toMatch(/\.$/)
    expect(refusalOf({ operation_source: text })).toMatch(/\.$/)
    if (text !== '') {
      const paid = aPayment({ asset_code: 'USDC', asset_issuer: text })
      expect(refusalOf({ operations: [paid] })).toMatch(/\.$/)
      expect(refusalOf({ operations: [paid], source_account: text })).not.toContain(text)
    }
  })

  test('a secret key as destination is refused without being repeated', () => {
    const secret = Keypair.random().secret()
    expect(refusalOf({ operations: [aPayment({ destination: secret })] })).not.toContain(secret)
  })
})

describe('a transaction whose number a channel account gives', () => {
  const throughChannel = (changes: Partial<TransactionPlan> = {}) =>
    aPlan({ source_account: address(200), operation_source: address(0), ...changes })

  test('it uses the number of the channel, and every operation acts for the treasury', () => {
    const two = [aPayment({ destination: address(1) }), aPayment({ destination: address(2) })]
    const built = buildTransaction(throughChannel({ operations: two }))
    const transaction = TransactionBuilder.fromXdr(built.envelope_xdr, PASSPHRASE)
    if (transaction instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
    expect(transaction.source).toBe(address(200))
    expect(transaction.operations.map(({ source }) => source)).toEqual([address(0), address(0)])
  })

  test('a treasury that pays itself names no account in its operations', () => {
    const transaction = TransactionBuilder.fromXdr(buildTransaction(aPlan()).envelope_xdr, PASSPHRASE)
    if (transaction instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
    expect(transaction.operations.map(({ source }) => source)).toEqual([undefined])
  })

  test('the treasury, not the channel, may take back what it sets aside', () => {
    const waiting = { ...aPayment(), operation_type: 'create_claimable_balance', reclaimable_at_seconds: 9 } as const
    const built = buildTransaction(throughChannel({ operations: [waiting] }))
    expect(describeTransaction(built.envelope_xdr, PASSPHRASE)).toMatchObject({
      operation_source: address(0),
      operations: [waiting],
    })
    const back = Claimant.predicateNot(Claimant.predicateBeforeAbsoluteTime('9'))
    const toChannel = Operation.createClaimableBalance({
      source: address(0),
      asset: Asset.native(),
      amount: '1',
      claimants: [new Claimant(address(1)), new Claimant(address(200), back)],
    })
    expect(describeTransaction(withOperations(address(200), [toChannel]), PASSPHRASE)).toBeNull()
  })

  const pay = (source?: string) =>
    Operation.payment({
      ...(source === undefined ? {} : { source }),
      destination: address(1),
      asset: Asset.native(),
      amount: '1',
    })
  test.each([
    ['of which one acts for a stranger', [pay(address(0)), pay(address(7))]],
    ['of which one acts for the channel itself', [pay(address(0)), pay()]],
    ['that name the source account, as no transaction of PayD does', [pay(address(200))]],
  ])('operations %s are not described', (_name, list) => {
    expect(describeTransaction(withOperations(address(200), list), PASSPHRASE)).toBeNull()
  })

  test.each([
    ['another treasury', [pay(address(7))], address(7)],
    ['the channel', [pay()], address(200)],
    ['the treasury with a number behind its address', [pay(MUXED_TREASURY)], MUXED_TREASURY],
  ])('operations that act for %s differ from what was planned for the treasury', (_name, list, actor) => {
    const plan = throughChannel({ operations: [aPayment({ amount: '1' })] })
    const decoded = describeTransaction(withOperations(address(200), list), PASSPHRASE)
    expect(decoded?.operation_source).toBe(actor)
    const fee_bid_stroops = decoded?.fee_bid_stroops ?? ''
    expect(differenceOf(decoded, { ...plan, fee_bid_stroops })).toBe('operation_source')
  })

  /** An envelope with the header of a plan and any operations. */
  function withOperations(source: string, list: readonly xdr.Operation[]): string {
    const { sequence_number, max_ledger, max_time_seconds } = aPlan()
    const builder = new TransactionBuilder(new Account(source, (BigInt(sequence_number) - 1n).toString()), {
      fee: '1000',
      networkPassphrase: PASSPHRASE,
      timebounds: { minTime: 0, maxTime: max_time_seconds },
      ledgerbounds: { minLedger: 0, maxLedger: max_ledger },
    })
    for (const operation of list) builder.addOperation(operation)
    return builder.build().toXdr()
  }
})

describe('describing an envelope', () => {
  const build = (change: (builder: TransactionBuilder) => void): string => {
    const prepared = TransactionBuilder.fromXdr(buildTransaction(aPlan()).envelope_xdr, PASSPHRASE)
    if (prepared instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
    const builder = TransactionBuilder.cloneFrom(prepared)
    change(builder)
    return builder.build().toXdr()
  }

  test.each([
    [
      'an operation with its own source',
      (b: TransactionBuilder) => b.addOperation(Operation.bumpSequence({ bumpTo: '1', source: address(3) })),
    ],
    ['an operation of another kind', (b: TransactionBuilder) => b.addOperation(Operation.inflation())],
    ['a memo of another kind', (b: TransactionBuilder) => b.addMemo(Memo.hash('7'.repeat(64)))],
    ['a minimum sequence number', (b: TransactionBuilder) => b.setMinAccountSequence('5')],
  ])('%s is not described as if it were not there', (_name, change) => {
    expect(describeTransaction(build(change), PASSPHRASE)).toBeNull()
  })

  test('a fee bump is not a plain transaction, and its inner hash is found', () => {
    const built = buildTransaction(aPlan())
    const inner = TransactionBuilder.fromXdr(built.envelope_xdr, PASSPHRASE)
    if (inner instanceof FeeBumpTransaction) throw new Error('Not a plain transaction.')
    inner.sign(keypair(0))
    const bump = TransactionBuilder.buildFeeBumpTransaction(address(5), '2000', inner, PASSPHRASE).toXdr()
    expect(describeTransaction(bump, PASSPHRASE)).toBeNull()
    expect(innerHashOf(bump, PASSPHRASE)).toBe(built.tx_hash)
  })

  test('anything else is nothing', () => {
    for (const text of ['', 'AAAA', 'not base64!', '{}']) {
      expect(describeTransaction(text, PASSPHRASE)).toBeNull()
      expect(innerHashOf(text, PASSPHRASE)).toBeNull()
    }
  })
})

function operations(list: readonly [string, Partial<PaymentDescription>][]): [string, Partial<TransactionPlan>][] {
  return list.map(([name, changes]) => [name, { operations: [aPayment(changes)] }])
}

function refusalOf(changes: Partial<TransactionPlan>): string {
  try {
    buildTransaction(aPlan(changes))
  } catch (error) {
    if (error instanceof TransactionPlanError) return error.message
    throw error
  }
  throw new Error('The plan was not refused.')
}

function keyBytes(length: number): Buffer {
  return Buffer.alloc(length, 7).fill(0, 0, 1)
}
