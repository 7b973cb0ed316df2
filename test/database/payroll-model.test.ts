import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { choices, EMPLOYEES, step } from './support/payroll-commands.ts'
import { newModel, toText } from './support/payroll-model.ts'
import { createWorld, one, type World } from './support/world.ts'

// Whatever people and workers do, in whatever order: the run, its items, its totals and what the world hears are those of a model that
// knows nothing of SQL. A failure prints the seed and the shortest sequence that shows it.
const SALARY = 1_000_0000001n

let world: World
beforeAll(async () => {
  world = await createWorld()
  await world.sql`select tests.configure_network()`
  for (const required of [1, 2]) {
    const organization = `Needs ${required}`
    await world.sql`select tests.create_organization_with(${organization}, '{ada}', '{max,mia,moe,mel}', required_approvals => ${required})`
    await world.sql`select tests.create_employees(${organization}, ${EMPLOYEES.length}, ${toText(SALARY)})`
    await world.sql`select tests.treasury(${organization})`
  }
})
afterAll(() => world.close())

test('any sequence of commands leaves exactly what the model says', async () => {
  const reached = new Set<string>()
  const sequences = fc.array(choices, { minLength: 20, maxLength: 40, size: 'max' })
  const property = fc.asyncProperty(fc.constantFrom(1, 2), sequences, async (required, sequence) => {
    const organization = `Needs ${required}`
    const { run } = one(await world.sql<{ run: string }[]>`select tests.create_run(${organization}) as run`)
    const model = newModel(EMPLOYEES, SALARY, required, 'ada')
    try {
      for (const choice of sequence) {
        await step(model, { sql: world.sql, run, organization }, choice)
        reached.add(model.failureCode ?? model.status)
      }
    } finally {
      // The account is free for the next sequence.
      await world.sql`select tests.settle(tests.evidence(id, 'unused')) from public.transactions where is_live`
    }
  })
  await fc.assert(property, { numRuns: 45, seed: 20261120 })
  // A sequence that never comes to an end proves little.
  const ends = ['completed', 'items_not_paid', 'no_key', 'op_underfunded', 'tx_failed']
  expect([...reached].sort()).toEqual([...ends, 'draft', 'pending', 'processing'].sort())
})
