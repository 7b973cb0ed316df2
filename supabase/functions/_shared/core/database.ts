import type { ErrorShape } from '../contract/errors.ts'
import type { AccountBalance } from '../stellar/horizon-records.ts'
import type { PlannedOperation } from '../stellar/plan.ts'
import type { Evidence } from '../stellar/prove.ts'

/** A refusal or failure of the database. `code` is stable; `lease_lost` means that another worker has taken over. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly code: string
  readonly hint: string | null
  readonly status: number

  constructor(shape: ErrorShape, action: string) {
    super(`Could not ${action}: ${shape.message}`)
    this.code = shape.code
    this.hint = shape.hint
    this.status = shape.status
  }
}

/** Work on one source account, leased to this worker until the lease ends or is released. */
export type DisbursementClaim = {
  readonly payrollRunId: number
  readonly organizationId: number
  readonly sourceAccount: string
  readonly leaseToken: string
  readonly memo: string | null
  readonly networkPassphrase: string
  readonly horizonUrl: string
  /** The most that one operation may offer as fee. */
  readonly maxFeeStroops: bigint
  /** The transaction whose fate is open, or null when the next one may be prepared. */
  readonly transaction: ClaimedTransaction | null
}

export type ClaimedTransaction = {
  readonly id: number
  readonly hash: string
  readonly envelopeXdr: string
  readonly signedEnvelopeXdr: string | null
  readonly sequence: string
  readonly maxLedger: number
  readonly attempts: number
  readonly submissionState: string
}

/** A planned operation with its place in the transaction and the employee it pays. */
export type EmployeeOperation = PlannedOperation & {
  readonly operationIndex: number
  readonly employeeId: number
}

export type PreparedTransaction = {
  readonly hash: string
  readonly envelopeXdr: string
  readonly sequence: string
  /** For the whole transaction. */
  readonly feeBidStroops: bigint
  readonly maxLedger: number
  readonly maxTimeSeconds: number
  readonly operations: readonly EmployeeOperation[]
}

/** What a submission came back with when that proves nothing. */
export type SubmissionReport = {
  /** 0 when there was no answer. */
  readonly httpStatus: number
  readonly transactionCode: string | null
  readonly operationCodes: readonly string[] | null
  readonly retryAfterSeconds: number | null
}

export type WalletClaim = {
  readonly accountId: string
  readonly leaseToken: string
  readonly horizonUrl: string
  readonly networkPassphrase: string
}

/** A Stellar account as of one ledger. */
export type WalletState = {
  readonly accountId: string
  readonly leaseToken: string
  readonly ledger: number
  readonly accountExists: boolean
  readonly balances: readonly AccountBalance[]
}

export type TrackingClaim = {
  readonly transactionId: number
  readonly hash: string
  readonly sourceAccount: string
  readonly sequence: string
  readonly maxLedger: number
  readonly leaseToken: string
  readonly horizonUrl: string
  readonly networkPassphrase: string
}

export type DeliveryClaim = {
  readonly deliveryId: number
  readonly leaseToken: string
  readonly attemptNumber: number
  readonly url: string
  /** Signed in the database; the secret never leaves it. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
}

export type DeliveryResult = {
  readonly deliveryId: number
  readonly leaseToken: string
  readonly responseStatus: number | null
  readonly responseBody: string | null
  readonly errorMessage: string | null
  readonly durationMs: number
  readonly retryAfterSeconds: number | null
}

/** What records a transaction's fate. Refuses evidence that proves nothing, and is the same when told twice. */
export type OutcomeDatabase = {
  recordOutcome(transactionId: number, evidence: Evidence, leaseToken: string): Promise<void>
  /** Gives the source account back; `nextCheckSeconds` 0 leaves the database's own schedule as it is. */
  releaseDisbursement(sourceAccount: string, leaseToken: string, nextCheckSeconds: number): Promise<boolean>
}

/** The part of the database that payroll-disburse works with. */
export type DisburseDatabase = OutcomeDatabase & {
  claimDisbursement(leaseSeconds: number): Promise<DisbursementClaim | null>
  planOperations(payrollRunId: number, leaseToken: string, maxOperations: number): Promise<readonly EmployeeOperation[]>
  /** Stores the transaction before it is signed, and returns its id. */
  persistTransaction(payrollRunId: number, leaseToken: string, transaction: PreparedTransaction): Promise<number>
  /** Stores that the signed envelope is about to be handed over. Called before every single submission. */
  beginSubmission(transactionId: number, leaseToken: string, signedXdr: string): Promise<void>
  recordSubmission(transactionId: number, leaseToken: string, report: SubmissionReport): Promise<void>
  stopDisbursement(payrollRunId: number, leaseToken: string, code: string, detail: string): Promise<void>
}

/** The part of the database that horizon-sync works with. */
export type SyncDatabase = OutcomeDatabase & {
  claimWalletsForSync(batchSize: number, leaseSeconds: number): Promise<readonly WalletClaim[]>
  applyWalletStates(states: readonly WalletState[]): Promise<{
    readonly updated: number
    readonly unchanged: number
    readonly stale: number
  }>
  claimTransactionsToTrack(batchSize: number, leaseSeconds: number): Promise<readonly TrackingClaim[]>
}

/** The part of the database that webhook-dispatch works with. */
export type WebhookDatabase = {
  claimWebhookDeliveries(batchSize: number, leaseSeconds: number): Promise<readonly DeliveryClaim[]>
  completeWebhookDeliveries(results: readonly DeliveryResult[]): Promise<{
    readonly delivered: number
    readonly retrying: number
    readonly dead: number
    readonly stale: number
  }>
  releaseWebhookDeliveries(deliveryIds: readonly number[], leaseToken: string): Promise<number>
}
