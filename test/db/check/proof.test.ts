import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lint } from '../../../tools/db/check/lint/lint.ts'
import { prove, proveHistory } from '../../../tools/db/check/prove/prove.ts'
import { collectQueries } from '../../../tools/db/check/prove/queries.ts'
import { validate } from '../../../tools/db/check/validate/validate.ts'
import { applyFile } from '../../../tools/db/lib/apply.ts'
import { catalogDifferences, catalogDigest, readCatalog } from '../../../tools/db/lib/catalog.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject } from '../../../tools/db/lib/project.ts'
import { openScratchServer, type ScratchServer, scratchName } from '../../../tools/db/lib/scratch.ts'
import { applyMigrations } from '../../../tools/stack/migrate.ts'
import { projectRoot } from '../../../tools/stack/project.ts'
import { baseFolder } from './planted.ts'

const payd = openProject(projectRoot())
const base = openProject(baseFolder())
let server: ScratchServer

beforeAll(async () => {
  server = await openScratchServer()
})

afterAll(async () => {
  await server?.stop()
})

describe('a project without a mistake', () => {
  test('is proven, and its history leaves nothing behind', async () => {
    const wanted = new Set(readMigrations(base).migrations.map((migration) => migration.version))
    const { proofs, findings, seeds } = await prove(base, { server, wanted, lanes: 2 })
    expect(proofs.flatMap((proof) => proof.findings)).toEqual([])
    expect(findings).toEqual([])
    expect(seeds?.empty).toEqual([])
    expect(await proveHistory(base, server)).toEqual([])
  })
})

describe("PayD's own migrations", () => {
  test('raise no alarm in validate and lint', async () => {
    const { findings } = await validate(payd, { now: new Date() })
    expect(findings.filter((finding) => finding.severity === 'error')).toEqual([])
    expect((await lint(payd, [])).findings.filter((finding) => finding.severity === 'error')).toEqual([])
  })

  test('can all be taken back to an empty project, and give the same catalogue again', async () => {
    expect(await proveHistory(payd, server)).toEqual([])
  })

  test('have as many queries of the application to plan as the SDK has doors', () => {
    const queries = collectQueries(payd, [])
    expect(queries.map((query) => query.sql)).toContainEqual(
      expect.stringMatching(/^select id, .* from public\.employees$/),
    )
    expect(queries.some((query) => query.sql.includes('public.create_payroll_run'))).toBe(true)
    expect(
      queries.some((query) => query.role === 'service_role' && query.sql.includes('public.claim_disbursement(')),
    ).toBe(true)
  })
})

describe('the catalogue digest', () => {
  test('is the same whether the Supabase CLI or the proof applies the files, and says nothing about the history table', async () => {
    const ours = await server.createDatabase(scratchName('ours'))
    const theirs = await server.createDatabase(scratchName('theirs'))
    await applyMigrations(base.root, theirs)
    await withDatabase(ours, async (sql) => {
      for (const migration of readMigrations(base).migrations) await applyFile(sql, migration.up, 'test')
    })
    expect(catalogDigest(await readCatalog(ours))).toBe(catalogDigest(await readCatalog(theirs)))
  })

  test.each([
    'grant update on public.notes to authenticated',
    'revoke execute on function private.organization_id() from service_role',
    "comment on column public.notes.priority is 'x'",
    'alter table public.notes alter column body set storage external',
    'alter table public.notes alter column body set statistics 500',
    'alter policy "Members can read their organization\'s notes" on public.notes using (true)',
    'alter table public.notes disable trigger notes_touch_updated_at',
    'alter function private.organization_id() security invoker',
    'alter table public.notes cluster on notes_pkey',
    "alter type private.mood rename value 'busy' to 'hectic'",
    'create statistics public.s on organization_id, priority from public.notes',
    'alter view public.note_bodies set (security_invoker = false)',
    'alter table public.notes set (toast.autovacuum_enabled = false)',
  ])('sees "%s"', async (statement) => {
    const url = await server.createDatabase(scratchName('digest'))
    await withDatabase(url, async (sql) => {
      for (const migration of readMigrations(base).migrations) await applyFile(sql, migration.up, 'test')
    })
    const before = await readCatalog(url)
    await withDatabase(url, (sql) => sql.unsafe(statement))
    const after = await readCatalog(url)
    expect(catalogDifferences(before, after)).not.toEqual([])
    expect(catalogDigest(after)).not.toBe(catalogDigest(before))
  })
})
