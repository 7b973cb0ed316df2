import { afterAll, beforeAll, expect, test } from 'vitest'
import { lint } from '../../../tools/db/check/lint/lint.ts'
import { changedVersions, renewLockFile } from '../../../tools/db/check/prove/lock-entries.ts'
import { prove, proveHistory } from '../../../tools/db/check/prove/prove.ts'
import { collectQueries } from '../../../tools/db/check/prove/queries.ts'
import type { Start } from '../../../tools/db/check/prove/stage.ts'
import { validate } from '../../../tools/db/check/validate/validate.ts'
import * as history from '../../../tools/db/deploy/history.command.ts'
import * as report from '../../../tools/db/deploy/report.command.ts'
import { applyFile } from '../../../tools/db/lib/apply.ts'
import { readCatalog } from '../../../tools/db/lib/catalog.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { readLockFile } from '../../../tools/db/lib/lock-file.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject } from '../../../tools/db/lib/project.ts'
import { type ScratchServer, scratchName } from '../../../tools/db/lib/scratch.ts'
import { projectRoot } from '../../../tools/lib/project.ts'
import { run } from '../deploy/fixture.ts'
import { migratedTemplate, sharedServer } from '../shared-server.ts'

// What the tools ask of a user's migrations they ask of PayD's own.
const payd = openProject(projectRoot())
const { migrations } = readMigrations(payd)
let server: ScratchServer

beforeAll(() => {
  server = sharedServer()
})

afterAll(async () => {
  await server?.stop()
})

test('the files, headers, order and lock file are valid', async () => {
  const { findings } = await validate(payd, { now: new Date() })
  expect(findings.filter((finding) => finding.severity === 'error')).toEqual([])
})

test('squawk and the rules on the syntax tree find no error', async () => {
  const { findings } = await lint(payd, [])
  expect(findings.filter((finding) => finding.severity === 'error')).toEqual([])
})

test('MIGRATION_HISTORY.md is what the migrations say', async () => {
  expect(await run(history, payd, ['--check'])).toMatchObject({ code: 0, data: { isCurrent: true } })
})

test('what the Supabase CLI has applied can be taken back to an empty project, and all of them give the same catalogue again', async () => {
  expect(await proveHistory(payd, server, migratedTemplate())).toEqual([])
})

// A proof of all pairs takes longer than everything else here together, and the lock file holds its results. What the lock
// file does not cover is proven now, and the newest are proven in any case: their entries must come out as they were committed.
const NEWEST = 5

/** A database that was taken back to before a migration, which is shorter than coming there from an empty one. */
async function startBefore(count: number): Promise<Start> {
  const template = scratchName('before')
  const url = await server.createDatabase(template, migratedTemplate())
  const catalog = await withDatabase(url, async (sql) => {
    for (const { down } of migrations.slice(count).reverse()) if (down) await applyFile(sql, down, 'test')
    return readCatalog(sql)
  })
  return { template, count, catalog }
}

test('what differs from the lock file is proven, and the newest proofs come out as they were committed', async () => {
  const lock = readLockFile(payd)
  const newest = migrations.slice(-NEWEST).map((migration) => migration.version)
  const wanted = new Set([...changedVersions(migrations, lock), ...newest])
  const start = await startBefore(migrations.findIndex(({ version }) => wanted.has(version)))
  const { proofs, findings } = await prove(payd, { server, wanted, lanes: 2, start })
  expect([...proofs.flatMap((proof) => proof.findings), ...findings]).toEqual([])
  const renewed = renewLockFile(lock, migrations, proofs)
  expect(newest.map((version) => renewed[version])).toEqual(newest.map((version) => lock[version]))
})

test('the text of a pull request names the tests that prove a migration of PayD', async () => {
  const texts = await Promise.all(
    ['employees', 'payroll_runs', 'webhook_queue'].flatMap((name) => {
      const found = migrations.find((migration) => migration.name === name)
      return found ? [run(report, payd, [found.version, '--pull-request'])] : []
    }),
  )
  expect(texts.length).toBeGreaterThan(0)
  for (const { data } of texts) expect(data.text).toMatch(/## Tests\n- supabase\/tests\/.*\.test\.sql/)
})

test('the proofs plan as many queries of the application as the SDK has doors', () => {
  const queries = collectQueries(payd, [])
  const texts = queries.map((query) => query.sql)
  expect(texts).toContainEqual(expect.stringMatching(/^select id, .* from public\.employees$/))
  expect(texts).toContainEqual(expect.stringContaining('public.create_payroll_run'))
  const ofTheService = queries.filter((query) => query.role === 'service_role').map((query) => query.sql)
  expect(ofTheService).toContainEqual(expect.stringContaining('public.claim_disbursement'))
})
