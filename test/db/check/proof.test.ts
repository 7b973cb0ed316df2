import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prove, proveHistory } from '../../../tools/db/check/prove/prove.ts'
import { applyFile } from '../../../tools/db/lib/apply.ts'
import { type Catalog, catalogDifferences, catalogDigest, readCatalog } from '../../../tools/db/lib/catalog.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject } from '../../../tools/db/lib/project.ts'
import { projectScope } from '../../../tools/db/lib/scope.ts'
import { type ScratchServer, scratchName } from '../../../tools/db/lib/scratch.ts'
import { applyMigrations } from '../../../tools/stack/migrate.ts'
import { sharedServer } from '../shared-server.ts'
import { baseFolder } from './planted.ts'

const base = openProject(baseFolder())
let server: ScratchServer

beforeAll(() => {
  server = sharedServer()
})

afterAll(async () => {
  await server?.stop()
})

describe('a project without a mistake', () => {
  test('is proven, and its history leaves nothing behind', async () => {
    const wanted = new Set(readMigrations(base).migrations.map((migration) => migration.version))
    const { proofs, findings, emptyTables } = await prove(base, { server, wanted, lanes: 2 })
    expect(proofs.flatMap((proof) => proof.findings)).toEqual([])
    expect(findings).toEqual([])
    expect(emptyTables).toEqual([])
    expect(await proveHistory(base, server)).toEqual([])
  })
})

describe('the catalogue digest', () => {
  const scope = projectScope(base)
  let url: string
  let before: Catalog
  /** The catalogue after the change of the test before. */
  let latest: Catalog

  beforeAll(async () => {
    url = await server.createDatabase(scratchName('digest'))
    await withDatabase(url, async (sql) => {
      for (const migration of readMigrations(base).migrations) await applyFile(sql, migration.up, 'test')
    })
    before = await withDatabase(url, readCatalog)
    latest = before
  })

  test('is the same whether the Supabase CLI or the proof applies the files, and says nothing about the history table', async () => {
    const theirs = await server.createDatabase(scratchName('theirs'))
    await applyMigrations(base.root, theirs)
    expect(catalogDigest(await withDatabase(theirs, readCatalog), scope)).toBe(catalogDigest(before, scope))
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
    await withDatabase(url, (sql) => sql.unsafe(statement))
    const after = await withDatabase(url, readCatalog)
    expect(catalogDifferences(latest, after)).not.toEqual([])
    expect(catalogDigest(after, scope)).not.toBe(catalogDigest(latest, scope))
    latest = after
  })
})
