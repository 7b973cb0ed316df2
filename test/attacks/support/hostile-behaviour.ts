import { once } from 'node:events'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

/** What a receiver does with a request. A number is an ordinary answer with this status. */
export type Behaviour =
  | number
  /** The request is read and never answered. */
  | 'hang'
  /** The connection ends properly, or by RST, without an answer. */
  | 'hang-up'
  | 'reset'
  /** RST in the middle of an answer, and an end before the promised length. */
  | 'reset-in-answer'
  | 'cut'
  /** 200 with a length, and then nothing. */
  | 'head-then-hang'
  /** A banner of another protocol. */
  | 'not-http'
  /** Two different lengths, a length beside chunks, and a chunk of nearly 2^64 bytes. */
  | 'two-lengths'
  | 'length-and-chunks'
  | 'chunk-bomb'
  /** 101 to a protocol that was not asked for. */
  | 'switching'
  /** An ordinary answer with a status and headers. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** A byte of the answer, its head included, every `everyMs`. */
  | { readonly kind: 'trickle'; readonly everyMs: number }
  /** 200, and a body of `everyMs` pieces that never ends. */
  | { readonly kind: 'endless-body'; readonly everyMs?: number }
  /** 200, and headers that never end; `one` is a single header that never does. */
  | { readonly kind: 'header-bomb'; readonly one?: boolean }
  /** 100 Continue again and again; with `thenOk`, so many and then 200. */
  | { readonly kind: 'continue-flood'; readonly thenOk?: number }
  /** 200 with so many bytes of this text, `SASASA…` by default: it looks like base64 and like padding. */
  | { readonly kind: 'huge'; readonly bytes: number; readonly text?: string }
  /** 200 with so many bytes of zeros, packed to a thousandth. */
  | { readonly kind: 'gzip-bomb'; readonly bytes: number }
  /** An ordinary answer, and bytes after it: what a kept connection would take for the next answer. */
  | { readonly kind: 'bytes-after'; readonly status?: number; readonly bytes?: string }
  /** The request is never read, so that a large body fills the connection. */
  | { readonly kind: 'never-read' }
  /** The answer comes before the request was read, which is never read to its end. */
  | { readonly kind: 'early'; readonly status: number }

/**
 * Does it. Resolves when the connection may take the next request, or has ended. `raw` is the connection below TLS, or the same.
 */
export async function behave(socket: Socket, raw: Socket, behaviour: Behaviour): Promise<void> {
  if (typeof behaviour === 'number') return write(socket, answer(behaviour))
  if (typeof behaviour === 'string') return behaveSimply(socket, raw, behaviour)
  switch (behaviour.kind) {
    case 'answer':
      return write(socket, answer(behaviour.status, behaviour.body, behaviour.headers))
    case 'redirect':
      return write(socket, answer(behaviour.status ?? 302, '', { Location: behaviour.to }))
    case 'early':
      await write(socket, answer(behaviour.status))
      return ended(socket)
    case 'never-read':
      return ended(socket)
    case 'bytes-after':
      return write(socket, answer(behaviour.status ?? 200) + (behaviour.bytes ?? answer(200, 'of nobody')))
    case 'gzip-bomb': {
      const packed = bombOf(behaviour.bytes)
      const head = headOf(200, { 'Content-Encoding': 'gzip', 'Content-Length': String(packed.length) })
      return write(socket, Buffer.concat([Buffer.from(head), packed]))
    }
    case 'huge':
      await write(socket, headOf(200, { 'Content-Length': String(behaviour.bytes) }))
      return pour(socket, behaviour.text ?? 'SA', behaviour.bytes)
    case 'trickle':
      for (const byte of Buffer.from(answer(200, 'thank you'))) {
        await pause(socket, behaviour.everyMs)
        await write(socket, Buffer.from([byte]))
      }
      return
    case 'endless-body':
      await write(socket, headOf(200, { 'Transfer-Encoding': 'chunked' }))
      return repeat(socket, '4\r\nmore\r\n', behaviour.everyMs)
    case 'header-bomb':
      await write(socket, `HTTP/1.1 200 OK\r\n${behaviour.one ? 'X-Long: ' : ''}`)
      return repeat(socket, behaviour.one ? 'SA'.repeat(500) : `X-More: ${'SA'.repeat(500)}\r\n`)
    case 'continue-flood':
      return floodWithContinue(socket, behaviour.thenOk)
  }
}

