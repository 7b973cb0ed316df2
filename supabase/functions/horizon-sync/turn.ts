import type { Horizon } from '../_shared/stellar/horizon.ts'
import type { LedgerRpc } from '../_shared/stellar/ledger-rpc.ts'
import { checkNetwork, type NetworkCheck } from '../_shared/stellar/network.ts'
import type { Clock, Fetch, Log } from '../_shared/worker/ports.ts'
import { horizonOpener, rpcOpener } from '../_shared/worker/provider.ts'
import type { ProviderBudget } from '../_shared/worker/provider-budget.ts'
import type { SyncDatabase } from './database.ts'

export type SyncPorts = {
  readonly clock: Clock
  readonly fetch: Fetch
  readonly log: Log
  readonly database: SyncDatabase
  /** The requests that the providers allow; absent where their number is not limited. */
  readonly budget?: ProviderBudget
}

export type SyncLimits = {
  /** After this time nothing more is claimed. */
  readonly budgetMs: number
  /** After this time no provider is waited for. Together with the database calls it must stay below the platform's 150 s. */
  readonly deadlineMs: number
  /** Wallets that are leased at once where RPC reads them; the database leases fewer where Horizon does. */
  readonly walletBatchSize: number
  /** Transactions leased at once. All of them are looked for at the same time, so that none is only held. */
  readonly transactionBatchSize: number
  readonly maxBatches: number
  /** Accounts whose history is walked at once. */
  readonly historyBatchSize: number
  /** How many operations of histories are decoded; the platform limits the processor time of a turn. */
  readonly operationsPerTurn: number
  /** Questions about wallets to a provider at the same time. */
  readonly concurrency: number
  /** Short, because what a killed worker holds waits as long; a worker extends what it is still reading. */
  readonly leaseSeconds: number
}

export const SYNC_LIMITS: SyncLimits = {
  budgetMs: 60_000,
  deadlineMs: 110_000,
  walletBatchSize: 198,
  transactionBatchSize: 4,
  maxBatches: 50,
  historyBatchSize: 8,
  operationsPerTurn: 6_000,
  concurrency: 4,
  leaseSeconds: 20,
}

/** Why nothing that a provider says is believed, although it names the right network. */
type Disbelieved = { readonly kind: 'reset' | 'lying' }

/** Whether an RPC server may be believed. One that is `silent` may be replaced by Horizon; one that is `sent_away` said no. */
export type RpcCheck = { readonly kind: 'same' | 'other' | 'silent' | 'sent_away' } | Disbelieved

/** One answer to a doorbell. Its parts share one start, because the platform's limit is for all of them together. */
export type SyncTurn = {
  readonly limits: SyncLimits
  readonly openHorizon: (baseUrl: string) => Horizon
  readonly openRpc: (url: string) => LedgerRpc
  /** For questions about payments on their way, which go before all others. */
  readonly openHorizonForPayments: (baseUrl: string) => Horizon
  /** What a Horizon server says of its network, asked at most once in a few seconds, and whether it may be believed. */
  readonly networkOf: (baseUrl: string, expectedPassphrase: string) => Promise<NetworkCheck | Disbelieved>
  /** The same of an RPC server. */
  readonly networkOfRpc: (url: string, expectedPassphrase: string) => Promise<RpcCheck>
  /** Whether there is time to claim more. */
  readonly mayClaim: () => boolean
}

/** A ledger closes in about this time. */
const ROOT_IS_NEW_MS = 5_000

/** An RPC server that was well serves the same network for a while: at one request a second every question counts. */
const RPC_IS_KNOWN_MS = 60_000

/** What the RPC servers said of their networks; a worker that lives on remembers it for its next turns. */
export type KnownServers = Map<string, { readonly untilMs: number; readonly answer: Promise<RpcCheck> }>

/** Starts a turn now. */
export function startTurn(
  ports: SyncPorts,
  limits: SyncLimits = SYNC_LIMITS,
  known: KnownServers = new Map(),
): SyncTurn {
  const startedAtMs = ports.clock.now()
  const untilMs = startedAtMs + limits.deadlineMs
  const openHorizon = horizonOpener(ports, { untilMs })
  const openRpc = rpcOpener(ports, { untilMs })
  return {
    limits,
    openHorizon,
    openRpc,
    networkOf: horizonChecks(ports, openHorizon),
    networkOfRpc: rpcChecks(ports, openRpc, known),
    openHorizonForPayments: horizonOpener(ports, { untilMs, isUrgent: true }),
    mayClaim: () => ports.clock.now() - startedAtMs < limits.budgetMs,
  }
}

/** Remembers what each server says of itself for about as long as a ledger takes. */
function horizonChecks(ports: SyncPorts, open: SyncTurn['openHorizon']): SyncTurn['networkOf'] {
  const known = new Map<string, { readonly untilMs: number; readonly answer: ReturnType<SyncTurn['networkOf']> }>()
  return (url, expected) => {
    const last = known.get(url)
    if (last !== undefined && ports.clock.now() < last.untilMs) return last.answer
    const answer = checkHorizon(ports, open(url), { url, expected })
    known.set(url, { untilMs: ports.clock.now() + ROOT_IS_NEW_MS, answer })
    return answer
  }
}

function rpcChecks(ports: SyncPorts, open: SyncTurn['openRpc'], known: KnownServers): SyncTurn['networkOfRpc'] {
  return async (url, expected) => {
    const key = `${expected} ${url}`
    const last = known.get(key)
    if (last !== undefined && ports.clock.now() < last.untilMs) return await last.answer
    const answer = checkRpc(ports, open(url), { url, expected })
    known.set(key, { untilMs: ports.clock.now() + ROOT_IS_NEW_MS, answer })
    const check = await answer
    if (check.kind === 'same') known.set(key, { untilMs: ports.clock.now() + RPC_IS_KNOWN_MS, answer })
    return check
  }
}

type Provider = { readonly url: string; readonly expected: string }

/** Asks a provider how far it is, and the database what that means. A provider that wants to be left alone is not judged. */
async function checkHorizon(
  ports: SyncPorts,
  horizon: Horizon,
  { url, expected }: Provider,
): ReturnType<SyncTurn['networkOf']> {
  const answer = await horizon.root()
  const network = checkNetwork(answer, expected)
  if (answer.kind === 'refused' && answer.status === 429) return network
  const root = answer.kind === 'answered' ? answer.value : null
  const state = await ports.database.reportProvider({
    provider: url,
    network_passphrase: root?.network_passphrase ?? null,
    ledger: root?.history_latest_ledger ?? null,
    closed_at: root?.history_latest_ledger_closed_at ?? null,
  })
  return state === 'reset' || state === 'lying' ? { kind: state } : network
}

async function checkRpc(ports: SyncPorts, rpc: LedgerRpc, { url, expected }: Provider): Promise<RpcCheck> {
  const passphrase = await rpc.passphrase()
  const latest = passphrase.kind === 'answered' ? await rpc.latest() : passphrase
  if (latest.kind === 'sent_away') return latest
  const isSilent = passphrase.kind !== 'answered' || latest.kind !== 'answered'
  const state = await ports.database.reportProvider({
    provider: url,
    network_passphrase: isSilent ? null : passphrase.value,
    ledger: isSilent ? null : latest.value.ledger,
    closed_at: isSilent ? null : latest.value.closedAt,
  })
  if (state === 'reset' || state === 'lying') return { kind: state }
  if (isSilent) return { kind: 'silent' }
  return { kind: passphrase.value === expected ? 'same' : 'other' }
}
