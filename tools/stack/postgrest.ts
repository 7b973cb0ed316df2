import { setTimeout as delay } from 'node:timers/promises'
import { postgrestBinary } from '../lib/binaries.ts'
import { type Child, startChild } from '../lib/child.ts'
import type { Keeper } from '../lib/keeper.ts'
import { freePort, onFreePort, PortTakenError } from '../lib/ports.ts'

const READY_WITHIN_MS = 30_000
const PROBE_EVERY_MS = 10

/** How the data API is started. */
export type PostgrestOptions = {
  /** The database, as the role authenticator. */
  readonly databaseUrl: string
  readonly jwtSecret: string
  readonly keeper: Keeper
  readonly logFile?: string
  /** More PGRST_* settings, for example PGRST_DB_PRE_REQUEST; they win. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The running data API. */
export type Postgrest = { readonly port: number; readonly process: Child; stop(): Promise<void> }

/** Starts PostgREST on a free port of 127.0.0.1 and resolves when it has read the schema. */
export function startPostgrest(options: PostgrestOptions): Promise<Postgrest> {
  return onFreePort(0, async (port) => {
    const adminPort = await freePort()
    const child = await startChild({
      name: 'PostgREST',
      command: await postgrestBinary(),
      args: [],
      env: environment(options, port, adminPort),
      keeper: options.keeper,
      ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
    })
    await untilReady(child, port, adminPort)
    return { port, process: child, stop: () => child.stop() }
  })
}

function environment(options: PostgrestOptions, port: number, adminPort: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    PGRST_DB_URI: options.databaseUrl,
    PGRST_DB_SCHEMAS: 'public',
    PGRST_DB_EXTRA_SEARCH_PATH: 'public, extensions',
    PGRST_DB_ANON_ROLE: 'anon',
    PGRST_DB_MAX_ROWS: '1000',
    PGRST_JWT_SECRET: options.jwtSecret,
    PGRST_SERVER_HOST: '127.0.0.1',
    PGRST_SERVER_PORT: String(port),
    PGRST_ADMIN_SERVER_PORT: String(adminPort),
    ...options.settings,
  }
}

async function untilReady(child: Child, port: number, adminPort: number): Promise<void> {
  let ended: string | undefined
  void child.exited.then((sentence) => {
    ended = sentence
  })
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await isReady(adminPort))) {
    if (ended !== undefined) {
      if (/address already in use|resource busy/i.test(child.tail())) throw new PortTakenError('PostgREST', port)
      throw new Error(`${ended} while starting:\n${child.tail()}`)
    }
    if (Date.now() > deadline) {
      await child.kill()
      throw new Error(`PostgREST was not ready after ${READY_WITHIN_MS / 1000} s:\n${child.tail()}`)
    }
    await delay(PROBE_EVERY_MS)
  }
}

async function isReady(adminPort: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}/ready`, { signal: AbortSignal.timeout(1_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
