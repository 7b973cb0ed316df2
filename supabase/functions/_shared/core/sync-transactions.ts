import type { Horizon } from '../stellar/horizon.ts'
import { DatabaseError, type TrackingClaim } from './database.ts'
import { failureFields } from './failure.ts'
import { checkNetwork } from './network.ts'
import { horizonOpener } from './open-horizon.ts'
import { SYNC_LIMITS, type SyncLimits, type SyncPorts } from './sync-wallets.ts'
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
 * submits anything: a transaction that is still valid is left to payroll-disburse.
 */
export async function syncTransactions(ports: SyncPorts, limits: SyncLimits = SYNC_LIMITS): Promise<TransactionCounts> {
  const startedAtMs = ports.clock.now()
  const openHorizon = horizonOpener(ports, { untilMs: startedAtMs + limits.deadlineMs })
  const counts: Record<Outcome, number> = { settled: 0, waiting: 0, failed: 0 }
  let claimed = 0
  const claims = await ports.database.claimTransactionsToTrack(limits.batchSize, limits.leaseSeconds)
  for (const claim of claims) {
    claimed++
    const outcome = await settleIfProven(ports, claim, () => openHorizon(claim.horizonUrl))
    counts[outcome]++
  }
  return { claimed, ...counts }
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
