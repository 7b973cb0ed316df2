import { TransactionBuilder, xdr } from '@stellar/stellar-sdk/base'
import type { HorizonAnswer } from '../../supabase/functions/_shared/stellar/horizon.ts'
import type { AccountState, TransactionRecord } from '../../supabase/functions/_shared/stellar/horizon-records.ts'
import type { LiveTransaction } from '../../supabase/functions/_shared/stellar/prove.ts'
import { buildTransaction } from '../../supabase/functions/payroll-disburse/build.ts'
import type { TransactionPlan } from '../../supabase/functions/payroll-disburse/plan.ts'
import { address, aPlan, keypair } from './plans.ts'

export function liveOf(plan: TransactionPlan): LiveTransaction {
  const { source_account, sequence_number, max_ledger } = plan
  return { tx_hash: buildTransaction(plan).tx_hash, source_account, sequence_number, max_ledger }
}

/** The record of a plan that is in a ledger, paid unless another result is given. */
export function recordOf(plan: TransactionPlan, changes: Partial<TransactionRecord> = {}): TransactionRecord {
  const built = buildTransaction(plan)
  const paid = plan.operations.map(() => xdr.PaymentResult.paymentSuccess())
  return {
    hash: built.tx_hash,
    inner_transaction: null,
    successful: true,
    ledger: plan.max_ledger - 5,
    created_at: '2026-11-20T12:00:00Z',
    source_account: plan.source_account,
    source_account_sequence: plan.sequence_number,
    fee_charged: '100',
    envelope_xdr: signed(plan, built.envelope_xdr),
    result_xdr: resultXdrOf(xdr.TransactionResultResult.txSuccess(paid.map(paymentResult))),
    paging_token: '1',
    ...changes,
  }
}

export function paymentResult(result: xdr.PaymentResult): xdr.OperationResult {
  return xdr.OperationResult.opInner(xdr.OperationResultTr.payment(result))
}

export function resultXdrOf(result: xdr.TransactionResultResult): string {
  return new xdr.TransactionResult({ feeCharged: 100n, result, ext: xdr.TransactionResultExt.v0() }).toXdr('base64')
}

export function anAccount(changes: Partial<AccountState> = {}): AccountState {
  return {
    account_id: address(0),
    sequence: '120192344791187470',
    ledger: 1_000,
    balances: [],
    memo_required: null,
    keeping: null,
    signers: null,
    ...changes,
  }
}

export function answered<T>(value: T): HorizonAnswer<T> {
  return { kind: 'answered', value }
}

/** Everything a provider can say that is no answer to the question. */
export const EVASIONS: readonly HorizonAnswer<never>[] = [
  { kind: 'not_found', latestLedger: null },
  { kind: 'not_found', latestLedger: 4_294_967_295 },
  { kind: 'refused', status: 429, problem: 'rate_limit_exceeded', retryAfterSeconds: 5 },
  { kind: 'refused', status: 500, problem: 'server_error', retryAfterSeconds: null },
  { kind: 'refused', status: 503, problem: 'stale_history', retryAfterSeconds: null },
  { kind: 'refused', status: 410, problem: 'before_history', retryAfterSeconds: null },
  { kind: 'silent', reason: 'no_answer' },
  { kind: 'silent', reason: 'too_large' },
  { kind: 'silent', reason: 'malformed' },
]

/** A second transaction of the same account with the same sequence number. */
export function foreignPlan(): TransactionPlan {
  return aPlan({ memo: 'somebody else' })
}

/** An envelope with the signature of the account that pays. */
function signed(plan: TransactionPlan, envelopeXdr: string): string {
  const transaction = TransactionBuilder.fromXdr(envelopeXdr, plan.network_passphrase)
  const signer = Array.from({ length: 51 }, (_, index) => keypair(index)).find(
    (key) => key.publicKey() === plan.source_account,
  )
  if (signer !== undefined) transaction.sign(signer)
  return transaction.toXdr()
}
