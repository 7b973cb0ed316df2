import { readByHorizon, readByRpc, type WalletState } from '../_shared/stellar/wallet-states.ts'
import type { LeasedWalletState, WalletClaim } from './database.ts'
import { keepClaimed } from './leases.ts'
import type { SyncPorts, SyncTurn } from './turn.ts'

/** How many accounts were claimed and answered for, and how many wallets each kind of answer was about. */
export type WalletCounts = {
  readonly claimed: number
  readonly read: number
  readonly updated: number
  readonly unchanged: number
  /** Wallets of which newer state is known, or whose answer names a ledger that cannot exist yet. */
  readonly stale: number
  /** Wallets without an answer that can be read. */
  readonly unreadable: number
}

const NONE: WalletCounts = { claimed: 0, read: 0, updated: 0, unchanged: 0, stale: 0, unreadable: 0 }

/**
 * Reads the accounts that are due from the ledger and hands their states to the database, which keeps the newest by ledger.
 * The turn ends with the first batch that brings nothing usable: the database lets the accounts wait, longer each time.
 */
export async function syncWallets(ports: SyncPorts, turn: SyncTurn): Promise<WalletCounts> {
  const { limits } = turn
  let counts = NONE
  for (let batch = 0; batch < limits.maxBatches && turn.mayClaim(); batch++) {
    const claims = await ports.database.claimWalletsForSync({
      batch_size: limits.walletBatchSize,
      lease_seconds: limits.leaseSeconds,
    })
    if (claims.length === 0) break
    const batchStartedAtMs = ports.clock.now()
    const lease = keepClaimed(ports, turn, claims)
    const { states, applied } = await readAndApply(ports, claims, turn).finally(lease.end)
    const done = { claimed: claims.length, read: states.filter((state) => 'ledger' in state).length }
    counts = add(counts, { ...applied, ...done })
    const isUseful = applied.updated + applied.unchanged > 0
    ports.log({
      event: 'sync.wallets',
      outcome: isUseful ? 'read' : 'useless',
      ...done,
      updated: applied.updated,
      stale: applied.stale,
      unreadable: applied.unreadable,
      durationMs: ports.clock.now() - batchStartedAtMs,
    })
    if (!isUseful) break
  }
  return counts
}

async function readAndApply(ports: SyncPorts, claims: readonly WalletClaim[], turn: SyncTurn) {
  const states = await readStates(claims, turn)
  return { states, applied: states.length > 0 ? await ports.database.applyWalletStates({ states }) : NONE }
}

async function readStates(claims: readonly WalletClaim[], turn: SyncTurn): Promise<readonly LeasedWalletState[]> {
  // The settings of one claim are those of all: they come from the same row of the database.
  const [first] = claims
  if (first === undefined) return []
  const own = first.rpc_url === null ? claims : claims.filter(({ is_own }) => is_own)
  const others = first.rpc_url === null ? [] : claims.filter(({ is_own }) => !is_own)
  const states = [
    ...(own.length > 0 ? await readOwn(first, own, turn) : []),
    ...(first.rpc_url !== null && others.length > 0 ? await readOthers(first, first.rpc_url, others, turn) : []),
  ]
  const leases = new Map(claims.map(({ account_id, lease_token }) => [account_id, lease_token]))
  return states.map((state) => ({ ...state, lease_token: leases.get(state.account_id) ?? '' }))
}

/** Horizon alone lists everything that an account holds. */
async function readOwn(
  { horizon_url, network_passphrase }: WalletClaim,
  claims: readonly WalletClaim[],
  turn: SyncTurn,
): Promise<readonly WalletState[]> {
  if ((await turn.networkOf(horizon_url, network_passphrase)).kind !== 'same') return []
  return (await readByHorizon(turn.openHorizon(horizon_url), claims, turn.limits.concurrency)).states
}

/** What is known to be held is read by RPC; where that does not answer, Horizon is asked instead. */
async function readOthers(
  claim: WalletClaim,
  rpcUrl: string,
  claims: readonly WalletClaim[],
  turn: SyncTurn,
): Promise<readonly WalletState[]> {
  const network = await turn.networkOfRpc(rpcUrl, claim.network_passphrase)
  if (network.kind === 'silent') return await readOwn(claim, claims, turn)
  if (network.kind !== 'same') return []
  return (await readByRpc(turn.openRpc(rpcUrl), claims)).states
}

function add(left: WalletCounts, right: WalletCounts): WalletCounts {
  return {
    claimed: left.claimed + right.claimed,
    read: left.read + right.read,
    unreadable: left.unreadable + right.unreadable,
    updated: left.updated + right.updated,
    unchanged: left.unchanged + right.unchanged,
    stale: left.stale + right.stale,
  }
}
