import type { Connection } from './connection-pool.ts'
import { DialFailure, NO_PHASES } from './dial.ts'
import type { Network } from './pinned-dial.ts'

/** A proxy through which every webhook leaves, so that receivers see one address. */
export type WebhookProxy = {
  readonly host: string
  readonly port: number
  /** The value of `proxy-authorization`; null for a proxy that asks for none. */
  readonly authorization: string | null
}

const MAX_HEAD_BYTES = 8_192

/**
 * A network behind a proxy. A connection is asked for with CONNECT by the address that was checked and never by a name, so that
 * the proxy asks no name server either: an address cannot change between the check and the connection. TLS is between this worker
 * and the receiver, and the proxy sees neither bodies nor signatures.
 */
export function throughProxy(network: Network, proxy: WebhookProxy): Network {
  const tunnels = new WeakMap<Connection, { inner: Connection }>()
  return {
    connect: async (address, port, signal) => {
      const connection = await network.connect(proxy.host, proxy.port, signal).catch((error: unknown) => {
        throw signal.aborted ? error : failed('proxy_failed', address)
      })
      // A proxy that waits for the receiver longer than the delivery may take is not waited for.
      const close = () => connection.close()
      signal.addEventListener('abort', close, { once: true })
      try {
        await openTunnel(connection, { address, port }, proxy)
      } catch (error) {
        connection.close()
        throw error instanceof DialFailure ? error : failed('proxy_failed', address)
      } finally {
        signal.removeEventListener('abort', close)
      }
      // TLS takes the connection over.
      const held = { inner: connection }
      const tunnel: Connection = {
        peer: address,
        read: (into) => held.inner.read(into),
        write: (bytes) => held.inner.write(bytes),
        close: () => held.inner.close(),
      }
      tunnels.set(tunnel, held)
      return tunnel
    },
    startTls: async (tunnel, name) => {
      const held = tunnels.get(tunnel)
      if (held === undefined) throw new Error('This connection is not of this network.')
      held.inner = await network.startTls(held.inner, name)
      return tunnel
    },
  }
}

type Target = { readonly address: string; readonly port: number }

async function openTunnel(connection: Connection, { address, port }: Target, proxy: WebhookProxy): Promise<void> {
  const authority = `${address.includes(':') ? `[${address}]` : address}:${port}`
  const authorization = proxy.authorization === null ? '' : `proxy-authorization: ${proxy.authorization}\r\n`
  const head = `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${authorization}\r\n`
  const bytes = new TextEncoder().encode(head)
  for (let sent = 0; sent < bytes.length; ) sent += await connection.write(bytes.subarray(sent))
  const answer = await readHead(connection)
  const status = Number(/^HTTP\/1\.[01] ([1-5][0-9]{2})(?: |\r\n)/.exec(answer)?.[1] ?? 0)
  // The proxy is well and says that the receiver cannot be reached.
  if (status >= 500) throw failed('connection_failed', address)
  // The receiver speaks after the worker, so nothing may follow the head.
  if (status < 200 || status > 299 || !answer.endsWith('\r\n\r\n')) throw failed('proxy_failed', address)
}

/** The head of the answer, and what came with its last bytes. */
async function readHead(connection: Connection): Promise<string> {
  const into = new Uint8Array(MAX_HEAD_BYTES)
  let text = ''
  for (let size = 0; size < into.length && !text.includes('\r\n\r\n'); ) {
    const count = await connection.read(into.subarray(size))
    if (count === null || count === 0) throw new Error('The proxy ended the connection.')
    size += count
    text = String.fromCharCode(...into.subarray(0, size))
  }
  return text
}

function failed(problem: 'proxy_failed' | 'connection_failed', address: string): DialFailure {
  return new DialFailure(problem, NO_PHASES, problem === 'proxy_failed' ? null : address)
}
