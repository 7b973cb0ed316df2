import { chmod, mkdtemp, readFile, statfs } from 'node:fs/promises'
import { freemem, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKeeper } from '../lib/keeper.ts'

const IN_MEMORY = '/dev/shm'
/** A run holds less than a gigabyte at a time. */
const ROOM_BYTES = 2 * 1024 ** 3
const SPARE_MEMORY_BYTES = 4 * 1024 ** 3

/**
 * Makes the temporary folder of this process, and of every process it starts, a new one for this run, in memory where that
 * is possible: tests create and drop hundreds of databases, and ext4 takes ten times as long to create files shortly after
 * others were deleted. Resolves with the function that removes it; a run that is killed leaves nothing either.
 */
export async function useTemporaryFolder(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join((await isMemoryUsable()) ? IN_MEMORY : tmpdir(), 'payd-run-'))
  // When this process is root, PostgreSQL runs as another user, who must be able to pass through to its own folder.
  await chmod(folder, 0o711)
  const keeper = startKeeper()
  keeper.removeAtEnd(folder)
  process.env.TMPDIR = folder
  return () => keeper.close()
}

async function isMemoryUsable(): Promise<boolean> {
  // A place for temporary files that was chosen by hand is kept.
  if (platform() !== 'linux' || process.env.TMPDIR !== undefined) return false
  try {
    const [mounts, { bavail, bsize }] = await Promise.all([readFile('/proc/self/mounts', 'utf8'), statfs(IN_MEMORY)])
    const [, , type, options = ''] =
      mounts
        .split('\n')
        .map((line) => line.split(' '))
        .find(([, place]) => place === IN_MEMORY) ?? []
    // The Supabase CLI unpacks a library there and loads it.
    if (type !== 'tmpfs' || options.split(',').includes('noexec')) return false
    return bavail * bsize >= ROOM_BYTES && freemem() >= SPARE_MEMORY_BYTES
  } catch {
    return false
  }
}
