import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lint } from '../../../tools/db/check/lint/lint.ts'
import { measureLocks } from '../../../tools/db/check/locks/measure.ts'
import { prove } from '../../../tools/db/check/prove/prove.ts'
import { validate } from '../../../tools/db/check/validate/validate.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { resolveTarget } from '../../../tools/db/lib/environments.ts'
import type { Finding } from '../../../tools/db/lib/finding.ts'
import { findMigration, readMigrations } from '../../../tools/db/lib/migrations.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { openScratchServer, type ScratchServer, scratchName } from '../../../tools/db/lib/scratch.ts'
import { applyMigrations } from '../../../tools/stack/migrate.ts'
import { proveIntoLockFile } from './lock-file-helper.ts'
import { dig, type Expectation, edit, expectedFile, PLANTED_VERSION, plant, readPlants, withText } from './planted.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const plants = readPlants()
let server: ScratchServer

beforeAll(async () => {
  server = await openScratchServer()
})

afterAll(async () => {
  await server?.stop()
})

describe('every planted mistake is caught by its check, with file, line, why and what to do', () => {
  test.each(plants)('$kind', async (planted) => {
    const project = await plant(planted)
    try {
      const findings = await find(project, planted.expected)
      const { check, line, also } = planted.expected
      const caught = findings.filter((finding) => finding.check === check)
      expect(caught, JSON.stringify(findings, undefined, 1)).not.toHaveLength(0)
      expect(caught.map((finding) => `${finding.file}:${finding.line}`)).toContain(
        `${expectedFile(planted.expected)}:${line}`,
      )
      for (const finding of caught) {
        expect(finding.column).toBeGreaterThan(0)
        for (const text of [finding.what, finding.why, finding.fix]) expect(text.length).toBeGreaterThan(10)
      }
      const others = findings.map((finding) => finding.check).filter((name) => name !== check && !also.includes(name))
      expect(others, 'nothing else is reported').toEqual([])
    } finally {
      await dig(project)
    }
  })
})

test('at least thirty kinds are planted', () => {
  expect(plants.length).toBeGreaterThanOrEqual(30)
})

async function find(project: Project, expected: Expectation): Promise<readonly Finding[]> {
  const { options } = expected
  switch (expected.by) {
    case 'lint':
      return (await lint(project, [PLANTED_VERSION])).findings
    case 'validate':
      return findStatically(project, options)
    case 'prove': {
      const run = await prove(project, { server, wanted: new Set([PLANTED_VERSION]), lanes: 1 })
      return [...run.proofs.flatMap((proof) => proof.findings), ...run.findings]
    }
    case 'locks': {
      const migration = findMigration(readMigrations(project).migrations, PLANTED_VERSION)
      return (await measureLocks(project, migration, { server, rows: options.rows, budgetMs: options.budget })).findings
    }
  }
}

async function findStatically(project: Project, options: Expectation['options']): Promise<readonly Finding[]> {
  if (options.lock) await proveIntoLockFile(project, server)
  if (options.edit) edit(project)
  const url = options.applied || options.history ? await appliedDatabase(project, options) : undefined
  const target = url === undefined ? {} : { target: resolveTarget(project, { url }, {}) }
  return (await validate(project, { now: NOW, withLock: options.lock, ...target })).findings
}

// The real CLI writes the history, because it is its way of recording statements that validate must understand.
async function appliedDatabase(project: Project, options: Expectation['options']): Promise<string> {
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
