import { describe, expect, test } from 'vitest'
import type { OperationDescription, PaymentDescription } from '../../supabase/functions/_shared/stellar/describe.ts'
import { differenceOf, type TransactionMeaning } from '../../supabase/functions/_shared/stellar/same-transaction.ts'
import { address } from '../support/plans.ts'

// Before every signature, the first and each one after it, the envelope is compared with what the database planned.
const paid = { destination: address(1), asset_code: 'USDC', asset_issuer: address(8), amount: '10.0000000' }
const payment = (changes: Partial<PaymentDescription> = {}): OperationDescription => ({
  operation_type: 'payment',
  ...paid,
  ...changes,
})
const waiting = (reclaimable_at_seconds = 1_800_000_000): OperationDescription => ({
  operation_type: 'create_claimable_balance',
  ...paid,
  reclaimable_at_seconds,
})
const claim = (claimable_balance_id: string): OperationDescription => ({
  operation_type: 'claim_claimable_balance',
  claimable_balance_id,
})
const plan: TransactionMeaning = {
  source_account: address(20),
  operation_source: address(21),
  sequence_number: '7',
  fee_bid_stroops: '2000',
  max_ledger: 1_000,
  max_time_seconds: 1_800_000_000,
  memo_type: 'text',
  memo: 'November',
  operations: [payment(), waiting(), claim('00')],
}

describe('an envelope', () => {
  test('that says exactly what was planned has no difference, however its amounts are written', () => {
    expect(differenceOf(plan, structuredClone(plan))).toBeNull()
    expect(differenceOf({ ...plan, operations: [payment({ amount: '10' }), waiting(), claim('00')] }, plan)).toBeNull()
  })

  test('that cannot be read differs', () => {
    expect(differenceOf(null, plan)).toBe('envelope')
  })

  test.each([
    ['source_account', address(9)],
    ['operation_source', address(9)],
    ['sequence_number', '8'],
    ['fee_bid_stroops', '2001'],
    ['max_ledger', 1_001],
    ['max_time_seconds', 1_800_000_001],
    ['memo_type', 'id'],
    ['memo', 'For the thief'],
    ['memo', null],
  ] as const)('with another %s is named by it', (field, value) => {
    expect(differenceOf({ ...plan, [field]: value }, plan)).toBe(field)
  })

  test.each<readonly [string, readonly OperationDescription[], string]>([
    ['another destination', [payment({ destination: address(2) }), waiting(), claim('00')], 'operations[0]'],
    ['one stroop more', [payment({ amount: '10.0000001' }), waiting(), claim('00')], 'operations[0]'],
    ['another asset', [payment({ asset_code: 'EURC' }), waiting(), claim('00')], 'operations[0]'],
    ['another issuer', [payment({ asset_issuer: address(9) }), waiting(), claim('00')], 'operations[0]'],
    ['a new account', [payment({ operation_type: 'create_account' }), waiting(), claim('00')], 'operations[0]'],
    ['a payment in place of a balance that waits', [payment(), payment(), claim('00')], 'operations[1]'],
    ['an earlier time to take back', [payment(), waiting(1), claim('00')], 'operations[1]'],
    ['another balance to take back', [payment(), waiting(), claim('01')], 'operations[2]'],
    ['a payment in place of a claim', [payment(), waiting(), payment()], 'operations[2]'],
    ['an operation more', [payment(), waiting(), claim('00'), payment()], 'operations'],
    ['an operation less', [payment(), waiting()], 'operations'],
    ['another order', [waiting(), payment(), claim('00')], 'operations[0]'],
  ])('with %s is named by its place', (_what, operations, place) => {
    expect(differenceOf({ ...plan, operations } as TransactionMeaning, plan)).toBe(place)
  })
})
