import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { PortTakenError } from '../lib/ports.ts'
import { type Auth, authPath } from './auth.ts'
import type { ConsoleFiles } from './console-files.ts'
import type { Functions } from './functions.ts'
import { createDoorkeeper } from './gateway-keys.ts'
import { proxy, sendJson, sendWebResponse, toWebRequest } from './http.ts'
import type { StackKeys } from './keys.ts'
import type { Postgrest } from './postgrest.ts'
import type { Realtime } from './realtime/bridge.ts'
import type { StackSandbox } from './sandbox.ts'

const ALLOWED_HEADERS =
  'apikey, authorization, content-type, prefer, range, x-client-info, x-organization-id, x-supabase-api-version, accept, accept-profile, content-profile'
const EXPOSED_HEADERS =
  'content-range, content-location, location, preference-applied, retry-after, x-sb-error-code, x-supabase-api-version'

/** As long as the proxies before a hosted project keep a connection that rests. */
const KEEP_ALIVE_MS = 75_000

/** What stands behind the gateway. A part that is missing is answered with 503. */
export type GatewayParts = {
  postgrest?: Pick<Postgrest, 'port' | 'isRunning'>
  auth?: Auth
  functions?: Functions
  realtime?: Realtime
  sandbox?: StackSandbox
  console?: ConsoleFiles
}

/** The one origin of the stack. */
export type Gateway = {
  readonly url: string
  readonly port: number
  /** Filled by the stack while its parts come up. */
  readonly parts: GatewayParts
  /** Ends open connections and stops listening. Doing it twice does no harm. */
  stop(): Promise<void>
}

/**
 * Listens on 127.0.0.1 with /rest/v1, /auth/v1, /functions/v1, /realtime/v1, /console and /health. Throws PortTakenError when the port is in
 * use. It listens before the parts are up, because the edge functions need to know the address.
 */
export async function startGateway(options: { readonly port: number; readonly keys: StackKeys }): Promise<Gateway> {
  const parts: GatewayParts = {}
  const doorkeeper = createDoorkeeper(options.keys)
  // Clients rest shorter, so that no request meets a connection that is being closed at that moment.
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS })
  const port = await listen(server, options.port)
  const url = `http://127.0.0.1:${port}`
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    route({ request, response, parts, doorkeeper, url, publishableKey: options.keys.publishable }).catch(
      (error: unknown) => fail(response, error),
    )
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (parts.realtime === undefined) socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
    else parts.realtime.upgrade(request, socket, head)
  })
  return {
    url,
    port,
    parts,
    stop: async () => {
      if (!server.listening) return
      // Open WebSockets would keep the server from closing.
      await parts.realtime?.stop()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' || code === 'EACCES') throw new PortTakenError('The gateway', port)
    throw cause
  }
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : port
}

type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly parts: GatewayParts
  readonly doorkeeper: ReturnType<typeof createDoorkeeper>
  readonly url: string
  readonly publishableKey: string
  /** The address that was asked for. */
  readonly target: URL
}

async function route(arriving: Omit<Exchange, 'target'>): Promise<void> {
  const text = arriving.request.url ?? '/'
  if (!URL.canParse(text, arriving.url)) {
    return sendJson(arriving.response, 400, { code: 'invalid_address', message: `${text} is not an address.` })
  }
  // Only the resolved form is routed and passed on, so a path with dots cannot mean one thing here and another behind.
  const exchange = { ...arriving, target: new URL(text, arriving.url) }
  const { pathname } = exchange.target
  if (isUnder(pathname, '/functions/v1')) return toFunction(exchange)
  if (isUnder(pathname, '/console')) return toConsole(exchange)
  allowOrigins(exchange.response)
  if (isPreflight(exchange.request)) return preflight(exchange)
  if (pathname === '/health') return health(exchange)
  if (isUnder(pathname, '/rest/v1')) return toDataApi(exchange)
  if (isUnder(pathname, '/auth/v1')) return toAuth(exchange)
  if (isUnder(pathname, '/realtime/v1')) return realtimeOverHttp(exchange)
  const hint = 'This stack serves /rest/v1, /auth/v1, /functions/v1, /realtime/v1/websocket, /console and /health.'
  sendJson(exchange.response, 404, { code: 'not_found', message: `There is nothing at ${pathname}.`, hint })
}

const isUnder = (pathname: string, prefix: string): boolean => pathname === prefix || pathname.startsWith(`${prefix}/`)

function pathBehind(target: URL, prefix: string): string {
  return `${target.pathname.slice(prefix.length) || '/'}${target.search}`
}

