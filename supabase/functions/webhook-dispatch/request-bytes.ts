import type { DialRequest } from './dial.ts'

const ENCODER = new TextEncoder()
/** Room for a head before the place where a body begins; the bytes of a webhook are at most 20 kB. */
const HEAD_BYTES = 8_192
/** Room for a request. */
export const REQUEST_BYTES = HEAD_BYTES + 24_576
/** What no value of a header may hold. */
const UNSAFE = /[^\t\x20-\x7e]/g

/**
 * A request of HTTP/1.1 as it is written to the connection, in `room` where it has room. No value of a header can end its line. The
 * body is written first, because the head says how long it is.
 */
export function requestBytes(request: DialRequest, room: Uint8Array): Uint8Array {
  const { body } = request
  const content = ENCODER.encodeInto(body, room.subarray(HEAD_BYTES))
  if (content.read < body.length) return ENCODER.encode(headOf(request, ENCODER.encode(body).length) + body)
  const head = headOf(request, content.written)
  const start = HEAD_BYTES - head.length
  if (start >= 0) {
    // All of a head is ASCII unless a name of a header is not.
    const { read, written } = ENCODER.encodeInto(head, room.subarray(start, HEAD_BYTES))
    if (read === head.length && written === head.length) return room.subarray(start, HEAD_BYTES + content.written)
  }
  return ENCODER.encode(head + body)
}

function headOf({ url, headers }: DialRequest, length: number): string {
  let head = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: ${length}\r\n`
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value.replace(UNSAFE, '')}\r\n`
  return `${head}\r\n`
}
