import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname, join } from 'node:path'

/** What the keeper process is told, one JSON line each. */
export type KeeperMessage =
  | { readonly kind: 'watch'; readonly pid: number; readonly signal: NodeJS.Signals }
  | { readonly kind: 'forget'; readonly pid: number }
  | { readonly kind: 'folder'; readonly path: string }

/** The process that ends our child processes when we can no longer do it ourselves. */
export type Keeper = {
  /** From now on the process `pid` gets `signal` when this process dies, and SIGKILL if that is not enough. */
  watch(pid: number, signal: NodeJS.Signals): void
  /** The process has ended, so its id may soon belong to a stranger. */
  forget(pid: number): void
  /** Removes the folder when the keeper ends, after every watched process has ended. */
  removeAtEnd(folder: string): void
  /** Ends what is still watched, removes the folders, and resolves when the keeper itself has ended. */
  close(): Promise<void>
}

/** Starts a keeper. It has its own process group, so that Ctrl-C in a terminal does not reach it. */
export function startKeeper(): Keeper {
  // Beside this file, as source in a checkout and built in the package.
  const program = `keeper-process${extname(import.meta.filename)}`
  const child = spawn(process.execPath, [join(import.meta.dirname, program)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const exited = once(child, 'exit')
  // A keeper that was killed must not take the stack with it: writing to it then fails silently.
  child.stdin.on('error', () => undefined)
  child.unref()
  const tell = (message: KeeperMessage): void => void child.stdin.write(`${JSON.stringify(message)}\n`)
  return {
    watch: (pid, signal) => tell({ kind: 'watch', pid, signal }),
    forget: (pid) => tell({ kind: 'forget', pid }),
    removeAtEnd: (path) => tell({ kind: 'folder', path }),
    close: async () => {
      child.stdin.end()
      child.ref()
      if (child.exitCode === null && child.signalCode === null) await exited
    },
  }
}
