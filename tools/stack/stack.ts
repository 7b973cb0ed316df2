import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Keeper, startKeeper } from '../lib/keeper.ts'
import { portOrAny } from '../lib/ports.ts'
import { projectRoot } from '../lib/project.ts'
import { startAuth } from './auth.ts'
import { openConsole } from './console-files.ts'
import { openDataFolder } from './data-folder.ts'
import { configureDatabase, type StackDatabase, startDatabase } from './database.ts'
import { functionEnvironment, functionNetwork } from './function-environment.ts'
import { type Functions, functionNames, startFunctions } from './functions.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { createDoorkeeper } from './gateway-keys.ts'
import { signJwt } from './jwt.ts'
import { loadKeys, type StackKeys } from './keys.ts'
import { releaseLeases } from './leases.ts'
import { forgetData, recordingKeeper, stopLeftovers } from './leftovers.ts'
import { loadLite } from './lite.ts'
import { lockFolder } from './lock.ts'
import { fileLog } from './log.ts'
import { applyMigrations } from './migrate.ts'
import { type Postgrest, startPostgrest } from './postgrest.ts'
import { startRealtime } from './realtime/bridge.ts'
import { announceRunning, withdrawRunning } from './running.ts'
import { type StackSandbox, startSandbox } from './sandbox.ts'
import { type Scheduler, startScheduler } from './scheduler.ts'
import type { Stack, StackOptions } from './stack-options.ts'
import { allOrNothing, type Closer, closeAll, timed } from './steps.ts'

export type { Progress, Stack, StackOptions } from './stack-options.ts'

const SANDBOX_PASSPHRASE = 'PayD Sandbox ; local'

/** What every part of a starting stack gets to know. */
type Context = {
  readonly options: StackOptions
  readonly projectFolder: string
  readonly dataDir: string
  readonly logFolder: string
  readonly keys: StackKeys
  readonly keeper: Keeper
  /** What has to be undone on stop; undone in reverse order. */
  readonly closers: Closer[]
}

/**
 * Starts a complete stack and resolves when all of it is ready. Throws when a part does not start (after ending the
 * others), PortTakenError when a wished port is in use, FolderInUseError when another stack runs in `dataDir`.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const closers: Closer[] = []
  try {
    const context = await prepare(options, closers)
    return await assemble(context)
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

/** Takes the data folder, ends what a crashed run left there, and puts a keeper in place. */
async function prepare(options: StackOptions, closers: Closer[]): Promise<Context> {
  const dataDir = await openDataFolder(options.dataDir)
  if (options.dataDir === undefined) closers.push(() => rm(dataDir, { recursive: true, force: true }))
  const lock = lockFolder(dataDir)
  closers.push(async () => lock.release())
  await timed(
    options,
    'clean up after an earlier run',
    () => stopLeftovers(dataDir),
    (count) => count > 0,
  )
  if (options.fresh) await forgetData(dataDir)
  const logFolder = join(dataDir, 'logs')
  await mkdir(logFolder, { recursive: true })
  const plainKeeper = startKeeper()
  if (options.dataDir === undefined) plainKeeper.removeAtEnd(dataDir)
  closers.push(() => plainKeeper.close())
  const keeper = recordingKeeper(plainKeeper, dataDir)
  const keys = await loadKeys(dataDir)
  const projectFolder = options.projectFolder ?? projectRoot()
  return { options, projectFolder, dataDir, logFolder, keys, keeper, closers }
}

