import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as approve from '../../../tools/db/deploy/approve.command.ts'
import * as guard from '../../../tools/db/deploy/guard.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as status from '../../../tools/db/deploy/status.command.ts'
import { connect } from '../../../tools/db/lib/database.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import {
  appliedVersions,
  BODY_INDEX,
  createProject,
  MEMO,
  NOTES,
  type Pair,
  query,
  removeProject,
  run,
  writePair,
  writeProofs,
} from './fixture.ts'

let cluster: SharedServer
let project: Project
const projects: Project[] = []
let url: string
let variables: Record<string, string>
let count = 0

beforeAll(async () => {
  cluster = sharedServer()
})
afterAll(() => cluster.stop())

beforeEach(async () => {
  count += 1
  url = await cluster.createDatabase(`push_${count}`)
  variables = { LOCAL_URL: url, STAGING_URL: url, PRODUCTION_URL: url }
})

async function given(...pairs: Pair[]): Promise<void> {
  project = createProject(pairs)
  projects.push(project)
  await writeProofs(project, cluster)
}
const pushLocal = (...args: string[]) => run(push, project, ['--env', 'local', ...args], { variables })

describe('push', () => {
  test('applies what is pending, stores the rollbacks, runs the tests and leaves a database that is as proven', async () => {
    await given(NOTES, MEMO)
    const answer = await pushLocal('--claim')
    expect(answer.data).toMatchObject({
      ok: true,
      applied: [NOTES.id, MEMO.id],
      notApplied: [],
      tests: [
        { ok: true, assertions: 1 },
        { ok: true, assertions: 1 },
      ],
    })
    const rows = await query<{ rollback: string[]; applied_at: Date | null }>(
      url,
      'select rollback, applied_at from supabase_migrations.schema_migrations order by version',
    )
    expect(rows.map((row) => row.rollback[0]?.split('\n').at(-1))).toEqual([
      'drop table public.notes',
      'alter table public.notes drop column memo',
    ])
    expect(rows.every((row) => row.applied_at instanceof Date)).toBe(true)
    const after = await run(status, project, ['--env', 'local'], { variables })
    expect(after.data).toMatchObject({ ok: true, isProven: true, guard: 'local' })
    expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [], tries: 0 })
    // pgTAP was created for the tests and is gone with them.
    expect(await query(url, `select 1 from pg_extension where extname = 'pgtap'`)).toEqual([])
  })

  test('refuses a database that nobody claimed, and one that was claimed for another environment', async () => {
    await given(NOTES)
    const unclaimed = await pushLocal()
    expect(unclaimed.code).toBe(1)
    expect(unclaimed.data.error.what).toContain('Nobody has said which environment')
    await run(guard, project, ['--claim', '--env', 'staging'], { variables })
    const wrong = await pushLocal()
    expect(wrong.data.error.what).toContain('it says that it is "staging"')
    const claim = await pushLocal('--claim')
    expect(claim.data.error.what).toContain('it says that it is "staging"')
    expect(await query(url, `select to_regclass('public.notes') as t`)).toEqual([{ t: null }])
  })

  test('refuses an environment that asks for confirmation until its name is typed, also when it is reached by --url', async () => {
    await given(NOTES)
    const silent = await run(push, project, ['--env', 'production', '--claim'], { variables })
    expect(silent).toMatchObject({ code: 2 })
    const mistyped = await run(push, project, ['--env', 'production', '--claim', '--confirm', 'staging'], { variables })
    expect(mistyped).toMatchObject({ code: 2 })
    await run(guard, project, ['--claim', '--env', 'production', '--confirm', 'production'], { variables })
    const byAddress = await run(push, project, ['--url', url], { variables })
    expect(byAddress.data.error.what).toContain('not changed by its address alone')
  })

  test('stops at a file that was edited after it was applied, unknown, late, unproven or without rollback', async () => {
    await given(NOTES, BODY_INDEX)
    await pushLocal('--claim')
    const gate = async (): Promise<unknown> => {
      const { data } = await pushLocal()
      return data.gates.filter((one: { ok: boolean }) => !one.ok)
    }
    writePair(project, { ...NOTES, up: NOTES.up.replace('body text not null', 'body text') })
    expect(await gate()).toMatchObject([{ name: 'history', what: expect.stringContaining('edited since') }])
    writePair(project, NOTES)
    writePair(project, MEMO)
    expect(await gate()).toMatchObject([
      { name: 'history', what: expect.stringContaining('older than what is already applied') },
      { name: 'proof', what: expect.stringContaining('never proven') },
    ])
    const newer = { ...MEMO, id: '20260104000000_memo' }
    const { removePair } = await import('./fixture.ts')
    removePair(project, MEMO)
    removePair(project, BODY_INDEX)
    expect(await gate()).toMatchObject([{ name: 'history', what: expect.stringContaining('no such file here') }])
    writePair(project, BODY_INDEX)
    writePair(project, newer)
    await writeProofs(project, cluster)
    writePair(project, { ...newer, down: newer.down.replace('drop column memo', 'drop column body') })
    expect(await gate()).toMatchObject([
      { name: 'proof', what: expect.stringContaining('changed after it was proven') },
    ])
    writePair(project, newer)
    await query(url, 'alter table public.notes add column by_hand text')
    expect(await gate()).toMatchObject([{ name: 'catalog' }])
    expect(await appliedVersions(url)).toEqual(['20260101000000', '20260103000000'])
  })

  test('a push that fails half way keeps what was applied, says what was not, and the next push continues', async () => {
    await given(NOTES, MEMO, BODY_INDEX)
    await run(guard, project, ['--claim', '--env', 'local'], { variables })
    const broken = { ...MEMO, up: `${MEMO.up}select 1 / 0;\n` }
    writePair(project, broken)
    const { astHash } = await import('../../../tools/db/lib/ast-hash.ts')
    const { readLockFile, writeLockFile } = await import('../../../tools/db/lib/lock-file.ts')
    const lock = readLockFile(project)
    const entry = lock['20260102000000']
    if (entry) writeLockFile(project, { ...lock, '20260102000000': { ...entry, up: astHash(broken.up) } })
    const answer = await pushLocal()
    expect(answer.data).toMatchObject({
      ok: false,
      applied: [NOTES.id],
      notApplied: [MEMO.id, BODY_INDEX.id],
      failure: expect.stringContaining('division by zero'),
    })
    expect(await appliedVersions(url)).toEqual(['20260101000000'])
    expect(
      await query(url, `select 1 from pg_attribute where attrelid = 'public.notes'::regclass and attname = 'memo'`),
    ).toEqual([])
    writePair(project, MEMO)
    await writeProofs(project, cluster)
    expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [MEMO.id, BODY_INDEX.id] })
    const told = await query<{ kind: string }>(url, 'select kind from supabase_migrations.payd_journal order by id')
    expect(told.map((row) => row.kind)).toEqual([
      'push-started',
      'push-failed',
      'pushed',
      'push-started',
      'pushed',
      'pushed',
    ])
  })

  test('waits for a lock a little, lets go, and tries again', async () => {
    await given(NOTES)
    await pushLocal('--claim')
    writePair(project, MEMO)
    await writeProofs(project, cluster)
    const reader = connect(url)
    await reader.unsafe('begin; lock table public.notes in access share mode').simple()
    let refusals = 0
    const answer = await run(push, project, ['--env', 'local', '--lock-timeout', '200'], {
      variables,
      onProgress: () => {
        refusals += 1
        reader.unsafe('rollback').catch(() => undefined)
      },
    })
    await reader.end()
    expect(refusals).toBe(1)
    expect(answer.data).toMatchObject({ ok: true, tries: 2, applied: [MEMO.id] })
  })

  test('of two pushes at once one does the work and the other is told who does', async () => {
    await given(NOTES, MEMO)
    await run(guard, project, ['--claim', '--env', 'local'], { variables })
    const answers = await Promise.all([pushLocal('--as', 'ada'), pushLocal('--as', 'grace')])
    const [winner, loser] = answers.sort((a, b) => a.code - b.code)
    expect(winner?.data).toMatchObject({ ok: true, applied: [NOTES.id, MEMO.id] })
    expect(loser?.data.error.what).toMatch(/Somebody else is changing this database: "payd-db push by (ada|grace)"/)
    expect(await appliedVersions(url)).toEqual(['20260101000000', '20260102000000'])
  })

  test('finishes what the bare Supabase CLI pushed', async () => {
    await given(NOTES, MEMO)
    await cluster.migrate(new URL(url).pathname.slice(1), project.root)
    await run(guard, project, ['--claim', '--env', 'local'], { variables })
    const before = await run(status, project, ['--env', 'local'], { variables })
    expect(before.data.migrations.map((row: { state: string }) => row.state)).toEqual(['unfinished', 'unfinished'])
    expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [NOTES.id, MEMO.id], tries: 0 })
    expect((await run(status, project, ['--env', 'local'], { variables })).data).toMatchObject({ ok: true })
  })

  test('a migration whose test fails is applied, reported, and not called a success', async () => {
    await given({ ...NOTES, test: (NOTES.test ?? '').replace("'notes'", "'missing'") })
    const answer = await pushLocal('--claim')
    expect(answer.data).toMatchObject({ ok: false, applied: [NOTES.id], notApplied: [] })
    expect(answer.data.checks).toMatchObject([
      { name: 'catalog', ok: true },
      { name: 'tests', ok: false },
    ])
  })

  test('an approval counts for the statements it was given for, not from the author, one role for each person', async () => {
    await given(NOTES, MEMO)
    await run(guard, project, ['--claim', '--env', 'production', '--confirm', 'production'], { variables })
    const asked = (...args: string[]) => run(approve, project, ['memo', '--env', 'production', ...args], { variables })
    expect((await asked()).data).toMatchObject({ ok: false, missing: ['peer'] })
    expect(await asked('--as', 'ada', '--role', 'peer')).toMatchObject({ code: 2 })
    expect((await asked('--as', 'grace', '--role', 'peer')).data).toMatchObject({ ok: true, missing: [] })
    expect((await asked('--as', 'grace', '--role', 'cto')).data).toMatchObject({ missing: ['peer'] })
    expect((await asked('--as', 'grace', '--role', 'peer')).data).toMatchObject({ missing: [] })
    writePair(project, { ...MEMO, up: MEMO.up.replace('memo text', "memo text default ''") })
    expect((await asked()).data).toMatchObject({ missing: ['peer'] })
  })
})

afterAll(() => projects.forEach(removeProject))
