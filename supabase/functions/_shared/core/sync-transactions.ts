import type { Horizon } from '../stellar/horizon.ts'
import { DatabaseError, type TrackingClaim } from './database.ts'
import { failureFields } from './failure.ts'
import { checkNetwork } from './network.ts'
import type { SyncPorts, SyncTurn } from './sync-turn.ts'
import { trackTransaction } from './track.ts'

/** How many transactions were claimed, and what is known of them now. */
export type TransactionCounts = {
  readonly claimed: number
  readonly settled: number
  readonly waiting: number
  readonly failed: number
}

type Outcome = 'settled' | 'waiting' | 'failed'

const RECHECK_SECONDS = 5

/**
 * Finds out what became of the submitted transactions that nobody is working on, and records what the ledger proves. It never
 * submits anything: a transaction that is still valid is left to payroll-disburse, which can have its account back as soon as
 * the ledger was asked.
 */
export async function syncTransactions(ports: SyncPorts, turn: SyncTurn): Promise<TransactionCounts> {
  const { limits, openHorizon } = turn
  const counts: Record<Outcome, number> = { settled: 0, waiting: 0, failed: 0 }
  const seen = new Set<number>()
  let claimed = 0
  for (let batch = 0; batch < limits.maxBatches && turn.mayClaim(); batch++) {
    // What waits is still the longest due and comes again, so the claim is larger by that, or it would never get past it.
    const batchSize = limits.transactionBatchSize + counts.waiting
    const claims = await ports.database.claimTransactionsToTrack(batchSize, limits.leaseSeconds)
    const fresh = claims.filter(({ transactionId }) => !seen.has(transactionId))
    await giveBack(
      ports,
      claims.filter(({ transactionId }) => seen.has(transactionId)),
    )
    if (fresh.length === 0) break
    for (const { transactionId } of fresh) seen.add(transactionId)
    const outcomes = await Promise.all(
      fresh.map((claim) => settleIfProven(ports, claim, () => openHorizon(claim.horizonUrl))),
    )
    for (const outcome of outcomes) counts[outcome]++
    claimed += fresh.length
  }
  return { claimed, ...counts }
}

/** Nobody asked the ledger for these again, so whoever wants to work on them need not wait. */
async function giveBack(ports: SyncPorts, claims: readonly TrackingClaim[]): Promise<void> {
  await Promise.all(claims.map((claim) => ports.database.releaseDisbursement(claim.sourceAccount, claim.leaseToken, 0)))
}

async function settleIfProven(ports: SyncPorts, claim: TrackingClaim, open: () => Horizon): Promise<Outcome> {
  const startedAtMs = ports.clock.now()
  let outcome: Outcome = 'failed'
  let details: Readonly<Record<string, string | number>> = {}
  try {
    const tracked = await track(ports, claim, open())
    outcome = tracked.proof === null ? 'waiting' : 'settled'
    details = { code: tracked.proof ?? tracked.reason }
    await ports.database.releaseDisbursement(claim.sourceAccount, claim.leaseToken, tracked.nextCheckSeconds)
  } catch (error) {
    // The lease ends by itself; whoever takes it then finds the same evidence.
    outcome = 'failed'
    details = failureFields(error)
    if (error instanceof DatabaseError && error.code === 'database_unreachable') throw error
  } finally {
    const durationMs = ports.clock.now() - startedAtMs
    ports.log({ event: 'sync.transaction', outcome, transactionId: claim.transactionId, durationMs, ...details })
  }
  return outcome
}

async function track(
  ports: SyncPorts,
  claim: TrackingClaim,
  horizon: Horizon,
): Promise<{ readonly proof: string | null; readonly reason: string; readonly nextCheckSeconds: number }> {
  const network = checkNetwork(await horizon.root(), claim.networkPassphrase)
  if (network.kind !== 'same') {
    return { proof: null, reason: `network_${network.kind}`, nextCheckSeconds: RECHECK_SECONDS }
  }
  const { hash, sourceAccount, sequence, maxLedger } = claim
  const live = { hash, sourceAccount, sequence, maxLedger }
  const tracking = await trackTransaction(horizon, live, claim.networkPassphrase)
  if (tracking.kind !== 'settled') {
    const reason = tracking.kind === 'open' ? 'open' : tracking.reason
    // Nothing holds payroll-disburse back from handing an open transaction over again.
    return { proof: null, reason, nextCheckSeconds: tracking.kind === 'open' ? 0 : RECHECK_SECONDS }
  }
  await ports.database.recordOutcome(claim.transactionId, tracking.evidence, claim.leaseToken)
  return { proof: tracking.evidence.proof, reason: '', nextCheckSeconds: 0 }
}
