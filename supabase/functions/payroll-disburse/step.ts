import type { StopCode } from '../_shared/contract/errors.ts'
import type { Horizon } from '../_shared/stellar/horizon.ts'
import type { LedgerRpc } from '../_shared/stellar/ledger-rpc.ts'
import type { Evidence, LiveTransaction } from '../_shared/stellar/prove.ts'
import { decodeResult } from '../_shared/stellar/result.ts'
import { askSecondProvider, type Outcome } from '../_shared/stellar/second-opinion.ts'
import { DatabaseError } from '../_shared/worker/database-error.ts'
import type { DisburseDatabase, DisbursementClaim } from './database.ts'
import type { Keyring } from './sign.ts'

/** How one step on a source account can end. */
export const STEP_OUTCOMES = [
  'applied',
  'applied_failed',
  'never_applied',
  'waiting',
  'awaiting_signatures',
  'stopped',
  'channel_unusable',
  'nothing_left',
  'provider_unavailable',
  'network_mismatch',
  'signing_key_missing',
  'envelope_mismatch',
  'ledger_contradicts',
  'held',
  'lease_lost',
  'failed',
] as const

export type StepOutcome = (typeof STEP_OUTCOMES)[number]

/** How a step ended, and when the account should be looked at again; 0 leaves that to the database's own schedule. */
export type Step = {
  readonly outcome: StepOutcome
  readonly nextCheckSeconds: number
  /** What made it end like this: a code or reason for the log. */
  readonly code: string | null
}

/** What a step works with: one leased account, its provider, and what this invocation has learnt. */
export type StepContext = {
  readonly database: DisburseDatabase
  readonly keyring: Keyring
  readonly horizon: Horizon
  /** For reading many accounts, which leaves a part of what the provider allows to payments. */
  openReader(url: string): Horizon
  openRpc(url: string): LedgerRpc
  /** Another provider, without whose word no transaction ends; null when the project has none. */
  readonly secondHorizon: Horizon | null
  readonly claim: DisbursementClaim
  /** Milliseconds since 1970 by the worker's clock. */
  readonly nowMs: number
  /** Lets the steps of one treasury plan one after the other, so that no two channels plan the same people. */
  inTurn<Result>(treasury: string, work: () => Promise<Result>): Promise<Result>
  /** Spreads the return of workers that a provider sent away, in seconds. */
  jitterSeconds(): number
}

/** The account that gives the number of the transaction and pays its fee, which is the leased one: a channel, or the treasury. */
export function numberedAccount(claim: Pick<DisbursementClaim, 'source_account' | 'channel_account'>): string {
  return claim.channel_account ?? claim.source_account
}

/** The transaction of a claim in the words of the proofs. */
export function liveTransaction(
  claim: DisbursementClaim,
  transaction: Pick<LiveTransaction, 'tx_hash' | 'sequence_number' | 'max_ledger'>,
): LiveTransaction {
  const { tx_hash, sequence_number, max_ledger } = transaction
  const { signers } = claim
  return { tx_hash, source_account: numberedAccount(claim), sequence_number, max_ledger, signers }
}

/**
 * Records what the ledger proved, once the second provider says the same where the project has one. The database checks the
 * evidence again and frees or finishes the items. Providers that contradict each other hold the transaction, and so do a second one that
 * says nothing for long and evidence that the database does not accept.
 */
export async function settle(
  context: StepContext,
  transaction: Pick<LiveTransaction, 'tx_hash' | 'sequence_number' | 'max_ledger'> & { readonly id: number },
  evidence: Evidence,
  isLongPast = false,
): Promise<Step> {
  const { claim, secondHorizon } = context
  const outcome = { transaction_id: transaction.id, ...evidence }
  let isAccepted: boolean
  if (secondHorizon === null) {
    isAccepted = await record(context, outcome)
  } else {
    const live = liveTransaction(claim, transaction)
    const opinion = await askSecondProvider(secondHorizon, live, evidence, claim.network_passphrase)
    if (opinion.kind === 'disagrees') return hold(context, transaction, 'providers_disagree')
    if (opinion.kind === 'silent') {
      if (isLongPast) return hold(context, transaction, opinion.reason)
      return step('waiting', {
        code: opinion.reason,
        nextCheckSeconds: Math.max(opinion.retryAfterSeconds ?? 0, PROVIDER_PAUSE_SECONDS) + context.jitterSeconds(),
      })
    }
    isAccepted = await record(context, { ...outcome, second: opinion.evidence })
  }
  if (!isAccepted) {
    if (isLongPast) return hold(context, transaction, 'evidence_refused')
    return step('waiting', { code: 'evidence_refused', nextCheckSeconds: PROVIDER_PAUSE_SECONDS })
  }
  if (evidence.proof !== 'found_by_hash') return step('never_applied', { code: evidence.proof })
  const code = decodeResult(evidence.result_xdr)?.transaction_code ?? 'unreadable'
  return step(code === 'tx_success' ? 'applied' : 'applied_failed', { code })
}

/**
 * Hands evidence to the database; false where it proves nothing to it, such as the signatures of too little weight. Where it shows that an
 * own transaction was made that was called never applied, it says that too.
 */
async function record(
  { claim, database }: StepContext,
  outcome: Outcome & { readonly transaction_id: number },
): Promise<boolean> {
  const { lease_token } = claim
  try {
    await database.recordOutcome({ outcome, lease_token })
    return true
  } catch (error) {
    if (isRefusedEvidence(error)) return false
    const isContradiction = error instanceof DatabaseError && error.code === 'ledger_contradicts'
    if (isContradiction && outcome.proof === 'sequence_used_by_other') {
      const { other_envelope_xdr: envelope_xdr, other_ledger: ledger } = outcome
      const source_account = numberedAccount(claim)
      await database.recordSequenceHolder({ source_account, lease_token, envelope_xdr, ledger })
    }
    throw error
  }
}

/** Whether the database looked at evidence and was not convinced. */
export function isRefusedEvidence(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === 'evidence_proves_nothing'
}

/** Fails the run, or what is to be taken back, with a reason a person can act on. Allowed only while nothing of it is on its way. */
export async function stop(context: StepContext, code: StopCode, detail: string): Promise<Step> {
  const { payroll_run_id, lease_token, refund } = context.claim
  if (refund === null) await context.database.stopDisbursement({ payroll_run_id, lease_token, code, detail })
  else await context.database.stopRefund({ claimable_balance_id: refund.id, lease_token, code, detail })
  return step('stopped', { code })
}

/** Gives a transaction whose end cannot be proven to people. Looking for a proof goes on in horizon-sync. */
export async function hold(context: StepContext, transaction: { readonly id: number }, reason: string): Promise<Step> {
  const { lease_token } = context.claim
  await context.database.holdTransaction({ transaction_id: transaction.id, lease_token, reason })
  return step('held', { code: reason })
}

/** The provider did not say what is needed, so the account waits a moment. */
export function providerUnavailable(context: StepContext, code: string, retryAfterSeconds: number | null): Step {
  const nextCheckSeconds = Math.max(retryAfterSeconds ?? 0, PROVIDER_PAUSE_SECONDS) + context.jitterSeconds()
  return step('provider_unavailable', { code, nextCheckSeconds })
}

export function step(
  outcome: StepOutcome,
  details: { readonly code?: string; readonly nextCheckSeconds?: number } = {},
): Step {
  return { outcome, nextCheckSeconds: details.nextCheckSeconds ?? 0, code: details.code ?? null }
}

const PROVIDER_PAUSE_SECONDS = 5
