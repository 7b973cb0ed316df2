import type { Horizon, HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import { checkNetwork } from '../_shared/stellar/network.ts'
import type { WalletClaim, WalletState } from './database.ts'
import { mapLimited } from './map-limited.ts'
import type { SyncPorts, SyncTurn } from './turn.ts'

/** How many accounts were claimed and read, and what became of what was read. */
export type WalletCounts = {
  readonly claimed: number
  readonly read: number
  readonly unreadable: number
  readonly updated: number
  readonly unchanged: number
  readonly stale: number
}

const NONE: WalletCounts = { claimed: 0, read: 0, unreadable: 0, updated: 0, unchanged: 0, stale: 0 }

/**
 * Reads the accounts that are due from the ledger and hands their states to the database, which keeps the newest by ledger.
 * Ends early when the provider cannot be read: the accounts stay due.
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
    const done = { claimed: claims.length, read: states.length, unreadable: claims.length - states.length }
    counts = add(counts, { ...NONE, ...applied, ...done })
    ports.log({
      event: 'sync.wallets',
      outcome: done.unreadable === 0 ? 'read' : 'partly_read',
      ...done,
      updated: applied.updated,
      stale: applied.stale,
      durationMs: ports.clock.now() - batchStartedAtMs,
    })
    if (states.length === 0) break
  }
  return counts
}

async function readStates(
  claims: readonly WalletClaim[],
  openHorizon: (baseUrl: string) => Horizon,
  concurrency: number,
): Promise<readonly WalletState[]> {
  // The settings of one claim are those of all: they come from the same row of the database.
  const [first] = claims
  if (first === undefined) return []
  const horizon = openHorizon(first.horizon_url)
  if (checkNetwork(await horizon.root(), first.network_passphrase).kind !== 'same') return []

  let isSentAway = false
  const states = await mapLimited(claims, concurrency, async (claim) => {
    if (isSentAway) return null
    const answer = await horizon.account(claim.account_id)
    isSentAway ||= answer.kind === 'refused' && answer.status === 429
    return stateOf(claim, answer)
  })
  return states.filter((state) => state !== null)
}

/** An answer without its ledger is refused: it could be older than what is stored. */
function stateOf(claim: WalletClaim, answer: HorizonAnswer<AccountState>): WalletState | null {
  const { account_id, lease_token } = claim
  if (answer.kind === 'not_found' && answer.latestLedger !== null) {
    return { account_id, lease_token, ledger: answer.latestLedger, account_exists: false, balances: [] }
  }
  if (answer.kind !== 'answered' || answer.value.ledger === null || answer.value.account_id !== account_id) return null
  return { account_id, lease_token, ledger: answer.value.ledger, account_exists: true, balances: answer.value.balances }
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
