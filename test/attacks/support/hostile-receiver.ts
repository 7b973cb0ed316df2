import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { type Certificate, createAuthority } from './certificates.ts'
import { type Behaviour, behave } from './hostile-behaviour.ts'
import { nextChunk, type ReceivedBytes, readRequest } from './read-request.ts'

export type { Behaviour } from './hostile-behaviour.ts'

/** Whose certificate the receiver shows; `mute` takes the connection and never speaks TLS. */
export type TlsMode = 'good' | 'wrong-name' | 'expired' | 'unknown-ca' | 'mute'

/** How a hostile receiver is set up. */
export type ReceiverOptions = {
  /** What each request gets, one after the other; the last one stays. Default 200. */
  readonly script?: readonly Behaviour[]
  /** Speaks TLS, with this certificate. */
  readonly tls?: TlsMode
  /** The names in a good certificate. Default `receiver.test`, `localhost` and `127.0.0.1`. */
  readonly names?: readonly string[]
  /** Default a free one. */
  readonly port?: number
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string
}

/** A webhook receiver on this machine that does what its script says. */
export type HostileReceiver = AsyncDisposable & {
  readonly url: string
  readonly port: number
  /** PEM of the authority that a client has to trust for a good certificate. */
  readonly ca: string
  /** What arrived, as far as the receiver read it. */
  readonly requests: readonly ReceivedBytes[]
  /** How many connections were opened, and how many still are. */
  readonly connections: () => { readonly opened: number; readonly open: number }
  close(): Promise<void>
}

/**
 * Starts a receiver that misbehaves: `await using receiver = await hostileReceiver('hang')`, or with a script and options.
 * It works on raw sockets, so that it can send what no HTTP server would.
 */
export async function hostileReceiver(setup: Behaviour | ReceiverOptions = {}): Promise<HostileReceiver> {
  const options: ReceiverOptions = isBehaviour(setup) ? { script: [setup] } : setup
  const authority = await createAuthority('The authority of this test')
  const certificate = options.tls === undefined ? null : await certificateFor(options.tls, options.names, authority)
  const requests: ReceivedBytes[] = []
  const sockets = new Set<Socket>()
  let opened = 0
  let turn = 0
  const next = (): Behaviour => {
    const { script = [200] } = options
    const behaviour = script[Math.min(turn, script.length - 1)] ?? 200
    turn += 1
    return behaviour
  }
  const server = createServer((socket) => {
    opened += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that hangs up on a hostile receiver is right to do so.
    socket.on('error', () => undefined)
    if (options.tls === 'mute') return
    const plain = certificate ? secured(socket, certificate) : socket
    void serve(plain, { next, requests, raw: socket })
  })
  const host = options.host ?? '127.0.0.1'
  server.listen(options.port ?? 0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = closerOf(server, sockets)
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    ca: authority.root,
    requests,
    connections: () => ({ opened, open: sockets.size }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function isBehaviour(setup: Behaviour | ReceiverOptions): setup is Behaviour {
  return typeof setup !== 'object' || 'kind' in setup
}

async function certificateFor(
  mode: TlsMode,
  names: readonly string[] = ['receiver.test', 'localhost', '127.0.0.1'],
  authority: Awaited<ReturnType<typeof createAuthority>>,
): Promise<Certificate> {
  switch (mode) {
    case 'wrong-name':
      return authority.issue({ names: ['somebody-else.test'] })
    case 'expired':
      return authority.issue({ names, isExpired: true })
    case 'unknown-ca':
      return (await createAuthority('An authority that nobody trusts')).issue({ names })
    default:
      return authority.issue({ names })
  }
}

function secured(socket: Socket, { key, certificate }: Certificate): TLSSocket {
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext({ key, cert: certificate }),
  })
  secure.on('error', () => undefined)
  return secure
}

/** Answers one request after the other on a connection, until the connection ends. */
async function serve(
  socket: Socket,
  { next, requests, raw }: { readonly next: () => Behaviour; readonly requests: ReceivedBytes[]; readonly raw: Socket },
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  while (!socket.destroyed) {
    // The first byte decides that a request came, so that an idle connection uses up nothing of the script.
    const first = rest.length > 0 ? rest : await nextChunk(socket)
    if (!first) return
    const behaviour = next()
    const isBlind = typeof behaviour === 'object' && (behaviour.kind === 'never-read' || behaviour.kind === 'early')
    const read = isBlind
      ? { request: { head: first.toString('latin1'), body: '' }, rest: Buffer.alloc(0) }
      : await readRequest(socket, first)
    if (!read) return
    requests.push(read.request)
    rest = read.rest
    await behave(socket, raw, behaviour)
  }
}

function closerOf(server: Server, sockets: ReadonlySet<Socket>): () => Promise<void> {
  let closing: Promise<void> | null = null
  return () => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
    return closing
  }
}
