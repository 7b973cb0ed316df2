import { setTimeout as delay } from 'node:timers/promises'
import { postgrestBinary } from '../lib/binaries.ts'
import { type Child, startChild } from '../lib/child.ts'
import { errorText } from '../lib/error-text.ts'
import type { Keeper } from '../lib/keeper.ts'
import { freePort, onFreePort, PortTakenError } from '../lib/ports.ts'

const READY_WITHIN_MS = 30_000
const PROBE_EVERY_MS = 10
/** How often in a row it is started again before that is given up. */
const RESTARTS = 5
const FIRST_WAIT_MS = 50
/** A run that lasted this long was a good one, so its end counts as the first in a row. */
const STEADY_AFTER_MS = 60_000

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
export type Postgrest = {
  readonly port: number
  readonly pid: number
  isRunning(): boolean
  /** Resolves with a sentence when it ends again and again and is not started any more. */
  readonly gaveUp: Promise<string>
  stop(): Promise<void>
}

/**
 * Starts PostgREST on a free port of 127.0.0.1 and resolves when it has read the schema. When it ends without having been
 * asked to, it is started again on the same port.
 */
export async function startPostgrest(options: PostgrestOptions): Promise<Postgrest> {
  const adminPort = await freePort()
  const first = await onFreePort(0, async (port) => ({ port, child: await launch(options, port, adminPort) }))
  let child = first.child
  let isStopped = false
  let tellEnd: (sentence: string) => void = () => undefined
  const gaveUp = new Promise<string>((resolve) => {
    tellEnd = resolve
  })

  const keepUp = async (): Promise<void> => {
    for (let failures = 0; !isStopped; ) {
      const startedAt = performance.now()
      const sentence = await child.exited
      if (isStopped) return
      failures = performance.now() - startedAt > STEADY_AFTER_MS ? 1 : failures + 1
      if (failures > RESTARTS) return tellEnd(`${sentence}.\n${child.tail()}`)
      await delay(2 ** failures * FIRST_WAIT_MS)
      if (isStopped) return
      child = await spawn(options, first.port, adminPort)
    }
  }
  keepUp().catch((error: unknown) => tellEnd(errorText(error)))
  return {
    port: first.port,
    get pid() {
      return child.pid
    },
    isRunning: () => child.isRunning(),
    gaveUp,
    stop: () => {
      isStopped = true
      return child.stop()
    },
  }
}

async function launch(options: PostgrestOptions, port: number, adminPort: number): Promise<Child> {
  const child = await spawn(options, port, adminPort)
  await untilReady(child, port, adminPort)
  return child
}

async function spawn(options: PostgrestOptions, port: number, adminPort: number): Promise<Child> {
  return startChild({
    name: 'PostgREST',
    command: await postgrestBinary(),
    args: [],
    env: environment(options, port, adminPort),
    keeper: options.keeper,
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
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
