import type { AnalysedMigration } from '../../lib/analysis.ts'
import { astHash } from '../../lib/ast-hash.ts'
import { type Finding, validateError } from '../../lib/finding.ts'
import { type LockEntry, type LockFile, lockFileLine } from '../../lib/lock-file.ts'
import type { Project } from '../../lib/project.ts'

const PROVE = 'Run npm run db -- prove --changed and commit supabase/migrations.lock.json.'
const WHY =
  'The lock file is the proof that this very text can be taken back; push compares its digests with the live database.'

/** Migrations that were never proven, or that changed since they were. */
export function checkLock(project: Project, migrations: readonly AnalysedMigration[], lock: LockFile): Finding[] {
  const finding = (key: string, what: string): Finding =>
    validateError('lock-file', 'supabase/migrations.lock.json', [what, WHY, PROVE], {
      line: lockFileLine(project, key),
    })
  const keys = new Set(migrations.map(({ migration }) => migration.key))
  const surplus = Object.keys(lock).filter((key) => !keys.has(key))
  return [
    ...surplus.map((key) => finding(key, `It has an entry for ${key}, which does not exist.`)),
    ...migrations.flatMap((one, index) => {
      const { key, id, original } = one.migration
      // What a release brought was proven there.
      if (original !== undefined) return []
      const entry = lock[key]
      if (!entry) return [finding(key, `It has no entry for ${id}.`)]
      const previous = lock[migrations[index - 1]?.migration.key ?? '']
      return problems(one, entry, previous).map((what) => finding(key, what))
    }),
  ]
}

function problems(
  { migration, up, down }: AnalysedMigration,
  entry: LockEntry,
  previous: LockEntry | undefined,
): string[] {
  const found: string[] = []
  if (up.sql && astHash(up.file.text) !== entry.up) found.push(`${up.file.shown} changed since it was proven.`)
  if (down?.sql && astHash(down.file.text) !== entry.down) found.push(`${down.file.shown} changed since it was proven.`)
  if (entry.name !== migration.name) found.push(`${migration.id} was called ${entry.name} when it was proven.`)
  if (previous && previous.catalog.after !== entry.catalog.before) {
    found.push(`${migration.id} was proven on another schema than the one before it leaves.`)
  }
  return found
}
