import type { Server } from 'node:http'
import { createMovableClock } from './clock.ts'
import { addFault, type SandboxStatus, statusOf, surgeOf } from './control.ts'
import { createNode, type Node } from './core/node.ts'
import { type DumpPage, type DumpQuery, dumpPage } from './dump.ts'
import type { Fault } from './faults/fault.ts'
import { createFaults, failureFault, type Lag, type ReadFailure, type SubmissionFailure } from './faults/registry.ts'
import { createHttpServer } from './http/server.ts'
import { completeOptions, type SandboxOptions } from './options.ts'
import type { LedgerClock, Services } from './services.ts'

export type { SandboxStatus } from './control.ts'
export type { DumpedFee, DumpedOperation, DumpPage, DumpQuery } from './dump.ts'
export type { FailureMode, Fault, StandingFault } from './faults/fault.ts'
export type { FaultStatus, Lag, ReadFailure, SubmissionFailure } from './faults/registry.ts'
export type { SandboxOptions } from './options.ts'

/** Another Horizon and RPC of the same network, with faults of its own. */
export type Provider = AsyncDisposable & {
  readonly url: string
  addFault(fault: Fault): number
  removeFault(id: number): boolean
  setLag(lag: Lag): void
  clearFaults(): void
  close(): Promise<void>
}

/** A running Stellar network of one node, with Horizon, RPC and friendbot on one address, and hooks for tests. */
export type Sandbox = AsyncDisposable & {
  /** Horizon's base URL without a slash at the end; RPC is a POST to `/rpc`, friendbot `/friendbot?addr=G…`. */
  readonly url: string
  readonly networkPassphrase: string
  /** Stops the server and the ledgers, and gives the port and the data file back. Safe to call twice. */
  close(): Promise<void>
  /** Closes ledgers now and returns the newest sequence. */
  closeLedger(count?: number): number
  /** Moves the clock of the network forward. */
  advanceClock(seconds: number): void
  /** Ledgers stop closing by themselves, and start again. */
  stopLedgers(): void
  resumeLedgers(): void
  /** Creates accounts with 10,000 XLM each; those that exist are left alone. In manual mode it closes one ledger. */
  fund(addresses: readonly string[]): Promise<void>
  /** Turns a fault on and returns its number. */
  addFault(fault: Fault): number
  /** Turns a fault off; false when there is none with this number. */
  removeFault(id: number): boolean
  /** Opens another provider of the network, on a free port unless one is named; it closes with the sandbox at the latest. */
  openProvider(port?: number): Promise<Provider>
  failSubmissions(failure: SubmissionFailure): void
  failReads(failure: ReadFailure): void
  setLag(lag: Lag): void
  setRateLimit(on: boolean): void
  setRpcRace(on: boolean): void
  /** Stroops per operation the network asks for as long as the surge lasts; null ends it. */
  setSurge(baseFee: string | null): void
  /** Ends every fault and the surge. */
  clearFaults(): void
  /** Starts the network again at ledger 1 with the same passphrase, as a testnet reset does. */
  reset(): void
  status(): SandboxStatus
  /** Applied operations and fees in pages, for comparing books with the ledger. */
  dump(query?: DumpQuery): DumpPage
}

/**
 * Starts a sandbox on 127.0.0.1 and resolves when it listens.
 * Throws when an option makes no sense, the port is taken, or the data file belongs to another network.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const complete = completeOptions(options)
  const clock = createMovableClock(complete.clock)
  const node = createNode({
    passphrase: complete.networkPassphrase,
    clock: clock.now,
    maxOperationsPerLedger: complete.maxOperationsPerLedger,
    expectedCloseSeconds: complete.expectedCloseSeconds,
    dataFile: options.dataFile,
  })
  // A network that was stopped in its future goes on from there.
  clock.advance(Math.max(0, node.chain().latest().closedAt * 1000 - clock.now()))
  const faults = createFaults(clock.now, complete.seed)
  const ledgers = createLedgerClock(node, complete.ledgerIntervalMs)
  const services: Services = { node, faults, options: complete, ledgers, clock }
  const server = createHttpServer(services)
  const port = await listen(server, complete.port).catch((error: unknown) => {
    node.close()
    throw error
  })
  ledgers.resume()
  const servers = [server]
  const close = once(async () => {
    ledgers.stop()
    node.close()
    await Promise.all(servers.map(stopServer))
  })

  return {
    url: `http://127.0.0.1:${port}`,
    networkPassphrase: complete.networkPassphrase,
    close,
    [Symbol.asyncDispose]: close,
    closeLedger: (count = 1) => ledgers.close(count),
    advanceClock: (seconds) => clock.advance(seconds * 1000),
    stopLedgers: ledgers.stop,
    resumeLedgers: ledgers.resume,
    async fund(addresses) {
      const funded = addresses.map((address) => node.fund(address))
      if (ledgers.manual) ledgers.close(1)
      await Promise.all(funded)
    },
    addFault: (fault) => addFault(services, fault),
    removeFault: faults.remove,
    async openProvider(port = 0) {
      const own = createFaults(clock.now, `${complete.seed} provider ${servers.length}`)
      const provided: Services = { ...services, faults: own }
      const other = createHttpServer(provided)
      servers.push(other)
      const taken = await listen(other, port)
      const stop = once(() => stopServer(other))
      return {
        url: `http://127.0.0.1:${taken}`,
        addFault: (fault) => addFault(provided, fault),
        removeFault: own.remove,
        setLag: own.setLag,
        clearFaults: own.clear,
        close: stop,
        [Symbol.asyncDispose]: stop,
      }
    },
    failSubmissions({ count, stage, how }) {
      faults.add({ route: 'submissions', count, ...failureFault(how), stage })
    },
    failReads({ count, how }) {
      faults.add({ route: 'reads', count, ...failureFault(how) })
    },
    setLag: faults.setLag,
    setRateLimit: faults.setRateLimit,
    setRpcRace: faults.setRpcRace,
    setSurge: (baseFee) => node.setSurge(surgeOf(baseFee)),
    clearFaults() {
      faults.clear()
      node.setSurge(null)
    },
    reset: () => node.reset(),
    status: () => statusOf(services),
    dump: (query) => dumpPage(node.chain(), query),
  }
}

/** The port on which the server listens. Rejects when it is taken. */
function listen(server: Server, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : wanted)
    })
  })
}

/** Ends the server with every connection: requests that hang or wait for a ledger must not hold it. */
function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** The action, done at the first call; later calls get the same promise. */
function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => {
    running ??= action()
    return running
  }
}

function createLedgerClock(node: Node, intervalMs: number | 'manual'): LedgerClock {
  let timer: NodeJS.Timeout | null = null
  return {
    manual: intervalMs === 'manual',
    close(count) {
      for (let closed = 0; closed < count; closed += 1) node.closeLedger()
      return node.chain().latest().ledger
    },
    stop() {
      if (timer) clearInterval(timer)
      timer = null
    },
    resume() {
      if (intervalMs !== 'manual') timer ??= setInterval(() => void node.closeLedger(), intervalMs)
    },
    running: () => timer !== null,
  }
}
