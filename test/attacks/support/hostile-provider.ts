import {
  createSandbox,
  type Fault,
  type Provider,
  type Sandbox,
  type SandboxOptions,
} from '../../../tools/sandbox/index.ts'

/** A Stellar network with two providers: one that lies as it is told, and one that does not. */
export type HostileProvider = AsyncDisposable & {
  /** Horizon of the hostile provider; its RPC is at `/rpc`. */
  readonly url: string
  readonly rpcUrl: string
  /** Horizon of an honest provider of the same network. */
  readonly honestUrl: string
  readonly sandbox: Sandbox
  readonly networkPassphrase: string
  /** Milliseconds of the network's clock, which only `tick` moves. */
  readonly now: () => number
  /** Five seconds pass and a ledger closes, so many times. */
  tick(ledgers?: number): void
  /** So much time passes and no ledger closes: the network itself stands still. */
  standStill(ms: number): void
  /** Turns faults of the hostile provider on; gives the way to turn them off. */
  lie(...faults: readonly Fault[]): () => void
  /** Ends every fault. */
  tellTheTruth(): void
  close(): Promise<void>
}

/**
 * Starts a sandbox over real HTTP with faults.
 *
 * @example
 * await using provider = await hostileProvider({ route: 'submissions', kind: 'status', status: 504, stage: 'after' })
 * await provider.sandbox.fund([treasury])
 * provider.lie({ kind: 'holder', account: treasury, sequence: '4294967297', envelope: 'wrong-signer' })
 */
export async function hostileProvider(...setup: readonly (Fault | SandboxOptions)[]): Promise<HostileProvider> {
  let nowMs = Date.UTC(2027, 0, 1)
  const faults = setup.filter((part): part is Fault => 'kind' in part)
  const options = Object.assign({}, ...setup.filter((part) => !('kind' in part)))
  const sandbox = await createSandbox({
    ledgerIntervalMs: 'manual',
    clock: () => nowMs,
    submitTimeoutMs: 50,
    ...options,
  })
  const honest: Provider = await sandbox.openProvider()
  const lie: HostileProvider['lie'] = (...added) => {
    const ids = added.map((fault) => sandbox.addFault(fault))
    return () => {
      for (const id of ids) sandbox.removeFault(id)
    }
  }
  lie(...faults)
  return {
    url: sandbox.url,
    rpcUrl: `${sandbox.url}/rpc`,
    honestUrl: honest.url,
    sandbox,
    networkPassphrase: sandbox.networkPassphrase,
    now: () => nowMs,
    tick(ledgers = 1) {
      for (let closed = 0; closed < ledgers; closed += 1) {
        nowMs += 5_000
        sandbox.closeLedger()
      }
    },
    standStill(ms) {
      nowMs += ms
    },
    lie,
    tellTheTruth: sandbox.clearFaults,
    close: sandbox.close,
    [Symbol.asyncDispose]: sandbox.close,
  }
}
