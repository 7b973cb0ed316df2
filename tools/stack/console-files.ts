import { readFile, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { sendJson } from './http.ts'

const PREFIX = '/console'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** What the console reads when it opens. */
export type ConsoleConfig = {
  readonly url: string
  readonly publishableKey: string
  readonly transactionLink?: string
  readonly network?: string
}

/** The built console as the gateway serves it. */
export type ConsoleFiles = {
  /** Answers a request below /console. */
  serve(response: ServerResponse, pathname: string, config: ConsoleConfig): Promise<void>
}

type StoredFile = {
  readonly type: string
  readonly body: Buffer
  readonly zipped: Buffer | undefined
  readonly caching: string
}

/** Serves the folder that the console is built into; a build that is made while the stack runs is served at once. */
export function openConsole(folder: string): ConsoleFiles {
  const read = fileReader(folder)
  return {
    serve: async (response, pathname, config) => {
      const path = pathname.slice(PREFIX.length)
      for (const [name, value] of Object.entries(safetyHeaders(config.url))) response.setHeader(name, value)
      if (path === '') return redirect(response)
      if (path === '/config.json') {
        response.setHeader('cache-control', 'no-store')
        return sendJson(response, 200, config)
      }
      const page = await read('/index.html')
      if (page === undefined) return notBuilt(response)
      // Every other address is one of a page, which the console itself knows; a file that is not there is not.
      const file = extname(path) === '' ? page : await read(path)
      if (file !== undefined) return send(response, file)
      sendJson(response, 404, { code: 'not_found', message: `There is nothing at ${pathname}.` })
    },
  }
}

function notBuilt(response: ServerResponse): void {
  sendJson(response, 503, {
    code: 'console_not_built',
    message: 'The console has not been built in this checkout.',
    hint: 'Run npm run build -w console, and load the page again.',
  })
}

/** Reads files of a folder, each once for every time it was written. */
function fileReader(folder: string): (path: string) => Promise<StoredFile | undefined> {
  const stored = new Map<string, { readonly writtenAt: number; readonly file: StoredFile }>()
  return async (path) => {
    const full = resolve(folder, `.${path}`)
    const found = full.startsWith(folder + sep) ? await stat(full).catch(() => undefined) : undefined
    if (found === undefined || !found.isFile()) return undefined
    const known = stored.get(path)
    if (known?.writtenAt === found.mtimeMs) return known.file
    const file = await store(full)
    stored.set(path, { writtenAt: found.mtimeMs, file })
    return file
  }
}

async function store(path: string): Promise<StoredFile> {
  const body = await readFile(path)
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  const isText = type !== 'font/woff2'
  return {
    type,
    body,
    zipped: isText ? await promisify(gzip)(body) : undefined,
    // The name of an asset changes with what it holds.
    caching: path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}

function send(response: ServerResponse, { type, body, zipped, caching }: StoredFile): void {
  const isZipped = zipped !== undefined && /\bgzip\b/.test(String(response.req.headers['accept-encoding'] ?? ''))
  response.writeHead(200, {
    'content-type': type,
    'cache-control': caching,
    vary: 'accept-encoding',
    ...(isZipped && { 'content-encoding': 'gzip' }),
  })
  response.end(isZipped ? zipped : body)
}

function redirect(response: ServerResponse): void {
  response.writeHead(308, { location: `${PREFIX}/` })
  response.end()
}

/** Nothing from elsewhere runs, nothing is sent elsewhere, and no other page can hold this one in a frame. */
function safetyHeaders(url: string): Readonly<Record<string, string>> {
  const live = url.replace(/^http/, 'ws')
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${url} ${live}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  }
}
