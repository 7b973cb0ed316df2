import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresBinaries } from './binaries.ts'
import { type Child, errorText, StartFailedError, startUntilReady } from './child.ts'
import { commandAs, type DatabaseUser, databaseUser, giveFolderTo } from './database-user.ts'
import type { Keeper } from './keeper.ts'
import { installPgtap } from './pgtap.ts'
import { onFreePort, PortTakenError } from './ports.ts'

const run = promisify(execFile)

// After a crash the server first replays its log, which takes a while on a slow disk.
const READY_WITHIN_MS = 300_000

/** The superuser, named as on Supabase. The role `postgres` is not a superuser there, and so it is not one here. */
export const SUPERUSER = 'supabase_admin'

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
  /** Whether this start initialised the folder, so that it still needs the bootstrap. */
  readonly isNew: boolean
  readonly process: Child
  stop(): Promise<void>
}

/** Starts PostgreSQL on 127.0.0.1 and resolves when it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const user = await databaseUser()
  const [isNew] = await Promise.all([initialise(options, user), installPgtap(options.binaries)])
  return onFreePort(options.port, async (port) => {
    const child = await listen(options, user, port)
    return { port, isNew, process: child, stop: () => child.stop() }
  })
}

async function initialise(options: PostgresOptions, user: DatabaseUser): Promise<boolean> {
  const { dataFolder, binaries } = options
  const exists = await access(join(dataFolder, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
  if (exists) return false
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await giveFolderTo(user, dataFolder)
  const passwordFolder = await mkdtemp(join(tmpdir(), 'payd-initdb-'))
  options.keeper.removeAtEnd(passwordFolder)
  const passwordFile = join(passwordFolder, 'password')
  try {
    await writeFile(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 })
    await giveFolderTo(user, passwordFolder)
    await giveFolderTo(user, passwordFile)
    const { command, args, ...account } = await commandAs(user, [binaries.initdb, dataFolder], binaries.initdb, [
      `--pgdata=${dataFolder}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      ...localeFlags(binaries.major),
      ...(options.durable ? [] : ['--no-sync']),
    ])
    await run(command, args, { ...account, cwd: '/' })
    return true
  } catch (cause) {
    throw new Error(initialisationFailure(options, user, cause), { cause })
  } finally {
    await rm(passwordFolder, { recursive: true, force: true })
  }
}

// The builtin provider sorts the same way on every system; before version 17 it does not exist.
const localeFlags = (major: number): string[] =>
  major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8']

function initialisationFailure(options: PostgresOptions, user: DatabaseUser, cause: unknown): string {
  const sentence = `The database folder ${options.dataFolder} cannot be initialised: ${errorText(cause).trim()}`
  if (user.uid === undefined || !/EACCES|ENOENT|permission/i.test(sentence)) return sentence
  return `${sentence}\nBecause you are root, PostgreSQL runs as the user "postgres", which must be able to enter the folders of the project and of the data. Run as an ordinary user, or move the project out of /root.`
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
