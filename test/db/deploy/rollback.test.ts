import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as drift from '../../../tools/db/deploy/drift.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as rehearse from '../../../tools/db/deploy/rehearse.command.ts'
import * as rollback from '../../../tools/db/deploy/rollback.command.ts'
import { rollBack } from '../../../tools/db/deploy/rollback.ts'
import { planRollback } from '../../../tools/db/deploy/rollback-plan.ts'
import { readSituation } from '../../../tools/db/deploy/situation.ts'
import * as status from '../../../tools/db/deploy/status.command.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { type CuttableProxy, startProxy } from './cuttable-proxy.ts'
import {
  appliedVersions,
  BODY_INDEX,
  createProject,
  MEMO,
  NOTES,
  query,
  removePair,
  removeProject,
  run,
  writeProofs,
} from './fixture.ts'

let cluster: SharedServer
let proxy: CuttableProxy
let project: Project
let url: string
let variables: Record<string, string>
let count = 0

beforeAll(async () => {
  cluster = sharedServer()
  proxy = await startProxy(cluster.port)
  // One database is pushed to once; every test starts from a clone of it.
  project = createProject([NOTES, MEMO, BODY_INDEX])
  await writeProofs(project, cluster)
  variables = { LOCAL_URL: await cluster.createDatabase('pushed') }
  await run(push, project, ['--env', 'local', '--claim'], { variables })
})
afterAll(async () => {
  await proxy.close()
  await cluster.stop()
  removeProject(project)
})
beforeEach(async () => {
  count += 1
  url = await cluster.createDatabase(`rollback_${count}`, 'pushed')
  variables = { LOCAL_URL: url }
})

const back = (...args: string[]) => run(rollback, project, ['--env', 'local', ...args], { variables })
const write = () =>
  query(url, `insert into public.notes (body, memo) values ('one', 'kept'), ('two', null), ('three', 'also kept')`)

