import { afterAll, beforeAll, expect, test } from 'vitest'
import { judge } from '../support/payday/judge.ts'
import { pay, preparePayday, readHistories } from '../support/payday/payday.ts'
import { type PlantedProject, plantedProject } from '../support/planted-company.ts'

let project: PlantedProject

beforeAll(async () => {
  project = await plantedProject({ hasRpc: true })
})

afterAll(() => project?.stop())

// The same with ten thousand people is a benchmark: npm run bench -- payday.
test('three hundred people with every kind of bad payee are paid once or told why not while answers are lost and workers die, and the books are equal to the last stroop', async () => {
  const payday = await preparePayday(project, { inXlm: 120, inUsd: 120, settingAside: 60, oddEvery: 10 })
  await pay(payday, { deaths: 3 })
  await readHistories(payday)
  for (const company of payday.companies) {
    const { expected, found, inVain } = await judge(payday, company)
    expect(found).toEqual(expected)
    // Only what was signed before its payees could not be paid any more is sent in vain.
    expect(inVain).toBe(1)
  }
})
