import fc from 'fast-check'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClonedDatabase, cloneDatabase } from '../setup/clone.ts'
import { anyInstant, anyPauses, anySchedule } from './schedules/arbitrary.ts'
import { occurrencesBetween, outcomesAt, type ScheduleFields } from './schedules/model.ts'

const YEAR = 365.25 * 86_400_000

let database: ClonedDatabase
let sql: Sql
let organizationId: string

beforeAll(async () => {
  database = await cloneDatabase()
  sql = database.connect()
  const [organization] = await sql<
    { id: string }[]
  >`insert into public.organizations (name) values ('Acme') returning id`
  organizationId = organization?.id ?? ''
  await sql`
    insert into public.employees (organization_id, first_name, last_name, email, salary)
    values (${organizationId}, 'Otto', 'Acme', 'otto@acme.example', 1000)`
})

afterAll(() => database.drop())

describe('the days of a schedule', () => {
  test('are for three years those of a plain model, in every zone and for every rule', async () => {
    await fc.assert(
      fc.asyncProperty(anySchedule, anyInstant, async (schedule, after) => {
        const expected = occurrencesBetween(schedule, after, after + 3 * YEAR)
        const found = await sql`
          select coming.occurrence_on::text as on, (extract(epoch from coming.runs_at) * 1000)::bigint as at,
            coming.period_start::text as from, coming.period_end::text as to
          from private.require_schedule(${json({ ...schedule, starts_on: '2025-01-01' })}::text::jsonb, now()) as schedule
          cross join lateral private.coming_occurrences(schedule, ${iso(after)}, ${expected.length}) as coming`
        expect(found.map((row) => ({ ...row, at: Number(row.at) }))).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a scheduler that looks now and then', () => {
  test('creates or skips every occurrence exactly once, as the policy says', async () => {
    await fc.assert(
      fc.asyncProperty(anySchedule, anyInstant, anyPauses, async (schedule, createdAt, pauses) => {
        const looks = pauses.map(
          (_, index) => createdAt + pauses.slice(0, index + 1).reduce((sum, pause) => sum + pause, 0),
        )
        const id = await createSchedule(schedule, createdAt)
        for (const look of looks) await runDue(sql, look)
        expect(await outcomesOf(id)).toEqual(outcomesAt(schedule, createdAt, looks))
        expect(await runsOf(id)).toEqual((await outcomesOf(id)).filter((outcome) => outcome.endsWith('created')).length)
        await retire(id)
      }),
      { numRuns: 60 },
    )
  })
})

describe('several workers at once', () => {
  const createdAt = Date.parse('2026-01-01T12:00:00Z')
  const now = Date.parse('2027-01-01T12:00:00Z')

  test('create each draft once and miss none', async () => {
    const schedule = (day: number, zone: string): ScheduleFields => ({
      name: 'Salaries',
      frequency: 'weekly',
      day_of_week: day,
      time_zone: zone,
      local_time: '09:00',
      period_rule: 'since_last',
      missed_policy: 'create_all',
    })
    const schedules = [schedule(1, 'UTC'), schedule(3, 'Europe/Berlin'), schedule(5, 'America/New_York')]
    const ids = await Promise.all(schedules.map((one) => createSchedule(one, createdAt)))

    const created = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const session = database.connect()
        let count = 0
        // Small batches, so that the workers meet often; a worker that finds everything locked looks again.
        while (await isDue(ids, now)) count += await runDue(session, now, 2)
        return count
      }),
    )

    for (const [index, id] of ids.entries()) {
      expect(await outcomesOf(id)).toEqual(outcomesAt(schedules[index] ?? schedule(0, 'UTC'), createdAt, [now]))
      expect(await runsOf(id)).toBe((await outcomesOf(id)).length)
    }
    expect(created.reduce((sum, count) => sum + count, 0)).toBe(
      (await Promise.all(ids.map(runsOf))).reduce((sum, count) => sum + count, 0),
    )
  })
})

async function createSchedule(schedule: ScheduleFields, createdAt: number): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into public.payroll_schedules (organization_id, name, frequency, day_of_week, day_of_month, anchor_on, time_zone, local_time,
      period_rule, missed_policy, starts_on, next_run_on, next_run_at)
    select ${organizationId}, schedule.name, schedule.frequency, schedule.day_of_week, schedule.day_of_month, schedule.anchor_on,
      schedule.time_zone, schedule.local_time, schedule.period_rule, schedule.missed_policy, schedule.starts_on, next.on,
      private.occurrence_at(schedule, next.on)
    from private.require_schedule(${json(schedule)}::text::jsonb, ${iso(createdAt)}) as schedule
    cross join lateral (select private.next_occurrence_on(schedule, ${iso(createdAt)}) as on) as next
    returning id`
  return row?.id ?? ''
}

async function runDue(session: Sql, now: number, batchSize = 1000): Promise<number> {
  const [row] = await session<{ created: number; failed: number }[]>`
    select created, failed from private.run_due_schedules(${iso(now)}, ${batchSize})`
  expect(row?.failed).toBe(0)
  return row?.created ?? 0
}

async function outcomesOf(id: string): Promise<string[]> {
  const rows = await sql<{ outcome: string }[]>`
    select occurrence_on || ' ' || outcome as outcome from public.payroll_schedule_occurrences where schedule_id = ${id} order by occurrence_on`
  return rows.map(({ outcome }) => outcome)
}

async function runsOf(id: string): Promise<number> {
  const [row] = await sql<{ runs: number }[]>`
    select count(distinct run.id)::integer as runs
    from public.payroll_runs as run
    join public.payroll_audit_logs as log on log.payroll_run_id = run.id and log.action = 'created'
    where log.reason like ${`Created by payroll schedule ${id} for %`} and run.item_count = 1 and run.status = 'draft'`
  return row?.runs ?? 0
}

async function isDue(ids: readonly string[], now: number): Promise<boolean> {
  const session = sql
  const [row] = await session<{ due: boolean }[]>`
    select exists (select from public.payroll_schedules where id = any(${[...ids]}::bigint[]) and next_run_at <= ${iso(now)}) as due`
  return row?.due ?? false
}

/** The next example starts alone. */
const retire = (id: string) =>
  sql`update public.payroll_schedules set is_active = false, next_run_on = null, next_run_at = null where id = ${id}`

const json = (fields: object): string => JSON.stringify(fields)
const iso = (instant: number): string => new Date(instant).toISOString()
