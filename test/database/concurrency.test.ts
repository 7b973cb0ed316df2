import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actAs, createWorld, one, outcomeOf, type World } from './support/world.ts'

// Two sessions do the same at the same moment, again and again: exactly one wins, and nothing is there twice.
const ROUNDS = 24

let world: World
let left: Sql
let right: Sql

beforeAll(async () => {
  world = await createWorld()
  left = world.session()
  right = world.session()
  await world.sql`select tests.create_organization_with('Acme', '{ada}', '{max,mia}')`
  await world.sql`select tests.create_employees('Acme', 3, '1000')`
  await world.sql`select tests.configure_network()`
  await world.sql`select tests.treasury('Acme')`
})
afterAll(() => world.close())

describe('two people at the same moment', () => {
  test('submit a run once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await newRun()
      const submit = (sql: Sql, person: string) =>
        outcomeOf(actAs(sql, person, 'Acme', (tx) => tx`select tests.submit(${run})`))
      const outcomes = await Promise.all([submit(left, 'ada'), submit(right, 'max')])
      expect(outcomes.sort()).toEqual(['ok', 'payroll_run_not_draft'])
      expect(await eventsOf(run)).toEqual({ 'payroll.submitted': 1 })
    }
  })

  test('submit two runs for the same days: base pay is planned once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = await newRun()
      const { second } = one(
        await world.sql<{ second: string }[]>`
          insert into public.payroll_runs (organization_id, batch_id, period_start, period_end)
          select organization_id, batch_id || '-b', period_start, period_end from public.payroll_runs where id = ${first}
          returning id as second`,
      )
      await world.sql`
        insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount, destination)
        select organization_id, ${second}, employee_id, item_type, amount, destination from public.payroll_items where payroll_run_id = ${first}`
      const outcomes = await Promise.all([
        outcomeOf(actAs(left, 'ada', 'Acme', (tx) => tx`select tests.submit(${first})`)),
        outcomeOf(actAs(right, 'max', 'Acme', (tx) => tx`select tests.submit(${second})`)),
      ])
      expect(outcomes.sort()).toEqual(['base_pay_overlaps', 'ok'])
    }
  })

  test('retry a run and erase one of its people: who is erased is not paid, who is to be paid is not erased', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await world.sql`select tests.create_employee('Acme', ${`leaver${round}`}, '10')`
      const run = await newRun('failed')
      const [retried, erased] = await Promise.all([
        outcomeOf(actAs(left, 'max', 'Acme', (tx) => tx`select public.retry_payroll_run(${run})`)),
        outcomeOf(
          actAs(
            right,
            'ada',
            'Acme',
            (tx) => tx`select public.erase_person(tests.employee_id('Acme', ${`leaver${round}`}), 'Asked', true)`,
          ),
        ),
      ])
      expect(retried).toBe('ok')
      const { waiting } = one(
        await world.sql<{ waiting: number }[]>`
          select count(*)::int as waiting from public.payroll_items as item join public.employees as employee on employee.id = item.employee_id
          where item.payroll_run_id = ${run} and item.status = 'pending' and employee.deleted_at is not null`,
      )
      expect(waiting).toBe(0)
      expect(['ok', 'person_is_to_be_paid']).toContain(erased)
      await world.sql`update public.employees set status = 'inactive' where organization_id = tests.organization_id('Acme') and first_name like 'leaver%' and deleted_at is null`
      await stop(run)
    }
  })

  test('approve a run once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await newRun('submitted')
      await Promise.all(
        [left, right].map((sql, index) =>
          actAs(
            sql,
            ['max', 'mia'][index] ?? '',
            'Acme',
            (tx) => tx`select public.approve_payroll_run(${run}, tests.seen(${run}))`,
          ),
        ),
      )
      expect(await eventsOf(run)).toEqual({ 'payroll.submitted': 1, 'payroll.approved': 1 })
      const { approved } = one(
        await world.sql<{ approved: number }[]>`
          select count(*)::int as approved from public.payroll_audit_logs where payroll_run_id = ${run} and action = 'approved'`,
      )
      expect(approved).toBe(1)
    }
  })

  test('start a payment once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await newRun('approved')
      const outcomes = await Promise.all(
        [left, right].map((sql, index) =>
          outcomeOf(
            actAs(sql, ['max', 'mia'][index] ?? '', 'Acme', (tx) => tx`select public.disburse_payroll_run(${run})`),
          ),
        ),
      )
      expect(outcomes).toEqual(['ok', 'ok'])
      expect(await eventsOf(run)).toMatchObject({ 'payroll.started': 1 })
      await stop(run)
    }
  })

  test('retry a run once', async () => {
    const run = await newRun('processing')
    await stop(run)
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(
        [left, right].map((sql, index) =>
          actAs(sql, ['max', 'mia'][index] ?? '', 'Acme', (tx) => tx`select public.retry_payroll_run(${run})`),
        ),
      )
      expect(await eventsOf(run)).toMatchObject({ 'payroll.started': 2 + round, 'payroll.failed': 1 + round })
      await stop(run)
    }
  })

  test('approve and edit a run: what is approved is what was seen', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = await newRun('submitted')
      const outcomes = await Promise.all([
        outcomeOf(
          actAs(left, 'max', 'Acme', (tx) => tx`select public.approve_payroll_run(${run}, tests.seen(${run}))`),
        ),
        outcomeOf(
          actAs(
            right,
            'mia',
            'Acme',
            (tx) => tx`select public.add_bonus(${run}, tests.employee_id('Acme', 'worker1'), '5')`,
          ),
        ),
      ])
      expect(outcomes[1]).toBe('ok')
      expect(['ok', 'payroll_run_not_pending']).toContain(outcomes[0])
      const { state } = one(
        await world.sql<{ state: string }[]>`
          select concat_ws(' ', run.status, run.approved_at, (
            select count(*) from public.payroll_run_approvals as approval where approval.payroll_run_id = run.id and approval.voided_at is null)) as state
          from public.payroll_runs as run where run.id = ${run}`,
      )
      expect(state).toBe('draft 0')
    }
  })

  test('import the same file: everybody is there once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const rows = Array.from({ length: 5 }, (_, line) => ({
        line,
        first_name: 'Emma',
        last_name: 'Stone',
        email: `emma${round}.${line}@acme.example`,
        salary: '1',
      }))
      const answers = await Promise.all(
        [left, right].map((sql) =>
          actAs(
            sql,
            'max',
            'Acme',
            (tx) => tx<{ outcome: string }[]>`select outcome from public.import_employees(${tx.json(rows)})`,
          ),
        ),
      )
      const outcomes = answers.map((answer) => answer.map(({ outcome }) => outcome).join(' ')).sort()
      expect(outcomes).toEqual([Array(5).fill('imported').join(' '), Array(5).fill('unchanged').join(' ')])
    }
    const { people } = one(
      await world.sql<
        { people: number }[]
      >`select count(*)::int as people from public.employees where first_name = 'Emma'`,
    )
    expect(people).toBe(5 * ROUNDS)
  })

  test('send a command with the same key: it is done once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const create = (sql: Sql) =>
        actAs(
          sql,
          'max',
          'Acme',
          async (tx) =>
            one(
              await tx<{ id: string }[]>`
                select id from public.create_payroll_run('2026-11-01', '2026-11-30', idempotency_key => ${`key-${round}`})`,
            ).id,
        )
      const [first, second] = await Promise.all([create(left), create(right)])
      expect(second).toBe(first)
    }
  })

  test('join a company twice: it happens once', async () => {
    await world.sql`select tests.create_user('guest')`
    for (let round = 0; round < ROUNDS; round += 1) {
      const { token } = one(
        await actAs(
          world.sql,
          'ada',
          'Acme',
          (tx) => tx<{ token: string }[]>`select token from public.invite_member('guest@example.com', 'viewer')`,
        ),
      )
      const accept = (sql: Sql) =>
        sql.begin(async (tx) => {
          await tx`select tests.act_as('guest')`
          return one(await tx<{ id: string }[]>`select id from public.accept_invitation(${token})`).id
        })
      const [first, second] = await Promise.all([accept(left), accept(right)])
      expect(second).toBe(first)
      await world.sql`update public.users set deleted_at = now() where id = ${first}`
    }
  })
})

async function newRun(goal?: string): Promise<string> {
  const { id } = one(await world.sql<{ id: string }[]>`select tests.create_run('Acme') as id`)
  if (goal !== undefined) await world.sql`select tests.walk_run(${id}, ${goal})`
  return id
}

async function stop(run: string): Promise<void> {
  await world.sql`select public.stop_disbursement(${run}, tests.lease_of_run(${run}), 'no_key')`
}

async function eventsOf(run: string): Promise<Record<string, number>> {
  const rows = await world.sql<{ type: string; count: number }[]>`
    select type, count(*)::int as count from public.events where resource_type = 'payroll_run' and resource_id = ${run} group by type`
  return Object.fromEntries(rows.map(({ type, count }) => [type, count]))
}
