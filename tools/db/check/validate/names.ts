import type { Finding } from '../../lib/finding.ts'
import type { Migration, MigrationFolder, SqlFile } from '../../lib/migrations.ts'

const at = (file: SqlFile) => ({ severity: 'error' as const, file: file.shown, line: 1, column: 1 })

/** Files that do not belong where they are, pairs that are not pairs, and versions or names that are taken twice. */
export function checkNames(folder: MigrationFolder, now: Date): Finding[] {
  return [
    ...folder.strays.map(stray),
    ...folder.orphans.map((file) => ({
      ...at(file),
      check: 'validate/orphan-rollback',
      what: 'This rollback has no forward file of the same version and name.',
      why: 'It can never run, and the migration it was meant for has no rollback.',
      fix: 'Name it <version>_<name>_DOWN.sql after its forward file, or delete it.',
    })),
    ...folder.migrations.flatMap((migration) => missingRollback(migration)),
    ...taken(folder.migrations, (migration) => migration.version, 'version'),
    // A release that was removed and installed again is there twice.
    ...taken(
      folder.migrations.filter((migration) => migration.original === undefined),
      (migration) => migration.name,
      'name',
    ),
    ...folder.migrations.flatMap((migration) => versionInTime(migration, now)),
  ]
}

function stray(file: SqlFile): Finding {
  if (/down/i.test(file.shown.slice(file.shown.lastIndexOf('/')))) {
    return {
      ...at(file),
      check: 'validate/rollback-among-migrations',
      what: 'A rollback lies in supabase/migrations.',
      why: 'The Supabase CLI runs every <digits>_….sql of that folder as a forward migration, so it would undo its partner.',
      fix: 'Move it to supabase/rollbacks/<version>_<name>_DOWN.sql.',
    }
  }
  return {
    ...at(file),
    check: 'validate/file-name',
    what: 'This is not the name of a migration.',
    why: 'The CLI skips files it does not recognise, and sorts by the digits in front, so a short or odd version runs at the wrong time.',
    fix: 'Name it <14 digits>_<snake_case>.sql, or write it with npm run db -- new.',
  }
}

function missingRollback(migration: Migration): Finding[] {
  if (migration.down) return []
  return [
    {
      ...at(migration.up),
      check: 'validate/missing-rollback',
      what: `${migration.id} has no rollback.`,
      why: 'A migration that cannot be taken back turns every surprise into an outage.',
      fix: `Write supabase/rollbacks/${migration.id}_DOWN.sql; npm run db -- new --down auto works it out from the catalogues.`,
    },
  ]
}

function taken(
  migrations: readonly Migration[],
  key: (migration: Migration) => string,
  word: 'version' | 'name',
): Finding[] {
  return migrations.flatMap((migration, index) => {
    const first = migrations.findIndex((other) => key(other) === key(migration))
    const other = migrations[first]
    if (first === index || !other) return []
    const why =
      word === 'version'
        ? 'The version is the key of the history table: the second file runs and then fails on that key.'
        : 'Two migrations of one name cannot be told apart in messages, commands and reports.'
    const fix = `Run npm run db -- new --renumber ${migration.id}${word === 'name' ? ' with another name' : ''}.`
    return [
      {
        ...at(migration.up),
        check: `validate/duplicate-${word}`,
        what: `${other.up.shown} has the same ${word}.`,
        why,
        fix,
      },
    ]
  })
}

const DAY_MS = 24 * 60 * 60 * 1000

function versionInTime(migration: Migration, now: Date): Finding[] {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(migration.version) ?? []
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  const problem = Number.isNaN(instant.getTime())
    ? 'is not a point in time'
    : // A day of grace, because a version may be written in any time zone.
      instant.getTime() > now.getTime() + DAY_MS
      ? 'lies in the future'
      : undefined
  if (!problem) return []
  return [
    {
      ...at(migration.up),
      check: 'validate/version-time',
      what: `The version ${migration.version} ${problem}.`,
      why: 'Versions are the order of the history; one that lies ahead makes every migration written until then run out of order.',
      fix: `Run npm run db -- new --renumber ${migration.id}.`,
    },
  ]
}
