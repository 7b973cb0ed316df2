import type { Node } from './core/node.ts'
import type { Faults, Strike } from './faults/registry.ts'
import type { SandboxOptions } from './options.ts'

/** What every route works with. */
export type Services = {
  readonly node: Node
  readonly faults: Faults
  readonly options: Required<Omit<SandboxOptions, 'dataFile'>>
  readonly ledgers: LedgerClock
  readonly clock: MovableClock
}

/** What one request is answered with: the services, and the faults that strike this request. */
export type Context = Services & { readonly strikes: readonly Strike[] }

/** The timer that closes ledgers. */
export type LedgerClock = {
  /** Closes ledgers now and returns the newest sequence. */
  close(count: number): number
  stop(): void
  resume(): void
  /** Whether ledgers close by themselves at the moment. */
  running(): boolean
  /** Whether they never do. */
  readonly manual: boolean
}

/** The clock of the network: it follows the clock that the sandbox was started with, and can be moved forward. */
export type MovableClock = {
  /** Milliseconds since the epoch. */
  now(): number
  advance(ms: number): void
}
