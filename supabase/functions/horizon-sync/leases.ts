import { mapLimited } from '../_shared/stellar/map-limited.ts'
import { type KeptLease, keepExtending } from '../_shared/worker/lease.ts'
import type { SyncPorts, SyncTurn } from './turn.ts'

/** Extends what was claimed at once while it is being read. All of one claim has one token. */
export function keepClaimed(
  ports: SyncPorts,
  { limits }: SyncTurn,
  claims: readonly { readonly lease_token: string }[],
): KeptLease {
  const [first] = claims
  if (first === undefined) return { end: () => undefined }
  const { lease_token } = first
  const lease_seconds = limits.leaseSeconds
  return keepExtending(ports, {
    leaseSeconds: lease_seconds,
    extend: () => ports.database.extendSyncLeases({ lease_token, lease_seconds }),
    event: 'sync.lease',
  })
}

/** Works on what was claimed at once, some of it at a time, and extends all of it meanwhile. */
export async function mapKept<Claim extends { readonly lease_token: string }, Result>(
  ports: SyncPorts,
  turn: SyncTurn,
  claims: readonly Claim[],
  work: (claim: Claim) => Promise<Result>,
): Promise<readonly Result[]> {
  const lease = keepClaimed(ports, turn, claims)
  return await mapLimited(claims, turn.limits.concurrency, work).finally(lease.end)
}

/** Extends the lease of the account of a transaction while the ledger is asked about it. */
export function keepAccount(
  ports: SyncPorts,
  { limits }: SyncTurn,
  claim: { readonly transaction_id: number; readonly source_account: string; readonly lease_token: string },
): KeptLease {
  const { source_account, lease_token } = claim
  const lease_seconds = limits.leaseSeconds
  return keepExtending(ports, {
    leaseSeconds: lease_seconds,
    extend: () => ports.database.extendDisbursement({ source_account, lease_token, lease_seconds }),
    event: 'sync.lease',
    details: { transactionId: claim.transaction_id },
  })
}
