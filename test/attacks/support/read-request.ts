import type { Socket } from 'node:net'

/** A request as it came: the head with its request line, and the body. */
export type ReceivedBytes = { readonly head: string; readonly body: string }

/** Reads one HTTP/1.1 request; null when the connection ends before. `rest` is what came after it. */
export async function readRequest(
  socket: Socket,
  first: Buffer,
): Promise<{ readonly request: ReceivedBytes; readonly rest: Buffer } | null> {
  let bytes: Buffer = first
  let end = bytes.indexOf('\r\n\r\n')
  while (end === -1) {
    const more = await nextChunk(socket)
    if (!more) return null
    bytes = Buffer.concat([bytes, more])
    end = bytes.indexOf('\r\n\r\n')
  }
  const head = bytes.subarray(0, end).toString('latin1')
  let body: Buffer = bytes.subarray(end + 4)
  if (/^expect:\s*100-continue/im.test(head)) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  const isChunked = /^transfer-encoding:.*chunked/im.test(head)
  const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0)
  while (isChunked ? !body.includes('0\r\n\r\n') : body.length < length) {
    const more = await nextChunk(socket)
    if (!more) return null
    body = Buffer.concat([body, more])
  }
  const size = isChunked ? body.indexOf('0\r\n\r\n') + 5 : length
  const text = body.subarray(0, size)
  return { request: { head, body: isChunked ? withoutChunks(text) : text.toString('utf8') }, rest: body.subarray(size) }
}

/** The next bytes of a connection, or null when it ends. */
export function nextChunk(socket: Socket): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const finish = (bytes: Buffer | null): void => {
      socket.pause()
      socket.off('data', finish).off('close', end).off('end', end)
      resolve(bytes)
    }
    const end = (): void => finish(null)
    if (socket.destroyed || socket.readableEnded) {
      resolve(null)
      return
    }
    socket.on('data', finish).on('close', end).on('end', end)
    socket.resume()
  })
}

function withoutChunks(bytes: Buffer): string {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const end = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16)
    if (!(size > 0)) return Buffer.concat(parts).toString('utf8')
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
