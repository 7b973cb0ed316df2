import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as backfill from '../../../tools/db/deploy/backfill.command.ts'
import * as guard from '../../../tools/db/deploy/guard.command.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { type CuttableProxy, startProxy } from './cuttable-proxy.ts'
import { createProject, forRoleThatRlsStops, query, removeProject, run } from './fixture.ts'

let cluster: SharedServer
let proxy: CuttableProxy
let project: Project
let url: string
let variables: Record<string, string>

beforeAll(async () => {
  cluster = sharedServer()
  proxy = await startProxy(cluster.port)
  project = createProject([])
  url = await cluster.createDatabase('filled')
  variables = { LOCAL_URL: proxy.through(url) }
  await run(guard, project, ['--claim', '--env', 'local'], { variables })
  await query(
    url,
    `create table public.notes (id bigint generated always as identity primary key, body text, memo text, writes int not null default 0);
     insert into public.notes (body) select n::text from generate_series(1, 1000) n`,
  )
})
afterAll(async () => {
  await proxy.close()
  await cluster.stop()
  removeProject(project)
})

const fill = (name: string, ...more: string[]) =>
  run(
    backfill,
    project,
    // `writes` counts how often a row was done.
    [
      name,
      '--env',
      'local',
      '--table',
      'public.notes',
      '--batch',
      '100',
      '--pause',
      '1',
      '--set',
      `memo = 'm' || body, writes = writes + 1`,
      '--where',
      'memo is null',
      ...more,
    ],
    { variables },
  )

describe('backfill', () => {
  test('continues after a stop and after a cut network, and does every row exactly once', async () => {
    expect((await fill('memos', '--max-batches', '3')).data).toMatchObject({ ok: false, rows: 300, left: 700 })
    proxy.cutWhenSent('v_next', true)
    expect(await fill('memos')).toMatchObject({ code: 1 })
    proxy.mend()
    expect((await fill('memos')).data).toMatchObject({ ok: true, rows: 1000, left: 0, isFinished: true })
    expect(await query(url, `select null_frac from pg_stats where tablename = 'notes' and attname = 'memo'`)).toEqual([
      { null_frac: 0 },
    ])
    expect(await query(url, 'select writes, count(*)::int as rows from public.notes group by 1')).toEqual([
      { writes: 1, rows: 1000 },
    ])
    expect((await fill('memos')).data).toMatchObject({ ok: true, rows: 1000 })
  })

  test('ends, and says so, when what it writes still matches', async () => {
    const answer = await fill('endless', '--where', 'memo is not null')
    expect(answer.data).toMatchObject({ ok: false, isFinished: true, left: 1000 })
  })

  test('stops at a table that hides rows from its own owner, instead of calling itself finished', async () => {
    await query(url, 'alter table public.notes enable row level security, force row level security')
    try {
      variables = { LOCAL_URL: forRoleThatRlsStops(url) }
      expect((await fill('hidden')).data.error.what).toContain('row-level security')
    } finally {
      variables = { LOCAL_URL: proxy.through(url) }
      await query(url, 'alter table public.notes no force row level security, disable row level security')
    }
  })

  test('refuses another definition under the same name, a key that is none, and triggers that were not accepted', async () => {
    expect((await fill('memos', '--where', 'body is null')).data.error.what).toContain('another definition')
    expect((await fill('by_body', '--key', 'body')).data.error.what).toContain('no unique, not null column "body"')
    await query(
      url,
      `create table public.told (n int);
       create function public.tell() returns trigger language plpgsql as $$ begin
         insert into public.told values (1); new.body := new.body || '!'; return new; end $$;
       create trigger notes_tell before update on public.notes for each row execute function public.tell()`,
    )
    const told = await fill('telling', '--where', "memo like 'm%'")
    expect(told.data.error.what).toMatch(/100 rows of public\.told, the column body/)
    expect(await query(url, 'select * from public.told')).toEqual([])
    expect((await fill('telling', '--where', "memo like 'm%'", '--triggers-may-fire')).data).toMatchObject({
      rows: 1000,
    })
  })
})
