import { rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as approve from '../../../tools/db/deploy/approve.command.ts'
import * as backup from '../../../tools/db/deploy/backup.command.ts'
import * as guard from '../../../tools/db/deploy/guard.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as drill from '../../../tools/db/deploy/restore-drill.command.ts'
import * as rollback from '../../../tools/db/deploy/rollback.command.ts'
import * as status from '../../../tools/db/deploy/status.command.ts'
import { connect } from '../../../tools/db/lib/database.ts'
import { readLockFile, writeLockFile } from '../../../tools/db/lib/lock-file.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { startProxy } from './cuttable-proxy.ts'
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

/** A database to which NOTES was pushed; the pairs come on top. */
async function givenPushed(...pairs: Pair[]): Promise<void> {
  await given(NOTES, ...pairs)
  url = await cluster.createDatabase(`push_${count}_on_top`, await pushedNotes())
  variables = { LOCAL_URL: url, STAGING_URL: url, PRODUCTION_URL: url }
}

// Pushed once, and cloned for each test that begins there.
async function pushedNotes(): Promise<string> {
  if (hasPushedNotes) return 'pushed_notes'
  const first = createProject([NOTES])
  projects.push(first)
  await writeProofs(first, cluster)
  const address = await cluster.createDatabase('pushed_notes')
  const answer = await run(push, first, ['--env', 'local', '--claim'], { variables: { LOCAL_URL: address } })
  expect(answer.data).toMatchObject({ ok: true, applied: [NOTES.id] })
  hasPushedNotes = true
  return 'pushed_notes'
}
let hasPushedNotes = false
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

  test('refuses a database that was never claimed, and one that was claimed for another environment', async () => {
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

  test('by --url only reaches an environment that is known here and asks for nothing', async () => {
    await given(NOTES)
    await run(guard, project, ['--claim', '--env', 'staging'], { variables })
    const after = await run(push, project, ['--url', url], { variables })
    expect(after).toMatchObject({ code: 2, data: { error: { fix: expect.stringContaining('--env staging') } } })
    rmSync(project.environmentsFile)
    expect(await run(push, project, ['--url', url], { variables })).toMatchObject({ code: 2 })
    expect(await appliedVersions(url)).toEqual([])
    const free = await cluster.createDatabase(`push_${count}_free`)
    writeFileSync(project.environmentsFile, JSON.stringify({ local: { url: free } }))
    await run(guard, project, ['--claim', '--env', 'local'])
    expect((await run(push, project, ['--url', free])).data).toMatchObject({ ok: true, applied: [NOTES.id] })
  })

  test('lets a migration that cannot be rolled back through when a restored backup is there, on every environment', async () => {
    const oneWay = { ...MEMO, down: `-- rollback-of: ${MEMO.id}\n-- rollback: impossible nobody knows\nselect 1;\n` }
    await givenPushed(oneWay)
    const lock = readLockFile(project)
    const entry = lock['20260102000000']
    const proof = { catalogIdentity: false, dataPreserved: false, killPoints: 0, n1: { queries: 0, broken: 0 } }
    if (entry) writeLockFile(project, { ...lock, '20260102000000': { ...entry, rollback: 'impossible', proof } })
    const stopped = await pushLocal()
    expect(stopped.data.gates.filter((gate: { ok: boolean }) => !gate.ok)).toMatchObject([
      { name: 'backup', why: expect.stringContaining('cannot be rolled back') },
    ])
    const local = ['--env', 'local']
    await run(backup, project, local, { variables })
    expect((await pushLocal()).data.applied).toEqual([])
    await run(drill, project, [...local, '--server', cluster.adminUrl, '--blank', 'blank_project'], { variables })
    expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [MEMO.id] })
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
    await givenPushed(MEMO)
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

  test('that is ended by its time limit is answered when the server has ended it too, so that nothing is applied later', async () => {
    await givenPushed(MEMO)
    const reader = connect(url)
    await reader.unsafe('begin; lock table public.notes in access share mode').simple()
    const answer = await pushLocal('--timeout', '4', '--lock-timeout', '600000')
    expect(
      await query(
        url,
        `select state from pg_stat_activity where application_name = '@effect/sql-pg' and datname = current_database()`,
      ),
    ).toEqual([])
    await reader.unsafe('rollback')
    await reader.end()
    expect(answer.data).toMatchObject({ ok: false, applied: [], notApplied: [MEMO.id], isKnown: true, isAtWork: false })
    expect(answer.data.failure).toContain('gave no answer within 4 s')
    expect(await appliedVersions(url)).toEqual(['20260101000000'])
    expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [MEMO.id] })
  })

  test('says that it does not know while a session of the CLI is still at work', async () => {
    const { waitForEnd } = await import('../../../tools/db/deploy/leftover.ts')
    const sessions = { applicationName: '@effect/sql-pg', since: '-infinity' }
    const leftover = connect(url, sessions)
    await leftover`select 1`
    expect(await waitForEnd(url, sessions, 0)).toBe('at work')
    await leftover.end()
    expect(await waitForEnd(url, sessions, 600_000)).toBe('ended')
    expect(await waitForEnd(url.replace(`:${cluster.port}`, ':1'), sessions, 0)).toBe('unknown')
    const { adviceAfter } = await import('../../../tools/db/deploy/push.ts')
    const outcome = { applied: [], notApplied: [], failure: 'x', tries: 1, durationMs: 1 }
    expect(adviceAfter({ ...outcome, isKnown: false, isAtWork: true }, '--env local')).toContain('still at work')
    expect(adviceAfter({ ...outcome, isKnown: false, isAtWork: false }, '--env local')).toContain('no longer answers')
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

  test('finishes what the bare Supabase CLI pushed, with a rollback that was proven only', async () => {
    await given(NOTES, MEMO)
    await cluster.migrate(new URL(url).pathname.slice(1), project.root)
    await run(guard, project, ['--claim', '--env', 'local'], { variables })
    const before = await run(status, project, ['--env', 'local'], { variables })
    expect(before.data.migrations.map((row: { state: string }) => row.state)).toEqual(['unfinished', 'unfinished'])
    writePair(project, { ...NOTES, down: NOTES.down.replace('drop table', 'drop table if exists') })
    const refused = await pushLocal()
    expect(refused.data.gates.filter((gate: { ok: boolean }) => !gate.ok)).toMatchObject([
      { name: 'proof', what: expect.stringContaining('changed after it was proven') },
    ])
    // The state of the tools came after the history, as in a project that adopts them.
    const stored = await query(url, 'select rollback from supabase_migrations.schema_migrations')
    expect(stored).toEqual([{ rollback: null }, { rollback: null }])
    writePair(project, NOTES)
    expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [NOTES.id, MEMO.id], tries: 0 })
    expect((await run(status, project, ['--env', 'local'], { variables })).data).toMatchObject({ ok: true })
  })

  test('does not run tests that end their transaction early, whose rows would stay, and calls a failing test no success', async () => {
    const stays = `insert into public.notes (body) values ('stays');`
    const early = (pair: Pair, end: string): Pair => ({
      ...pair,
      test: (NOTES.test ?? '').replace('rollback;', end),
    })
    const failing = { ...BODY_INDEX, test: (NOTES.test ?? '').replace("'notes'", "'missing'") }
    await given(early(NOTES, `${stays} commit;`), early(MEMO, `rollback; ${stays} rollback;`), failing)
    const answer = await pushLocal('--claim')
    const refused = { ok: false, problems: [expect.stringContaining('It was not run')] }
    expect(answer.data.tests).toMatchObject([refused, refused, { ok: false }])
    expect(await query(url, 'select body from public.notes')).toEqual([])
    expect(answer.data).toMatchObject({
      ok: false,
      applied: [NOTES.id, MEMO.id, BODY_INDEX.id],
      notApplied: [],
      checks: [
        { name: 'catalog', ok: true },
        { name: 'tests', ok: false },
      ],
    })
  })

  test('a network that is cut before or after the server got the migration is noticed, and the next push finishes what was begun', async () => {
    const proxy = await startProxy(cluster.port)
    try {
      await givenPushed(BODY_INDEX)
      variables = { LOCAL_URL: proxy.through(url) }
      proxy.cutWhenSent('create index notes_body_idx', false)
      expect((await pushLocal()).data).toMatchObject({ ok: false, isKnown: false })
      proxy.mend()
      expect(await appliedVersions(url)).toEqual(['20260101000000'])
      const after = await run(status, project, ['--env', 'local'], { variables })
      expect(after.data.migrations.at(-1)).toMatchObject({ id: BODY_INDEX.id, state: 'pending' })
      expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [BODY_INDEX.id] })

      const back = await run(rollback, project, ['--env', 'local', '--reason', 'to try the cut again'], { variables })
      expect(back.data).toMatchObject({ ok: true, done: [BODY_INDEX.id] })
      proxy.cutWhenSent('create index notes_body_idx', true)
      expect(await pushLocal()).toMatchObject({ code: 1 })
      proxy.mend()
      const applied = await appliedVersions(url)
      const [index] = await query<{ exists: boolean }>(
        url,
        `select to_regclass('public.notes_body_idx') is not null as exists`,
      )
      // Whatever the server had received, the history says what is there.
      expect(applied.includes('20260103000000')).toBe(index?.exists)
      expect((await pushLocal()).data).toMatchObject({ ok: true, applied: [BODY_INDEX.id] })
      const settled = await run(status, project, ['--env', 'local'], { variables })
      expect(settled.data).toMatchObject({ ok: true, isProven: true })
    } finally {
      await proxy.close()
    }
  })

  test('an approval counts for the statements it was given for, not from the author, one role for each person', async () => {
    await given(NOTES, MEMO)
    await run(guard, project, ['--claim', '--env', 'production', '--confirm', 'production'], { variables })
    const asked = (...args: string[]) => run(approve, project, ['memo', '--env', 'production', ...args], { variables })
    expect((await asked()).data).toMatchObject({ ok: false, missing: ['peer'] })
    for (const author of ['ada', 'Ada', ' ADA ']) {
      expect(await asked('--as', author, '--role', 'peer')).toMatchObject({ code: 2 })
    }
    expect((await asked('--as', 'grace', '--role', 'peer')).data).toMatchObject({ ok: true, missing: [] })
    expect((await asked('--as', 'Grace', '--role', 'cto')).data).toMatchObject({ missing: ['peer'] })
    expect((await asked('--as', 'grace', '--role', 'peer')).data).toMatchObject({ missing: [] })
    writePair(project, { ...MEMO, up: MEMO.up.replace('memo text', "memo text default ''") })
    expect((await asked()).data).toMatchObject({ missing: ['peer'] })
  })
})

afterAll(() => projects.forEach(removeProject))
