import type { Horizon, HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import { checkNetwork } from '../_shared/stellar/network.ts'
import type { WalletClaim, WalletState } from './database.ts'
import { mapLimited } from './map-limited.ts'
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

/** An answer without its ledger is of no use: it could be older than what is stored. Null when the provider sent us away. */
function stateOf(claim: WalletClaim, answer: HorizonAnswer<AccountState>): WalletState | null {
  const { account_id, lease_token } = claim
  const lease = { account_id, lease_token }
  switch (answer.kind) {
    case 'answered': {
      const { ledger, sequence, balances } = answer.value
      if (ledger === null || answer.value.account_id !== account_id) return { ...lease, problem: 'no_answer' }
      return { ...lease, ledger, account_exists: true, sequence, balances }
    }
    case 'not_found':
      if (answer.latestLedger === null) return { ...lease, problem: 'no_answer' }
      return { ...lease, ledger: answer.latestLedger, account_exists: false, sequence: null, balances: [] }
    case 'refused':
      return answer.status === 429 ? null : { ...lease, problem: 'no_answer' }
    case 'silent':
      return { ...lease, problem: answer.reason === 'malformed' ? 'balance_unreadable' : 'no_answer' }
    default:
      return answer satisfies never
  }
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
