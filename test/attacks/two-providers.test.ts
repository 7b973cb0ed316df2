import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Fault } from '../../tools/sandbox/index.ts'
import { type PayingCompany, type PayingProject, payingProject } from './support/paying-company.ts'

// Who lies about what, and what must not happen. A project with two providers, one of which lies; the real workers.
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
  project.provider.tellTheTruth()
  await project.sql`select private.configure_second_provider(null)`
})

afterAll(() => project?.close())

const bothWays = ['first', 'second'] as const

test('the first provider says applied of what is in no ledger: no employee counts as paid', async () => {
  await lying('first', { kind: 'pretend-applied' })
  await ring()
  project.provider.tick(25)
  await ring()
  expect(await held()).toEqual(['providers_disagree'])
  expect(await itemStates()).toEqual(['pending'])
  await truthEndsIt()
})

test.each(bothWays)('the %s provider says failed of what was paid: no employee is paid twice', async (liar) => {
  await lying(liar)
  await ring()
  const [sent] = await project.sql`select tx_hash from public.transactions where payroll_run_id = ${run}`
  project.provider.lie({ kind: 'pretend-failed', hash: sent?.tx_hash })
  project.provider.tick()
  await ring()
  expect(await held()).toEqual(['providers_disagree'])
  project.provider.tick(40)
  await ring()
  expect(company.timesPaid()).toEqual([1, 1, 1])
  await truthEndsIt()
})

test.each(bothWays)('the %s provider hides what was paid: it is not built again', async (liar) => {
  const { sequence } = await (
    await fetch(`${project.provider.honestUrl}/accounts/${company.treasury.publicKey()}`)
  ).json()
  await lying(liar)
  await ring()
  const [sent] = await project.sql`select tx_hash from public.transactions where payroll_run_id = ${run}`
  project.provider.lie(
    { kind: 'hide', hash: sent?.tx_hash },
    {
      route: `/accounts/${company.treasury.publicKey()}`,
      count: 'forever',
      kind: 'replace',
      path: '/sequence',
      value: sequence,
    },
  )
  project.provider.tick(25)
  await ring()
  expect(await held()).toEqual(['providers_disagree'])
  project.provider.tick(40)
  await ring()
  expect(company.timesPaid()).toEqual([1, 1, 1])
  await truthEndsIt()
})

test.each([
  ['is down', { kind: 'status', status: 503 }, 'second_provider_silent'],
  [
    'serves another network',
    { route: '/', kind: 'replace', path: '/network_passphrase', value: 'Another ; network' },
    'second_provider_serves_another_network',
  ],
  ['stands still', { kind: 'frozen' }, 'second_provider_behind'],
] as const)(
  'the second provider %s: it is waited for, then the payment is held and says so',
  async (_what, fault, reason) => {
    await lying('second', { route: 'reads', count: 'forever', ...fault } as Fault)
    await ring()
    project.provider.tick()
    expect(await ring()).toMatchObject({ waiting: 1 })
    expect(await held()).toEqual([])
    expect(await itemStates()).toEqual(['pending'])
    project.provider.tick(81)
    expect(await ring()).toMatchObject({ held: 1 })
    expect(await held()).toEqual([reason])
    await truthEndsIt()
  },
)

/** One provider lies, the other does not, and each has its place. */
async function lying(liar: 'first' | 'second', ...faults: readonly Fault[]): Promise<void> {
  const { sql, provider } = project
  const [first, second] = liar === 'first' ? [provider.url, provider.honestUrl] : [provider.honestUrl, provider.url]
  await sql`select private.configure_second_provider(null)`
  await sql`select private.configure_network(${provider.networkPassphrase}, ${first})`
  await sql`select private.configure_second_provider(${second})`
  provider.lie(...faults)
}

const ring = () => project.disburse([company.treasury])

/** Why the transactions of the run are held. Each one has told its managers. */
async function held(): Promise<string[]> {
  const rows = await project.sql<{ held_reason: string }[]>`
    select held_reason from public.transactions where payroll_run_id = ${run} and submission_state = 'held'`
  const told = await project.sql`
    select from public.events where organization_id = ${company.organizationId} and type = 'transaction.held'`
  expect(told).toHaveLength(rows.length)
  return rows.map((row) => row.held_reason)
}

async function itemStates(): Promise<string[]> {
  const rows = await project.sql<{ status: string }[]>`
    select distinct status from public.payroll_items where payroll_run_id = ${run}`
  return rows.map((row) => row.status)
}

/** Once the provider tells the truth again, horizon-sync finds the proof, and each employee is paid once. */
async function truthEndsIt(): Promise<void> {
  project.provider.tellTheTruth()
  await project.track()
  for (let rings = 0; rings < 4; rings++) {
    await ring()
    project.provider.tick(2)
  }
  expect(await itemStates()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
}
