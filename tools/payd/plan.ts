import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compareVersions } from '../../supabase/functions/_shared/contract/release.ts'
import { originalText, VENDOR_MARK } from '../db/lib/vendored.ts'
import { withFunctionBlocks } from './config-toml.ts'
import { type Local, localMigrations, refuseClashes, refuseLateInsertions, stampsAfter } from './local-migrations.ts'
import { Refusal } from './refusal.ts'
import { type Release, type ReleaseMigration, sha256Of } from './release.ts'
import { lockText, readVendorLock, type VendorLock } from './vendor-lock.ts'

/** A file that will be written, by its path below the project. */
export type Write = { readonly path: string; readonly text: string; readonly isNew: boolean }

/** Everything an `init` or `upgrade` does, worked out before anything is written. */
export type Plan = {
  readonly from: string | undefined
  readonly to: string
  readonly writes: readonly Write[]
  /** The lock, which is written last. */
  readonly lock: Write | undefined
  readonly newMigrations: readonly string[]
}

export type PlanOptions = {
  /** The folder that holds `supabase/`. */
  readonly project: string
  readonly release: Release
  readonly now: Date
  /** Versions that a database has applied; the stamps lie behind them. */
  readonly applied: readonly string[]
  /** Whether pgTAP tests are copied too. */
  readonly withTests: boolean
}

/**
 * Works out what to write. Throws a Refusal when a vendored file was edited or is missing, when the project is newer than
 * the package, or when a file of somebody else is in the way.
 */
export function planUpgrade({ project, release, now, applied, withTests }: PlanOptions): Plan {
  const supabase = join(project, 'supabase')
  if (!existsSync(supabase)) {
    throw new Refusal(
      `There is no Supabase project in ${project}.`,
      'Run "npx supabase init" first, or name the folder that holds supabase/ with --project.',
    )
  }
  const lock = readVendorLock(project) ?? { release: '', migrations: {}, files: {} }
  refuseDowngrade(lock, release)
  const local = localMigrations(supabase)
  refuseClashes(local)
  const known = adopted(lock, local, release)
  refuseEdits(supabase, known, release)
  refuseLateInsertions(local, applied, now)

  const stamps = stampsAfter([...local.map(({ stamp }) => stamp), ...applied], now)
  const fresh = release.migrations.filter((migration) => known.migrations[migration.id] === undefined)
  const vendored = fresh.map((migration) => ({
    migration,
    file: `${stamps.next().value}_payd_${migration.id}_${migration.name}.sql`,
  }))
  const migrations = vendored.flatMap(({ migration, file }) => [
    { path: `supabase/migrations/${file}`, text: vendoredText(migration, release.version) },
    ...rollbackOf(migration),
  ])
  const copies = [...release.functions, ...(withTests ? release.tests : [])]
  const files = copies.flatMap(({ path, text }) => copyOf(project, known, path, text))
  const config = configOf(supabase, release)
  const next: VendorLock = {
    release: release.version,
    migrations: {
      ...known.migrations,
      ...Object.fromEntries(
        vendored.map(({ migration, file }) => [
          migration.id,
          { file, sha256: migration.sha256, release: release.version },
        ]),
      ),
    },
    files: { ...known.files, ...Object.fromEntries(copies.map(({ path, sha256 }) => [path, sha256])) },
  }
  const writes = [...migrations, ...files, ...config].map(({ path, text }) => ({
    path,
    text,
    isNew: !existsSync(join(project, path)),
  }))
  const isSame =
    existsSync(join(supabase, 'payd.lock.json')) &&
    readFileSync(join(supabase, 'payd.lock.json'), 'utf8') === lockText(next)
  return {
    from: lock.release || undefined,
    to: release.version,
    writes,
    lock: isSame ? undefined : { path: 'supabase/payd.lock.json', text: lockText(next), isNew: lock.release === '' },
    newMigrations: vendored.map(({ file }) => file),
  }
}

