import { Account, Asset, type Keypair, Operation, TransactionBuilder } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import type { EffectRecord, TransactionRecord } from '../../supabase/functions/_shared/stellar/horizon-records.ts'
import { readAccountTransaction } from '../../supabase/functions/horizon-sync/account-transaction.ts'
import { type EffectsWanted, effectMovements } from '../../supabase/functions/horizon-sync/effect-movements.ts'
import { address, keypair } from '../support/plans.ts'

const PASSPHRASE = 'A network of the test'
const treasury = keypair(100)
const stranger = keypair(7)
const LEDGER = 54_210_987
const toid = (BigInt(LEDGER) << 32n) + 4096n

describe('a transaction of an account', () => {
  test('is signed by its source where a signature of that key is valid, and not by others or by its hint alone', async () => {
    expect(await read(record([treasury]))).toMatchObject({ toid: String(toid), is_signed_by_source: true })
    expect(await read(record([stranger, treasury]))).toMatchObject({ is_signed_by_source: true })
    expect(await read(record([stranger]))).toMatchObject({ is_signed_by_source: false })
    expect(await read(record([]))).toMatchObject({ is_signed_by_source: false })
    const forged = record([treasury], (signature) => signature.fill(1))
    expect(await read(forged)).toMatchObject({ is_signed_by_source: false })
  })

  test.each([
    ['in another ledger', { paging_token: String(toid + (1n << 32n)) }],
    ['of an operation', { paging_token: String(toid + 1n) }],
    ['of a ledger', { paging_token: String(BigInt(LEDGER) << 32n) }],
    ['that is no number', { paging_token: 'now' }],
  ])('is not read at a place %s', async (_what, lie) => {
    expect(await read({ ...record([treasury]), ...lie })).toBeNull()
  })

  test.each([
    ['its hash', { hash: 'ab'.repeat(32) }],
    ['whether it was successful', { successful: false }],
    ['its envelope', { envelope_xdr: 'AAAA' }],
    ['its result', { result_xdr: 'AAAA' }],
  ])('is not read when %s contradicts its bytes', async (_what, lie) => {
    expect(await read({ ...record([treasury]), ...lie })).toBeNull()
  })
})

describe('what only the effects of an operation say', () => {
  const pool: EffectsWanted = {
    account: treasury.publicKey(),
    operations: new Map([[0, { kind: 'liquidity_pool', balanceId: null }]]),
  }
  const usdc = `USDC:${address(101)}`
  const effect = (fields: Partial<EffectRecord>): EffectRecord => ({
    id: `${String(toid + 1n).padStart(19, '0')}-0000000001`,
    account: treasury.publicKey(),
    type: 'account_credited',
    ...fields,
  })

  test('a deposit in a pool takes both assets out, and a withdrawal brings both back', () => {
    const reserves = [
      { asset: 'native', amount: '10.0000000' },
      { asset: usdc, amount: '0.0000001' },
    ]
    const moved = effectMovements(
      [
        effect({ type: 'liquidity_pool_deposited', reserves_deposited: reserves }),
        effect({ type: 'liquidity_pool_withdrew', reserves_received: reserves }),
      ],
      pool,
    )
    expect(moved?.map((one) => `${one.kind} ${one.direction} ${one.amount} ${one.asset_code}`)).toEqual([
      'liquidity_pool out 10.0000000 XLM',
      'liquidity_pool out 0.0000001 USDC',
      'liquidity_pool in 10.0000000 XLM',
      'liquidity_pool in 0.0000001 USDC',
    ])
  })

  test('an effect on another account, of another operation or without an amount moves nothing', () => {
    const credited = { type: 'account_credited', amount: '5.0000000', asset_type: 'native' } as const
    const others = [
      effect({ ...credited, account: address(1) }),
      effect({ ...credited, id: `${String(toid + 2n).padStart(19, '0')}-0000000001` }),
      effect({ type: 'trustline_created' }),
    ]
    expect(effectMovements(others, pool)).toEqual([])
  })

  test.each([
    ['a number in another notation', { amount: '1e3', asset_type: 'native' }],
    ['no amount', { asset_type: 'native' }],
    ['an asset without its issuer', { amount: '1.0000000', asset_type: 'credit_alphanum4', asset_code: 'USDC' }],
    ['no reserves', { type: 'liquidity_pool_deposited' }],
  ])('%s makes all of the effects unreadable', (_what, fields) => {
    expect(effectMovements([effect(fields)], pool)).toBeNull()
  })
})

/** A payment as Horizon shows it. */
function record(
  signers: readonly Keypair[],
  spoil: (signature: Uint8Array) => void = () => undefined,
): TransactionRecord {
  const options = { fee: '100', networkPassphrase: PASSPHRASE, timebounds: { minTime: 0, maxTime: 0 } }
  const transaction = new TransactionBuilder(new Account(treasury.publicKey(), '7'), options)
    .addOperation(Operation.payment({ destination: address(1), asset: Asset.native(), amount: '1' }))
    .build()
  transaction.sign(...signers)
  for (const { signature } of transaction.signatures) spoil(signature.toBytes())
  return {
    hash: Buffer.from(transaction.hash()).toString('hex'),
    ledger: LEDGER,
    created_at: '2026-11-25T12:00:00Z',
    successful: true,
    paging_token: String(toid),
    envelope_xdr: transaction.toXdr(),
    // One operation, and it paid.
    result_xdr: 'AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA=',
  } as TransactionRecord
}

async function read(shown: TransactionRecord) {
  return await readAccountTransaction(shown, treasury.publicKey(), PASSPHRASE)
}
