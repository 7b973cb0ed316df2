import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as health from '../../../tools/db/deploy/health.command.ts'
import { alertsAgainst } from '../../../tools/db/deploy/thresholds.ts'
import * as watch from '../../../tools/db/deploy/watch.command.ts'
import { connect } from '../../../tools/db/lib/database.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type Cluster, startCluster } from '../../../tools/stack/cluster.ts'
import { createProject, query, removeProject, run } from './fixture.ts'

let cluster: Cluster
let project: Project
let url: string

beforeAll(async () => {
  cluster = await startCluster()
  project = createProject([])
  url = await cluster.createDatabase('measured')
  await query(
    url,
    `create table public.parents (id bigint primary key);
     create table public.children (id bigint primary key, parent_id bigint references public.parents (id), other_id bigint references public.parents (id),
       filler text);
     alter table public.parents enable row level security;
     alter table public.children enable row level security;
     create index children_partial_idx on public.children (parent_id) where filler = 'x';
     create index children_other_idx on public.children (other_id) where other_id is not null;
     create index children_filler_idx on public.children (filler);
     insert into public.parents values (1);
     insert into public.children select n, 1, null, repeat('x', 100) from generate_series(1, 120000) n;`,
  )
  await query(url, 'vacuum (analyze) public.children')
})
afterAll(async () => {
  await cluster.stop()
  removeProject(project)
})

const measure = (...args: string[]) => run(health, project, ['--url', url, ...args])
const names = (data: { alerts: { name: string }[] }): string[] => data.alerts.map((alert) => alert.name)

describe('health', () => {
  test('a freshly filled table has no bloat; the same table after most rows are gone is mostly air, until it is rewritten', async () => {
    const bloat = async (): Promise<number> => {
      const { data } = await measure()
      return data.health.tables.find((table: { name: string }) => table.name === 'public.children').bloat
    }
    expect(await bloat()).toBeLessThan(0.05)
    await query(url, 'delete from public.children where id % 10 <> 0')
    await query(url, 'vacuum (analyze) public.children')
    expect(await bloat()).toBeGreaterThan(0.85)
    expect(names((await measure()).data)).toContain('bloat')
    await query(url, 'vacuum (full, analyze) public.children')
    expect(await bloat()).toBeLessThan(0.05)
  })

  test('names the foreign key without an index, the unused index, and the exposed table, and nothing else', async () => {
    const clean = await measure()
    expect(clean.data.health.missingIndexes).toMatchObject([{ table: 'public.children', columns: 'parent_id' }])
    expect(clean.data.health.unusedIndexes.map((index: { name: string }) => index.name)).toEqual([
      'public.children_filler_idx',
    ])
    expect(names(clean.data)).toEqual(['missing-index'])
    expect(clean.code).toBe(1)
    await query(url, 'create index children_parent_idx on public.children (parent_id)')
    expect(await measure()).toMatchObject({ code: 0 })
    await query(url, 'create table public.open (id int)')
    expect(names((await measure()).data)).toEqual(['rls'])
    await query(url, 'drop table public.open')
  })

  test('against a baseline only what got worse is an alert, and errors count in proportion', async () => {
    const file = join(project.root, 'before.json')
    await query(url, 'drop index public.children_parent_idx')
    expect((await measure('--save', file)).code).toBe(1)
    expect(await measure('--baseline', file)).toMatchObject({ code: 0 })
    const sql = connect(url)
    for (let n = 0; n < 150; n += 1) await sql.unsafe('select 1 / 0').catch(() => undefined)
    await sql.end()
    const worse = await measure('--baseline', file)
    expect(worse.code).toBe(1)
    expect(names(worse.data)).toEqual(['errors'])
  })

  test('against a baseline an old trouble is an alert again only when it grew by more than a tenth', async () => {
    const { data } = await measure()
    const before = {
      ...data.health,
      tables: [{ name: 'public.t', bytes: 100e6, rows: 1000, deadRows: 20_000, bloat: 0.8 }],
      slowQueries: [{ query: 'select slow()', calls: 100, meanMs: 1500, totalMs: 150_000 }],
      findings: [{ severity: 'error', kind: 'stuck', count: 20, since: '', example: 'x' }],
      missingIndexes: [],
    }
    const at = (factor: number) => ({
      ...before,
      tables: [{ ...before.tables[0], deadRows: 20_000 * factor, bytes: 100e6 * factor }],
      slowQueries: [{ ...before.slowQueries[0], meanMs: 1500 * factor }],
      findings: [{ ...before.findings[0], count: 20 * factor, example: 'y' }],
    })
    expect(alertsAgainst(before, at(0.95))).toEqual([])
    expect(alertsAgainst(before, at(1.09))).toEqual([])
    expect(alertsAgainst(before, at(1.2)).map((alert) => alert.name)).toEqual([
      'bloat',
      'dead-rows',
      'slow-query',
      'doctor',
    ])
    const other = { ...before, slowQueries: [{ ...before.slowQueries[0], query: 'select another()' }] }
    expect(alertsAgainst(before, other)).toMatchObject([{ name: 'slow-query', subject: 'select another()' }])
  })

  test('watch measures again and again and stops at the first alert', async () => {
    const calm = await run(watch, project, ['--url', url, '--times', '2', '--every', '1'])
    expect(calm.data).toMatchObject({ ok: true, rounds: 2 })
    const loud = await run(watch, project, ['--url', url, '--times', '5', '--every', '1'], {
      onProgress: () => void query(url, 'create table if not exists public.open (id int)'),
    })
    expect(loud.data).toMatchObject({ ok: false, rounds: 2, alerts: [{ name: 'rls' }] })
  })
})
