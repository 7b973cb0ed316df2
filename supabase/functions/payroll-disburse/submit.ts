import { describeTransaction } from '../_shared/stellar/describe.ts'
import type { SubmitAnswer } from '../_shared/stellar/horizon.ts'
import type { NetworkRoot } from '../_shared/stellar/horizon-records.ts'
import { checkNetwork } from '../_shared/stellar/network.ts'
import { proveFound } from '../_shared/stellar/prove.ts'
import { differenceOf } from '../_shared/stellar/same-transaction.ts'
import { storedOperation } from '../_shared/stellar/stored-operation.ts'
import { trackTransaction } from '../_shared/stellar/track.ts'
import { collectSignatures, hasNamedSigners, readSignersAgain } from './collect.ts'
import type { ClaimedTransaction, DisbursementClaim, SubmissionReport } from './database.ts'
import { verifySignedEnvelope } from './sign.ts'
import {
  hold,
  liveTransaction,
  numberedAccount,
  providerUnavailable,
  type Step,
  type StepContext,
  settle,
  step,
} from './step.ts'

const RECHECK_UNKNOWN_SECONDS = 5
const RECHECK_NEEDS_A_PERSON_SECONDS = 60
// About five minutes.
const HOLD_AFTER_LEDGERS = 60
// No instance lags by more than a day.
const RESET_LEDGERS = 17_280

/** That a number is used, and not by whom. */
const HOLDER_UNPROVEN: ReadonlySet<string> = new Set([
  'sequence_holder_not_seen',
  'sequence_holder_is_not_signed',
  'sequence_holder_not_verifiable',
])

/** A persisted transaction on its way to the network. */
export type Submission = Pick<
  ClaimedTransaction,
  'id' | 'tx_hash' | 'sequence_number' | 'max_ledger' | 'envelope_xdr' | 'signed_envelope_xdr'
> &
  Partial<Pick<ClaimedTransaction, 'required_fee_stroops'>>

/**
 * Finds out what became of the transaction that is on its way, and hands the same envelope over again as long as nothing is
 * proven and it is still valid. A new transaction is never built here: only a proof frees what this one pays.
 */
export async function continueTransaction(context: StepContext, transaction: ClaimedTransaction): Promise<Step> {
  const { claim, horizon } = context
  const difference = differenceFromPlan(claim, transaction)
  if (difference !== null) {
    // Prepared for another network, damaged, or exchanged. What is asked of this network would say nothing about it.
    return hold(context, transaction, 'envelope_differs_from_plan')
  }
  const network = checkNetwork(await horizon.root(), claim.network_passphrase)
  if (network.kind === 'unknown') return providerUnavailable(context, 'root_unknown', network.retryAfterSeconds)
  if (network.kind === 'other') return step('network_mismatch', { nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })

  // A ledger below one that was proven means that the network began again, and nothing it says is about this transaction.
  if (network.root.history_latest_ledger + RESET_LEDGERS < (claim.used_in_ledger ?? 0)) {
    return hold(context, transaction, 'network_went_back')
  }
  const tracking = await trackTransaction(horizon, liveTransaction(claim, transaction), claim.network_passphrase)
  switch (tracking.kind) {
    case 'settled':
      // What others weigh who can sign as well is read anew; where it cannot be, what was read last counts.
      if (tracking.evidence.proof === 'sequence_used_by_other' && hasNamedSigners(claim))
        await readSignersAgain(context)
      return settle(context, transaction, tracking.evidence, isLongPast(network.root, transaction))
    case 'unknown':
      // The number is used and the bounds are long past, but no transaction is seen that used it: it was bumped, or history is gone.
      // Or one is seen that none of those has signed who sign for the account as far as the project knows, or that no key has signed.
      if (HOLDER_UNPROVEN.has(tracking.reason) && isLongPast(network.root, transaction)) {
        return hold(context, transaction, tracking.reason)
      }
      // An account that is gone can pay no longer, and nothing proves any more whether it did.
      if (tracking.reason === 'account_not_found' && isLongPast(network.root, transaction)) {
        return hold(context, transaction, 'source_account_gone')
      }
      return step('waiting', {
        code: tracking.reason,
        nextCheckSeconds: Math.max(tracking.retryAfterSeconds ?? 0, RECHECK_UNKNOWN_SECONDS) + context.jitterSeconds(),
      })
    case 'open':
      return claim.signing_seconds === null
        ? signAndSubmit(context, transaction)
        : submitCollected(context, transaction)
    default:
      return tracking satisfies never
  }
}

/** Whether so many ledgers closed after the last valid one that no instance of a provider is still behind it. */
function isLongPast(root: NetworkRoot, transaction: ClaimedTransaction): boolean {
  return root.history_latest_ledger >= transaction.max_ledger + HOLD_AFTER_LEDGERS
}

