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
import { connect, quoteText, withDatabase } from '../../../tools/db/lib/database.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { type CuttableProxy, startProxy } from './cuttable-proxy.ts'
import {
  appliedVersions,
  BODY_INDEX,
  createProject,
  forRoleThatRlsStops,
  MEMO,
  NOTES,
  query,
  removePair,
  removeProject,
  run,
  until,
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
/** Stores another rollback of the newest migration, as a push would have done. */
const store = (database: string, text: string) =>
  query(
    database,
    `update supabase_migrations.schema_migrations set rollback = array[${quoteText(text.trim().replace(/;$/, ''))}]
     where version = (select max(version) from supabase_migrations.schema_migrations)`,
  )
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
    const target = {
      name: 'local',
      url,
      shown: url,
      settings: { url, confirm: false, signedApprovals: false, backup: false },
    }
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
      endWithinMs: 1000,
      folder: join(project.root, 'saved'),
      onProgress: () => undefined,
    }
    const stopped = await rollBack(project, target, steps, { assertHeld: writeOnce() }, { ...settings, acceptLoss: 2 })
    expect(stopped).toMatchObject({
      done: [],
      failure: expect.stringContaining('3 rows would be lost by now; 2 were accepted'),
    })
    expect(await appliedVersions(url)).toHaveLength(3)
    const done = await rollBack(project, target, steps, { assertHeld: writeOnce() }, { ...settings, acceptLoss: 9 })
    expect(done.failure).toBeUndefined()
    expect(readFileSync(join(settings.folder, MEMO.id, 'public.notes.memo.csv'), 'utf8')).toBe(
      'id,memo\n1,kept\n3,also kept\n4,too\n5,too\n',
    )
  })

  test('rows that come into an empty table while the rollback waits for its lock are not lost unasked', async () => {
    const writer = connect(url)
    await writer.unsafe(`begin; insert into public.notes (body) values ('one'), ('two')`).simple()
    const going = back('--to', 'none')
    await until(
      url,
      `select from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'payd-db rollback' and datname = current_database()`,
    )
    await writer.unsafe('commit')
    await writer.end()
    const answer = await going
    expect(answer.data).toMatchObject({
      ok: false,
      done: [],
      failure: expect.stringContaining('2 rows would be lost by now; 0 were accepted'),
    })
    expect(await query(url, 'select body from public.notes')).toHaveLength(2)
    expect(await appliedVersions(url)).toHaveLength(3)
  })

  test('a table that hides its rows from its own owner is not taken for an empty one', async () => {
    await write()
    await query(url, 'alter table public.notes force row level security')
    variables = { LOCAL_URL: forRoleThatRlsStops(url) }
    const answer = await back('--to', 'none', '--despite-drift')
    expect(answer.data.error.what).toContain('This role does not see every row')
    expect(await appliedVersions(url)).toHaveLength(3)
  })

  test('what the rollback deletes, updates or declares lossy is saved whole and wants to be accepted', async () => {
    await write()
    const forgetful = `-- rollback-of: ${BODY_INDEX.id}\n-- rollback: lossy table public.notes\ndrop index public.notes_body_idx;\n`
    for (const [statement, name] of [
      ['delete from public.notes where id = 1;', 'delete'],
      ['with gone as (delete from public.notes returning 1) select count(*) from gone;', 'with'],
      [`update public.notes set body = '';`, 'update'],
      ['truncate public.notes;', 'truncate'],
      ['', 'declared'],
    ] as const) {
      const own = await cluster.createDatabase(`writes_${name}`, new URL(url).pathname.slice(1))
      const mine = { variables: { LOCAL_URL: own } }
      await store(own, `${forgetful}${statement}`)
      const refused = await run(rollback, project, ['--env', 'local'], mine)
      expect(refused.data.error.what).toContain('MAY LOSE any of 3 rows of public.notes')
      const done = await run(rollback, project, ['--env', 'local', '--accept-loss', '3'], mine)
      expect(done.data).toMatchObject({ ok: true, done: [BODY_INDEX.id] })
      expect(readFileSync(done.data.saved[0], 'utf8').split('\n')).toHaveLength(5)
    }
  })

  test.each([
    'do $$ begin delete from public.notes; end $$;',
    'select public.wipe();',
    'drop function public.wipe() cascade;',
  ])('"%s" cannot be counted and is refused until a loss is accepted', async (statement) => {
    await query(url, 'create function public.wipe() returns void language sql as $$ select $$')
    await store(url, `${BODY_INDEX.down}${statement}`)
    const looked = await back('--dry-run')
    expect(looked.data.steps).toMatchObject([{ losses: [], uncountable: [statement.replace(/;$/, '')] }])
    const refused = await back('--despite-drift')
    expect(refused.data.error.what).toContain('cannot be counted')
    expect(await appliedVersions(url)).toHaveLength(3)
    expect((await back('--despite-drift', '--accept-loss', '0')).data).toMatchObject({ done: [BODY_INDEX.id] })
  })

  test('is refused when it is not one transaction and takes something away', async () => {
    await store(
      url,
      `${BODY_INDEX.down.replace('drop index', 'drop index concurrently')}alter table public.notes drop column memo;`,
    )
    const answer = await back('--accept-loss', '9')
    expect(answer.data.error.what).toContain('is not one transaction, and it takes away public.notes.memo')
    expect(await query(url, 'select memo from public.notes')).toEqual([])
  })

  test('is done when it is not one transaction and takes nothing away', async () => {
    await store(url, BODY_INDEX.down.replace('drop index', 'drop index concurrently'))
    expect((await back()).data).toMatchObject({ ok: true, done: [BODY_INDEX.id] })
    expect(await appliedVersions(url)).toHaveLength(2)
  })

  test('whose answer is lost after the commit is reported as done, with its check', async () => {
    variables = { LOCAL_URL: proxy.through(url) }
    proxy.loseAnswerTo('drop index public.notes_body_idx')
    const answer = await back()
    expect(answer.data).toMatchObject({
      ok: true,
      done: [BODY_INDEX.id],
      failure: null,
      notes: [expect.stringContaining('was cut off after it was done')],
      checks: [{ name: 'catalog', ok: true }],
    })
  })

  test('whose network is cut during a long statement is answered only when the server has ended it', async () => {
    await store(url, `${BODY_INDEX.down}select pg_sleep(600);`)
    variables = { LOCAL_URL: proxy.through(url) }
    const going = back()
    await until(url, `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`)
    proxy.cut()
    proxy.mend()
    const answer = await going
    expect(answer.data).toMatchObject({ ok: false, done: [], failure: expect.stringContaining('is still applied') })
    expect(
      await query(
        url,
        `select from pg_stat_activity where application_name = 'payd-db rollback' and datname = current_database()`,
      ),
    ).toEqual([])
    expect(await appliedVersions(url)).toHaveLength(3)
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
    await query(url, 'alter table public.notes add column by_hand text')
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
