import * as z from 'zod/mini'
import type {
  DeliveryResult,
  DisburseDatabase,
  OutcomeDatabase,
  PreparedTransaction,
  SyncDatabase,
  WalletState,
  WebhookDatabase,
} from '../core/database.ts'
import type { Evidence } from '../stellar/prove.ts'
import * as rows from './supabase-rows.ts'
import type { Rpc } from './supabase-rpc.ts'

/** The database as payroll-disburse sees it, over the data API. */
export function disburseDatabase(rpc: Rpc): DisburseDatabase {
  return {
    ...outcomeDatabase(rpc),
    claimDisbursement: async (leaseSeconds) => {
      const data = await rpc('claim_disbursement', { lease_seconds: leaseSeconds })
      const [claim] = rows.rowsOf(rows.disbursementClaim, 'claim_disbursement', data)
      return claim === undefined ? null : disbursementClaimOf(claim)
    },
    planOperations: async (payrollRunId, leaseToken, maxOperations) => {
      const data = await rpc('plan_operations', {
        payroll_run_id: payrollRunId,
        lease_token: leaseToken,
        max_operations: maxOperations,
      })
      return rows.rowsOf(rows.plannedOperation, 'plan_operations', data).map((row) => ({
        operationIndex: row.operation_index,
        employeeId: row.employee_id,
        operationType: row.operation_type,
        destination: row.destination,
        assetCode: row.asset_code,
        assetIssuer: row.asset_issuer,
        amount: row.amount,
      }))
    },
    persistTransaction: async (payrollRunId, leaseToken, transaction) => {
      const data = await rpc('persist_transaction', {
        payroll_run_id: payrollRunId,
        lease_token: leaseToken,
        ...preparedRow(transaction),
      })
      return rows.rowOf(rows.persistedTransaction, 'persist_transaction', data).id
    },
    beginSubmission: async (transactionId, leaseToken, signedXdr) => {
      await rpc('begin_submission', {
        transaction_id: transactionId,
        lease_token: leaseToken,
        signed_envelope_xdr: signedXdr,
      })
    },
    recordSubmission: async (transactionId, leaseToken, report) => {
      await rpc('record_submission', {
        transaction_id: transactionId,
        lease_token: leaseToken,
        http_status: report.httpStatus,
        transaction_code: report.transactionCode,
        operation_codes: report.operationCodes,
        retry_after_seconds: report.retryAfterSeconds,
      })
    },
    stopDisbursement: async (payrollRunId, leaseToken, code, detail) => {
      await rpc('stop_disbursement', { payroll_run_id: payrollRunId, lease_token: leaseToken, code, detail })
    },
  }
}

/** The database as horizon-sync sees it, over the data API. */
export function syncDatabase(rpc: Rpc): SyncDatabase {
  return {
    ...outcomeDatabase(rpc),
    claimWalletsForSync: async (batchSize, leaseSeconds) => {
      const data = await rpc('claim_wallets_for_sync', { batch_size: batchSize, lease_seconds: leaseSeconds })
      return rows.rowsOf(rows.walletClaim, 'claim_wallets_for_sync', data).map((row) => ({
        accountId: row.account_id,
        leaseToken: row.lease_token,
        horizonUrl: row.horizon_url,
        networkPassphrase: row.network_passphrase,
      }))
    },
    applyWalletStates: async (states) => {
      const data = await rpc('apply_wallet_states', { states: states.map(walletStateRow) })
      return rows.rowOf(rows.walletCounts, 'apply_wallet_states', data)
    },
    claimTransactionsToTrack: async (batchSize, leaseSeconds) => {
      const data = await rpc('claim_transactions_to_track', { batch_size: batchSize, lease_seconds: leaseSeconds })
      return rows.rowsOf(rows.trackingClaim, 'claim_transactions_to_track', data).map((row) => ({
        transactionId: row.transaction_id,
        hash: row.tx_hash,
        sourceAccount: row.source_account,
        sequence: row.sequence_number,
        maxLedger: row.max_ledger,
        leaseToken: row.lease_token,
        horizonUrl: row.horizon_url,
        networkPassphrase: row.network_passphrase,
      }))
    },
  }
}

/** The database as webhook-dispatch sees it, over the data API. */
export function webhookDatabase(rpc: Rpc): WebhookDatabase {
  return {
    claimWebhookDeliveries: async (batchSize, leaseSeconds) => {
      const data = await rpc('claim_webhook_deliveries', { batch_size: batchSize, lease_seconds: leaseSeconds })
      return rows.rowsOf(rows.deliveryClaim, 'claim_webhook_deliveries', data).map((row) => ({
        deliveryId: row.delivery_id,
        leaseToken: row.lease_token,
        attemptNumber: row.attempt_number,
        url: row.url,
        headers: row.headers,
        body: row.body,
        timeoutMs: row.timeout_ms,
      }))
    },
    completeWebhookDeliveries: async (results) => {
      const data = await rpc('complete_webhook_deliveries', { results: results.map(deliveryResultRow) })
      return rows.rowOf(rows.deliveryCounts, 'complete_webhook_deliveries', data)
    },
    releaseWebhookDeliveries: async (deliveryIds, leaseToken) => {
      const data = await rpc('release_webhook_deliveries', { delivery_ids: deliveryIds, lease_token: leaseToken })
      return rows.scalarOf(z.int(), 'release_webhook_deliveries', data)
    },
  }
}

