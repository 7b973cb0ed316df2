import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAmount } from '../../supabase/functions/_shared/contract/amount.ts'
import type { AccountState } from '../../supabase/functions/_shared/stellar/horizon-records.ts'
import { judgeFunds } from '../../supabase/functions/payroll-disburse/funds.ts'
import type { PaidAmount, TakenInFlight } from '../../supabase/functions/payroll-disburse/shortage.ts'
import { address } from '../support/plans.ts'
import { anAccount } from '../support/records.ts'

const USD = { asset_code: 'USD', asset_issuer: address(2) }
const XLM = { asset_code: 'XLM', asset_issuer: '' }
const RESERVE = 10_000_000n
const CLAIMABLE_RESERVE = 10_000_000n

/** What one transaction takes of the treasury, in stroops. */
type Taken = { readonly xlm: bigint; readonly usd: bigint }

describe('money that is on its way through other accounts', () => {
  // A small world in which every fate of what is on its way is played through.
  const world = fc.record({
    held: fc.record({ xlm: fc.bigInt(0n, 60n), usd: fc.bigInt(0n, 60n) }),
    inFlight: fc.array(fc.record({ xlm: fc.bigInt(0n, 15n), usd: fc.bigInt(0n, 15n) }), { maxLength: 5 }),
    payments: fc.array(fc.record({ isUsd: fc.boolean(), stroops: fc.bigInt(1n, 15n) }), { minLength: 1, maxLength: 4 }),
    paysFees: fc.boolean(),
    isClaimable: fc.boolean(),
  })

  test('the next payments go if they can be paid whatever becomes of it, stop if they cannot although all of it fails, and wait otherwise', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(world, ({ held, inFlight, payments, paysFees, isClaimable }) => {
        const isUsd = payments[0]?.isUsd ?? false
        const operations = payments.map(({ stroops }) => paid(isUsd, stroops, isUsd && isClaimable))
        const fees = paysFees ? BigInt(operations.length) * 100n : 0n
        const reserves = isUsd && isClaimable ? BigInt(operations.length) * CLAIMABLE_RESERVE : 0n
        const sum = payments.reduce((total, { stroops }) => total + stroops, 0n)
        const need: Taken = isUsd ? { xlm: fees + reserves, usd: sum } : { xlm: sum + fees, usd: 0n }
        // What is there beside fees and reserves is what the small numbers decide about.
        const treasury = account({ xlm: held.xlm + fees + reserves, usd: held.usd })
        const fates = subsets(inFlight).map((applied) => covers(held, fees + reserves, total(applied), need))
        const verdict = judgeFunds(treasury, operations, { paysFees, inFlight: summed(inFlight) }).kind
        seen.add(verdict)
        const expected = fates.every(Boolean) ? 'enough' : fates.some(Boolean) ? 'in_flight' : 'short'
        expect(verdict).toBe(expected)
      }),
      { numRuns: 3_000 },
    )
    expect([...seen].toSorted()).toEqual(['enough', 'in_flight', 'short'])
  })

  test('what is missing is counted beside what is on its way, to the stroop', () => {
    const verdict = judgeFunds(account({ xlm: 25n, usd: 0n }), [paid(false, 30n, false)], {
      paysFees: false,
      inFlight: summed([{ xlm: 20n, usd: 0n }]),
    })
    expect(verdict).toMatchObject({ kind: 'short', shortage: { code: 'treasury_short' } })
    const detail = verdict.kind === 'short' ? verdict.shortage.detail : ''
    expect(detail).toContain('what is on its way takes 0.0000020 more')
    expect(detail).toContain('short by 0.0000025 XLM')
  })

  test('a key that weighs too little stops the run, whatever is on its way', () => {
    const weak = account({ xlm: 1_000n, usd: 0n })
    const state = { ...weak, keeping: weak.keeping && { ...weak.keeping, weight: 0 } }
    const inFlight = summed([{ xlm: 999n, usd: 0n }])
    expect(judgeFunds(state, [paid(false, 5n, false)], { paysFees: false, inFlight })).toMatchObject({
      kind: 'short',
      shortage: { code: 'signing_weight_too_low' },
    })
  })
})

function paid(isUsd: boolean, stroops: bigint, isClaimable: boolean): PaidAmount {
  const operation_type = isClaimable ? 'create_claimable_balance' : 'payment'
  return { operation_type, ...(isUsd ? USD : XLM), amount: formatAmount(stroops) }
}

function account({ xlm, usd }: Taken): AccountState {
  const line = { limit: null, buying_liabilities: '0.0000000', selling_liabilities: '0.0000000', is_authorized: true }
  return anAccount({
    balances: [
      { ...XLM, ...line, balance: formatAmount(xlm + RESERVE) },
      { ...USD, ...line, balance: formatAmount(usd) },
    ],
    keeping: { subentry_count: 0, num_sponsoring: 0, num_sponsored: 0, signer_count: 1, weight: 1, threshold: 0 },
  })
}

/** Whether the payments can be made once so much of what was on its way has left. */
function covers(held: Taken, set: bigint, gone: Taken, need: Taken): boolean {
  return (
    (need.xlm === 0n || held.xlm + set - gone.xlm >= need.xlm) && (need.usd === 0n || held.usd - gone.usd >= need.usd)
  )
}

function subsets(all: readonly Taken[]): readonly (readonly Taken[])[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, index) => (bits >> index) % 2 === 1))
}

function total(parts: readonly Taken[]): Taken {
  return parts.reduce((sum, part) => ({ xlm: sum.xlm + part.xlm, usd: sum.usd + part.usd }), { xlm: 0n, usd: 0n })
}

function summed(parts: readonly Taken[]): readonly TakenInFlight[] {
  const { xlm, usd } = total(parts)
  return [
    { ...XLM, amount: formatAmount(xlm) },
    { ...USD, amount: formatAmount(usd) },
  ]
}
