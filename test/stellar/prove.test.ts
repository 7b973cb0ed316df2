import { TransactionBuilder, xdr } from '@stellar/stellar-sdk/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HorizonAnswer } from '../../supabase/functions/_shared/stellar/horizon.ts'
import type { AccountState } from '../../supabase/functions/_shared/stellar/horizon-records.ts'
import { proveFound, proveNeverApplied, proveSequenceTaken } from '../../supabase/functions/_shared/stellar/prove.ts'
import { decodeResult } from '../../supabase/functions/_shared/stellar/result.ts'
import { buildTransaction } from '../../supabase/functions/payroll-disburse/build.ts'
import { address, aPayment, aPlan, keypair, PASSPHRASE } from '../support/plans.ts'
import {
  anAccount,
  answered,
  EVASIONS,
  foreignPlan,
  liveOf,
  paymentResult,
  recordOf,
  resultXdrOf,
} from '../support/records.ts'

const plan = aPlan()
const live = liveOf(plan)

describe('P1, found by hash', () => {
  test('a successful transaction is proven by its envelope and its result', () => {
    const record = recordOf(plan)
    const { envelope_xdr, result_xdr } = record
    expect(proveFound(live, answered(record), PASSPHRASE)).toEqual({
      isProven: true,
      evidence: { proof: 'found_by_hash', ledger: 1_015, closed_at: '2026-11-20T12:00:00Z', envelope_xdr, result_xdr },
    })
    expect(decodeResult(result_xdr)).toMatchObject({ transaction_code: 'tx_success', operation_codes: ['op_success'] })
  })

  test('one bad operation of a hundred is named, and so are the ninety-nine others', () => {
    const operations = Array.from({ length: 100 }, (_, index) => aPayment({ destination: address(index + 1) }))
    const hundred = aPlan({ operations })
    const results = operations.map((_, index) =>
      paymentResult(index === 41 ? xdr.PaymentResult.paymentNoTrust() : xdr.PaymentResult.paymentSuccess()),
    )
    const result_xdr = resultXdrOf(xdr.TransactionResultResult.txFailed(results))
    const verdict = proveFound(
      liveOf(hundred),
      answered(recordOf(hundred, { successful: false, result_xdr })),
      PASSPHRASE,
    )
    expect(verdict).toMatchObject({ isProven: true, evidence: { result_xdr } })
    const found = verdict.isProven && verdict.evidence.proof === 'found_by_hash' ? verdict.evidence : null
    const codes = decodeResult(found?.result_xdr ?? '')?.operation_codes ?? []
    expect(codes).toHaveLength(100)
    expect(codes.filter((code) => code !== 'op_success')).toEqual(['op_no_trust'])
    expect(codes[41]).toBe('op_no_trust')
  })

  test('an answer about another transaction proves nothing, whichever part of it differs', () => {
    const other = foreignPlan()
    const answers = [
      recordOf(other),
      recordOf(plan, { envelope_xdr: recordOf(other).envelope_xdr }),
      recordOf(plan, { envelope_xdr: 'AAAA' }),
      // What stands beside the envelope makes nothing of it.
      recordOf(other, { hash: live.tx_hash, source_account: live.source_account }),
    ]
    for (const record of answers) expect(proveFound(live, answered(record), PASSPHRASE).isProven).toBe(false)
  })

  test('an answer of another network proves nothing', () => {
    expect(proveFound(live, answered(recordOf(plan)), 'Another ; network').isProven).toBe(false)
  })

  test('a result that is unreadable or contradicts itself waits for a person', () => {
    expect(proveFound(live, answered(recordOf(plan, { result_xdr: 'AAAA' })), PASSPHRASE)).toEqual({
      isProven: false,
      reason: 'result_is_unreadable',
    })
    expect(proveFound(live, answered(recordOf(plan, { successful: false })), PASSPHRASE)).toEqual({
      isProven: false,
      reason: 'result_contradicts_itself',
    })
  })

  test('nothing but an answer proves anything', () => {
    for (const evasion of EVASIONS) expect(proveFound(live, evasion, PASSPHRASE).isProven).toBe(false)
  })
})