function outcomeDatabase(rpc: Rpc): OutcomeDatabase {
  return {
    recordOutcome: async (transactionId, evidence, leaseToken) => {
      const outcome = { transaction_id: transactionId, ...evidenceRow(evidence) }
      await rpc('record_outcome', { outcome, lease_token: leaseToken })
    },
    releaseDisbursement: async (sourceAccount, leaseToken, nextCheckSeconds) => {
      const data = await rpc('release_disbursement', {
        source_account: sourceAccount,
        lease_token: leaseToken,
        next_check_seconds: nextCheckSeconds,
      })
      return rows.scalarOf(z.boolean(), 'release_disbursement', data)
    },
  }
}

function disbursementClaimOf(row: z.infer<typeof rows.disbursementClaim>) {
  return {
    payrollRunId: row.payroll_run_id,
    organizationId: row.organization_id,
    sourceAccount: row.source_account,
    leaseToken: row.lease_token,
    memo: row.memo,
    networkPassphrase: row.network_passphrase,
    horizonUrl: row.horizon_url,
    maxFeeStroops: BigInt(row.max_fee_stroops),
    transaction: row.transaction && {
      id: row.transaction.id,
      hash: row.transaction.tx_hash,
      envelopeXdr: row.transaction.envelope_xdr,
      signedEnvelopeXdr: row.transaction.signed_envelope_xdr,
      sequence: row.transaction.sequence_number,
      maxLedger: row.transaction.max_ledger,
      attempts: row.transaction.attempts,
      submissionState: row.transaction.submission_state,
    },
  }
}

/** The operations go back exactly as they were planned; the database compares them to the last character. */
function preparedRow(transaction: PreparedTransaction) {
  return {
    tx_hash: transaction.hash,
    envelope_xdr: transaction.envelopeXdr,
    sequence_number: transaction.sequence,
    fee_bid_stroops: transaction.feeBidStroops.toString(),
    max_ledger: transaction.maxLedger,
    max_time: new Date(transaction.maxTimeSeconds * 1000).toISOString(),
    operations: transaction.operations.map((operation) => ({
      operation_index: operation.operationIndex,
      employee_id: operation.employeeId,
      operation_type: operation.operationType,
      destination: operation.destination,
      asset_code: operation.assetCode,
      asset_issuer: operation.assetIssuer,
      amount: operation.amount,
    })),
  }
}

function evidenceRow(evidence: Evidence) {
  switch (evidence.proof) {
    case 'found_by_hash':
      return {
        proof: evidence.proof,
        successful: evidence.isSuccessful,
        ledger: evidence.ledger,
        closed_at: evidence.closedAt,
        fee_charged_stroops: evidence.feeChargedStroops,
        result_xdr: evidence.resultXdr,
        transaction_code: evidence.transactionCode,
        operation_codes: evidence.operationCodes,
      }
    case 'sequence_unused_after_bounds':
      return {
        proof: evidence.proof,
        observed_ledger: evidence.observedLedger,
        // The close time of a state is not part of Horizon's answer, so the ledger number alone proves.
        observed_closed_at: null,
        observed_sequence: evidence.observedSequence,
      }
    case 'sequence_used_by_other':
      return { proof: evidence.proof, other_tx_hash: evidence.otherHash, other_ledger: evidence.otherLedger }
    default:
      return evidence satisfies never
  }
}

function walletStateRow(state: WalletState) {
  return {
    account_id: state.accountId,
    lease_token: state.leaseToken,
    ledger: state.ledger,
    account_exists: state.accountExists,
    balances: state.balances.map((balance) => ({
      asset_code: balance.assetCode,
      asset_issuer: balance.assetIssuer,
      balance: balance.balance,
      limit: balance.limit,
      selling_liabilities: balance.sellingLiabilities,
      buying_liabilities: balance.buyingLiabilities,
      is_authorized: balance.isAuthorized,
    })),
  }
}

function deliveryResultRow(result: DeliveryResult) {
  return {
    delivery_id: result.deliveryId,
    lease_token: result.leaseToken,
    response_status: result.responseStatus,
    response_body: result.responseBody,
    error_message: result.errorMessage,
    duration_ms: result.durationMs,
    retry_after_seconds: result.retryAfterSeconds,
  }
}
