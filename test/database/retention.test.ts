import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWorld, pidOf, type World, waitsForLock } from './support/world.ts'

const OLD_ROWS = 2500

let world: World

beforeAll(async () => {
  world = await createWorld()
  await world.sql`insert into public.organizations (name) values ('Acme')`
})

afterAll(() => world.close())

beforeEach(async () => {
  await world.sql`
    insert into public.audit_logs (organization_id, actor, action, resource_type, resource_id, created_at)
    select organization.id, 'test', 'test', 'test', number::text, now() - interval '8 years' + number * interval '1 second'
    from public.organizations as organization
    cross join generate_series(1, ${OLD_ROWS}) as number`
})

describe('retention', () => {
  test('that is killed in the middle of its batches leaves every row where it was, and the next run finishes', async () => {
    const start = await places()
    const blocker = world.session()
    const worker = world.session()
    const pid = await pidOf(worker)

    // A row of the third batch is held, so that the worker is caught between batches that are done and batches that are not.
    await blocker.begin(async (transaction) => {
      await transaction`select from public.audit_logs order by ctid limit 1 offset ${start.live - 200} for update`
      const end = worker`select * from private.apply_retention(now(), 1000, 100)`.then(
        () => 'finished',
        () => 'killed',
      )
      await waitsForLock(world.sql, pid)
      await world.sql`select pg_terminate_backend(${pid})`
      expect(await end).toBe('killed')
    })

    expect(await places()).toEqual(start)
    const [done] = await world.sql`
      select rows, is_complete from private.apply_retention(now(), 1000, 100) where table_name = 'public.audit_logs'`
    expect(done).toEqual({ rows: String(start.live), is_complete: true })
    expect(await places()).toEqual({ live: 0, archived: start.archived + start.live, both: 0 })
  })

  test('that is run by three at once is done once', async () => {
    const start = await places()
    const results = await Promise.all(
      [world.session(), world.session(), world.session()].map(
        (session) => session<{ rows: string }[]>`
          select rows from private.apply_retention(now(), 100, 100) where table_name = 'public.audit_logs'`,
      ),
    )
    const moved = results.flatMap((rows) => rows.map((row) => Number(row.rows)))
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(start.live)
    expect(await places()).toEqual({ live: 0, archived: start.archived + start.live, both: 0 })
  })

  test('keeps what is written while it runs', async () => {
    const start = await places()
    const writer = world.session()
    const [, written] = await Promise.all([
      world.sql`select * from private.apply_retention(now(), 50, 1000)`,
      writer`
        insert into public.audit_logs (organization_id, actor, action, resource_type, resource_id)
        select id, 'test', 'fresh', 'fresh', '1' from public.organizations
        returning id`,
    ])
    const [fresh] = await world.sql`select count(*)::integer as count from public.audit_logs where action = 'fresh'`
    expect(fresh).toEqual({ count: written.length })
    expect((await places()).archived).toBe(start.archived + start.live)
  })
})

async function places(): Promise<{ live: number; archived: number; both: number }> {
  const [row] = await world.sql<{ live: number; archived: number; both: number }[]>`
    select
      (select count(*) from public.audit_logs where action = 'test')::integer as live,
      (select count(*) from archive.audit_logs where action = 'test')::integer as archived,
      (select count(*) from public.audit_logs join archive.audit_logs using (id))::integer as both`
  return row ?? { live: -1, archived: -1, both: -1 }
}
