import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { control } from '../control.ts'
import { friendbot } from '../horizon/friendbot.ts'
import { readHorizon } from '../horizon/routes.ts'
import { submitTransaction, submitTransactionAsync } from '../horizon/submit.ts'
import { answerRpc } from '../rpc/rpc.ts'
import type { Services } from '../services.ts'
import { readBody } from './body.ts'
import { notFound, Problem, problemBody, problemOfStatus } from './problem.ts'
import { failWith, type Reply } from './reply.ts'

/** An HTTP server for a sandbox, not yet listening. */
export function createHttpServer(services: Services): Server {
  return createServer((request, response) => {
    void answer(services, request)
      .catch(replyToError)
      .then((reply) => send(response, reply))
  })
}

async function answer(services: Services, request: IncomingMessage): Promise<Reply> {
  const base = `http://${request.headers.host ?? '127.0.0.1'}`
  const { url } = request
  if (!url || !URL.canParse(url, base)) throw problemOfStatus(400, 'The request has no readable path.')
  const { pathname: path, searchParams: query } = new URL(url, base)
  const { method = 'GET' } = request
  if (path === '/_sandbox' || path.startsWith('/_sandbox/')) {
    return control(services, { method, path, query, body: method === 'POST' ? await readBody(request) : '' })
  }

  const limit = services.faults.rateLimiter()?.()
  if (limit && !limit.allowed) {
    throw problemOfStatus(429, 'The rate limit for the requesting IP address is over its alloted limit.', limit.headers)
  }
  const reply = await route(services, request, { base, method, path, query }).catch(replyToError)
  return limit ? withHeaders(reply, limit.headers) : reply
}

async function route(
  services: Services,
  request: IncomingMessage,
  target: {
    readonly base: string
    readonly method: string
    readonly path: string
    readonly query: URLSearchParams
  },
): Promise<Reply> {
  const { base, method, path, query } = target
  if (method === 'POST') {
    const text = await readBody(request)
    if (path === '/' || path === '/rpc') return answerRpc(services, base, text)
    const contentType = request.headers['content-type'] ?? ''
    const form = { contentType, fields: new URLSearchParams(text), base }
    if (path === '/transactions') return submitTransaction(services, form)
    if (path === '/transactions_async') return submitTransactionAsync(services, form)
    if (path === '/friendbot') return friendbot(services, base, form.fields.get('addr') ?? query.get('addr') ?? '')
    throw notFound()
  }
  if (method !== 'GET' && method !== 'HEAD') throw notFound()
  if (path === '/friendbot') return friendbot(services, base, query.get('addr') ?? '')
  // Streams are not offered: clients of the sandbox poll, as workers that cannot hold a connection must.
  if (request.headers.accept === 'text/event-stream') throw problemOfStatus(406, 'The sandbox does not stream.')
  const failure = services.faults.takeReadFailure()
  if (failure !== null) return failWith(failure)
  return readHorizon(services, { base, path, query })
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
  if (reply === 'reset' || reply === 'hang') return reply
  return { ...reply, headers: { ...reply.headers, ...headers } }
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'reset') {
    response.destroy()
    return
  }
  const text = JSON.stringify(reply.body)
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}