async function toDataApi({ request, response, parts, doorkeeper, target }: Exchange): Promise<void> {
  const admission = doorkeeper(request.headers)
  if ('status' in admission) return sendJson(response, admission.status, admission.body)
  if (!parts.postgrest?.isRunning()) return unavailable(response, 'The data API')
  const path = pathBehind(target, '/rest/v1')
  await proxy(request, response, {
    port: parts.postgrest.port,
    path,
    refusal: withoutServerAddress,
    headers: {
      apikey: undefined,
      authorization: admission.authorization,
      'x-forwarded-for': withPeer(request.headers['x-forwarded-for'], request.socket.remoteAddress),
    },
  })
}

/** As on the platform, the last two entries are ones that a client cannot write: who connected, and the gateway itself. */
function withPeer(forwarded: string | string[] | undefined, peer: string | undefined): string {
  return [forwarded, peer, '127.0.0.1'].flat().filter(Boolean).join(', ')
}

async function toAuth({ request, response, parts, doorkeeper, target }: Exchange): Promise<void> {
  const path = target.pathname.slice('/auth/v1'.length)
  const kind = authPath(path)
  if (kind === undefined) {
    const hint = 'See https://supabase.com/docs/reference/self-hosting-auth for what the auth service has.'
    return sendJson(response, 404, {
      code: 'not_found',
      message: `The auth service has nothing at ${path || '/'}.`,
      hint,
    })
  }
  const admission = doorkeeper(request.headers)
  if (kind === 'keyed' && 'status' in admission) return sendJson(response, admission.status, admission.body)
  if (!parts.auth) return unavailable(response, 'The auth service')
  await sendWebResponse(await parts.auth.fetch(toWebRequest(request, target)), response)
}

/** The console is of this origin, so it needs no cross-origin rules. */
async function toConsole({ response, parts, target, url, publishableKey }: Exchange): Promise<void> {
  const { console: files, sandbox } = parts
  if (!files) return unavailable(response, 'The console')
  await files.serve(response, target.pathname, {
    url,
    publishableKey,
    ...(sandbox && { transactionLink: `${sandbox.url}/transactions/{hash}`, network: sandbox.networkPassphrase }),
  })
}

function realtimeOverHttp({ response }: Exchange): void {
  const hint = 'Join a private channel over /realtime/v1/websocket; messages are sent by the database.'
  sendJson(response, 404, { code: 'not_served', message: 'This stack serves Realtime over WebSockets only.', hint })
}

/** The workers check the key themselves and answer no browser, so nothing is added or taken away here. */
async function toFunction({ request, response, parts, target }: Exchange): Promise<void> {
  const name = target.pathname.split('/')[3] ?? ''
  if (!parts.functions) return unavailable(response, 'The edge runtime')
  if (!parts.functions.names.includes(name)) {
    const hint = `There are: ${parts.functions.names.join(', ') || 'none'}.`
    return sendJson(response, 404, { code: 'NOT_FOUND', message: `There is no edge function "${name}".`, hint })
  }
  const port = await parts.functions.portOf(name)
  if (port === undefined) return unavailable(response, `The edge function ${name}`)
  try {
    await proxy(request, response, { port, path: pathBehind(target, '/functions/v1') })
  } catch (error) {
    if (!response.destroyed) await parts.functions.afterLostAnswer(name)
    throw error
  }
}

function health({ response, parts }: Exchange): void {
  const functions = Object.fromEntries(
    (parts.functions?.names ?? []).map((name) => [name, parts.functions?.isRunning(name)]),
  )
  const hasData = parts.postgrest?.isRunning() ?? false
  const isReady = hasData && parts.auth !== undefined
  const body = {
    status: isReady ? 'ready' : 'starting',
    data: hasData,
    auth: parts.auth !== undefined,
    functions,
    ...(parts.sandbox && { sandbox: parts.sandbox.isRunning() }),
  }
  sendJson(response, isReady ? 200 : 503, body)
}

function allowOrigins(response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-expose-headers', EXPOSED_HEADERS)
}

const isPreflight = (request: IncomingMessage): boolean =>
  request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined

function preflight({ response }: Exchange): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': '3600',
  })
  response.end()
}

function unavailable(response: ServerResponse, what: string): void {
  response.setHeader('retry-after', '1')
  sendJson(response, 503, {
    code: 'unavailable',
    message: `${what} is not running.`,
    hint: 'Try again in a moment; the log folder of the stack says more.',
  })
}

/** A service that gave no answer, or broke off in the middle of one. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  // It was not reached at all, so the request did nothing.
  if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
    unavailable(response, 'The service behind the gateway')
    return
  }
  sendJson(response, 502, {
    code: 'bad_gateway',
    message: 'The service behind the gateway broke off without an answer.',
    hint: 'The log folder of the stack says more.',
  })
}

/** An answer of the data API about a lost database, which would name the host and the port of the server. */
function withoutServerAddress(status: number, body: string): string {
  if (status < 500) return body
  return body.replaceAll(/connection to server at (?:\\"|[^"\\])*?failed: /g, '')
}
