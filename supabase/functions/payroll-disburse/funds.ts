import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import { type Circumstances, type PaidAmount, type Shortage, shortageOf } from './shortage.ts'
import { providerUnavailable, type Step, type StepContext, step, stop } from './step.ts'

/** How soon an account asks again; until something has ended the database gives it nothing to do. */
const RECHECK_FUNDS_SECONDS = 5

/** Whether the next payments can be sent: they can, they never can, or only if something fails that is on its way. */
export type FundsVerdict =
  | { readonly kind: 'enough' }
  | { readonly kind: 'short'; readonly shortage: Shortage }
  | { readonly kind: 'in_flight' }

/**
 * Compares what the account holds with the next payments and with what is on its way from it. They are sent if the money is there
 * whatever becomes of the others, and the run stops if it is not there although all of them fail. Otherwise it is not known yet.
 */
export function judgeFunds(
  account: AccountState,
  operations: readonly PaidAmount[],
  circumstances: Circumstances,
): FundsVerdict {
  const beside = shortageOf(account, operations, circumstances)
  if (beside === null) return { kind: 'enough' }
  const alone = shortageOf(account, operations, { ...circumstances, inFlight: [] })
  return alone === null ? { kind: 'in_flight' } : { kind: 'short', shortage: beside }
}

/**
 * Null when the treasury can pay the operations beside what is on its way from it. Otherwise the run stops with what is missing, or
 * waits until something has ended. A look that is not up to date stops no run.
 */
export async function requireFunds(
  context: StepContext,
  treasury: { readonly state: AccountState & { readonly ledger: number }; readonly isCurrent: boolean },
  operations: readonly PaidAmount[],
  circumstances: Omit<Circumstances, 'inFlight'>,
): Promise<Step | null> {
  const { claim, database } = context
  const { payroll_run_id, source_account, lease_token } = claim
  const { state, isCurrent } = treasury
  const inFlight = await database.paymentsInFlight({ source_account, lease_token, known_ledger: state.ledger })
  const verdict = judgeFunds(state, operations, { ...circumstances, inFlight: inFlight.amounts })
  if (verdict.kind === 'enough') return null
  if (verdict.kind === 'short') return isCurrent ? stop(context, verdict.shortage.code, verdict.shortage.detail) : null
  const { transaction_ids } = inFlight
  // All that was on its way is in a later ledger than the one that was read.
  if (transaction_ids.length === 0) return providerUnavailable(context, 'account_behind', null)
  // What is taken back keeps no run waiting.
  if (claim.refund === null) await database.waitForFunds({ payroll_run_id, lease_token, transaction_ids })
  return step('waiting', { code: 'payments_in_flight', nextCheckSeconds: RECHECK_FUNDS_SECONDS })
}