/** Where the stored envelope is not the transaction that the database planned, field by field; null when it is. */
function differenceFromPlan(claim: DisbursementClaim, transaction: ClaimedTransaction): string | null {
  const { envelope_xdr, tx_hash, sequence_number, fee_bid_stroops, max_ledger, max_time, memo_type, memo, operations } =
    transaction
  const described = describeTransaction(envelope_xdr, claim.network_passphrase)
  if (described?.tx_hash !== tx_hash) return 'tx_hash'
  const max_time_seconds = Date.parse(max_time) / 1000
  const stored = operations.map(storedOperation)
  if (!stored.every((operation) => operation !== null)) return 'operations'
  return differenceOf(described, {
    source_account: numberedAccount(claim),
    operation_source: claim.source_account,
    sequence_number,
    fee_bid_stroops,
    max_ledger,
    max_time_seconds,
    memo_type,
    memo,
    operations: stored,
  })
}

/** Signs the transaction if that is still to be done, and submits it. It has been persisted before. */
export async function signAndSubmit(context: StepContext, transaction: Submission): Promise<Step> {
  const { claim, keyring } = context
  const { source_account: account, channel_account: channel } = claim
  const hasKeys = keyring.has(account) && (channel === null || keyring.has(account, channel))
  if (transaction.signed_envelope_xdr === null && !hasKeys) {
    // It cannot be sent, so it ends by itself after its last ledger, and the run is stopped with the reason then.
    return step('signing_key_missing', { nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })
  }
  const signedXdr =
    transaction.signed_envelope_xdr ??
    keyring.sign({
      account,
      channel,
      preparedXdr: transaction.envelope_xdr,
      expectedHash: transaction.tx_hash,
      networkPassphrase: claim.network_passphrase,
    })
  const verdict = verifySignedEnvelope({
    signedXdr,
    expectedHash: transaction.tx_hash,
    networkPassphrase: claim.network_passphrase,
    signers: channel === null ? [account] : [account, channel],
    areAllNeeded: true,
  })
  if (!verdict.isPrepared) {
    return step('envelope_mismatch', { code: verdict.problem, nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })
  }
  return submit(context, transaction, await withHigherFee(context, transaction, signedXdr))
}

/** Submits a transaction that wallets sign, once their signatures suffice. No key of this worker signs it. */
async function submitCollected(context: StepContext, transaction: ClaimedTransaction): Promise<Step> {
  const { claim } = context
  const collected = await collectSignatures(context)
  if ('outcome' in collected) return collected
  const verdict = verifySignedEnvelope({
    signedXdr: collected.signedXdr,
    expectedHash: transaction.tx_hash,
    networkPassphrase: claim.network_passphrase,
    signers: claim.signers,
  })
  if (!verdict.isPrepared) {
    return step('envelope_mismatch', { code: verdict.problem, nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })
  }
  return submit(context, transaction, collected.signedXdr)
}

/** The signed transaction inside the fee bump that the database planned, when the network asked for a higher fee; else itself. */
async function withHigherFee(context: StepContext, transaction: Submission, signedXdr: string): Promise<string> {
  const { claim, database, keyring } = context
  const { lease_token, source_account: account, channel_account: channel, network_passphrase } = claim
  if (!transaction.required_fee_stroops || !keyring.has(account, channel)) return signedXdr
  const bump = await database.planFeeBump({ transaction_id: transaction.id, lease_token })
  if (bump === null) return signedXdr
  return keyring.signFeeBump({
    account,
    channel,
    plannedXdr: bump.envelope_xdr,
    expectedHash: bump.outer_hash,
    innerXdr: signedXdr,
    maxFeePerOperation: BigInt(claim.max_fee_stroops),
    networkPassphrase: network_passphrase,
  })
}

async function submit(context: StepContext, transaction: Submission, signedXdr: string): Promise<Step> {
  const { claim, database, horizon } = context
  const lease = { transaction_id: transaction.id, lease_token: claim.lease_token }
  await database.beginSubmission({ ...lease, signed_envelope_xdr: signedXdr })
  const answer = await horizon.submit(signedXdr)
  const live = liveTransaction(claim, transaction)

  if (answer.kind === 'recorded') {
    const found = proveFound(live, { kind: 'answered', value: answer.record }, claim.network_passphrase)
    if (found.isProven) return settle(context, transaction, found.evidence)
  }
  const report = reportOf(answer)
  await database.recordSubmission({ ...lease, ...report })

  // A refusal is no proof, but the reason for it often is already in the ledger: our own success makes tx_bad_seq.
  if (report.http_status === 400) {
    const tracking = await trackTransaction(horizon, live, claim.network_passphrase)
    if (tracking.kind === 'settled') return settle(context, transaction, tracking.evidence)
  }
  return step('waiting', { code: report.transaction_code ?? `http_${report.http_status}` })
}

/** What the answer to a submission says when it proves nothing. */
function reportOf(answer: SubmitAnswer): SubmissionReport {
  if (answer.kind === 'recorded') {
    return {
      http_status: 200,
      transaction_code: null,
      operation_codes: null,
      retry_after_seconds: null,
      required_fee_stroops: null,
    }
  }
  const { kind: _, ...report } = answer
  return report
}
