import { formatAmount } from '../_shared/contract/amount.ts'
import type { Horizon, HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import { isCurrent } from '../_shared/stellar/is-current.ts'
import type { LedgerRpc } from '../_shared/stellar/ledger-rpc.ts'
import { mapLimited } from '../_shared/stellar/map-limited.ts'
import { checkNetwork } from '../_shared/stellar/network.ts'
import { readByHorizon, readByRpc, type WalletStates } from '../_shared/stellar/wallet-states.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import type { Log } from '../_shared/worker/ports.ts'
import { channelProblem } from './channel-state.ts'
import type { DisburseDatabase, PreflightClaim } from './database.ts'
import type { Keyring } from './sign.ts'
import { spendableXlm } from './spendable.ts'
import type { ChannelState, TreasuryState } from './treasury-state.ts'

/** What a report is read with. */
export type PreflightPorts = {
  readonly log: Log
  readonly database: DisburseDatabase
  readonly keyring: Keyring
  readonly openHorizon: (url: string) => Horizon
  readonly openRpc: (url: string) => LedgerRpc
  /** Whether there is time for more. */
  readonly mayGoOn: () => boolean
}

const LEASE_SECONDS = 20
const CONCURRENCY = 8
const SENT_AWAY_SECONDS = 10
const MAX_CLAIMS = 500
/** What a full transaction offers at least. */
const LEAST_CHANNEL_FEE_STROOPS = 100_000n

/**
 * Reads the ledger for the reports that people wished for, a hundred accounts at a time, and lets the database write them. Returns
 * how many reports were finished. A provider that gives no answer makes a report that says what is unknown.
 */
export async function answerPreflights(ports: PreflightPorts): Promise<number> {
  let finished = 0
  for (let claims = 0; claims < MAX_CLAIMS && ports.mayGoOn(); claims++) {
    const claim = await ports.database.claimPreflight({ lease_seconds: LEASE_SECONDS })
    if (claim === null) break
    try {
      if (await readFor(ports, claim)) finished++
    } catch (error) {
      // The lease ends by itself, and the report is read for again.
      ports.log({
        event: 'disburse.preflight',
        outcome: 'failed',
        id: claim.payroll_preflight_id,
        ...failureFields(error),
      })
      break
    }
  }
  return finished
}

async function readFor(ports: PreflightPorts, claim: PreflightClaim): Promise<boolean> {
  const { database } = ports
  const { payroll_preflight_id, lease_token, accounts } = claim
  const lease = { payroll_preflight_id, lease_token }
  if (accounts.length === 0) {
    await database.finishPreflight({ ...lease, treasury: await treasuryOf(ports, claim) })
    ports.log({ event: 'disburse.preflight', outcome: 'finished', id: payroll_preflight_id })
    return true
  }
  const { states, isSentAway } = await accountsOf(ports, claim)
  if (states.length > 0) {
    await database.applyWalletStates({ states: states.map((state) => ({ ...state, lease_token })) })
  }
  await database.continuePreflight({ ...lease, next_look_seconds: isSentAway ? SENT_AWAY_SECONDS : 0 })
  return false
}

async function accountsOf(ports: PreflightPorts, claim: PreflightClaim): Promise<WalletStates> {
  const { accounts, network_passphrase, rpc_url, horizon_url } = claim
  const silent = accounts.map(({ account_id }) => ({ account_id, problem: 'no_answer' }) as const)
  if (rpc_url !== null) {
    const rpc = ports.openRpc(rpc_url)
    const network = await rpc.passphrase()
    if (network.kind === 'sent_away') return { states: [], isSentAway: true }
    // What a server of another network says is about other accounts.
    if (network.kind === 'answered' && network.value !== network_passphrase)
      return { states: silent, isSentAway: false }
    if (network.kind === 'answered') return await readByRpc(rpc, accounts)
  }
  const horizon = ports.openHorizon(horizon_url)
  const network = checkNetwork(await horizon.root(), network_passphrase)
  if (network.kind === 'same') return await readByHorizon(horizon, accounts, CONCURRENCY)
  const isSentAway = network.kind === 'unknown' && network.retryAfterSeconds !== null
  return { states: isSentAway ? [] : silent, isSentAway }
}

/** What the ledger says about the account that the run would be paid from; null when it was not read. */
async function treasuryOf(ports: PreflightPorts, claim: PreflightClaim): Promise<TreasuryState | null> {
  if (claim.source_account === null) return null
  const horizon = ports.openHorizon(claim.horizon_url)
  const [root, answer, channels] = await Promise.all([
    horizon.root(),
    horizon.account(claim.source_account),
    mapLimited(claim.channels, CONCURRENCY, async (account_id) => ({
      account_id,
      answer: await horizon.account(account_id),
    })),
  ])
  const network = checkNetwork(root, claim.network_passphrase)
  if (network.kind !== 'same') return null
  const account = claim.source_account
  const latestLedger = network.root.history_latest_ledger
  return treasuryState(answer, {
    account,
    has_key: ports.keyring.has(account),
    latestLedger,
    channels: channels.flatMap(({ account_id, answer }) => {
      const has_key = ports.keyring.has(account, account_id)
      return channelState(answer, { account_id, has_key, latestLedger })
    }),
  })
}

/** What was read of a channel account; nothing where it was not read as it is now. */
function channelState(
  answer: HorizonAnswer<AccountState>,
  known: { readonly account_id: string; readonly has_key: boolean; readonly latestLedger: number },
): readonly ChannelState[] {
  const { account_id, has_key, latestLedger } = known
  if (!has_key) return [{ account_id, problem: 'key_missing', spendable: null }]
  if (answer.kind === 'not_found' && (answer.latestLedger ?? 0) >= latestLedger) {
    return [{ account_id, problem: 'account_missing', spendable: null }]
  }
  if (!isCurrent(answer, latestLedger) || answer.value.account_id !== account_id) return []
  const spendable = spendableXlm(answer.value)
  if (spendable === null) return []
  const problem = channelProblem(answer.value, LEAST_CHANNEL_FEE_STROOPS)
  return [{ account_id, problem, spendable: formatAmount(spendable > 0n ? spendable : 0n) }]
}

function treasuryState(
  answer: HorizonAnswer<AccountState>,
  known: {
    readonly account: string
    readonly has_key: boolean
    readonly latestLedger: number
    readonly channels: readonly ChannelState[]
  },
): TreasuryState | null {
  const { account, has_key, latestLedger, channels } = known
  if (answer.kind === 'not_found') {
    // An instance that lags may not know the account yet.
    if ((answer.latestLedger ?? 0) < latestLedger) return null
    return { account_exists: false, ledger: latestLedger, has_key, channels }
  }
  if (answer.kind !== 'answered' || answer.value.account_id !== account) return null
  const { ledger, balances, keeping, signers } = answer.value
  if (ledger === null || keeping === null) return null
  return { account_exists: true, ledger, has_key, channels, balances, signers, ...keeping }
}
