import type { DialRequest } from './dial.ts'

const ENCODER = new TextEncoder()
/** Where a body is encoded to be counted and copied: the bytes of a webhook are at most 20 kB. */
const scratch = new Uint8Array(65_536)
/** What no value of a header may hold. */
const UNSAFE = /[^\t\x20-\x7e]/g

/** A request of HTTP/1.1 as it is written to the connection. No value of a header can end its line. */
export function requestBytes({ url, headers, body }: DialRequest): Uint8Array {
  const content = encoded(body)
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

/** The bytes of a text, until the next text. */
function encoded(text: string): Uint8Array {
  const { read, written } = ENCODER.encodeInto(text, scratch)
  return read === text.length ? scratch.subarray(0, written) : ENCODER.encode(text)
}
