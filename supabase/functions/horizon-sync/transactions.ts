import type { Horizon } from '../_shared/stellar/horizon.ts'
import { checkNetwork } from '../_shared/stellar/network.ts'
import { askSecondProvider, type Outcome as Ending } from '../_shared/stellar/second-opinion.ts'
import { readSigners } from '../_shared/stellar/signer-reading.ts'
import { trackTransaction } from '../_shared/stellar/track.ts'
import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import type { TrackingClaim } from './database.ts'
import { keepAccount } from './leases.ts'
import type { SyncPorts, SyncTurn } from './turn.ts'

/** How many transactions were claimed, and what is known of them now. */
export type TransactionCounts = {
  readonly claimed: number
  readonly settled: number
  readonly waiting: number
  readonly failed: number
}

type Outcome = 'settled' | 'waiting' | 'failed'

/** What proves the end of a transaction, or why nothing does yet. */
type Tracked = { readonly proof: string | null; readonly reason: string; readonly nextCheckSeconds: number }

const RECHECK_SECONDS = 5

/**
 * Finds out what became of the submitted transactions that no worker holds, and records what the ledger proves. It never
 * submits anything: a transaction that is still valid is left to payroll-disburse, which can have its account back as soon as
 * the ledger was asked.
 */
export async function syncTransactions(ports: SyncPorts, turn: SyncTurn): Promise<TransactionCounts> {
  const { limits } = turn
  const counts: Record<Outcome, number> = { settled: 0, waiting: 0, failed: 0 }
  const seen = new Set<number>()
  let claimed = 0
  for (let batch = 0; batch < limits.maxBatches && turn.mayClaim(); batch++) {
    // Transactions that are still waiting stay first in the queue; the batch grows by their number so that later ones are reached.
    const claims = await ports.database.claimTransactionsToTrack({
      batch_size: limits.transactionBatchSize + counts.waiting,
      lease_seconds: limits.leaseSeconds,
    })
    const fresh = claims.filter(({ transaction_id }) => !seen.has(transaction_id))
    await giveBack(
      ports,
      claims.filter(({ transaction_id }) => seen.has(transaction_id)),
    )
    if (fresh.length === 0) break
    for (const { transaction_id } of fresh) seen.add(transaction_id)
    const outcomes = await Promise.all(fresh.map((claim) => settleIfProven(ports, claim, turn)))
    for (const outcome of outcomes) counts[outcome]++
    claimed += fresh.length
  }
  return { claimed, ...counts }
}

/** Returns leases on transactions that were looked at earlier in this turn, so that other workers need not wait for them. */
async function giveBack(ports: SyncPorts, claims: readonly TrackingClaim[]): Promise<void> {
  await Promise.all(claims.map((claim) => release(ports, claim, 0)))
}

async function release(ports: SyncPorts, claim: TrackingClaim, next_check_seconds: number): Promise<void> {
  const { source_account, lease_token } = claim
  await ports.database.releaseDisbursement({ source_account, lease_token, next_check_seconds })
}

async function settleIfProven(ports: SyncPorts, claim: TrackingClaim, turn: SyncTurn): Promise<Outcome> {
  const startedAtMs = ports.clock.now()
  let outcome: Outcome = 'failed'
  let details: Readonly<Record<string, string | number>> = {}
  const lease = keepAccount(ports, turn, claim)
  try {
    const tracked = await track(ports, claim, turn)
    outcome = tracked.proof === null ? 'waiting' : 'settled'
    details = { code: tracked.proof ?? tracked.reason }
    await release(ports, claim, tracked.nextCheckSeconds)
  } catch (error) {
    // The lease ends by itself, and the worker that takes it next finds the same evidence.
    outcome = 'failed'
    details = failureFields(error)
    if (error instanceof DatabaseError && error.code === 'database_unreachable') throw error
  } finally {
    lease.end()
    const durationMs = ports.clock.now() - startedAtMs
    ports.log({ event: 'sync.transaction', outcome, transactionId: claim.transaction_id, durationMs, ...details })
  }
  return outcome
}

async function track(
  ports: SyncPorts,
  claim: TrackingClaim,
  { openHorizonForPayments: open, networkOf }: SyncTurn,
): Promise<Tracked> {
  const horizon = open(claim.horizon_url)
  const network = checkNetwork(await horizon.root(), claim.network_passphrase)
  if (network.kind !== 'same') {
    return { proof: null, reason: `network_${network.kind}`, nextCheckSeconds: RECHECK_SECONDS }
  }
  const tracking = await trackTransaction(horizon, claim, claim.network_passphrase)
  if (tracking.kind !== 'settled') {
    const reason = tracking.kind === 'open' ? 'open' : tracking.reason
    // Nothing holds payroll-disburse back from handing an open transaction over again.
    return { proof: null, reason, nextCheckSeconds: tracking.kind === 'open' ? 0 : RECHECK_SECONDS }
  }
  const { second_horizon_url } = claim
  // What others weigh who can sign as well is read anew; where it cannot be, what was read last counts.
  if (
    tracking.evidence.proof === 'sequence_used_by_other' &&
    claim.signers.some((key) => key !== claim.source_account)
  ) {
    await noteSigners(ports, claim, horizon, network.root.history_latest_ledger)
  }
  if (second_horizon_url === null) return record(ports, claim, tracking.evidence)
  // It is named when it does not keep up, because no payment ends without its word.
  const state = await networkOf(second_horizon_url, claim.network_passphrase)
  if (state.kind === 'reset' || state.kind === 'lying') {
    return { proof: null, reason: `second_provider_${state.kind}`, nextCheckSeconds: RECHECK_SECONDS }
  }
  const second = open(second_horizon_url)
  const opinion = await askSecondProvider(second, claim, tracking.evidence, claim.network_passphrase)
  if (opinion.kind !== 'agrees') {
    const reason = opinion.kind === 'silent' ? opinion.reason : 'providers_disagree'
    return { proof: null, reason, nextCheckSeconds: RECHECK_SECONDS }
  }
  return record(ports, claim, { ...tracking.evidence, second: opinion.evidence })
}

/** Hands evidence to the database. What proves nothing to it is looked for again: signatures of too little weight, for example. */
async function record(
  ports: SyncPorts,
  { transaction_id, lease_token }: TrackingClaim,
  ending: Ending,
): Promise<Tracked> {
  try {
    await ports.database.recordOutcome({ outcome: { transaction_id, ...ending }, lease_token })
    return { proof: ending.proof, reason: '', nextCheckSeconds: 0 }
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== 'evidence_proves_nothing') throw error
    return { proof: null, reason: 'evidence_refused', nextCheckSeconds: RECHECK_SECONDS }
  }
}

async function noteSigners(
  ports: SyncPorts,
  { source_account, lease_token }: TrackingClaim,
  horizon: Horizon,
  latestLedger: number,
): Promise<void> {
  const reading = readSigners(await horizon.account(source_account), { account: source_account, latestLedger })
  if (typeof reading !== 'string') await ports.database.recordSigners({ source_account, lease_token, ...reading })
}
