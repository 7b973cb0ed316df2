import { randomBytes } from 'node:crypto'
import { access, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type PostgresBinaries, pgtapArchive } from './binaries.ts'

const FILES = ['pgtap.control', 'pgtap--1.3.5.sql'] as const
const BLOCK = 512

/**
 * Makes `create extension pgtap` work on a server whose extension folder we may write to. A system installation is left
 * alone: there the package of the distribution (postgresql-15-pgtap) brings it.
 */
export async function installPgtap(binaries: PostgresBinaries): Promise<void> {
  const folder = binaries.writableExtensionFolder
  if (folder === undefined) return
  const present = await Promise.allSettled(FILES.map((name) => access(join(folder, name))))
  if (present.every((result) => result.status === 'fulfilled')) return
  const entries = untar(gunzipSync(await readFile(pgtapArchive())))
  for (const name of FILES) {
    const content = entries.get(name)
    if (!content) throw new Error(`The archive ${pgtapArchive()} has no ${name}. Run "npm install" again.`)
    await writeWhole(join(folder, name), content)
  }
}

/** The files of a tar archive by their name without folders. */
function untar(archive: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>()
  for (let offset = 0; offset + BLOCK <= archive.length; ) {
    const name = archive.toString('utf8', offset, offset + 100).replace(/\0.*$/, '')
    if (name === '') break
    const size = Number.parseInt(archive.toString('latin1', offset + 124, offset + 136), 8)
    const start = offset + BLOCK
    entries.set(basename(name), archive.subarray(start, start + size))
    offset = start + Math.ceil(size / BLOCK) * BLOCK
  }
  return entries
}

// Two test runs may install at the same time; a rename shows each of them either nothing or the whole file.
async function writeWhole(path: string, content: Buffer): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(temporary, content, { mode: 0o644 })
  await rename(temporary, path)
}
