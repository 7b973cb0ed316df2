import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Scheduler, startScheduler } from '../../tools/stack/scheduler.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { startFixtureStack } from './fixture.ts'

let stack: Stack
let sql: Sql

beforeAll(async () => {
  stack = await startFixtureStack()
  sql = postgres(stack.databaseUrl, { max: 3, onnotice: () => undefined })
})
afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

describe('the scheduler', () => {
  let scheduler: Scheduler
  let complaints: string[]

  const start = async (): Promise<void> => {
    scheduler = await startScheduler({
      databaseUrl: stack.databaseUrl,
      gatewayUrl: stack.url,
      cronKey: stack.keys.cron,
      functionNames: stack.functions.names,
      log: (sentence) => complaints.push(sentence),
    })
  }
  /** `rungBy` resolves when the next row is written by a rung function or by a job; `ready` when that would be noticed. */
  const listenForRing = (): { ready: Promise<unknown>; rungBy: Promise<string> } => {
    let hear: (rungBy: string) => void = () => undefined
    const rungBy = new Promise<string>((resolve) => {
      hear = resolve
    })
    const listening = sql.listen('fixture_ring', (value) => hear(value))
    return { ready: listening, rungBy: rungBy.finally(async () => (await listening).unlisten()) }
  }

  beforeEach(async () => {
    complaints = []
    await sql`truncate private.scheduled_jobs, public.rings`
  })
  afterEach(() => scheduler.stop())

  test('rings the worker that the database names in a notification', async () => {
    await start()
    const ring = listenForRing()
    await ring.ready
    await sql.notify('payd_doorbell', 'doorbell')
    expect(await ring.rungBy).toBe('doorbell')
    expect(complaints).toEqual([])
  })

  test('rings at the commit, and not for a transaction that is rolled back', async () => {
    await start()
    await sql
      .begin(async (transaction) => {
        await transaction`select pg_notify('payd_doorbell', 'doorbell')`
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    await scheduler.ring('doorbell')
    const rings = await sql`select from public.rings`
    expect(rings).toHaveLength(1)
  })

  test('runs a declared function job without waiting for its first interval', async () => {
    const ring = listenForRing()
    await ring.ready
    await sql`insert into private.scheduled_jobs values ('job', 'function', 'doorbell', 3600)`
    await start()
    expect(await ring.rungBy).toBe('doorbell')
  })

  test('runs a job again after its interval', async () => {
    await sql`insert into private.scheduled_jobs values ('job', 'function', 'doorbell', 1)`
    await start()
    await vi.waitFor(async () => expect((await sql`select from public.rings`).length).toBeGreaterThan(1), {
      timeout: 20_000,
    })
  })

  test('runs the statement of an sql job as the role postgres', async () => {
    await sql`insert into private.scheduled_jobs values ('job', 'sql', 'insert into public.rings (rung_by) select current_user', 1)`
    const ring = listenForRing()
    await ring.ready
    await start()
    expect(await ring.rungBy).toBe('postgres')
  })

  test('runs what is overdue when it starts, by the record of the database, and writes down that it ran', async () => {
    await sql.unsafe(`
      create table private.scheduled_job_runs (name text primary key, last_run_at timestamptz);
      create function private.record_job_run(name text) returns void language sql
      as $$ update private.scheduled_job_runs as run set last_run_at = now() where run.name = record_job_run.name $$;
      insert into private.scheduled_jobs
      select name, 'sql', format('insert into public.rings (rung_by) values (%L)', name), 86400 from unnest('{fresh,never,overdue}'::text[]) as name;
      insert into private.scheduled_job_runs values ('fresh', now() - interval '1 hour'), ('never', null), ('overdue', now() - interval '25 hours')`)
    try {
      await start()
      await vi.waitFor(
        async () =>
          expect(
            await sql`select name from private.scheduled_job_runs where last_run_at > now() - interval '10 minutes' order by name`,
          ).toEqual([{ name: 'never' }, { name: 'overdue' }]),
        { timeout: 20_000 },
      )
      await scheduler.stop()
      expect(await sql`select rung_by from public.rings order by rung_by`).toEqual([
        { rung_by: 'never' },
        { rung_by: 'overdue' },
      ])
    } finally {
      await sql.unsafe('drop function private.record_job_run(text); drop table private.scheduled_job_runs')
    }
  })

  test('calls no worker and runs no statement of a job that has nothing to do, and writes down that it looked', async () => {
    await sql.unsafe(`
      create table private.scheduled_job_runs (name text primary key, last_run_at timestamptz);
      create function private.record_job_run(name text) returns void language sql
      as $$ update private.scheduled_job_runs as run set last_run_at = now() where run.name = record_job_run.name $$;
      create function private.job_is_due(name text) returns boolean language sql as $$ select name like 'due%' $$;
      insert into private.scheduled_jobs values ('idle', 'function', 'doorbell', 1), ('idle statement', 'sql',
        'insert into public.rings (rung_by) values (''idle'')', 1), ('due', 'sql',
        'insert into public.rings (rung_by) values (''due'')', 1);
      insert into private.scheduled_job_runs select name, null from private.scheduled_jobs`)
    try {
      await start()
      await vi.waitFor(
        async () =>
          expect(await sql`select name from private.scheduled_job_runs where last_run_at is null`).toHaveLength(0),
        { timeout: 20_000 },
      )
      await scheduler.idle()
      expect(await sql`select distinct rung_by from public.rings`).toEqual([{ rung_by: 'due' }])
    } finally {
      await scheduler.stop()
      await sql.unsafe(
        'drop function private.job_is_due(text), private.record_job_run(text); drop table private.scheduled_job_runs',
      )
    }
  })

  test('leaves a disabled job alone', async () => {
    await sql`insert into private.scheduled_jobs values ('job', 'function', 'doorbell', 3600, false)`
    await start()
    await scheduler.idle()
    expect(await sql`select from public.rings`).toHaveLength(0)
  })

  test('works without the table of jobs', async () => {
    await sql`alter table private.scheduled_jobs rename to hidden`
    try {
      await start()
      await scheduler.ring('doorbell')
      expect(await sql`select from public.rings`).toHaveLength(1)
    } finally {
      await sql`alter table private.hidden rename to scheduled_jobs`
    }
  })

  test('says so when a worker refuses or is away, and goes on', async () => {
    await start()
    await sql`revoke insert on public.rings from service_role`
    await scheduler.ring('doorbell')
    await sql`grant insert on public.rings to service_role`
    await stack.functions.stop('doorbell')
    await scheduler.ring('doorbell')
    await stack.functions.start('doorbell')
    await scheduler.ring('doorbell')
    expect(complaints).toEqual([
      expect.stringMatching(/^The ring of doorbell was answered with 500: .*permission denied/),
      expect.stringMatching(/^The ring of doorbell was answered with 503: /),
    ])
    expect(await sql`select from public.rings`).toHaveLength(1)
  })

  test('says so when a statement fails, and when no function has the name that was rung', async () => {
    await sql`insert into private.scheduled_jobs values ('broken', 'sql', 'select 1 / 0', 1)`
    await start()
    await sql.notify('payd_doorbell', 'missing')
    await vi.waitFor(() => expect(complaints).toHaveLength(2), { timeout: 20_000 })
    // The two have nothing to do with each other, so either may be first.
    expect(complaints.toSorted()).toEqual([
      'A doorbell rang for "missing", but there is no edge function of that name.',
      'The scheduled job broken failed: division by zero',
    ])
  })
})

test('the stack runs a scheduler unless told otherwise, and writes its complaints to a log', async () => {
  const own = await startFixtureStack({
    database: { url: stack.databaseUrl, adminUrl: stack.adminUrl },
    scheduler: true,
    functions: [],
  })
  try {
    await own.scheduler?.ring('doorbell')
    await expect(readFile(join(own.logFolder, 'scheduler.log'), 'utf8')).resolves.toContain(
      'there is no edge function of that name',
    )
  } finally {
    await own.stop()
  }
})
