import { once } from 'node:events'
import { createServer } from 'node:net'

const ATTEMPTS = 5

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port number.')
  return address.port
}

/** Whether a program listens on this port of 127.0.0.1 (or the port may not be used). */
async function isPortTaken(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return false
  } catch {
    return true
  } finally {
    server.close()
  }
}

/** Thrown by a start that lost its port to somebody else; only this error makes `onFreePort` try again. */
export class PortTakenError extends Error {
  readonly port: number
  constructor(what: string, port: number) {
    super(`${what} cannot listen on port ${port}: something else already does.`)
    this.name = 'PortTakenError'
    this.port = port
  }
}

/** The wished port, or 0 (any free one) when it is in use. */
export async function portOrAny(wished: number): Promise<number> {
  return wished !== 0 && (await isPortTaken(wished)) ? 0 : wished
}

/**
 * Runs `start` with the wished port, or with a free one when the wish is 0. Between finding a free port and using it
 * another program may take it, so a lost race for a free port is run again with another one.
 */
export async function onFreePort<T>(wished: number, start: (port: number) => Promise<T>): Promise<T> {
  if (wished !== 0) return start(wished)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort())
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === ATTEMPTS) throw error
    }
  }
}
