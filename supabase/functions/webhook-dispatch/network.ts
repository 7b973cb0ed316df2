import type { Clock, ResolveHost } from '../_shared/worker/ports.ts'
import type { Connection } from './connection-pool.ts'
import type { Network } from './pinned-dial.ts'

/** A connection of the runtime. */
type RuntimeConnection = {
  readonly remoteAddr: { readonly hostname?: string }
  read(into: Uint8Array): Promise<number | null>
  write(bytes: Uint8Array): Promise<number>
  close(): void
  setNoDelay?(noDelay?: boolean): void
  /** Only of TLS, whose certificate is checked here and not when it starts. */
  handshake?(): Promise<unknown>
}

/** The part of the runtime that connects and resolves. */
export type NetworkRuntime = {
  readonly errors: { readonly NotFound: new () => Error }
  connect(options: { readonly hostname: string; readonly port: number }): Promise<RuntimeConnection>
  startTls(
    connection: never,
    options: { readonly hostname: string; readonly alpnProtocols: string[] },
  ): Promise<RuntimeConnection>
  resolveDns(name: string, type: 'A' | 'AAAA', options: { readonly signal: AbortSignal }): Promise<string[]>
}

/** Connections of the runtime to addresses, with TLS by name. */
export function networkOf(runtime: NetworkRuntime): Network {
  const raw = new WeakMap<Connection, { inner: RuntimeConnection }>()
  const wrap = (first: RuntimeConnection): Connection => {
    // TLS takes a connection over; to close that one is to close the other from then on.
    const held = { inner: first }
    let isClosed = false
    const connection: Connection = {
      peer: first.remoteAddr.hostname ?? '',
      read: (into) => held.inner.read(into),
      write: (bytes) => held.inner.write(bytes),
      close: () => {
        if (isClosed) return
        isClosed = true
        try {
          held.inner.close()
        } catch {
          // The other side was faster.
        }
      },
    }
    raw.set(connection, held)
    return connection
  }
  return {
    connect: async (hostname, port) => {
      const inner = await runtime.connect({ hostname, port })
      // Small requests would otherwise wait for acknowledgements.
      inner.setNoDelay?.(true)
      return wrap(inner)
    },
    startTls: async (connection, hostname) => {
      const held = raw.get(connection)
      if (held === undefined) throw new Error('This connection is not of this network.')
      held.inner = await runtime.startTls(held.inner as never, { hostname, alpnProtocols: ['http/1.1'] })
      // Deno gives up a handshake only when the other side ends the connection: a receiver that never speaks TLS costs a socket
      // for each attempt until the worker ends. The breaker and the schedule let few of them come together.
      await held.inner.handshake?.()
      return connection
    },
  }
}

const KEEP_NAMES_MS = 2_000
const MAX_NAMES = 1_000

/**
 * All addresses of a name: those of both kinds. A name may have none of one kind; any other failure means that an answer is missing.
 * An answer is kept for two seconds, so that a burst asks once.
 */
export function resolverOf(runtime: NetworkRuntime, clock: Clock): ResolveHost {
  type Known = { addresses: readonly string[] | Promise<readonly string[]>; readonly askedAtMs: number }
  const known = new Map<string, Known>()
  const lookUp = async (name: string, type: 'A' | 'AAAA', signal: AbortSignal): Promise<readonly string[]> => {
    try {
      return await runtime.resolveDns(name, type, { signal })
    } catch (error) {
      if (error instanceof runtime.errors.NotFound) return []
      throw error
    }
  }
  return (name, signal) => {
    const earlier = known.get(name)
    if (earlier !== undefined && clock.now() - earlier.askedAtMs < KEEP_NAMES_MS) return earlier.addresses
    const addresses = Promise.all([lookUp(name, 'A', signal), lookUp(name, 'AAAA', signal)]).then((found) =>
      found.flat(),
    )
    if (known.size >= MAX_NAMES) known.clear()
    const asked: Known = { addresses, askedAtMs: clock.now() }
    known.set(name, asked)
    addresses.then(
      (found) => {
        asked.addresses = found
      },
      // A failure, such as the deadline of the first caller, is no answer for the next one.
      () => known.delete(name),
    )
    return addresses
  }
}
