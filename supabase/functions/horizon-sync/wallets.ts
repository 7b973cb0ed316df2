import type { Horizon } from '../_shared/stellar/horizon.ts'
import { checkNetwork } from '../_shared/stellar/network.ts'
import { readByHorizon } from '../_shared/stellar/wallet-states.ts'
import type { LeasedWalletState, WalletClaim } from './database.ts'
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
  const { limits, openHorizon } = turn
  let counts = NONE
  for (let batch = 0; batch < limits.maxBatches && turn.mayClaim(); batch++) {
    const claims = await ports.database.claimWalletsForSync({
      batch_size: limits.walletBatchSize,
      lease_seconds: limits.leaseSeconds,
    })
    if (claims.length === 0) break
    const batchStartedAtMs = ports.clock.now()
    const states = await readStates(claims, openHorizon, limits.concurrency)
    const applied = states.length > 0 ? await ports.database.applyWalletStates({ states }) : NONE
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

async function readStates(
  claims: readonly WalletClaim[],
  openHorizon: (baseUrl: string) => Horizon,
  concurrency: number,
): Promise<readonly LeasedWalletState[]> {
  // The settings of one claim are those of all: they come from the same row of the database.
  const [first] = claims
  if (first === undefined) return []
  const horizon = openHorizon(first.horizon_url)
  if (checkNetwork(await horizon.root(), first.network_passphrase).kind !== 'same') return []

  const leases = new Map(claims.map(({ account_id, lease_token }) => [account_id, lease_token]))
  const { states } = await readByHorizon(horizon, claims, concurrency)
  return states.map((state) => ({ ...state, lease_token: leases.get(state.account_id) ?? '' }))
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
