import type { DialRequest } from './dial.ts'

/** A request of HTTP/1.1 as it is written to the connection. No value of a header can end its line. */
export function requestBytes({ url, headers, body }: DialRequest): Uint8Array {
  const encoder = new TextEncoder()
  const content = encoder.encode(body)
  const lines = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    `content-length: ${content.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[^\t\x20-\x7e]/g, '')}`),
  ]
  const head = encoder.encode(`${lines.join('\r\n')}\r\n\r\n`)
  const bytes = new Uint8Array(head.length + content.length)
  bytes.set(head)
  bytes.set(content, head.length)
  return bytes
}
