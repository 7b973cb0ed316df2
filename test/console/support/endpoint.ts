import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A customer's system on this machine, which answers what the test wants. */
export interface TestEndpoint {
  readonly url: string
  /** The `webhook-id` of every delivery, in order. */
  readonly ids: readonly string[]
  answer(status: number): void
  close(): Promise<void>
}

/** Listens on a free port and answers 204 until told otherwise. */
export async function openEndpoint(): Promise<TestEndpoint> {
  let status = 204
  const ids: string[] = []
  const server = createServer((request, response) => {
    ids.push(String(request.headers['webhook-id']))
    request.resume().on('end', () => response.writeHead(status).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/payd`,
    ids,
    answer: (wanted) => {
      status = wanted
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
