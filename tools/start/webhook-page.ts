import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { portOrAny } from '../lib/ports.ts'
import { WEBHOOK_PAGE } from './webhook-page-html.ts'

/** A page of this machine on which deliveries are seen to arrive and verify. */
export type WebhookPage = {
  /** Where a person looks. */
  readonly url: string
  /** Where deliveries go. */
  readonly hookUrl: string
  /** Verifies deliveries with this secret as well. */
  trust(secret: string): void
  close(): Promise<void>
}

/** One delivery, as the page shows it. */
type Seen = {
  readonly at: string
  readonly id: string
  readonly sequence: string
  readonly type: string
  readonly body: string
  /** Empty for a genuine one. */
  readonly problem: string
}

/** The path by which a later start finds the subscriptions of an earlier one. */
export const WEBHOOK_PAGE_PATH = '/payd-webhook-page'

const KEEP = 200
const MAX_BODY_BYTES = 64 * 1024

/** Starts the page on the port, or on a free one when it is in use. It verifies with the reference library, which is not what signs. */
export async function startWebhookPage(port: number): Promise<WebhookPage> {
  const verifiers: Webhook[] = []
  const seen: Seen[] = []
  const trust = (secret: string): void => void verifiers.unshift(new Webhook(secret))

  const receive = async (request: IncomingMessage): Promise<number> => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return 413
    const body = await buffer(request)
    const headers = request.headers as Record<string, string>
    const problem = problemOf(verifiers, body, headers)
    seen.unshift({
      at: new Date().toISOString(),
      id: String(headers['webhook-id'] ?? ''),
      sequence: String(headers['webhook-sequence'] ?? ''),
      ...readEvent(body),
      problem,
    })
    seen.length = Math.min(seen.length, KEEP)
    return problem === '' ? 204 : 401
  }
  const addSecret = async (request: IncomingMessage): Promise<number> => {
    const secret = (await buffer(request)).toString().trim()
    if (!/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) return 400
    trust(secret)
    return 204
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A page of another origin must neither read what arrived nor add a secret.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return void response.writeHead(421).end()
    const what = `${request.method} ${request.url}`
    if (what === 'GET /') {
      const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'"
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
      return void response.end(WEBHOOK_PAGE)
    }
    if (what === 'GET /deliveries') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      return void response.end(JSON.stringify({ hookUrl: `http://${request.headers.host}${WEBHOOK_PAGE_PATH}`, seen }))
    }
    // A form of another origin cannot send this type without asking.
    if (what === 'POST /secrets' && request.headers['content-type'] === 'application/x-payd-secret') {
      return void response.writeHead(await addSecret(request)).end()
    }
    if (what === `POST ${WEBHOOK_PAGE_PATH}`) return void response.writeHead(await receive(request)).end()
    response.writeHead(404).end()
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const url = `http://127.0.0.1:${await listen(server, await portOrAny(port))}`
  return { url, hookUrl: `${url}${WEBHOOK_PAGE_PATH}`, trust, close: () => closed(server) }
}

function problemOf(verifiers: readonly Webhook[], body: Buffer, headers: Record<string, string>): string {
  let problem = 'The page does not know the secret of this subscription yet.'
  for (const verifier of verifiers) {
    try {
      verifier.verify(body, headers)
      return ''
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
  }
  return problem
}

function readEvent(body: Buffer): { readonly type: string; readonly body: string } {
  const text = body.toString('utf8')
  try {
    return { type: String(JSON.parse(text).type), body: text }
  } catch {
    return { type: 'no JSON', body: text }
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
