import type { Horizon, HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { NetworkRoot } from '../_shared/stellar/horizon-records.ts'
import type { Clock, Fetch, Log } from '../_shared/worker/ports.ts'
import { horizonOpener } from '../_shared/worker/provider.ts'
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
  readonly leaseSeconds: number
  /** Of the account of a transaction. Short, because the account cannot pay while a killed worker holds it. */
  readonly transactionLeaseSeconds: number
}

export const SYNC_LIMITS: SyncLimits = {
  budgetMs: 60_000,
  deadlineMs: 110_000,
  walletBatchSize: 20,
  transactionBatchSize: 4,
  maxBatches: 50,
  historyBatchSize: 8,
  operationsPerTurn: 6_000,
  concurrency: 4,
  leaseSeconds: 60,
  transactionLeaseSeconds: 20,
}

/** One answer to a doorbell. Its parts share one start, because the platform's limit is for all of them together. */
export type SyncTurn = {
  readonly limits: SyncLimits
  readonly openHorizon: (baseUrl: string) => Horizon
  /** For questions about payments on their way, which go before all others. */
  readonly openHorizonForPayments: (baseUrl: string) => Horizon
  /** What a provider says of its network, asked at most once in a few seconds. */
  readonly rootOf: (baseUrl: string) => Promise<HorizonAnswer<NetworkRoot>>
  /** Whether there is time to claim more. */
  readonly mayClaim: () => boolean
}

/** A ledger closes in about this time. */
const ROOT_IS_NEW_MS = 5_000

/** Starts a turn now. */
export function startTurn(ports: SyncPorts, limits: SyncLimits = SYNC_LIMITS): SyncTurn {
  const startedAtMs = ports.clock.now()
  const untilMs = startedAtMs + limits.deadlineMs
  const openHorizon = horizonOpener(ports, { untilMs })
  const roots = new Map<string, { readonly atMs: number; readonly answer: Promise<HorizonAnswer<NetworkRoot>> }>()
  return {
    limits,
    openHorizon,
    rootOf: (baseUrl) => {
      const known = roots.get(baseUrl)
      if (known !== undefined && ports.clock.now() - known.atMs < ROOT_IS_NEW_MS) return known.answer
      const asked = { atMs: ports.clock.now(), answer: openHorizon(baseUrl).root() }
      roots.set(baseUrl, asked)
      return asked.answer
    },
    openHorizonForPayments: horizonOpener(ports, { untilMs, isUrgent: true }),
    mayClaim: () => ports.clock.now() - startedAtMs < limits.budgetMs,
  }
}
