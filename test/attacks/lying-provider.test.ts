import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type PayingCompany, type PayingProject, payingProject } from './support/paying-company.ts'

// What a single provider, or somebody with the service key, can pretend about payments, and what must not come of it.
let project: PayingProject
let company: PayingCompany
let run: number

beforeAll(async () => {
  project = await payingProject()
})

beforeEach(async () => {
  company = await project.aCompany()
  run = await company.startRun()
})

afterEach(() => project.provider.tellTheTruth())

afterAll(() => project?.close())

const ring = () => project.disburse([company.treasury])

test('the only provider says applied of what is in no ledger: two people and the ledger take it back, and each employee is paid once', async () => {
  project.provider.lie({ kind: 'pretend-applied' })
  await ring()
  await ring()
  expect(await runState()).toEqual(['completed'])
  await project.look()
  const [contradiction] = await project.sql<{ id: string }[]>`
    select id from public.ledger_contradictions where organization_id = ${company.organizationId} and state = 'open'`
  const id = Number(contradiction?.id)
  const say = (who: PayingCompany['max'], verdict: 'paid' | 'not_paid') =>
    who.payd.ledgerContradictions.resolve(id, verdict, 'I looked at another explorer.')
  await say(company.max, 'not_paid')
  expect(await say(company.mia, 'not_paid')).toMatchObject({ state: 'proving' })

  // As long as the provider lies, or the transaction could still be included, no employee counts as unpaid.
  project.provider.tellTheTruth()
  await project.track()
  expect(await runState()).toEqual(['completed'])
  project.provider.tick(25)
  await project.track()
  expect(await runState()).toEqual(['failed', 'payment_never_happened'])
  const findings = await company.admin.payd.operations.doctor()
  expect(findings.map(({ kind }) => kind)).toEqual(['payroll_run_failed'])

  await company.mia.payd.payrollRuns.retry(run as never)
  await ring()
  project.provider.tick()
  await ring()
  expect(await runState()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
  await project.look()
  expect(await project.sql`select from public.ledger_contradictions where state in ('open', 'proving')`).toHaveLength(0)
})

async function runState(): Promise<string[]> {
  const [row] = await project.sql<{ status: string; failure_code: string | null }[]>`
    select status, failure_code from public.payroll_runs where id = ${run}`
  return row === undefined ? [] : [row.status, ...(row.failure_code === null ? [] : [row.failure_code])]
}
