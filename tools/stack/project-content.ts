import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { authManifest, binaryManifests, cliManifest, type PostgresBinaries } from '../lib/binaries.ts'
import { databaseUser } from '../lib/database-user.ts'
import { projectRoot } from '../lib/project.ts'
import type { DefaultPrivileges } from './bootstrap.ts'

/** What a database looks like before anybody uses it. */
export type ProjectContent = {
  readonly binaries: PostgresBinaries
  /** What Supabase grants on new objects by itself. */
  readonly privileges: DefaultPrivileges
  /** The folder whose migrations it has; absent for a Supabase project without migrations. */
  readonly projectFolder?: string
}

/**
 * A name for everything that a database of this content is made of: two equal names mean equal databases. `toolFolders`
 * hold the tools that make it.
 */
export async function contentDigest(
  content: ProjectContent,
  toolFolders: readonly string[] = [import.meta.dirname, join(projectRoot(), 'tools', 'lib')],
): Promise<string> {
  const { binaries, privileges, projectFolder } = content
  const { uid = process.getuid?.() } = await databaseUser()
  const digest = createHash('sha256')
  const add = (label: string, value: string | Buffer): void => {
    digest.update(`${label} ${Buffer.byteLength(value)}\n`).update(value)
  }
  // Its files belong to one account, and are of no use to another.
  add('account and options', JSON.stringify([uid, binaries.major, privileges]))
  for (const path of [binaries.initdb, binaries.postgres]) add(basename(path), await readFile(path))
  for (const path of [...binaryManifests(binaries), authManifest()]) add('package', await readFile(path))
  // All tools, because a list of those that matter would be right only until somebody moves a line.
  for (const path of (await Promise.all(toolFolders.map(filesIn))).flat()) add(basename(path), await readFile(path))
  const migrations = projectFolder === undefined ? [] : await filesIn(join(projectFolder, 'supabase', 'migrations'))
  if (projectFolder !== undefined && migrations.length > 0) {
    const settings = join(projectFolder, 'supabase', 'config.toml')
    for (const path of [cliManifest(), settings, ...migrations]) {
      add(basename(path), await readFile(path).catch(() => ''))
    }
  }
  return digest.digest('hex').slice(0, 32)
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort()
}
