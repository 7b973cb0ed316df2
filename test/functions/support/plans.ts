import { Keypair } from '@stellar/stellar-sdk/base'
import fc from 'fast-check'
import { formatAmount } from '../../../supabase/functions/_shared/contract/amount.ts'
import type { PlannedOperation, TransactionPlan } from '../../../supabase/functions/_shared/stellar/plan.ts'

export const PASSPHRASE = 'PayD Tests ; 2026'

/** Key pairs that are the same in every run, so that a failure can be repeated. */
export function keypair(index: number): Keypair {
  const seed = new Uint8Array(32).fill(7)
  new DataView(seed.buffer).setUint32(0, index)
  return Keypair.fromRawEd25519Seed(seed)
}

export function address(index: number): string {
  return keypair(index).publicKey()
}

export function aPayment(changes: Partial<PlannedOperation> = {}): PlannedOperation {
  return {
    operationType: 'payment',
    destination: address(1),
    assetCode: 'XLM',
    assetIssuer: '',
    amount: '4200.0000000',
    ...changes,
  }
}

export function aPlan(changes: Partial<TransactionPlan> = {}): TransactionPlan {
  return {
    networkPassphrase: PASSPHRASE,
    sourceAccount: address(0),
    sequence: '120192344791187471',
    feePerOperationStroops: 1_000n,
    maxLedger: 1_020,
    maxTimeSeconds: 1_795_000_000,
    memo: null,
    operations: [aPayment()],
    ...changes,
  }
}

/** Every amount that can be paid, in stroops. */
export const payableStroops = fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n })

const assetCode = fc
  .stringMatching(/^[A-Za-z0-9]{1,12}$/)
  // The SDK writes every spelling of xlm as XLM; those plans are refused, which has its own test.
  .filter((code) => code.toLowerCase() !== 'xlm')

export const anyOperation: fc.Arbitrary<PlannedOperation> = fc.oneof(
  fc.record({ index: fc.nat(50), stroops: payableStroops, code: assetCode, issuer: fc.nat(50) }).map(
    ({ index, stroops, code, issuer }): PlannedOperation => ({
      operationType: 'payment',
      destination: address(index),
      assetCode: code,
      assetIssuer: address(issuer),
      amount: formatAmount(stroops),
    }),
  ),
  fc.record({ index: fc.nat(50), stroops: payableStroops, kind: fc.constantFrom('payment', 'create_account') }).map(
    ({ index, stroops, kind }): PlannedOperation => ({
      operationType: kind as PlannedOperation['operationType'],
      destination: address(index),
      assetCode: 'XLM',
      assetIssuer: '',
      amount: formatAmount(stroops),
    }),
  ),
)

export const anyPlan: fc.Arbitrary<TransactionPlan> = fc.record({
  networkPassphrase: fc.constant(PASSPHRASE),
  sourceAccount: fc.nat(50).map(address),
  sequence: fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String),
  feePerOperationStroops: fc.bigInt({ min: 100n, max: 100_000n }),
  maxLedger: fc.integer({ min: 1, max: 4_294_967_295 }),
  maxTimeSeconds: fc.integer({ min: 1, max: 9_007_199_254_740_991 }),
  memo: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => Buffer.byteLength(text) <= 28)),
  operations: fc.array(anyOperation, { minLength: 1, maxLength: 12 }),
})
