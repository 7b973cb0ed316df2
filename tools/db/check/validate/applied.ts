import type { AnalysedMigration } from '../../lib/analysis.ts'
import { astHash } from '../../lib/ast-hash.ts'
import { errorText } from '../../lib/errors.ts'
import { type Finding, validateError } from '../../lib/finding.ts'
import { type AppliedMigration, recordedText } from '../../lib/history.ts'

/** Differences between the files and what a database says was applied: edited files, missing files, and files out of order. */
export function checkApplied(
  migrations: readonly AnalysedMigration[],
  applied: readonly AppliedMigration[],
): Finding[] {
  const byVersion = new Map(applied.map((row) => [row.version, row]))
  const newest = applied.at(-1)?.version ?? ''
  const files = migrations.flatMap((one): Finding[] => {
    const row = byVersion.get(one.migration.version)
    if (row) return compare(one, row)
    if (one.migration.version > newest) return []
    return [
      finding(
        one,
        'out-of-order',
        `${one.migration.id} is not applied, but ${newest} is.`,
        'The CLI refuses an older file after a newer one, and no other database ever saw that order.',
        `Run npm run db -- new --renumber ${one.migration.id}.`,
      ),
    ]
  })
  const known = new Set(migrations.map(({ migration }) => migration.version))
  return [...files, ...applied.filter((row) => !known.has(row.version)).map((row) => withoutFile(row, migrations))]
}

function compare(one: AnalysedMigration, row: AppliedMigration): Finding[] {
  if (row.statements.length === 0 || !one.up.sql) return []
  if (hashOf(recordedText(row)) === hashOf(one.migration.up.text)) return []
  return [
    finding(
      one,
      'edited-after-applied',
      `${one.migration.id} is not what was applied to the database.`,
      'The database ran another text under this version, and the CLI never runs the file again, so the edit will reach nobody.',
      'Restore the file from git, and write the change as a new migration.',
    ),
  ]
}

function withoutFile(row: AppliedMigration, migrations: readonly AnalysedMigration[]): Finding {
  const hash = hashOf(recordedText(row))
  const same = migrations.find(({ up }) => up.sql && row.statements.length > 0 && hashOf(up.file.text) === hash)
  return validateError('applied-elsewhere', 'supabase/migrations', [
    `The database has applied ${row.version}${row.name ? `_${row.name}` : ''}, for which there is no file.`,
    'Somebody changed the database past the repository, and the next push will refuse to run.',
    same
      ? `It is ${same.migration.id} under another version: run npm run db -- new --renumber ${same.migration.id} --to ${row.version}.`
      : 'Fetch it with supabase migration fetch, write its rollback, and prove it; npm run db -- drift shows what it did.',
  ])
}

const finding = (one: AnalysedMigration, check: string, ...words: [what: string, why: string, fix: string]): Finding =>
  validateError(check, one.migration.up.shown, words)

// A text that cannot be parsed is compared as it stands.
function hashOf(text: string): string {
  try {
    return astHash(text)
  } catch (error) {
    return `${errorText(error)} ${text}`
  }
}
