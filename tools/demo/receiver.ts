import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'

/** A customer's system that hears of the payroll. */
export interface Receiver {
  readonly url: string
  /** Trusts deliveries signed with this secret from now on. */
  trust(secret: string): void
  /** Ids of the events that arrived, and of those whose signature was right. */
  readonly delivered: ReadonlySet<string>
  readonly verified: ReadonlySet<string>
  /** Why a delivery could not be verified; empty when all could. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** The path of every demo's receiver, by which a later demo finds the subscriptions of an earlier one. */
export const RECEIVER_PATH = '/payd-demo-receiver'

/** Far more than any event has; what is longer is no webhook of PayD. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * Listens on a free port of this machine and checks every delivery with the reference library of Standard Webhooks,
 * which is not the code that signs.
 */
export async function startReceiver(): Promise<Receiver> {
  let webhook: Webhook | undefined
  const delivered = new Set<string>()
  const verified = new Set<string>()
  const complaints: string[] = []

  const receive = async (request: IncomingMessage): Promise<number> => {
    if (request.method !== 'POST') return 405
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return 413
    const body = await buffer(request)
    // A delivery that comes before the secret is known is asked to come again.
    if (webhook === undefined) return 503
    const id = String(request.headers['webhook-id'])
    delivered.add(id)
    try {
      webhook.verify(body, request.headers as Record<string, string>)
      verified.add(id)
      return 204
    } catch (error) {
      complaints.push(`${id}: ${error instanceof Error ? error.message : String(error)}`)
      return 400
    }
  }

  const server = createServer((request, response) => {
    receive(request).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${RECEIVER_PATH}`,
    trust: (secret) => {
      webhook = new Webhook(secret)
    },
    delivered,
    verified,
    complaints,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
