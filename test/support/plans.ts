import { Keypair } from '@stellar/stellar-sdk/base'
import fc from 'fast-check'
import { formatAmount } from '../../supabase/functions/_shared/contract/amount.ts'
import type { PaymentDescription } from '../../supabase/functions/_shared/stellar/describe.ts'
import type { PlannedOperation, TransactionPlan } from '../../supabase/functions/payroll-disburse/plan.ts'

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

export function aPayment(changes: Partial<PaymentDescription> = {}): PaymentDescription {
  return {
    operation_type: 'payment',
    destination: address(1),
    asset_code: 'XLM',
    asset_issuer: '',
    amount: '4200.0000000',
    ...changes,
  }
}

export function aPlan(changes: Partial<TransactionPlan> = {}): TransactionPlan {
  return {
    network_passphrase: PASSPHRASE,
    source_account: address(0),
    operation_source: changes.source_account ?? address(0),
    sequence_number: '120192344791187471',
    fee_per_operation_stroops: 1_000n,
    max_ledger: 1_020,
    max_time_seconds: 1_795_000_000,
    // A memo without a type is a text.
    memo_type: typeof changes.memo === 'string' ? 'text' : null,
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

const anySecond = fc.integer({ min: 1, max: 9_007_199_254_740_991 })

export const anyOperation: fc.Arbitrary<PlannedOperation> = fc.oneof(
  fc.record({ index: fc.nat(50), stroops: payableStroops, code: assetCode, issuer: fc.nat(50) }).map(
    ({ index, stroops, code, issuer }): PlannedOperation => ({
      operation_type: 'payment',
      destination: address(index),
      asset_code: code,
      asset_issuer: address(issuer),
      amount: formatAmount(stroops),
    }),
  ),
  fc.record({ index: fc.nat(50), stroops: payableStroops, kind: fc.constantFrom('payment', 'create_account') }).map(
    ({ index, stroops, kind }): PlannedOperation => ({
      operation_type: kind as PaymentDescription['operation_type'],
      destination: address(index),
      asset_code: 'XLM',
      asset_issuer: '',
      amount: formatAmount(stroops),
    }),
  ),
  // The account that pays is one of the first fifty.
  fc
    .record({ index: fc.nat(50), stroops: payableStroops, code: assetCode, issuer: fc.nat(50), seconds: anySecond })
    .map(
      ({ index, stroops, code, issuer, seconds }): PlannedOperation => ({
        operation_type: 'create_claimable_balance',
        destination: address(100 + index),
        asset_code: code,
        asset_issuer: address(issuer),
        amount: formatAmount(stroops),
        reclaimable_at_seconds: seconds,
      }),
    ),
  fc.stringMatching(/^0{8}[0-9a-f]{64}$/).map(
    (claimable_balance_id): PlannedOperation => ({
      operation_type: 'claim_claimable_balance',
      claimable_balance_id,
    }),
  ),
)

const anyMemo: fc.Arbitrary<Pick<TransactionPlan, 'memo_type' | 'memo'>> = fc.oneof(
  fc.constant({ memo_type: null, memo: null }),
  fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => Buffer.byteLength(text) <= 28)
    .map((memo) => ({ memo_type: 'text' as const, memo })),
  fc
    .bigInt({ min: 0n, max: 18_446_744_073_709_551_615n })
    .map((id) => ({ memo_type: 'id' as const, memo: String(id) })),
)

const anyRest = fc.record({
  network_passphrase: fc.constant(PASSPHRASE),
  source_account: fc.nat(50).map(address),
  channel: fc.option(fc.integer({ min: 200, max: 250 }).map(address)),
  sequence_number: fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String),
  fee_per_operation_stroops: fc.bigInt({ min: 100n, max: 100_000n }),
  max_ledger: fc.integer({ min: 1, max: 4_294_967_295 }),
  max_time_seconds: fc.integer({ min: 1, max: 9_007_199_254_740_991 }),
  operations: fc.array(anyOperation, { minLength: 1, maxLength: 12 }),
})

export const anyPlan: fc.Arbitrary<TransactionPlan> = fc.tuple(anyRest, anyMemo).map(
  ([{ source_account, channel, ...rest }, memo]): TransactionPlan => ({
    ...rest,
    ...memo,
    source_account: channel ?? source_account,
    operation_source: source_account,
  }),
)