// A copy that was cut off wrote files and no lock; what it wrote is taken for what it is, and the rest follows. A file that has another
// stamp than the lock says, after a merge or because somebody renamed it, is the migration that its name says.
function adopted(lock: VendorLock, local: readonly Local[], release: Release): VendorLock {
  const found = local.flatMap(({ id, file }) => {
    const migration = release.migrations.find((one) => one.id === id)
    const known = id === undefined ? undefined : lock.migrations[id]
    const isLost = known !== undefined && !local.some((other) => other.file === known.file)
    if (id !== undefined && known !== undefined && isLost) return [[id, { ...known, file }] as const]
    return id !== undefined && known === undefined && migration
      ? [[id, { file, sha256: migration.sha256, release: release.version }] as const]
      : []
  })
  return { ...lock, migrations: { ...lock.migrations, ...Object.fromEntries(found) } }
}

function refuseEdits(supabase: string, lock: VendorLock, release: Release): void {
  const wrong = Object.entries(lock.migrations).flatMap(([id, { file, sha256 }]) => {
    const path = join(supabase, 'migrations', file)
    if (!existsSync(path)) return [`${file} is missing`]
    if (sha256Of(originalText(readFileSync(path, 'utf8'))) !== sha256) return [`${file} was edited`]
    const now = release.migrations.find((migration) => migration.id === id)
    return now && now.sha256 !== sha256
      ? [`${file} differs from the migration ${id} of release ${release.version}`]
      : []
  })
  if (wrong.length === 0) return
  throw new Refusal(
    `${wrong.join('; ')}. A migration that ran never runs again, so its file has to stay what it was.`,
    'Restore these files from git. What you want to change is a migration of your own.',
  )
}

function refuseDowngrade(lock: VendorLock, release: Release): void {
  if (lock.release === '' || compareVersions(lock.release, release.version) <= 0) return
  throw new Refusal(
    `This project has PayD ${lock.release}, and this is the package of ${release.version}.`,
    `Use npx payd@${lock.release} or a newer one; PayD is taken back by "payd remove" and not by an older package.`,
  )
}

/** A migration as it stands in somebody's project: the original, and the row that says so. */
export const vendoredText = (migration: ReleaseMigration, version: string): string =>
  `${migration.up}\n${VENDOR_MARK}\ninsert into private.payd_migrations (id, sha256, release)\nvalues ('${migration.id}', '${migration.sha256}', '${version}');\n`

function rollbackOf(migration: ReleaseMigration): { path: string; text: string }[] {
  if (migration.down === undefined) return []
  return [{ path: `supabase/rollbacks/${migration.id}_${migration.name}_DOWN.sql`, text: vendoredRollback(migration) }]
}

/** A rollback as it stands in somebody's project; the first migration's takes the table of the rows along. */
export function vendoredRollback({ id, down = '' }: ReleaseMigration): string {
  const isFirst = down.includes('drop table private.payd_migrations;')
  return isFirst ? down : `${down.trimEnd()}\n\ndelete from private.payd_migrations where id = '${id}';\n`
}

/** A file to copy, unless it is there already; one that somebody made or edited is in the way. */
function copyOf(project: string, lock: VendorLock, path: string, text: string): { path: string; text: string }[] {
  const below = `supabase/${path}`
  const target = join(project, below)
  if (!existsSync(target)) return [{ path: below, text }]
  const here = readFileSync(target, 'utf8')
  if (here === text) return []
  if (lock.files[path] === sha256Of(here)) return [{ path: below, text }]
  throw new Refusal(
    lock.files[path] === undefined
      ? `${below} is there already and is not PayD's.`
      : `${below} was edited, and this release changes it.`,
    'Move it away, or restore it from git, and run the command again. Nothing was written.',
  )
}

function configOf(supabase: string, release: Release): { path: string; text: string }[] {
  const path = join(supabase, 'config.toml')
  if (!existsSync(path)) {
    throw new Refusal('This project has no supabase/config.toml.', 'Run "npx supabase init" first.')
  }
  const toml = readFileSync(path, 'utf8')
  const text = withFunctionBlocks(toml, release.functionBlocks)
  return text === toml ? [] : [{ path: 'supabase/config.toml', text }]
}
