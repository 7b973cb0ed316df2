import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'

/** Writes a file that only its owner may read. Readers see the old content or the new one, never a part. */
export async function writePrivately(path: string, content: string): Promise<void> {
  const temporary = temporaryName(path)
  try {
    await writeFile(temporary, content, { mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Like `writePrivately`, done before it returns: for facts that must be on disk before the next step. */
export function writePrivatelySync(path: string, content: string): void {
  const temporary = temporaryName(path)
  try {
    writeFileSync(temporary, content, { mode: 0o600 })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

const temporaryName = (path: string): string => `${path}.${randomBytes(6).toString('hex')}`