/** Starts the parts, beside each other where one does not need the other. */
async function assemble(context: Context): Promise<Stack> {
  const { options, keys, closers, logFolder } = context
  // Loading it takes longer than anything but the database itself, so it begins now.
  loadLite().catch(() => undefined)
  const gateway = await startGateway({ port: options.port ?? 0, keys })
  closers.push(() => gateway.stop())
  gateway.parts.console = openConsole(options.consoleFolder ?? join(projectRoot(), 'console', 'dist'))

  const [sandbox, functions, data] = await allOrNothing([
    openSandbox(context, gateway),
    openFunctions(context, gateway),
    openData(context, gateway),
  ])
  const { database, postgrest } = data
  const network = sandbox
    ? { passphrase: sandbox.networkPassphrase, horizonUrl: sandbox.url, rpcUrl: sandbox.rpcUrl }
    : options.network
  await configureDatabase(database.url, network)
  if (!options.database) await releaseLeases(database.url)
  // Registered a second time, so that a stop closes the gateway first: no request reaches a part that is ending.
  closers.push(() => gateway.stop())
  const scheduler = await openScheduler(context, gateway, database, functions)
  await announceRunning(context.dataDir, {
    pid: process.pid,
    url: gateway.url,
    databaseUrl: database.url,
    horizonUrl: network?.horizonUrl,
    hasSandbox: sandbox !== undefined,
  })
  closers.push(() => withdrawRunning(context.dataDir))
  const { failed, expectEnd } = watchForFailure(database, postgrest, sandbox)
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    expectEnd()
    stopping ??= closeAll(closers)
    return stopping
  }
  return {
    url: gateway.url,
    databaseUrl: database.url,
    adminUrl: database.adminUrl,
    dataDir: context.dataDir,
    logFolder,
    keys: { publishable: keys.publishable, secret: keys.secret, cron: keys.cron, jwtSecret: keys.jwtSecret },
    treasury: { publicKey: keys.treasury.publicKey },
    signJwt: (claims, jwtOptions) => signJwt(keys.jwtSecret, claims, jwtOptions),
    sandbox,
    network,
    functions,
    scheduler,
    failed,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function openSandbox(context: Context, gateway: Gateway): Promise<StackSandbox | undefined> {
  const wanted = context.options.sandbox ?? {}
  if (wanted === false || context.options.network !== undefined) return undefined
  return timed(context.options, 'Stellar sandbox', async () => {
    const sandbox = await startSandbox({
      ledgerIntervalMs: wanted.ledgerIntervalMs ?? 1000,
      networkPassphrase: wanted.networkPassphrase ?? SANDBOX_PASSPHRASE,
      port: await portOrAny(context.options.sandboxPort ?? 0),
      dataFile: join(context.dataDir, 'ledger.jsonl'),
      logFile: join(context.logFolder, 'sandbox.log'),
      keeper: context.keeper,
    })
    context.closers.push(() => sandbox.stop())
    gateway.parts.sandbox = sandbox
    return sandbox
  })
}

async function openFunctions(context: Context, gateway: Gateway): Promise<Functions> {
  const { options, keys } = context
  const folder = join(context.projectFolder, 'supabase', 'functions')
  const wanted = options.functions ?? true
  const names = wanted === true ? await functionNames(folder) : wanted || []
  return timed(options, 'edge functions', async () => {
    const functions = await startFunctions({
      folder,
      names,
      environmentOf: (name) => ({ ...functionEnvironment(name, gateway.url, keys), ...options.secrets }),
      networkOf: (name) => functionNetwork(name, options.sandbox !== false && options.network === undefined),
      logFolder: context.logFolder,
      keeper: context.keeper,
    })
    context.closers.push(() => functions.stop())
    gateway.parts.functions = functions
    return functions
  })
}

/** Database, migrations, data API and auth service: each needs the one before. */
async function openData(
  context: Context,
  gateway: Gateway,
): Promise<{ readonly database: StackDatabase; readonly postgrest: Postgrest }> {
  const { options, keys, keeper, closers, logFolder } = context
  const database = await startDatabase(options, { ...context, logFile: join(logFolder, 'postgres.log') })
  closers.push(async () => database.server?.stop())
  closers.push(() => database.kept)
  if (!options.database) {
    await timed(options, 'migrations', () =>
      applyMigrations(context.projectFolder, database.url, { seed: options.seed ?? false }),
    )
  }
  const [postgrest, auth] = await allOrNothing([
    timed(options, 'PostgREST', async () => {
      const started = await startPostgrest({
        databaseUrl: database.authenticatorUrl,
        jwtSecret: keys.jwtSecret,
        keeper,
        logFile: join(logFolder, 'postgrest.log'),
        settings: options.postgrest ?? {},
      })
      closers.push(() => started.stop())
      return started
    }),
    timed(options, 'auth service', () =>
      startAuth({
        databaseUrl: database.url,
        gatewayUrl: gateway.url,
        mailFile: join(logFolder, 'mail.log'),
        keys,
      }),
    ),
    database.kept,
  ])
  closers.push(() => auth.close())
  gateway.parts.postgrest = postgrest
  gateway.parts.auth = auth
  await openRealtime(context, gateway, database)
  return { database, postgrest }
}

async function openRealtime(
  { options, keys, closers }: Context,
  gateway: Gateway,
  database: StackDatabase,
): Promise<void> {
  if (options.realtime === false) return
  const realtime = await timed(options, 'Realtime', () =>
    startRealtime({ adminUrl: database.adminUrl, jwtSecret: keys.jwtSecret, doorkeeper: createDoorkeeper(keys) }),
  )
  closers.push(() => realtime.stop())
  gateway.parts.realtime = realtime
}

async function openScheduler(
  context: Context,
  gateway: Gateway,
  database: StackDatabase,
  functions: Functions,
): Promise<Scheduler | undefined> {
  if (context.options.scheduler === false) return undefined
  const log = fileLog(join(context.logFolder, 'scheduler.log'))
  const scheduler = await startScheduler({
    databaseUrl: database.url,
    gatewayUrl: gateway.url,
    cronKey: context.keys.cron,
    functionNames: functions.names,
    log,
  })
  context.closers.push(() => scheduler.stop())
  return scheduler
}

function watchForFailure(
  database: StackDatabase,
  postgrest: Postgrest,
  sandbox: StackSandbox | undefined,
): { readonly failed: Promise<string>; readonly expectEnd: () => void } {
  let isExpected = false
  const failed = new Promise<string>((resolve) => {
    const server = database.server?.process
    const ends = [server?.exited.then((sentence) => `${sentence}.\n${server.tail()}`), postgrest.gaveUp, sandbox?.died]
    for (const end of ends) {
      void end?.then((sentence) => {
        if (!isExpected) resolve(sentence)
      })
    }
  })
  return {
    failed,
    expectEnd: () => {
      isExpected = true
    },
  }
}
