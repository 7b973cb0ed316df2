import { innerHashOf } from '../stellar/describe.ts'
import type { SubmitAnswer } from '../stellar/horizon.ts'
import { proveFound } from '../stellar/prove.ts'
import { verifySignedEnvelope } from '../stellar/sign.ts'
import type { ClaimedTransaction, SubmissionReport } from './database.ts'
import { liveTransaction, providerUnavailable, type Step, type StepContext, settle, step } from './disburse-step.ts'
import { checkNetwork } from './network.ts'
import { trackTransaction } from './track.ts'

const RECHECK_UNKNOWN_SECONDS = 5
const RECHECK_NEEDS_A_PERSON_SECONDS = 60

/** A persisted transaction on its way to the network. */
export type Submission = Pick<
  ClaimedTransaction,
  'id' | 'hash' | 'sequence' | 'maxLedger' | 'envelopeXdr' | 'signedEnvelopeXdr'
>

/**
 * Finds out what became of the transaction that is on its way, and hands the same envelope over again as long as nothing is
 * proven and it is still valid. A new transaction is never built here: only a proof frees what this one pays.
 */
export async function continueTransaction(context: StepContext, transaction: ClaimedTransaction): Promise<Step> {
  const { claim, horizon } = context
  if (innerHashOf(transaction.envelopeXdr, claim.networkPassphrase) !== transaction.hash) {
    // Prepared for another network, or damaged. What is asked of this network would say nothing about it.
    return step('envelope_mismatch', { nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })
  }
  const network = checkNetwork(await horizon.root(), claim.networkPassphrase)
  if (network.kind === 'unknown') return providerUnavailable(context, 'root_unknown', network.retryAfterSeconds)
  if (network.kind === 'other') return step('network_mismatch', { nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })

  const tracking = await trackTransaction(horizon, liveTransaction(claim, transaction), claim.networkPassphrase)
  switch (tracking.kind) {
    case 'settled':
      return settle(context, transaction, tracking.evidence)
    case 'unknown':
      return step('waiting', {
        code: tracking.reason,
        nextCheckSeconds: Math.max(tracking.retryAfterSeconds ?? 0, RECHECK_UNKNOWN_SECONDS) + context.jitterSeconds(),
      })
    case 'open':
      return signAndSubmit(context, transaction)
    default:
      return tracking satisfies never
  }
}

/** Signs the transaction if that is still to be done, and submits it. It has been persisted before. */
export async function signAndSubmit(context: StepContext, transaction: Submission): Promise<Step> {
  const { claim, keyring } = context
  if (transaction.signedEnvelopeXdr === null && !keyring.has(claim.sourceAccount)) {
    // It cannot be sent, so it ends by itself after its last ledger, and the run is stopped with the reason then.
    return step('signing_key_missing', { nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })
  }
  const signedXdr =
    transaction.signedEnvelopeXdr ??
    keyring.sign({
      account: claim.sourceAccount,
      preparedXdr: transaction.envelopeXdr,
      expectedHash: transaction.hash,
      networkPassphrase: claim.networkPassphrase,
    })
  const verdict = verifySignedEnvelope({
    signedXdr,
    expectedHash: transaction.hash,
    networkPassphrase: claim.networkPassphrase,
    signers: [claim.sourceAccount],
  })
  if (!verdict.isPrepared) {
    return step('envelope_mismatch', { code: verdict.problem, nextCheckSeconds: RECHECK_NEEDS_A_PERSON_SECONDS })
  }
  return submit(context, transaction, signedXdr)
}

async function submit(context: StepContext, transaction: Submission, signedXdr: string): Promise<Step> {
  const { claim, database, horizon } = context
  await database.beginSubmission(transaction.id, claim.leaseToken, signedXdr)
  const answer = await horizon.submit(signedXdr)
  const live = liveTransaction(claim, transaction)

  if (answer.kind === 'recorded') {
    const found = proveFound(live, { kind: 'answered', value: answer.record }, claim.networkPassphrase)
    if (found.isProven) return settle(context, transaction, found.evidence)
  }
  const report = reportOf(answer)
  await database.recordSubmission(transaction.id, claim.leaseToken, report)

  // A refusal is no proof, but the reason for it often is already in the ledger: our own success makes tx_bad_seq.
  if (report.httpStatus === 400) {
    const tracking = await trackTransaction(horizon, live, claim.networkPassphrase)
    if (tracking.kind === 'settled') return settle(context, transaction, tracking.evidence)
  }
  return step('waiting', { code: report.transactionCode ?? `http_${report.httpStatus}` })
}

function reportOf(answer: SubmitAnswer): SubmissionReport {
  if (answer.kind === 'recorded') {
    return { httpStatus: 200, transactionCode: null, operationCodes: null, retryAfterSeconds: null }
  }
  const { httpStatus, transactionCode, operationCodes, retryAfterSeconds } = answer
  return { httpStatus, transactionCode, operationCodes, retryAfterSeconds }
}
