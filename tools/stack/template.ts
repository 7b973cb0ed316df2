import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { databaseUser } from '../lib/database-user.ts'
import { startKeeper } from '../lib/keeper.ts'
import { templateFolder } from '../lib/project.ts'
import { syncTree } from './folder-tree.ts'
import { stopLeftovers } from './leftovers.ts'
import { FolderInUseError, type FolderLock, lockFolder } from './lock.ts'
import { contentDigest, type ProjectContent } from './project-content.ts'
import { buildProjectFolder } from './project-folder.ts'

const PROBE_EVERY_MS = 20
/** One takes 50 MB. A checkout with its tests uses five at a time. */
const KEPT = 8
/** A copy is made in a second, so whatever was asked for a minute ago is not being copied any more. */
const IN_USE_MS = 60_000
const TEMPLATE_NAME = /^[0-9a-f]{32}$/
const WORKSHOP = 'building-'

/** A complete data folder to copy. No server is ever started in it. */
export type Template = {
  readonly folder: string
  /** Whether this call built it. */
  readonly isNew: boolean
}

/**
 * The template of a content, built when there is none: initialising, bootstrapping and migrating a database takes seconds
 * of processor time, copying the result a tenth of one. A template is named by everything that goes into it, so one that
 * is found is right. Resolves with undefined when nothing can be kept in `cacheFolder`, for example because it is read-only.
 */
export async function openTemplate(
  content: ProjectContent,
  cacheFolder: string = templateFolder(),
): Promise<Template | undefined> {
  const folder = join(cacheFolder, await contentDigest(content))
  while (!(await isUsable(folder))) {
    const lock = await claim(cacheFolder)
    if (lock === 'impossible') return undefined
    if (lock === 'taken') {
      // Somebody builds, most likely just this template.
      await delay(PROBE_EVERY_MS)
      continue
    }
    try {
      if (await isUsable(folder)) break
      if (!(await makeRoom(cacheFolder, folder))) return undefined
      await build(content, cacheFolder, folder)
      return { folder, isNew: true }
    } finally {
      lock.release()
    }
  }
  const now = new Date()
  // Says when it was last used. Where that cannot be written, nothing is removed either.
  await utimes(folder, now, now).catch(() => undefined)
  return { folder, isNew: false }
}

/** PostgreSQL starts only in a folder of its own account, and copies keep the owner. */
async function isUsable(folder: string): Promise<boolean> {
  const { uid = process.getuid?.() } = await databaseUser()
  return stat(folder).then(
    (status) => status.isDirectory() && (uid === undefined || status.uid === uid),
    () => false,
  )
}

/** The right to change the cache folder, held by one process at a time. */
async function claim(cacheFolder: string): Promise<FolderLock | 'taken' | 'impossible'> {
  try {
    // Others may pass through but not look: when this process is root, PostgreSQL runs as another user.
    await mkdir(cacheFolder, { recursive: true, mode: 0o711 })
    return lockFolder(cacheFolder)
  } catch (error) {
    if (error instanceof FolderInUseError) return 'taken'
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return 'impossible'
  }
}

/** Removes what is in the way: a template that became another account's, and what killed builders left behind. */
async function makeRoom(cacheFolder: string, folder: string): Promise<boolean> {
  try {
    for (const name of await readdir(cacheFolder)) {
      if (!name.startsWith(WORKSHOP)) continue
      await stopLeftovers(join(cacheFolder, name))
      await rm(join(cacheFolder, name), { recursive: true, force: true, maxRetries: 5 })
    }
    await remove(cacheFolder, folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return false
  }
}

/** Builds beside the place and moves the finished folder there, so that a template is there completely or not at all. */
async function build(content: ProjectContent, cacheFolder: string, folder: string): Promise<void> {
  const workshop = join(cacheFolder, `${WORKSHOP}${randomBytes(6).toString('hex')}`)
  await mkdir(workshop, { mode: 0o711 })
  const keeper = startKeeper()
  keeper.removeAtEnd(workshop)
  try {
    const dataFolder = join(workshop, 'postgres')
    await buildProjectFolder(content, dataFolder, keeper)
    // A power cut must not leave a name without its files.
    await syncTree(dataFolder)
    await rename(dataFolder, folder)
  } finally {
    await keeper.close()
  }
  await removeOld(cacheFolder)
}

async function removeOld(cacheFolder: string): Promise<void> {
  const names = (await readdir(cacheFolder)).filter((name) => TEMPLATE_NAME.test(name))
  const used = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(cacheFolder, name))).mtimeMs })),
  )
  used.sort((a, b) => b.at - a.at)
  for (const { name, at } of used.slice(KEPT)) {
    if (Date.now() - at > IN_USE_MS) await remove(cacheFolder, join(cacheFolder, name))
  }
}

/** Takes the name away first, because a folder that is being removed is no template any more. */
async function remove(cacheFolder: string, folder: string): Promise<void> {
  const doomed = join(cacheFolder, `${WORKSHOP}${randomBytes(6).toString('hex')}`)
  try {
    await rename(folder, doomed)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await rm(doomed, { recursive: true, force: true })
}
