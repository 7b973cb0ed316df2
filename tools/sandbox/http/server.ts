import { createServer, type IncomingMessage, type Server } from 'node:http'
import { control } from '../control.ts'
import { toid } from '../core/history.ts'
import { harmAnswer } from '../faults/answer.ts'
import { isSubmission } from '../faults/match.ts'
import { failureOf } from '../faults/registry.ts'
import { friendbot } from '../horizon/friendbot.ts'
import { readHorizon } from '../horizon/routes.ts'
import { submitTransaction, submitTransactionAsync } from '../horizon/submit.ts'
import { answerRpc, parseRpc } from '../rpc/rpc.ts'
import type { Context, Services } from '../services.ts'
import { readBody } from './body.ts'
import { notFound, Problem, problemBody, problemOfStatus } from './problem.ts'
import { failWith, type Reply } from './reply.ts'
import { send } from './send.ts'
import { openStream } from './stream.ts'

/** An HTTP server for a sandbox, not yet listening. */
export function createHttpServer(services: Services): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void answer(services, request)
      .catch(replyToError)
      .then((reply) => send(response, reply))
  })
}

/**
 * How long a connection without a request stays open, in milliseconds. Closing thousands of ledgers takes seconds in
 * which no request is read, and the network's own servers keep connections for a minute too.
 */
const KEEP_ALIVE_MS = 75_000

/** What a caller sent, read to its end. */
type Target = {
  readonly base: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: string
}

async function answer(services: Services, request: IncomingMessage): Promise<Reply> {
  const base = `http://${request.headers.host ?? '127.0.0.1'}`
  const { url } = request
  if (!url || !URL.canParse(url, base)) throw problemOfStatus(400, 'The request has no readable path.')
  const { pathname: path, searchParams: query } = new URL(url, base)
  const { method = 'GET' } = request
  const isControl = path === '/_sandbox' || path.startsWith('/_sandbox/')
  if (method === 'OPTIONS' && !isControl) return preflight(request)
  const limit = isControl ? undefined : services.faults.rateLimiter()?.()
  if (limit && !limit.allowed) {
    throw problemOfStatus(429, 'The rate limit for the requesting IP address is over its alloted limit.', limit.headers)
  }
  const body = method === 'POST' ? await readBody(request) : ''
  if (isControl) {
    // A web page that a developer visits must not turn the network over.
    const { origin } = request.headers
    if (origin !== undefined && origin !== base) throw problemOfStatus(403, 'Control routes are not for web pages.')
    return control(services, { method, path, query, body })
  }
  const contentType = request.headers['content-type'] ?? ''
  const target = { base, method, path, query, contentType, body }
  const isStream = method === 'GET' && (request.headers.accept ?? '').includes('text/event-stream')
  const reply = isStream
    ? await streamOf(services, target, String(request.headers['last-event-id'] ?? ''))
    : await withFaults(services, target).catch(replyToError)
  return withHeaders(reply, { ...CORS, ...limit?.headers })
}

// Browsers may read everything but the control routes, as they may at a public Horizon.
const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Date, Latest-Ledger' }

function preflight(request: IncomingMessage): Reply {
  const headers = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, OPTIONS',
    'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '*',
    'Access-Control-Max-Age': '600',
  }
  return { status: 204, body: null, text: '', headers }
}

/** A stream of what a GET answers; each ledger costs what a request costs, and meets the faults of one. */
function streamOf(services: Services, target: Target, lastEventId: string): Promise<Reply> {
  const { node, faults } = services
  const from = lastEventId === '' ? (target.query.get('cursor') ?? '') : lastEventId
  // What comes after now is fixed at the beginning, or every ledger would begin again.
  const cursor = from === 'now' ? toid(node.chain().latest().ledger, 0xfffff, 0xfff).toString() : from
  let isFirst = true
  const read = async (at: string | null): Promise<Reply> => {
    const limit = isFirst ? undefined : faults.rateLimiter()?.()
    isFirst = false
    if (limit && !limit.allowed) return replyToError(problemOfStatus(429, 'Rate limit exceeded.', limit.headers))
    const query = new URLSearchParams(target.query)
    if (at !== null && at !== '') query.set('cursor', at)
    return withFaults(services, { ...target, query }).catch(replyToError)
  }
  const limit = Number(target.query.get('limit') ?? 10)
  return openStream(node, read, { cursor: cursor === '' ? null : cursor, limit: limit > 0 ? limit : 10 })
}

async function withFaults(services: Services, target: Target): Promise<Reply> {
  const { method, path, query, body } = target
  const rpcMethod = method === 'POST' && isRpc(path) ? (parseRpc(body)?.method ?? '') : null
  const facts = { method, path, rpcMethod, text: `${path}?${query}\n${body}` }
  const strikes = services.faults.take(facts)
  const failure = failureOf(strikes)
  const isLate = isSubmission(facts) && failure?.stage === 'after'
  if (failure && !isLate) return failWith(failure)
  const reply = await route({ ...services, strikes }, target).catch(replyToError)
  return harmAnswer(reply, strikes)
}

async function route(context: Context, target: Target): Promise<Reply> {
  const { base, method, path, query, contentType, body } = target
  if (method === 'POST') {
    if (isRpc(path)) return answerRpc(context, base, body)
    const form = { contentType, fields: new URLSearchParams(body), base }
    if (path === '/transactions') return submitTransaction(context, form)
    if (path === '/transactions_async') return submitTransactionAsync(context, form)
    if (path === '/friendbot') return friendbot(context, base, form.fields.get('addr') ?? query.get('addr') ?? '')
    throw notFound()
  }
  if (method !== 'GET' && method !== 'HEAD') throw notFound()
  if (path === '/friendbot') return friendbot(context, base, query.get('addr') ?? '')
  return readHorizon(context, { base, keepsMeta: context.options.keepsMeta, path, query })
}

function isRpc(path: string): boolean {
  return path === '/' || path === '/rpc'
}

function replyToError(error: unknown): Reply {
  if (error instanceof Problem) {
    const headers = { 'Content-Type': 'application/problem+json; charset=utf-8', ...error.headers }
    return { status: error.status, body: problemBody(error), headers }
  }
  // A mistake of the sandbox itself: say so in the answer and keep serving.
  console.error(error)
  const detail = error instanceof Error ? error.message : String(error)
  return replyToError(problemOfStatus(500, `The sandbox failed: ${detail}`))
}

function withHeaders(reply: Reply, headers: Record<string, string>): Reply {
  if (typeof reply === 'string' || 'stream' in reply) return reply
  return { ...reply, headers: { ...reply.headers, ...headers } }
}
