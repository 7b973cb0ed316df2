import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { errorText, ToolError, usageError } from '../lib/errors.ts'
import type { Project } from '../lib/project.ts'

const Table = z.strictObject({
  name: z.string(),
  file: z.string(),
  columns: z.array(z.string()),
  rows: z.number(),
  /** A sum of row hashes that does not depend on their order. */
  hash: z.string(),
  bytes: z.number(),
  /** Of the compressed file. */
  sha256: z.string(),
})

const Manifest = z.strictObject({
  label: z.string(),
  environment: z.string(),
  description: z.string(),
  at: z.string(),
  server: z.string(),
  /** Where the write-ahead log stood. */
  wal: z.string(),
  /** Digest of the project's catalogue. */
  digest: z.string(),
  tables: z.array(Table),
  sequences: z.record(z.string(), z.string()),
  migrations: z.array(
    z.strictObject({ version: z.string(), name: z.string().nullable(), statements: z.array(z.string()) }),
  ),
  /** A dump in the custom format beside it, where a pg_dump fits the server. */
  dump: z.strictObject({ file: z.string(), tool: z.string(), sha256: z.string() }).nullable(),
})

/** What a backup holds; `manifest.json` of its folder. */
export type Manifest = z.infer<typeof Manifest>
export type BackedUpTable = z.infer<typeof Table>

/** The folder of all backups of an environment; git ignores it, because it holds everybody's data. */
export const backupsFolder = (project: Project, environment: string): string =>
  join(project.root, '.payd', 'backups', environment)

/** Reads the manifest of a backup. Throws a ToolError when there is none or it is damaged. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'manifest.json')
  try {
    return Manifest.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new ToolError(`${path} is not the manifest of a backup: ${errorText(error)}`, {
      fix: 'Make a new backup; this one cannot be restored by this tool.',
    })
  }
}

/** The folder of a backup by its label, or of the newest one. Throws a usage error when there is none. */
export function findBackup(project: Project, environment: string, label: string | undefined): string {
  const root = backupsFolder(project, environment)
  const labels = existsSync(root)
    ? readdirSync(root)
        .filter((name) => existsSync(join(root, name, 'manifest.json')))
        .sort()
    : []
  const found = label === undefined ? labels.at(-1) : labels.find((name) => name === label)
  if (found !== undefined) return join(root, found)
  throw usageError(
    label === undefined
      ? `There is no backup of ${environment} here.`
      : `There is no backup "${label}" of ${environment} here.`,
    labels.length === 0 ? `npm run db -- backup --env ${environment} makes one.` : `There are: ${labels.join(', ')}.`,
  )
}

/** SHA-256 of a file. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** A moment as part of a file name: `20261120-093000`. */
export const fileStamp = (at: Date): string => at.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
