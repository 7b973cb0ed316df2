import type { Node } from './core/node.ts'
import type { Faults } from './faults.ts'
import type { SandboxOptions } from './options.ts'

/** What every route works with. */
export type Services = {
  readonly node: Node
  readonly faults: Faults
  readonly options: Required<Omit<SandboxOptions, 'dataFile'>>
  readonly ledgers: LedgerClock
}

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
