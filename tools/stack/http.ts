import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

/** An idle connection is closed here before the service closes it, so no request meets a connection that just died. */
const agent = new Agent({ keepAlive: true, timeout: 4_000, maxSockets: 256 })

/** Headers that belong to one connection and must not be passed on (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
])

type Header = string | number | string[]
type HeaderRecord = Readonly<Record<string, Header | undefined>>

/** Where a request is passed on to. */
export type ProxyTarget = {
  readonly port: number
  /** Path and query as the service shall see them. */
  readonly path: string
  /** Replaces single headers; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Rewrites the body of an answer with a status of 500 and more. */
  readonly refusal?: (status: number, body: string) => string
}

/**
 * Passes a request on to a service on this machine and streams its answer back. Rejects when the service gives none;
 * then nothing has been written to `response` unless `response.headersSent`.
 */
export async function proxy(incoming: IncomingMessage, response: ServerResponse, target: ProxyTarget): Promise<void> {
  const outgoing = request({
    agent,
    host: '127.0.0.1',
    port: target.port,
    method: incoming.method ?? 'GET',
    path: target.path,
    headers: withoutUndefined({ ...passedOn(incoming.headers), ...target.headers }),
  })
  // A client that goes away takes its request to the service with it.
  response.once('close', () => outgoing.destroy())
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.once('error', reject)
  })
  // Not `pipeline`, which would cut the client off instead of letting it read why its upload failed.
  incoming.pipe(outgoing)
  const received = await answer
  const status = received.statusCode ?? 502
  if (target.refusal && status >= 500) {
    const { 'content-length': _, ...headers } = received.headers
    const body = target.refusal(status, await text(received))
    response.writeHead(status, answerHeaders(headers, response))
    response.end(body)
    return
  }
  response.writeHead(status, answerHeaders(received.headers, response))
  await pipeline(received, response)
}

/** The request as web standards have it, for a service that lives in this process. */
export function toWebRequest(incoming: IncomingMessage, target: URL): Request {
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const headers = new Headers()
  for (const [name, value] of Object.entries(passedOn(incoming.headers))) headers.set(name, String(value))
  return new Request(target, {
    method,
    headers,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
  } as RequestInit)
}

/** Writes the answer of a service that lives in this process. */
export async function sendWebResponse(answer: Response, response: ServerResponse): Promise<void> {
  const cookies = answer.headers.getSetCookie()
  const headers = { ...Object.fromEntries(answer.headers), ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) }
  response.writeHead(answer.status, answerHeaders(headers, response))
  if (!answer.body) {
    response.end()
    return
  }
  await pipeline(Readable.fromWeb(answer.body as NodeReadableStream), response)
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...currentHeaders(response) })
  response.end(JSON.stringify(body))
}

function passedOn(headers: HeaderRecord): Record<string, Header> {
  return withoutUndefined(Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name))))
}

/** The answer of the service, where what the gateway has set already (the cross-origin rules) takes the place of its own. */
const answerHeaders = (headers: HeaderRecord, response: ServerResponse): Record<string, Header> => ({
  ...passedOn(headers),
  ...currentHeaders(response),
})

const currentHeaders = (response: ServerResponse): Record<string, Header> => withoutUndefined(response.getHeaders())

function withoutUndefined<T>(record: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined))
}
