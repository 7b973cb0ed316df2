import { join } from 'node:path'
import { type Child, StartFailedError, startUntilReady } from '../lib/child.ts'
import type { Keeper } from '../lib/keeper.ts'
import { onFreePort, PortTakenError } from '../lib/ports.ts'
import { compileCacheFolder } from '../lib/project.ts'

const READY_WITHIN_MS = 30_000

/** How the Stellar sandbox is started. */
export type SandboxOptions = {
  /** Time between two ledgers, or 'manual': they close only when asked. */
  readonly ledgerIntervalMs: number | 'manual'
  /** The file the ledger survives a crash in. */
  readonly dataFile: string
  /** The port it shall have; 0 takes a free one, which it keeps over restarts. */
  readonly port: number
  readonly networkPassphrase: string
  readonly logFile: string
  readonly keeper: Keeper
}

/** The Stellar sandbox of the stack, in a process of its own, so that a test can crash it alone. */
export type StackSandbox = {
  /** Base address of its Horizon API; its RPC is at /rpc. Stays the same over restarts. */
  readonly url: string
  readonly rpcUrl: string
  readonly networkPassphrase: string
  isRunning(): boolean
  /** Resolves with a sentence when it ends without having been asked to. */
  readonly died: Promise<string>
  /** Starts it again on the same port with the same ledger; does nothing while it runs. */
  start(): Promise<void>
  /** Ends it in good order. */
  stop(): Promise<void>
  /** Ends it as a crash would (SIGKILL). */
  kill(): Promise<void>
}

/** Starts the sandbox and resolves when it answers. */
export async function startSandbox(options: SandboxOptions): Promise<StackSandbox> {
  const first = await onFreePort(options.port, async (port) => ({ port, child: await launch(options, port) }))
  let child = first.child
  let tellDeath: (sentence: string) => void = () => undefined
  const died = new Promise<string>((resolve) => {
    tellDeath = resolve
  })
  const asked = new WeakSet<Child>()
  const watch = (one: Child): void => {
    void one.exited.then((sentence) => {
      if (!asked.has(one)) tellDeath(`${sentence}.\n${one.tail()}`)
    })
  }
  watch(child)
  const url = `http://127.0.0.1:${first.port}`
  return {
    url,
    rpcUrl: `${url}/rpc`,
    networkPassphrase: options.networkPassphrase,
    isRunning: () => child.isRunning(),
    died,
    start: async () => {
      if (child.isRunning()) return
      child = await launch(options, first.port)
      watch(child)
    },
    stop: () => {
      asked.add(child)
      return child.stop()
    },
    kill: () => {
      asked.add(child)
      return child.kill()
    },
  }
}

async function launch(options: SandboxOptions, port: number): Promise<Child> {
  const { ledgerIntervalMs, dataFile, networkPassphrase } = options
  try {
    const { child } = await startUntilReady({
      name: 'The Stellar sandbox',
      command: process.execPath,
      args: [
        join(import.meta.dirname, 'sandbox-process.ts'),
        JSON.stringify({ port, ledgerIntervalMs, dataFile, networkPassphrase }),
      ],
      // Keeping the compiled Stellar SDK between starts saves a quarter of a second.
      env: { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: compileCacheFolder() },
      logFile: options.logFile,
      keepStdinOpen: true,
      keeper: options.keeper,
      readyWhen: (line) => line === 'ready' || undefined,
      withinMs: READY_WITHIN_MS,
    })
    return child
  } catch (error) {
    if (error instanceof StartFailedError && error.tail.includes('EADDRINUSE')) {
      throw new PortTakenError('The Stellar sandbox', port)
    }
    throw error
  }
}