const bombs = new Map<number, Buffer>()

/** Packing takes a while, in which no receiver of the process answers; the bomb of one size is packed once. */
export function bombOf(bytes: number): Buffer {
  const packed = bombs.get(bytes) ?? gzipSync(Buffer.alloc(bytes))
  bombs.set(bytes, packed)
  return packed
}

async function behaveSimply(socket: Socket, raw: Socket, behaviour: Extract<Behaviour, string>): Promise<void> {
  switch (behaviour) {
    case 'hang':
      return ended(socket)
    case 'hang-up':
      socket.end()
      return ended(socket)
    case 'reset':
      return reset(raw)
    case 'reset-in-answer':
      await write(socket, `${headOf(200, { 'Content-Length': '1000' })}some`)
      return reset(raw)
    case 'cut':
      await write(socket, `${headOf(200, { 'Content-Length': '1000' })}some`)
      socket.end()
      return ended(socket)
    case 'head-then-hang':
      await write(socket, headOf(200, { 'Content-Length': '1000' }))
      return ended(socket)
    case 'not-http':
      await write(socket, 'SSH-2.0-OpenSSH_9.9\r\n')
      return ended(socket)
    case 'two-lengths':
      return write(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nsome')
    case 'length-and-chunks':
      return write(
        socket,
        `${headOf(200, { 'Content-Length': '4', 'Transfer-Encoding': 'chunked' })}2\r\nok\r\n0\r\n\r\n`,
      )
    case 'chunk-bomb':
      await write(socket, `${headOf(200, { 'Transfer-Encoding': 'chunked' })}fffffffffffffff0\r\n`)
      return pour(socket, 'SA', Number.POSITIVE_INFINITY)
    case 'switching':
      return write(socket, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: something\r\n\r\n')
  }
}

const REASONS: Readonly<Record<number, string>> = { 200: 'OK', 302: 'Found', 404: 'Not Found', 410: 'Gone' }

function headOf(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}\r\n${lines.join('\r\n')}\r\n\r\n`
}

function answer(status: number, body = '', headers: Readonly<Record<string, string>> = {}): string {
  return `${headOf(status, { 'Content-Length': String(Buffer.byteLength(body)), ...headers })}${body}`
}

async function floodWithContinue(socket: Socket, thenOk: number | undefined): Promise<void> {
  const line = 'HTTP/1.1 100 Continue\r\n\r\n'
  if (thenOk === undefined) return repeat(socket, line)
  for (let sent = 0; sent < thenOk && !socket.destroyed; sent += 1) await write(socket, line)
  return write(socket, answer(200))
}

/** Writes and waits until the other side takes more. */
async function write(socket: Socket, bytes: string | Buffer): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return
  const done = new AbortController()
  // A side that hangs up takes nothing more.
  await Promise.race([
    once(socket, 'drain', { signal: done.signal }),
    once(socket, 'close', { signal: done.signal }),
  ]).catch(() => undefined)
  done.abort()
}

async function pour(socket: Socket, text: string, size: number): Promise<void> {
  const block = text.repeat(Math.ceil(65_536 / text.length)).slice(0, 65_536)
  for (let left = size; left > 0 && !socket.destroyed; left -= block.length) {
    await write(socket, left < block.length ? block.slice(0, left) : block)
  }
}

async function repeat(socket: Socket, text: string, everyMs = 0): Promise<void> {
  while (!socket.destroyed) {
    await write(socket, text)
    await pause(socket, everyMs)
  }
}

/** Waits; the end of the connection ends the wait. */
function pause(socket: Socket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      socket.off('close', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    socket.on('close', finish)
  })
}

function reset(raw: Socket): Promise<void> {
  raw.resetAndDestroy()
  return ended(raw)
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
    // Somebody who hangs up is only noticed while somebody reads.
    socket.resume()
  })
}
