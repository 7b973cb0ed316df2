import type { IncomingMessage } from 'node:http'
import { problemOfStatus } from './problem.ts'

const LIMIT = 200 * 1024
const HARD_LIMIT = 10 * LIMIT

/** The body of a request as text. Throws 413 above 200 KB. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    // A little too much is read to its end, so that the caller can read the answer; far too much ends the connection.
    if (size > HARD_LIMIT) break
    if (size <= LIMIT) chunks.push(bytes)
  }
  if (size > LIMIT) throw problemOfStatus(413, `The body is larger than ${LIMIT} bytes.`)
  return Buffer.concat(chunks).toString('utf8')
}
