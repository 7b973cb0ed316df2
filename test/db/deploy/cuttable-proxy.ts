import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that can be cut like a cable. */
export type CuttableProxy = {
  /** The same address through the proxy. */
  through(url: string): string
  /** Ends every connection, and refuses new ones until `mend`. */
  cut(): void
  mend(): void
  /** Cuts as soon as a client sends these bytes; the server still gets them when `deliver` is true. */
  cutWhenSent(bytes: string, deliver: boolean): void
  /** Ends the connection on which a client sends these bytes when the server answers them; new connections work. */
  loseAnswerTo(bytes: string): void
  close(): Promise<void>
}

/** Starts a proxy in front of a server of this machine. */
export async function startProxy(port: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  let unanswered: string | undefined
  let trigger: { bytes: string; deliver: boolean } | undefined
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const server = createServer((client) => {
    if (isCut) return void client.resetAndDestroy()
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.end()
      })
    }
    let isLost = false
    upstream.on('data', (data) => {
      if (isLost) return void client.resetAndDestroy()
      client.write(data)
    })
    client.on('data', (data) => {
      if (unanswered !== undefined && data.includes(unanswered)) {
        unanswered = undefined
        isLost = true
      }
      const fires = trigger !== undefined && data.includes(trigger.bytes)
      if (!fires) return void upstream.write(data)
      const { deliver } = trigger ?? { deliver: false }
      trigger = undefined
      isCut = true
      client.resetAndDestroy()
      if (!deliver) return cut()
      // The server gets the message and commits; the answer is lost.
      upstream.write(data, () => cutOthers(upstream))
    })
  })
  const cutOthers = (kept: Socket): void => {
    for (const socket of sockets) if (socket !== kept) socket.resetAndDestroy()
    kept.end()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const own = typeof address === 'object' && address ? address.port : 0
  return {
    through: (url) => {
      const changed = new URL(url)
      changed.port = String(own)
      return changed.href
    },
    cut,
    mend: () => {
      isCut = false
    },
    cutWhenSent: (bytes, deliver) => {
      trigger = { bytes, deliver }
    },
    loseAnswerTo: (bytes) => {
      unanswered = bytes
    },
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
