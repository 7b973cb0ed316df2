import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actAs, createWorld, one, outcomeOf, pidOf, type World, waitsForLock } from './support/world.ts'

let world: World
let left: Sql
let right: Sql

beforeAll(async () => {
  world = await createWorld()
  left = world.session()
  right = world.session()
  await world.sql`select tests.create_organization_with('Acme', '{ada}', '{max}')`
  await world.sql`select tests.create_employee('Acme', 'emma', '1000', tests.address(1))`
})
afterAll(() => world.close())

test('a removal waits for the run to which a bonus is added, and takes the bonus out again', async () => {
  const { id: run } = one(await world.sql<{ id: string }[]>`select tests.create_run('Acme') as id`)
  const pid = await pidOf(right)
  let removal: Promise<string> = Promise.resolve('never started')
  const bonus = await outcomeOf(
    actAs(left, 'ada', 'Acme', async (tx) => {
      // Half of what a bonus does: it holds the run, and does not yet hold the employee.
      await tx`select from public.payroll_runs where id = ${run} for update`
      removal = outcomeOf(
        actAs(right, 'max', 'Acme', (other) => other`select public.remove_employee(tests.employee_id('Acme', 'emma'))`),
      )
      await waitsForLock(world.sql, pid)
      await tx`select public.add_bonus(${run}, tests.employee_id('Acme', 'emma'), '5')`
    }),
  )
  expect([bonus, await removal]).toEqual(['ok', 'ok'])
  const { items } = one(
    await world.sql<
      { items: number }[]
    >`select count(*)::int as items from public.payroll_items where payroll_run_id = ${run}`,
  )
  expect(items).toBe(0)
})

test('a worker that holds the event counter may name an employee whom somebody is changing', async () => {
  await world.sql`select tests.create_employee('Acme', 'olaf', '1000', tests.address(2))`
  const pid = await pidOf(right)
  let edit: Promise<string> = Promise.resolve('never started')
  const worker = await outcomeOf(
    left.begin(async (tx) => {
      await tx`select private.emit_event(tests.organization_id('Acme'), 'test.ping', 'test', '1', 'ping', '{}')`
      edit = outcomeOf(
        actAs(
          right,
          'max',
          'Acme',
          (other) => other`select public.update_employee(tests.employee_id('Acme', 'olaf'), 1, '{"position": "Lead"}')`,
        ),
      )
      await waitsForLock(world.sql, pid)
      await tx`
        insert into public.wallets (organization_id, employee_id, wallet_address, wallet_type, trustline_state)
        values (tests.organization_id('Acme'), tests.employee_id('Acme', 'olaf'), tests.address(9), 'employee', 'not_needed')`
    }),
  )
  expect([worker, await edit]).toEqual(['ok', 'ok'])
})
