import type { PostgresBinaries } from './binaries.ts'
import { type Child, StartFailedError, startUntilReady } from './child.ts'
import { commandAs, type DatabaseUser, databaseUser } from './database-user.ts'
import { initialise } from './initialise.ts'
import type { Keeper } from './keeper.ts'
import { installPgtap } from './pgtap.ts'
import { onFreePort, PortTakenError } from './ports.ts'

// After a crash the server first replays its log, which takes a while on a slow disk.
const READY_WITHIN_MS = 300_000

export { SUPERUSER } from './initialise.ts'

/** How a PostgreSQL server is started. */
export type PostgresOptions = {
  readonly binaries: PostgresBinaries
  /** The folder of the cluster; initialised when it is empty or absent. */
  readonly dataFolder: string
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number
  /** Password of the superuser; set when the folder is initialised. */
  readonly superuserPassword: string
  /** False turns off everything that protects data against a power cut. Only for data that is thrown away. */
  readonly durable: boolean
  readonly keeper: Keeper
  readonly logFile?: string
  /** Further server settings, each as `name=value`. */
  readonly settings?: readonly string[]
}

/** A running PostgreSQL server. */
export type PostgresServer = {
  readonly port: number
  readonly process: Child
  /** Ends it in good order, which flushes everything to the data folder; after `graceMs` in any way. */
  stop(graceMs?: number): Promise<void>
}

/** Starts PostgreSQL on 127.0.0.1 and resolves when it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const user = await databaseUser()
  await Promise.all([initialise(options, user), installPgtap(options.binaries)])
  return onFreePort(options.port, async (port) => {
    const child = await listen(options, user, port)
    return { port, process: child, stop: (graceMs) => child.stop(graceMs) }
  })
}

async function listen(options: PostgresOptions, user: DatabaseUser, port: number): Promise<Child> {
  try {
    const { binaries, dataFolder } = options
    const { child } = await startUntilReady({
      name: 'PostgreSQL',
      ...(await commandAs(user, [binaries.postgres, dataFolder], binaries.postgres, [
        '-D',
        dataFolder,
        ...settings(options, port).flatMap((setting) => ['-c', setting]),
      ])),
      cwd: '/',
      // SIGINT is the "fast" stop: it ends open sessions instead of waiting for them.
      stopSignal: 'SIGINT',
      keeper: options.keeper,
      ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
      readyWhen: (line) => line.includes('database system is ready to accept connections') || undefined,
      withinMs: READY_WITHIN_MS,
    })
    return child
  } catch (error) {
    if (error instanceof StartFailedError && /could not bind|address already in use/i.test(error.tail)) {
      throw new PortTakenError('PostgreSQL', port)
    }
    throw error
  }
}

function settings(options: PostgresOptions, port: number): string[] {
  const always = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    // Only TCP: a socket file would need a short path and would be one more thing to clean up.
    'unix_socket_directories=',
    'lc_messages=C',
    'timezone=UTC',
    'log_timezone=UTC',
    'max_connections=200',
    'shared_buffers=128MB',
  ]
  const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0']
  return [...always, ...(options.durable ? [] : fast), ...(options.settings ?? [])]
}
