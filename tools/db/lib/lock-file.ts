import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { errorText, usageError } from './errors.ts'
import type { Project } from './project.ts'

const LockProfile = z.strictObject({
  table: z.string(),
  mode: z.string(),
  heldMs: z.number(),
  rows: z.number(),
})

const Entry = z.strictObject({
  name: z.string(),
  /** Syntax-tree hash of the forward file. */
  up: z.string(),
  /** Syntax-tree hash of the rollback. */
  down: z.string(),
  class: z.array(z.string()),
  /** The rollback's declaration: lossless, lossy, archived or impossible. */
  rollback: z.string(),
  /** Portable catalogue digests before and after the forward file. */
  catalog: z.strictObject({ before: z.string(), after: z.string() }),
  proof: z.strictObject({
    catalogIdentity: z.boolean(),
    dataPreserved: z.boolean(),
    /** Places at which a crash was tried. */
    killPoints: z.number(),
    /** The application's queries that were planned against the new schema, and how many no longer can be. */
    n1: z.strictObject({ queries: z.number(), broken: z.number() }),
  }),
  locks: z.array(LockProfile),
  pg: z.string(),
  tools: z.record(z.string(), z.string()),
})

/** What was proven about one migration. */
export type LockEntry = z.infer<typeof Entry>

/** `supabase/migrations.lock.json`: one entry for each migration, by its key. */
export type LockFile = Readonly<Record<string, LockEntry>>

/** Reads the lock file; an absent one is empty. Throws a usage error when it is not what `prove` writes. */
export function readLockFile(project: Project): LockFile {
  if (!existsSync(project.lockFile)) return {}
  const text = readFileSync(project.lockFile, 'utf8')
  try {
    return z.record(z.string().regex(/^\d{14}$/), Entry).parse(JSON.parse(text))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : errorText(error)
    throw usageError(
      `supabase/migrations.lock.json cannot be read: ${reason}`,
      'Restore it from git, or delete it and run npm run db -- prove --all.',
    )
  }
}

/** Writes the lock file with sorted versions and one line per entry, so that branches seldom conflict in it. */
export function writeLockFile(project: Project, lock: LockFile): void {
  const lines = Object.keys(lock)
    .sort()
    .map((version) => `  ${JSON.stringify(version)}: ${JSON.stringify(lock[version])}`)
  writeFileSync(project.lockFile, `{\n${lines.join(',\n')}\n}\n`)
}

/** The line of the lock file on which a version stands, for findings. */
export function lockFileLine(project: Project, version: string): number {
  if (!existsSync(project.lockFile)) return 1
  const before = readFileSync(project.lockFile, 'utf8').split(`"${version}"`)[0] ?? ''
  return before.split('\n').length
}
