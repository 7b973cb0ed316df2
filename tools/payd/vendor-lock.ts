import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from './refusal.ts'

/** A vendored migration: the file it stands in here, and what it was when it was copied. */
export type VendoredMigration = { readonly file: string; readonly sha256: string; readonly release: string }

/** `supabase/payd.lock.json`: what PayD put into this project. Written last, so that what it names is there. */
export type VendorLock = {
  readonly release: string
  /** By original id. */
  readonly migrations: Readonly<Record<string, VendoredMigration>>
  /** Copied files by their path below `supabase/`, with their hash. */
  readonly files: Readonly<Record<string, string>>
}

/** Where the lock of a project lies. */
export const lockPath = (project: string): string => join(project, 'supabase', 'payd.lock.json')

/** Reads the lock; undefined when PayD is not in this project. Throws when it is no lock. */
export function readVendorLock(project: string): VendorLock | undefined {
  const path = lockPath(project)
  if (!existsSync(path)) return undefined
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (isLock(value)) return value
  } catch {
    // What cannot be parsed is told like what is no lock.
  }
  throw new Refusal(
    'supabase/payd.lock.json is not what "payd init" writes; a merge of two branches may have broken it.',
    'Take one side of it from git, then run "npx payd upgrade", which writes what is missing.',
  )
}

function isLock(value: unknown): value is VendorLock {
  if (value === null || typeof value !== 'object') return false
  const { release, migrations, files } = value as Record<string, unknown>
  if (typeof release !== 'string' || !isRecord(migrations) || !isRecord(files)) return false
  return (
    Object.values(files).every((hash) => typeof hash === 'string') &&
    Object.entries(migrations).every(
      ([id, one]) =>
        /^\d{14}$/.test(id) &&
        isRecord(one) &&
        ['file', 'sha256', 'release'].every((key) => typeof one[key] === 'string'),
    )
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** The lock as text, sorted, so that two branches conflict where they differ and nowhere else. */
export function lockText(lock: VendorLock): string {
  const sorted = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ release: lock.release, migrations: sorted(lock.migrations), files: sorted(lock.files) }, undefined, 2)}\n`
}
