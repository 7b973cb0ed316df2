import { lint } from '../../../tools/db/check/lint/lint.ts'
import { measureLocks } from '../../../tools/db/check/locks/measure.ts'
import { prove } from '../../../tools/db/check/prove/prove.ts'
import { openStage, type Start } from '../../../tools/db/check/prove/stage.ts'
import { readProofSettings } from '../../../tools/db/check/settings.ts'
import { validate } from '../../../tools/db/check/validate/validate.ts'
import { analyse } from '../../../tools/db/lib/analysis.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { resolveTarget } from '../../../tools/db/lib/environments.ts'
import type { Finding } from '../../../tools/db/lib/finding.ts'
import { findMigration, readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject, type Project } from '../../../tools/db/lib/project.ts'
import { type ScratchServer, scratchName } from '../../../tools/db/lib/scratch.ts'
import { applyMigrations } from '../../../tools/stack/migrate.ts'
import { proveIntoLockFile } from './lock-file-helper.ts'
import { baseFolder, type Expectation, edit, PLANTED_VERSION, withText } from './planted.ts'

const NOW = new Date('2026-11-20T12:00:00Z')

/** The database that every planted pair of a proof begins with: the rows and the catalogue are the same for all. */
export async function plantedStart(server: ScratchServer): Promise<Start> {
  const base = openProject(baseFolder())
  const stage = await openStage(server, readProofSettings(base), readMigrations(base).migrations.map(analyse))
  await stage.seed()
  const catalog = await stage.readCatalog()
  const template = scratchName('base')
  await stage.withoutSessions(() => server.createDatabase(template, stage.database))
  await stage.drop()
  return { template, count: 1, catalog }
}

/** What the command that must catch a planted mistake finds in its project. */
export async function findPlanted(
  server: ScratchServer,
  project: Project,
  expected: Expectation,
  start?: Start,
): Promise<readonly Finding[]> {
  const { options } = expected
  switch (expected.by) {
    case 'lint':
      return (await lint(project, [PLANTED_VERSION])).findings
    case 'validate':
      return findStatically(server, project, options)
    case 'prove': {
      const run = await prove(project, { server, wanted: new Set([PLANTED_VERSION]), lanes: 1, start })
      return [...run.proofs.flatMap((proof) => proof.findings), ...run.findings]
    }
    case 'locks': {
      const migration = findMigration(readMigrations(project).migrations, PLANTED_VERSION)
      return (await measureLocks(project, migration, { server, rows: options.rows, budgetMs: options.budget })).findings
    }
  }
}

async function findStatically(
  server: ScratchServer,
  project: Project,
  options: Expectation['options'],
): Promise<readonly Finding[]> {
  if (options.lock) await proveIntoLockFile(project, server)
  if (options.edit) edit(project)
  const url = options.applied || options.history ? await appliedDatabase(server, project, options) : undefined
  const target = url === undefined ? {} : { target: resolveTarget(project, { url }, {}) }
  return (await validate(project, { now: NOW, withLock: options.lock, ...target })).findings
}

// The real CLI writes the history, because it is its way of recording statements that validate must understand.
async function appliedDatabase(
  server: ScratchServer,
  project: Project,
  options: Expectation['options'],
): Promise<string> {
  const url = await server.createDatabase(scratchName('applied'))
  const { applied, history } = options
  if (applied !== undefined)
    await withText(project, applied, () => applyMigrations(project.root, url).then(() => undefined))
  if (history !== undefined) {
    const [id, statement] = history
    await withDatabase(url, async (sql) => {
      await sql.unsafe('create schema if not exists supabase_migrations')
      await sql.unsafe(
        'create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text)',
      )
      await sql.unsafe(
        'insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)',
        [id.slice(0, 14), [statement], id.slice(15)],
      )
    })
  }
  return url
}
