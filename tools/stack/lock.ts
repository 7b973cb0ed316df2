import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identify, isRunning, type ProcessIdentity } from '../lib/process-identity.ts'

const ATTEMPTS = 200

/** The right to use a data folder, held by one process at a time. */
export type FolderLock = { release(): void }

/** Thrown when another running process holds the folder. */
export class FolderInUseError extends Error {
  readonly holder: ProcessIdentity
  constructor(folder: string, holder: ProcessIdentity) {
    super(`The folder ${folder} is in use by process ${holder.pid}.`)
    this.name = 'FolderInUseError'
    this.holder = holder
  }
}

/**
 * Takes the data folder for this process, also from a process that died without releasing it. A number that was given
 * to a stranger since then does not count as alive, because the holder is known by number and start time.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock')
  const me = identify(process.pid) ?? { pid: process.pid, startedAt: 'unknown' }
  const mine = JSON.stringify(me)
  const own = `${path}.${process.pid}`
  writeFileSync(own, mine, { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // A hard link appears with its whole content or not at all, so a reader never sees half a lock.
      if (link(own, path)) return held(path, mine)
      const content = read(path)
      if (content === undefined) continue
      const holder = parse(content)
      if (holder && isRunning(holder)) throw new FolderInUseError(folder, holder)
      if (replaceDead(path, content, own)) return held(path, mine)
    }
    throw new Error(`The lock ${path} changes hands again and again. Try again in a moment.`)
  } finally {
    rmSync(own, { force: true })
  }
}

/**
 * Replaces the lock of a dead process. Several starters may find it dead; the takeover file, which only one of them can
 * create, decides, and the winner looks once more, because the lock may have changed before it won.
 */
function replaceDead(path: string, dead: string, own: string): boolean {
  const takeover = `${path}.takeover`
  if (!link(own, takeover)) {
    const content = read(takeover)
    const rival = content === undefined ? undefined : parse(content)
    if (content !== undefined && !(rival && isRunning(rival))) rmSync(takeover, { force: true })
    return false
  }
  try {
    if (read(path) !== dead) return false
    renameSync(takeover, path)
    return true
  } finally {
    rmSync(takeover, { force: true })
  }
}

/** The lock goes with the process at the latest, unless that is killed. */
function held(path: string, mine: string): FolderLock {
  const release = (): void => {
    process.off('exit', release)
    if (read(path) === mine) rmSync(path, { force: true })
  }
  process.on('exit', release)
  return { release }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // Some file systems (exFAT, shared folders of virtual machines) have no hard links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return copyExclusively(from, to)
    throw error
  }
}

function copyExclusively(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function parse(content: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(content) as Partial<ProcessIdentity>
    if (typeof value.pid === 'number' && typeof value.startedAt === 'string') {
      return { pid: value.pid, startedAt: value.startedAt }
    }
  } catch {
    // A lock that cannot be read was left half-written by a process that is gone.
  }
  return undefined
}
