import { access, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { denoBinary } from '../lib/binaries.ts'
import { type Child, startUntilReady } from '../lib/child.ts'
import type { Keeper } from '../lib/keeper.ts'

const READY_WITHIN_MS = 60_000

/** How the edge functions are served. */
export type FunctionsOptions = {
  /** The folder that holds one folder per function, each with index.ts and deno.json. */
  readonly folder: string
  /** Only these; default: every folder with an index.ts. */
  readonly names?: readonly string[]
  /** Everything that a function sees in its environment. */
  readonly environmentOf: (name: string) => Readonly<Record<string, string>>
  /** The hosts that a function may reach; undefined for any. */
  readonly networkOf: (name: string) => readonly string[] | undefined
  readonly logFolder: string
  readonly keeper: Keeper
}

/** The edge functions, each in a Deno process of its own. */
export type Functions = {
  readonly names: readonly string[]
  /** The file that gets everything the function prints. */
  logFile(name: string): string
  isRunning(name: string): boolean
  /** The port the function listens on; boots it when it has crashed. Undefined when it was stopped on purpose. */
  portOf(name: string): Promise<number | undefined>
  /** Resolves when a function that broke off a connection has ended, or after a second if it goes on. */
  afterLostAnswer(name: string): Promise<void>
  /** A crash (SIGKILL) of one function or of all. The next request boots it again, as the platform does. */
  kill(name?: string): Promise<void>
  /** Ends one function or all; requests are answered with 503 until `start`. */
  stop(name?: string): Promise<void>
  /** Boots one function or all that are not running. */
  start(name?: string): Promise<void>
  /** Stop and start. */
  restart(name?: string): Promise<void>
}

type Worker = {
  readonly name: string
  wanted: boolean
  booting: Promise<Booted> | undefined
  current: Booted | undefined
}
type Booted = { readonly port: number; readonly child: Child }

/** Boots the edge functions and resolves when all of them listen. Throws with their output when one does not. */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const names = options.names ?? (await functionNames(options.folder))
  const workers = new Map(names.map((name): [string, Worker] => [name, newWorker(name)]))
  const logFile = (name: string): string => join(options.logFolder, `${name}.log`)
  const bootNow = (worker: Worker): Promise<Booted> => boot(worker, options, logFile(worker.name))

  const chosen = (name: string | undefined): Worker[] =>
    name === undefined ? [...workers.values()] : [find(workers, name)]
  const each = async (name: string | undefined, action: (worker: Worker) => Promise<unknown>): Promise<void> => {
    await Promise.all(chosen(name).map(action))
  }
  const functions: Functions = {
    names,
    logFile,
    isRunning: (name) => find(workers, name).current?.child.isRunning() ?? false,
    portOf: async (name) => {
      const worker = find(workers, name)
      return worker.wanted ? (await bootNow(worker)).port : undefined
    },
    // The connection breaks a moment before the process has ended; a request in between would meet a dead port.
    afterLostAnswer: async (name) => {
      const { current } = find(workers, name)
      const waiting = new AbortController()
      await Promise.race([
        current?.child.exited,
        delay(1_000, undefined, { signal: waiting.signal }).catch(() => undefined),
      ])
      waiting.abort()
    },
    kill: (name) => each(name, async (worker) => (await settled(worker))?.child.kill()),
    stop: (name) =>
      each(name, async (worker) => {
        worker.wanted = false
        await (await settled(worker))?.child.stop()
      }),
    start: (name) =>
      each(name, (worker) => {
        worker.wanted = true
        return bootNow(worker)
      }),
    restart: async (name) => {
      await functions.stop(name)
      await functions.start(name)
    },
  }
  await functions.start().catch(async (error: unknown) => {
    await functions.stop()
    throw error
  })
  return functions
}

