import { afterAll, beforeAll, expect, test } from 'vitest'
import { keypairs, type PlantedProject, plantedProject, plantRun, transactionsOf } from '../support/planted-company.ts'

const PEOPLE = 120

let project: PlantedProject

beforeAll(async () => {
  project = await plantedProject({ hasRpc: true })
})

afterAll(() => project?.stop())

test('three treasuries pay two transactions each in two ledgers of one invocation', async () => {
  const treasuries = keypairs(10_000, 3)
  const people = treasuries.map((_, index) => keypairs(1 + index * PEOPLE, PEOPLE))
  await project.sandbox.fund([...treasuries, ...people.flat()].map((key) => key.publicKey()))
  const runs: number[] = []
  for (const [index, treasury] of treasuries.entries()) {
    const payees = (people[index] ?? []).map((key) => ({ address: key.publicKey(), salary: '1.5' }))
    runs.push(await plantRun(project, { name: `Company${index}`, treasury, payees }))
  }

  // A ledger closes only when all three wait for it: one after the other they would never get there.
  expect(await project.ring({ keys: treasuries, waiting: 3 })).toMatchObject({ applied: 6, applied_failed: 0 })

  const ledgers = treasuries.map((treasury) => transactionsOf(project.sandbox, treasury).ledgers)
  expect(new Set(ledgers.flat()).size).toBe(2)
  const ended = await project.sql<{ status: string; paid: number }[]>`
    select run.status, (select count(*)::int from public.payroll_items as item
      where item.payroll_run_id = run.id and item.status = 'completed') as paid
    from public.payroll_runs as run where run.id = any (${runs})`
  expect(ended).toEqual(Array(3).fill({ status: 'completed', paid: PEOPLE }))
})