describe('P2, sequence unused after the last ledger', () => {
  test('one state at the last ledger with a lower sequence proves it', () => {
    const verdict = proveNeverApplied(live, answered(anAccount({ ledger: 1_020 })))
    expect(verdict).toEqual({
      isProven: true,
      evidence: {
        proof: 'sequence_unused_after_bounds',
        observed_ledger: 1_020,
        observed_closed_at: null,
        observed_sequence: '120192344791187470',
      },
    })
  })

  test('one ledger earlier, or with the sequence used, it proves nothing', () => {
    expect(proveNeverApplied(live, answered(anAccount({ ledger: 1_019 }))).isProven).toBe(false)
    const used = anAccount({ ledger: 1_020, sequence: live.sequence_number })
    expect(proveNeverApplied(live, answered(used))).toEqual({ isProven: false, reason: 'sequence_is_used' })
  })

  test('sequences are compared as integers, not as text and not as floating point', () => {
    const at = (sequence: string) => proveNeverApplied(live, answered(anAccount({ ledger: 9_999, sequence }))).isProven
    expect(at('9')).toBe(true)
    // Behind 2^53 a number would make these equal.
    expect(at('120192344791187470')).toBe(true)
    expect(at('120192344791187471')).toBe(false)
  })

  test('no state of another account, without ledger, or for a transaction without bound proves it', () => {
    expect(proveNeverApplied(live, answered(anAccount({ ledger: 9_999, account_id: address(4) }))).isProven).toBe(false)
    expect(proveNeverApplied(live, answered(anAccount({ ledger: null }))).isProven).toBe(false)
    expect(proveNeverApplied({ ...live, max_ledger: 0 }, answered(anAccount({ ledger: 9_999 }))).isProven).toBe(false)
  })

  test('404s, refusals, silence and lagging states never prove it', () => {
    const lagging: fc.Arbitrary<HorizonAnswer<AccountState>> = fc
      .record({
        ledger: fc.option(fc.integer({ min: 1, max: live.max_ledger - 1 })),
        back: fc.bigInt({ min: 0n, max: 1_000n }),
      })
      .map(({ ledger, back }) =>
        answered(anAccount({ ledger, sequence: (BigInt(live.sequence_number) - back).toString() })),
      )
    fc.assert(
      fc.property(fc.oneof(lagging, fc.constantFrom(...EVASIONS)), (answer) => {
        expect(proveNeverApplied(live, answer).isProven).toBe(false)
      }),
    )
  })
})

describe('P3, sequence held by another', () => {
  test('another transaction with our sequence proves it', () => {
    const other = recordOf(foreignPlan(), { ledger: 1_003 })
    expect(
      proveSequenceTaken(live, [recordOf(aPlan({ sequence_number: '120192344791187472' })), other], PASSPHRASE),
    ).toEqual({
      isProven: true,
      evidence: { proof: 'sequence_used_by_other', other_envelope_xdr: other.envelope_xdr, other_ledger: 1_003 },
    })
  })

  test('a record that says it and whose envelope does not prove nothing', () => {
    const said = { source_account: live.source_account, source_account_sequence: live.sequence_number }
    const unsigned = buildTransaction(foreignPlan()).envelope_xdr
    const made = [
      recordOf(foreignPlan(), { ...said, envelope_xdr: 'AAAA' }),
      recordOf(aPlan({ sequence_number: '7' }), said),
      recordOf(aPlan({ source_account: address(8) }), said),
      recordOf(foreignPlan(), { ...said, envelope_xdr: unsigned }),
      recordOf(foreignPlan(), { ...said, envelope_xdr: signedBy(8, unsigned) }),
    ]
    for (const record of made) expect(proveSequenceTaken(live, [record], PASSPHRASE).isProven).toBe(false)
  })

  test('the same number of another account proves nothing', () => {
    const stranger = recordOf(aPlan({ source_account: address(8) }))
    expect(proveSequenceTaken(live, [stranger], PASSPHRASE).isProven).toBe(false)
    expect(proveSequenceTaken(live, [], PASSPHRASE).isProven).toBe(false)
  })

  test('the same number of another account proves nothing, although our account signed that transaction as well', () => {
    const { envelope_xdr } = buildTransaction(aPlan({ source_account: address(8) }))
    const record = recordOf(foreignPlan(), { envelope_xdr: signedBy(0, envelope_xdr) })
    expect(proveSequenceTaken(live, [record], PASSPHRASE).isProven).toBe(false)
  })

  test('our own transaction in the list is found, not taken for another', () => {
    expect(proveSequenceTaken(live, [recordOf(plan)], PASSPHRASE)).toMatchObject({
      isProven: true,
      evidence: { proof: 'found_by_hash' },
    })
  })

  test('a fee bump around our own transaction is ours, although its outer hash is another', () => {
    const inner = new xdr.InnerTransactionResult({
      feeCharged: 0n,
      result: xdr.InnerTransactionResultResult.txSuccess([paymentResult(xdr.PaymentResult.paymentSuccess())]),
      ext: xdr.InnerTransactionResultExt.v0(),
    })
    const pair = new xdr.InnerTransactionResultPair({ transactionHash: live.tx_hash, result: inner })
    const bumped = recordOf(plan, {
      hash: 'ab'.repeat(32),
      inner_transaction: { hash: live.tx_hash },
      result_xdr: resultXdrOf(xdr.TransactionResultResult.txFeeBumpInnerSuccess(pair)),
    })
    expect(proveSequenceTaken(live, [bumped], PASSPHRASE)).toMatchObject({
      isProven: true,
      evidence: { proof: 'found_by_hash' },
    })
  })
})

function signedBy(index: number, envelopeXdr: string): string {
  const transaction = TransactionBuilder.fromXdr(envelopeXdr, PASSPHRASE)
  transaction.sign(keypair(index))
  return transaction.toXdr()
}