describe('rollback', () => {
  test('takes back the newest migration with its history row, and the catalogue is as before', async () => {
    await write()
    const answer = await back()
    expect(answer.data).toMatchObject({ ok: true, done: [BODY_INDEX.id], checks: [{ name: 'catalog', ok: true }] })
    expect(await appliedVersions(url)).toEqual(['20260101000000', '20260102000000'])
    expect(await query(url, `select to_regclass('public.notes_body_idx') as i`)).toEqual([{ i: null }])
    expect(await query(url, 'select count(*)::int as rows from public.notes')).toEqual([{ rows: 3 }])
    const states = (await run(status, project, ['--env', 'local'], { variables })).data.migrations
    expect(states.at(-1)).toMatchObject({ id: BODY_INDEX.id, state: 'reverted' })
  })

  test('counts what was written since, refuses to lose it unasked, and saves it before it is lost', async () => {
    await write()
    const looked = await back('--to', '20260101000000', '--dry-run')
    expect(looked.data.steps).toMatchObject([
      { id: BODY_INDEX.id, losses: [] },
      { id: MEMO.id, losses: [{ kind: 'column', name: 'public.notes.memo', rows: 2 }] },
    ])
    const refused = await back('--to', '20260101000000')
    expect(refused.data.error.what).toContain('LOSES 2 values of column public.notes.memo')
    const tooFew = await back('--to', '20260101000000', '--accept-loss', '1')
    expect(tooFew.code).toBe(1)
    expect(await appliedVersions(url)).toHaveLength(3)
    const done = await back('--to', '20260101000000', '--accept-loss', '2')
    expect(done.data).toMatchObject({ ok: true, done: [BODY_INDEX.id, MEMO.id] })
    expect(readFileSync(done.data.saved[0], 'utf8')).toBe('id,memo\n1,kept\n3,also kept\n')
    expect(await query(url, 'select body from public.notes order by id')).toHaveLength(3)
  })

  test('a row that is written between saving and dropping is saved too, or stops the rollback', async () => {
    await write()
    const target = { name: 'local', url, shown: url, settings: { url, confirm: false, backup: false } }
    const steps = await withDatabase(url, async (sql) => {
      const { applied } = await readSituation(project, sql)
      return planRollback(sql, project, applied, [], '20260101000000')
    })
    // The lock is asserted after saving and before dropping, so that is where another writer comes in.
    const writeOnce = () => {
      let isWritten = false
      return async () => {
        if (!isWritten) await query(url, `insert into public.notes (body, memo) values ('late', 'too')`)
        isWritten = true
      }
    }
    const settings = {
      actor: 'ada',
      reason: '',
      lockTimeoutMs: 1000,
      tries: 3,
      pauseMs: 1,
      folder: join(project.root, 'saved'),
      onProgress: () => undefined,
    }
    const stopped = await rollBack(target, steps, { assertHeld: writeOnce() }, { ...settings, acceptLoss: 2 })
    expect(stopped).toMatchObject({
      done: [],
      failure: expect.stringContaining('3 rows would be lost by now; 2 were accepted'),
    })
    expect(await appliedVersions(url)).toHaveLength(3)
    const done = await rollBack(target, steps, { assertHeld: writeOnce() }, { ...settings, acceptLoss: 9 })
    expect(done.failure).toBeUndefined()
    expect(readFileSync(join(settings.folder, MEMO.id, 'public.notes.memo.csv'), 'utf8')).toBe(
      'id,memo\n1,kept\n3,also kept\n4,too\n5,too\n',
    )
  })

  test('works from the database alone, without the files of the migration', async () => {
    removePair(project, BODY_INDEX)
    try {
      const answer = await back()
      expect(answer.data).toMatchObject({ ok: true, done: [BODY_INDEX.id], steps: [{ source: 'database' }] })
    } finally {
      const { writePair } = await import('./fixture.ts')
      writePair(project, BODY_INDEX)
    }
  })

  test('is refused by a catalogue that was changed by hand, unless the emergency is greater', async () => {
    await query(url, 'create table public.by_hand (id int)')
    const refused = await back()
    expect(refused.data.error.what).toContain('The catalogue is not what')
    expect(await appliedVersions(url)).toHaveLength(3)
    const forced = await back('--despite-drift')
    expect(forced.data).toMatchObject({ ok: false, done: [BODY_INDEX.id], checks: [{ name: 'catalog', ok: false }] })
  })

  test('a rollback that fails leaves everything as it was, the history row included', async () => {
    await query(url, 'create view public.lookers as select memo from public.notes')
    const answer = await back('--to', '20260101000000', '--despite-drift')
    expect(answer.data).toMatchObject({ ok: false, done: [], failure: expect.stringContaining('still applied') })
    expect(await appliedVersions(url)).toHaveLength(3)
    expect(await query(url, `select to_regclass('public.notes_body_idx') is not null as i`)).toEqual([{ i: true }])
  })

  test.each([
    ['before the server got it', false, 3],
    ['after the server got it', true, 2],
  ])('a network cut %s takes back all of it or nothing, and the history says which', async (_when, deliver, left) => {
    await write()
    variables = { LOCAL_URL: proxy.through(url) }
    proxy.cutWhenSent('drop index public.notes_body_idx', deliver)
    const answer = await back()
    proxy.mend()
    expect(answer.data).toMatchObject({ ok: false, failure: expect.stringContaining('was cut off') })
    const rest = await run(status, project, ['--env', 'local'], { variables })
    expect(await appliedVersions(url)).toHaveLength(left)
    const [index] = await query<{ exists: boolean }>(
      url,
      `select to_regclass('public.notes_body_idx') is not null as exists`,
    )
    expect(index?.exists).toBe(left === 3)
    expect(rest.data.isProven).toBe(true)
    expect(await query(url, 'select id from public.notes')).toHaveLength(3)
  })

  test('everything can be taken back, and forward again gives the same catalogue', async () => {
    await write()
    const none = await back('--to', 'none', '--accept-loss', '5')
    expect(none.data).toMatchObject({ ok: true, done: [BODY_INDEX.id, MEMO.id, NOTES.id] })
    expect(await appliedVersions(url)).toEqual([])
    const again = await run(push, project, ['--env', 'local'], { variables })
    expect(again.data).toMatchObject({ ok: true, applied: [NOTES.id, MEMO.id, BODY_INDEX.id] })
  })

  test('a rehearsal goes back and forth and is recorded for exactly these statements', async () => {
    await query(url, `insert into public.notes (body) values ('one')`)
    const answer = await run(rehearse, project, ['memo', '--env', 'local'], { variables })
    expect(answer.data).toMatchObject({ ok: true, rehearsed: [MEMO.id, BODY_INDEX.id] })
    expect(await appliedVersions(url)).toHaveLength(3)
    const entries = await query<{ version: string }>(
      url,
      `select version from supabase_migrations.payd_journal where kind = 'rehearsed' order by version`,
    )
    expect(entries.map((entry) => entry.version)).toEqual(['20260102000000', '20260103000000'])
    expect(await query(url, 'select body from public.notes')).toEqual([{ body: 'one' }])
  })
})

describe('drift', () => {
  test('is silent about a database that is what its migrations say, whether by digest or object by object', async () => {
    expect((await run(drift, project, ['--env', 'local'], { variables })).data).toMatchObject({ ok: true })
    const server = ['--server', cluster.adminUrl, '--blank', 'blank_project']
    const full = await run(drift, project, ['--env', 'local', '--full', ...server], { variables })
    expect(full.data).toMatchObject({ ok: true, differences: [] })
  })

  test('names every difference and gives the SQL that mends either side', async () => {
    await query(url, 'alter table public.notes add column by_hand text')
    await query(url, 'grant insert on public.notes to anon')
    const server = ['--server', cluster.adminUrl, '--blank', 'blank_project']
    const found = await run(drift, project, ['--env', 'local', ...server], { variables })
    expect(found.code).toBe(1)
    const subjects = found.data.differences.map((one: { subject: string }) => one.subject).join('\n')
    expect(subjects).toContain('by_hand')
    expect(subjects).toContain('anon')
    expect(subjects).not.toMatch(/payd_|schema_migrations|pg_database_owner/)
    expect(found.data.mendMigrations.join('\n')).toMatch(/add column "?by_hand/i)
    const mend = found.data.mendDatabase.join('\n')
    expect(mend).toMatch(/drop column "?by_hand/i)
    await query(url, mend)
    expect((await run(drift, project, ['--env', 'local'], { variables })).data).toMatchObject({ ok: true })
  })
})
