import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from './errors.ts'
import { compareText } from './finding.ts'
import { type Project, shownPath } from './project.ts'
import { keyOf, originalId } from './vendored.ts'

/** A file of a migration as it stands on disk. */
export type SqlFile = {
  readonly path: string
  /** Relative to the project, for findings. */
  readonly shown: string
  readonly text: string
}

/** A forward file with the partners that belong to it. */
export type Migration = {
  /** 14 digits. */
  readonly version: string
  /** What stands between the version and `.sql`. */
  readonly name: string
  /** `<version>_<name>`. */
  readonly id: string
  /**
   * The 14 digits by which lock file, headers and journals know it: the version, or for a file that "payd init" copied the
   * version in PayD's release, which is the same in every project.
   */
  readonly key: string
  /** The id in PayD's release, for a file that "payd init" copied; rollbacks and tests are named by it. */
  readonly original?: string
  readonly up: SqlFile
  /** `supabase/rollbacks/<id>_DOWN.sql`, when it exists; of a copied file it is the original id. */
  readonly down: SqlFile | undefined
  /** The pgTAP file of this migration, when there is one of its own. */
  readonly test: SqlFile | undefined
}

/** Everything in the folders of migrations, including what does not belong there. */
export type MigrationFolder = {
  /** In the order the Supabase CLI applies them. */
  readonly migrations: readonly Migration[]
  /** Files in `migrations/` that the CLI would skip, or would wrongly run as a forward migration. */
  readonly strays: readonly SqlFile[]
  /** Rollbacks without a forward file. */
  readonly orphans: readonly SqlFile[]
}

const FORWARD = /^(\d{14})_([a-z][a-z0-9_]*)\.sql$/
const ROLLBACK = /^(\d{14}_[a-z][a-z0-9_]*)_DOWN\.sql$/

/** Reads the forward files, their rollbacks and tests. */
export function readMigrations(project: Project): MigrationFolder {
  const forward = sqlFiles(project, project.migrations)
  const rollbacks = new Map(sqlFiles(project, project.rollbacks).map((file) => [fileName(file), file]))
  const migrations = forward.flatMap((file) => {
    const [, version, name] = FORWARD.exec(fileName(file)) ?? []
    if (!version || !name || name.endsWith('_down')) return []
    const id = `${version}_${name}`
    const original = originalId(name)
    const partner = original ?? id
    const key = keyOf(version, name)
    const parts = { up: file, down: rollbacks.get(`${partner}_DOWN.sql`), test: testOf(project, partner) }
    return [{ version, name, id, key, ...parts, ...(original === undefined ? {} : { original }) }]
  })
  const ids = new Set(migrations.map((migration) => migration.id))
  const partners = new Set(migrations.map((migration) => migration.original ?? migration.id))
  const isPart = (file: SqlFile): boolean => ids.has(fileName(file).replace(/\.sql$/, ''))
  return {
    migrations,
    strays: forward.filter((file) => !isPart(file)),
    orphans: [...rollbacks.values()].filter((file) => !partners.has(ROLLBACK.exec(fileName(file))?.[1] ?? '')),
  }
}

/** The migration with this version or `<version>_<name>`. Throws when there is none, naming the nearest. */
export function findMigration(migrations: readonly Migration[], wanted: string): Migration {
  const found = migrations.filter(({ version, id, name, original }) =>
    [version, id, name, original, original?.slice(0, 14), original?.slice(15)].includes(wanted),
  )
  if (found[0] && found.length === 1) return found[0]
  const known = migrations
    .slice(-5)
    .map((one) => one.id)
    .join(', ')
  throw usageError(
    found.length > 1 ? `"${wanted}" names ${found.length} migrations.` : `There is no migration "${wanted}".`,
    `Give a version of 14 digits or a name. The newest are: ${known || 'none'}.`,
  )
}

/** Where the rollback of a migration lies. */
export const rollbackPath = (project: Project, id: string): string => join(project.rollbacks, `${id}_DOWN.sql`)

/** Where the pgTAP test that belongs to one migration lies. */
export const testPath = (project: Project, id: string): string => join(project.tests, 'migrations', `${id}.test.sql`)

/** Reads one file as findings want it. */
export const readSqlFile = (project: Project, path: string): SqlFile => ({
  path,
  shown: shownPath(project, path),
  text: readFileSync(path, 'utf8'),
})

function sqlFiles(project: Project, folder: string): SqlFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => entry.name)
    .sort(compareText)
    .map((name) => readSqlFile(project, join(folder, name)))
}

function testOf(project: Project, id: string): SqlFile | undefined {
  const path = testPath(project, id)
  return existsSync(path) ? readSqlFile(project, path) : undefined
}

const fileName = (file: SqlFile): string => file.shown.slice(file.shown.lastIndexOf('/') + 1)