/** Names of the folders that hold a function; none when the folder does not exist. */
export async function functionNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const candidates = entries
    .filter((entry) => entry.isDirectory() && /^[A-Za-z]/.test(entry.name))
    .map(({ name }) => name)
  const present = await Promise.all(
    candidates.map((name) =>
      access(join(folder, name, 'index.ts')).then(
        () => true,
        () => false,
      ),
    ),
  )
  return candidates.filter((_, index) => present[index]).sort()
}

const newWorker = (name: string): Worker => ({ name, wanted: true, booting: undefined, current: undefined })

function find(workers: ReadonlyMap<string, Worker>, name: string): Worker {
  const worker = workers.get(name)
  if (worker) return worker
  throw new Error(`There is no edge function "${name}". There are: ${[...workers.keys()].join(', ') || 'none'}.`)
}

/** The process of a worker once it has booted; undefined when there is none or its boot failed. */
const settled = (worker: Worker): Promise<Booted | undefined> | undefined => worker.booting?.catch(() => undefined)

/** Boots a worker unless it runs. Requests that arrive during a boot wait for the same boot. */
function boot(worker: Worker, options: FunctionsOptions, logFile: string): Promise<Booted> {
  if (worker.current?.child.isRunning() !== true && worker.current !== undefined) {
    worker.current = undefined
    worker.booting = undefined
  }
  worker.booting ??= serve(worker.name, options, logFile).then(
    (booted) => {
      worker.current = booted
      return booted
    },
    (error: unknown) => {
      worker.booting = undefined
      throw error
    },
  )
  return worker.booting
}

async function serve(name: string, options: FunctionsOptions, logFile: string): Promise<Booted> {
  const folder = join(options.folder, name)
  const entry = await writeEntry(name, join(folder, 'index.ts'), options.logFolder)
  const environment = options.environmentOf(name)
  const { child, ready } = await startUntilReady({
    name: `The edge function ${name}`,
    command: denoBinary(),
    args: [
      'serve',
      // The packages that npm installed, and nothing from the network: the start is fast and works without one.
      '--node-modules-dir=manual',
      '--cached-only',
      '--no-remote',
      '--no-lock',
      '--no-prompt',
      `--config=${join(folder, 'deno.json')}`,
      // No files and no other programs, no variable but its own, and no host but those it works with.
      ...networkPermission(options.networkOf(name)),
      ...Object.keys(environment).map((variable) => `--allow-env=${variable}`),
      '--host=127.0.0.1',
      '--port=0',
      entry,
    ],
    cwd: options.folder,
    env: { ...denoEnvironment(), ...environment },
    logFile,
    keeper: options.keeper,
    readyWhen: (line) => /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1],
    withinMs: READY_WITHIN_MS,
  })
  return { port: Number(ready), child }
}

/**
 * A function with what the edge runtime offers and plain Deno does not: work that goes on after the answer. Imports run in their
 * order, so the function finds it from its first line on.
 */
async function writeEntry(name: string, index: string, folder: string): Promise<string> {
  const entry = join(folder, `${name}.entry.js`)
  const runtime = 'globalThis.EdgeRuntime = { waitUntil: (work) => void Promise.resolve(work).catch(() => undefined) }'
  const lines = [
    `import 'data:text/javascript,${encodeURIComponent(runtime)}'`,
    `export { default } from '${pathToFileURL(index)}'`,
  ]
  await writeFile(entry, `${lines.join('\n')}\n`)
  return entry
}

/** Which hosts a webhook may reach is decided by its function, which is therefore let out to all. */
const networkPermission = (hosts: readonly string[] | undefined): string[] =>
  hosts === undefined ? ['--allow-net'] : [`--allow-net=${hosts.join(',')}`]

/** What Deno itself needs. Nothing else of our environment reaches the functions. */
function denoEnvironment(): Record<string, string> {
  const passed = ['HOME', 'DENO_DIR', 'XDG_CACHE_HOME', 'LOCALAPPDATA', 'SystemRoot', 'TMPDIR'] as const
  const present = passed.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(present), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
}
