import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from './refusal.ts'

/** How the migration that takes PayD back is called, after its stamp. */
export const REMOVAL = '_payd_remove.sql'

const VENDORED = /^(\d{14})_payd_(\d{14})_([a-z][a-z0-9_]*)\.sql$/

/** A migration file of a project; `id` where it is PayD's. */
export type Local = { readonly stamp: string; readonly file: string; readonly id: string | undefined }

/** The migrations that stand in the folder of a project. */
export function localMigrations(supabase: string): Local[] {
  const folder = join(supabase, 'migrations')
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((file) => /^\d{14}_.*\.sql$/.test(file))
  // What was there before a removal is history: it stays, and PayD is not there any more.
  const removed =
    files
      .filter((file) => file.endsWith(REMOVAL))
      .sort()
      .at(-1) ?? ''
  return files.sort().map((file) => ({
    file,
    stamp: file.slice(0, 14),
    id: file < removed ? undefined : VENDORED.exec(file)?.[2],
  }))
}

/** A stamp for one more migration, later than everything that is here or applied. */
export const stampOfNext = (project: string, now: Date, applied: readonly string[]): string =>
  stampsAfter([...localMigrations(join(project, 'supabase')).map(({ stamp }) => stamp), ...applied], now).next()
    .value ?? ''

/** Stamps later than every local file, every applied version and now, a second apart. */
export function* stampsAfter(taken: readonly string[], now: Date): Generator<string, string> {
  const newest = [...taken, stampOf(now)].sort().at(-1) ?? stampOf(now)
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(newest) ?? []
  let instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // A stamp that is no moment, such as 20260099000000, is still a number that others sort by.
  if (Number.isNaN(instant)) instant = Date.parse(`${Number(year) + 1}-01-01T00:00:00Z`)
  for (;;) {
    instant += 1000
    yield stampOf(new Date(instant))
  }
}

const stampOf = (instant: Date): string => instant.toISOString().replace(/\D/g, '').slice(0, 14)

/** Two branches that were merged may bring one migration of PayD twice, or two migrations with one stamp, of which the CLI records one. */
export function refuseClashes(local: readonly Local[]): void {
  const [clash] = clashesOf(local)
  if (clash !== undefined) throw clash
}

/** What a merge of two branches left, each with what to do. */
export function clashesOf(local: readonly Local[]): readonly Refusal[] {
  const twice = repeated(local, ({ id }) => id).map(
    ([id, files]) =>
      new Refusal(
        `PayD's migration ${id} is here twice: ${files.join(' and ')}. Two branches have upgraded.`,
        'Keep the file that is applied in your databases (or the older one, if none is), delete the other, and run the command again.',
      ),
  )
  const sameStamp = repeated(local, ({ stamp }) => stamp).map(
    ([stamp, files]) =>
      new Refusal(
        `Two migrations have the stamp ${stamp}: ${files.join(' and ')}. A database would record one of them and never run the other.`,
        'Rename the one that no database has applied to a later stamp, and run the command again.',
      ),
  )
  return [...twice, ...sameStamp]
}

/** A migration of PayD that came with a branch and is older than what the database has: the CLI refuses to insert it. */
export function refuseLateInsertions(local: readonly Local[], applied: readonly string[], now: Date): void {
  const newest = [...applied].sort().at(-1) ?? ''
  const late = local.filter(({ id, stamp }) => id !== undefined && stamp < newest && !applied.includes(stamp))
  if (late.length === 0) return
  const stamps = stampsAfter([...local.map(({ stamp }) => stamp), ...applied], now)
  const moves = late.map(
    ({ file }) => `git mv supabase/migrations/${file} supabase/migrations/${stamps.next().value}${file.slice(14)}`,
  )
  throw new Refusal(
    `The database has ${newest} and lacks ${late.map(({ file }) => file).join(', ')}, which came with another branch: the Supabase CLI refuses to insert them.`,
    `If no other database has them, give them later stamps and run the command again:\n       ${moves.join('\n       ')}`,
  )
}

function repeated(
  local: readonly Local[],
  keyOf: (one: Local) => string | undefined,
): readonly (readonly [key: string, files: readonly string[]])[] {
  const groups = new Map<string, Local[]>()
  for (const one of local) {
    const key = keyOf(one)
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), one])
  }
  // What the project's own migrations have wrong among themselves is not PayD's business.
  return [...groups]
    .filter(([, ones]) => ones.length > 1 && ones.some(({ id }) => id !== undefined))
    .map(([key, ones]) => [key, ones.map(({ file }) => file)] as const)
}
