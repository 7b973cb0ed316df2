import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Connection } from '../../../supabase/functions/webhook-dispatch/connection-pool.ts'
import type { Network } from '../../../supabase/functions/webhook-dispatch/pinned-dial.ts'

/** The sockets of Node behind the port of the dialler; a certificate authority that a test trusts, and what was connected to. */
export function nodeNetwork(options: { readonly ca?: string } = {}) {
  const connected: string[] = []
  const sockets = new Map<Connection, Socket>()
  const network: Network = {
    connect: async (address, port) => {
      connected.push(`${address} ${port}`)
      const socket = connectTcp(port, address)
      await once(socket, 'connect').catch((error: NodeJS.ErrnoException) => {
        throw named(error)
      })
      return wrap(socket, sockets)
    },
    startTls: async (connection, name) => {
      const socket = sockets.get(connection)
      if (!socket) throw new Error('This connection is not of this network.')
      socket.removeAllListeners()
      const secure = connectTls({ socket, servername: name, ...(options.ca === undefined ? {} : { ca: options.ca }) })
      await once(secure, 'secureConnect')
      return wrap(secure, sockets)
    },
  }
  return { network, connected }
}

function wrap(socket: Socket, sockets: Map<Connection, Socket>): Connection {
  const chunks: Buffer[] = []
  let end: Error | 'end' | null = null
  let wake: (() => void) | null = null
  const note = (): void => wake?.()
  socket.setNoDelay(true)
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    if (chunks.length > 64) socket.pause()
    note()
  })
  socket.on('end', () => {
    end ??= 'end'
    note()
  })
  socket.on('close', () => {
    end ??= 'end'
    note()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    end ??= named(error)
    note()
  })
  const connection: Connection = {
    peer: socket.remoteAddress ?? '',
    read: async (into) => {
      while (chunks.length === 0 && end === null) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const chunk = chunks.shift()
      socket.resume()
      if (chunk === undefined) {
        if (end instanceof Error) throw end
        return null
      }
      if (chunk.length > into.length) chunks.unshift(chunk.subarray(into.length))
      into.set(chunk.subarray(0, into.length))
      return Math.min(chunk.length, into.length)
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(named(error)) : resolve(bytes.length)))
      }),
    close: () => socket.destroy(),
  }
  sockets.set(connection, socket)
  return connection
}

/** Errors by the names that Deno gives them. */
function named(error: NodeJS.ErrnoException): Error {
  const names: Record<string, string> = {
    ECONNREFUSED: 'ConnectionRefused',
    ECONNRESET: 'ConnectionReset',
    EPIPE: 'BrokenPipe',
  }
  const name = names[error.code ?? '']
  return name === undefined ? error : Object.assign(new Error(error.message), { name })
}
