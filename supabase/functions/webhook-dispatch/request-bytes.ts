import type { DialRequest } from './dial.ts'

const ENCODER = new TextEncoder()
/** What no value of a header may hold. */
const UNSAFE = /[^\t\x20-\x7e]/g

/** A request of HTTP/1.1 as it is written to the connection. No value of a header can end its line. */
export function requestBytes({ url, headers, body }: DialRequest): Uint8Array {
  const content = ENCODER.encode(body)
  let head = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: ${content.length}\r\n`
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value.replace(UNSAFE, '')}\r\n`
  head += '\r\n'
  // All of a head is ASCII unless a name of a header is not.
  const bytes = new Uint8Array(head.length + content.length)
  const { read, written } = ENCODER.encodeInto(head, bytes)
  if (read === head.length && written === head.length) {
    bytes.set(content, written)
    return bytes
  }
  return ENCODER.encode(head + body)
}
