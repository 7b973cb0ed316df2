import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { errorText } from './error-text.ts'
import type { Keeper } from './keeper.ts'
import { plainEnvironment } from './plain-environment.ts'

const TAIL_LINES = 30

/** How a part of the stack is started as its own process. */
export type ChildOptions = {
  /** What people call it, for example "PostgREST"; used in messages. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly uid?: number
  readonly gid?: number
  /** The file that gets everything the process prints. */
  readonly logFile?: string
  /** The signal that asks it to end in good order. */
  readonly stopSignal?: NodeJS.Signals
  /** Keeps standard input open as a pipe, for programs that end when it closes. */
  readonly keepStdinOpen?: boolean
  readonly keeper: Keeper
  /** Gets every line the process prints. */
  readonly onLine?: (line: string) => void
}

/** A running part of the stack. */
export type Child = {
  readonly pid: number
  /** Resolves when the process has ended, with a sentence about how. */
  readonly exited: Promise<string>
  /** Whether the process still runs. */
  isRunning(): boolean
  /** Asks it to end, insists with SIGKILL after `graceMs`, and resolves when it has ended. */
  stop(graceMs?: number): Promise<void>
  /** Ends it at once, as a crash would (SIGKILL), and resolves when it has ended. */
  kill(): Promise<void>
  /** The last lines it printed, for error messages. */
  tail(): string
}

/** Thrown when a process ended, or took too long, instead of becoming ready. */
export class StartFailedError extends Error {
  /** The last lines the process printed. */
  readonly tail: string
  constructor(message: string, tail: string) {
    super(tail === '' ? message : `${message}\n${tail}`)
    this.name = 'StartFailedError'
    this.tail = tail
  }
}

/**
 * Starts a process and waits for the line by which it says that it is ready; `readyWhen` reads the answer from it.
 * Throws StartFailedError when the process ends first, or when `withinMs` pass, in which case it is killed.
 */
export async function startUntilReady<T>(
  options: ChildOptions & { readonly readyWhen: (line: string) => T | undefined; readonly withinMs: number },
): Promise<{ readonly child: Child; readonly ready: T }> {
  let settle: (outcome: { readonly value: T } | string) => void = () => undefined
  const outcome = new Promise<{ readonly value: T } | string>((resolve) => {
    settle = resolve
  })
  const child = await startChild({
    ...options,
    onLine: (line) => {
      const value = options.readyWhen(line)
      if (value !== undefined) settle({ value })
    },
  })
  void child.exited.then(settle)
  const seconds = options.withinMs / 1000
  const timer = setTimeout(() => settle(`${options.name} was not ready after ${seconds} s`), options.withinMs)
  const result = await outcome
  clearTimeout(timer)
  if (typeof result === 'object') return { child, ready: result.value }
  await child.kill()
  const log = options.logFile === undefined ? '' : ` (log: ${options.logFile})`
  throw new StartFailedError(`${result} while starting${log}.`, child.tail())
}

/** Starts a process in its own group and puts it under the keeper. Rejects when the program cannot be started. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? plainEnvironment(),
    // Ctrl-C in a terminal goes to the whole process group. Only the stack may hear it, because it stops its parts in order.
    detached: true,
    stdio: [options.keepStdinOpen ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  })
  const stopSignal = options.stopSignal ?? 'SIGTERM'
  const exited = watchExit(child, options)
  const tail = readLines(child, options)
  await spawned(child, options)
  const pid = child.pid ?? 0
  options.keeper.watch(pid, stopSignal)

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const kill = async (): Promise<void> => {
    if (isRunning()) child.kill('SIGKILL')
    await exited
  }
  const stop = async (graceMs = 5_000): Promise<void> => {
    if (isRunning()) child.kill(stopSignal)
    const insist = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await exited
    clearTimeout(insist)
  }
  return { pid, exited, isRunning, stop, kill, tail: () => tail.join('\n') }
}

function watchExit(child: ChildProcess, options: ChildOptions): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) options.keeper.forget(child.pid)
      resolve(`${options.name} ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}`)
    })
  })
}

function readLines(child: ChildProcess, options: ChildOptions): string[] {
  const tail: string[] = []
  const log =
    options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: 'a', mode: 0o600 })
  // A log that cannot be written (a full disk, a folder removed under us) must not end the stack.
  log?.on('error', () => undefined)
  for (const output of [child.stdout, child.stderr]) {
    if (!output) continue
    createInterface({ input: output }).on('line', (line) => {
      if (tail.push(line) > TAIL_LINES) tail.shift()
      log?.write(`${line}\n`)
      options.onLine?.(line)
    })
  }
  child.once('close', () => log?.end())
  return tail
}

async function spawned(child: ChildProcess, options: ChildOptions): Promise<void> {
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw new Error(`${options.name} cannot be started: ${options.command} ${errorText(cause)}`, { cause })
  }
}
