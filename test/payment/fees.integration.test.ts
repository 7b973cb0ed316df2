import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type PayingCompany, type PayingProject, payingProject } from '../attacks/support/paying-company.ts'

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

afterEach(async () => {
  project.provider.sandbox.setSurge(null)
  await project.sql`select private.configure_fee_limit(100000)`
})

afterAll(() => project?.close())

const ring = () => project.disburse([company.treasury])

test('a network that asks more is paid more: the same transaction in a fee bump that was stored before it was sent', async () => {
  project.provider.sandbox.setSurge('5000')
  await ring()
  const bumps = await project.sql<{ outer_hash: string; fee_stroops: string; tx_hash: string }[]>`
    select bump.outer_hash, bump.fee_stroops, transaction.tx_hash
    from private.fee_bumps as bump join public.transactions as transaction on transaction.id = bump.transaction_id
    where transaction.payroll_run_id = ${run}`
  // Twice the 5,000 stroops, for three payments and the bump itself.
  expect(bumps).toMatchObject([{ fee_stroops: '40000' }])
  project.provider.tick()
  await ring()
  expect(await statusOf(run)).toMatchObject({ status: 'completed' })
  expect(company.timesPaid()).toEqual([1, 1, 1])
  const seen = await (await fetch(`${project.provider.honestUrl}/transactions/${bumps[0]?.outer_hash}`)).json()
  expect(seen).toMatchObject({
    inner_transaction: { hash: bumps[0]?.tx_hash },
    fee_account: company.treasury.publicKey(),
  })
  const [sent] = await project.sql`
    select required_fee_stroops, fee_charged_stroops from public.transactions where payroll_run_id = ${run}`
  expect(sent).toMatchObject({ required_fee_stroops: '5000', fee_charged_stroops: seen.fee_charged })
})

test('a fee that rises is followed up to the limit, and no further', async () => {
  await project.sql`select private.configure_fee_limit(60000)`
  project.provider.sandbox.setSurge('15000')
  // The first fee bump gets lost, and meanwhile the fee rises above what it offers.
  project.provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'before', skip: 1 })
  await ring()
  project.provider.sandbox.setSurge('50000')
  await ring()
  const bumps = await project.sql`
    select fee_stroops from private.fee_bumps as bump
    join public.transactions as transaction on transaction.id = bump.transaction_id
    where transaction.payroll_run_id = ${run} order by bump.id`
  expect(bumps.map((bump) => bump.fee_stroops)).toEqual(['120000', '240000'])
  project.provider.tick()
  await ring()
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('above the limit the run stops with the reason instead of being built again and again, and goes on when it is raised', async () => {
  project.provider.sandbox.setSurge('200000')
  for (let rings = 0; rings < 6; rings++) {
    await ring()
    project.provider.tick(10)
  }
  expect(await statusOf(run)).toMatchObject({ status: 'failed', failure_code: 'fee_above_cap' })
  const sent = await project.sql`
    select submission_state, required_fee_stroops from public.transactions where payroll_run_id = ${run}`
  expect(sent).toEqual([{ submission_state: 'never_applied', required_fee_stroops: '200000' }])
  expect(company.timesPaid()).toEqual([0, 0, 0])

  await project.sql`select private.configure_fee_limit(500000)`
  await company.mia.payd.payrollRuns.retry(run as never)
  await ring()
  project.provider.tick()
  await ring()
  expect(await statusOf(run)).toMatchObject({ status: 'completed' })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a provider that takes nothing does not let a run be built for ever', async () => {
  project.provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'before', count: 'forever' })
  for (let rings = 0; rings < 12; rings++) {
    await ring()
    project.provider.tick(21)
  }
  project.provider.tellTheTruth()
  expect(await statusOf(run)).toMatchObject({ status: 'failed', failure_code: 'never_included' })
  const [built] = await project.sql`select count(*)::int as n from public.transactions where payroll_run_id = ${run}`
  expect(built?.n).toBe(10)
  await company.mia.payd.payrollRuns.retry(run as never)
  await ring()
  project.provider.tick()
  await ring()
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

async function statusOf(id: number) {
  const [row] = await project.sql`select status, failure_code from public.payroll_runs where id = ${id}`
  return row
}
