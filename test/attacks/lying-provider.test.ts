import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { channelBench } from './support/channel-company.ts'
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

test('the only provider says failed of a payment that was made: the money that left is seen before anybody is paid twice', async () => {
  await paidAndCalledFailed()

  // Before anything is built again, the account is looked at; its own history does not explain where the money is.
  await ring()
  const findings = await company.admin.payd.operations.doctor()
  expect(findings.map(({ kind, resource_id }) => [kind, resource_id])).toContainEqual([
    'balance_unexplained',
    String(run),
  ])
  project.provider.tick(3)
  await project.walk()
  const contradiction = await contradicted()
  expect(contradiction).toMatchObject({ kind: 'balance_differs', asset_code: 'XLM', state: 'open' })
  expect(Number(contradiction.believed_balance) - Number(contradiction.seen_balance)).toBe(30)
  const doubted = await company.admin.payd.ledgerContradictions.payments()
  expect(doubted.items.map(({ payroll_run_id }) => Number(payroll_run_id))).toEqual([run])
  for (let rings = 0; rings < 3; rings++) {
    await ring()
    project.provider.tick()
  }
  expect(company.timesPaid()).toEqual([1, 1, 1])
  expect((await company.admin.payd.operations.doctor()).map(({ kind }) => kind)).toContain('ledger_contradicted')

  // Two people and the ledger: the payment counts as made after all.
  await bothSay(contradiction.id, 'not_as_recorded')
  project.provider.tellTheTruth()
  await project.track()
  expect(await runState()).toEqual(['completed'])
  expect(await contradictionStates()).toEqual(['corrected'])

  // The next payroll is paid, and nothing is in doubt any more.
  const next = await company.startRun()
  await ring()
  project.provider.tick()
  await ring()
  expect((await project.sql`select status from public.payroll_runs where id = ${next}`)[0]?.status).toBe('completed')
  await project.look()
  project.provider.tick(3)
  await project.walk()
  expect(await contradictionStates()).toEqual(['corrected'])
  expect(company.timesPaid()).toEqual([2, 2, 2])
})

test('the only provider goes on saying failed after two people doubted it: no employee is paid again, and the question is open again', async () => {
  await paidAndCalledFailed()
  await ring()
  project.provider.tick(3)
  await project.walk()
  const { id } = await contradicted()
  await bothSay(id, 'not_as_recorded')
  await project.track()
  expect(await contradictionStates()).toEqual(['open'])
  await ring()
  project.provider.tick()
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a holder of the service key holds a payment that the provider keeps back, and two people want it paid from another treasury: not before no ledger can take it', async () => {
  const { provider, sql } = project
  provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'before', count: 'forever' })
  await ring()
  await sql`update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now()`
  await sql`update public.transactions set next_check_at = now() where is_live`
  const [claim] = await sql`select lease_token, transaction ->> 'id' as id from private.claim_disbursement(60)`
  const [kept] = await sql<{ id: string; submission_state: string; signed_envelope_xdr: string }[]>`
    select id, submission_state, signed_envelope_xdr
    from private.hold_transaction(${claim?.id}, ${claim?.lease_token}, 'providers_disagree')`
  expect(kept).toMatchObject({ submission_state: 'held' })
  const { max, mia } = company
  const about = { transaction_id: Number(kept?.id), resolution: 'never_applied' }
  expect((await max.supabase.rpc('propose_resolution', { ...about, evidence: 'It is nowhere.' })).error).toBeNull()
  const early = await mia.supabase.rpc('confirm_resolution', about)
  expect(early.error?.details).toBe('transaction_may_be_included')
  const other = await project.aTreasury(company)
  await expect(mia.payd.payrollRuns.retry(run as never, { sourceAccount: other.publicKey() })).resolves.toMatchObject({
    status: 'processing',
  })

  // The provider hands on what it kept.
  provider.tellTheTruth()
  const body = new URLSearchParams({ tx: kept?.signed_envelope_xdr ?? '' })
  await fetch(`${provider.honestUrl}/transactions`, { method: 'POST', body })
  provider.tick()
  await project.track()
  await project.disburse([company.treasury, other])
  expect(await runState()).toEqual(['completed'])
  expect([company.timesPaid(), company.timesPaid(other)]).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ])
})

test('the only provider hides a payment that went through a channel, with its number and its money: no other channel pays it again', async () => {
  const { provider, sql } = project
  const bench = channelBench(project)
  const paying = await bench.aCompanyWith(2, 'one memo')
  const accountOf = async (account: string) => await (await fetch(`${provider.honestUrl}/accounts/${account}`)).json()
  const treasury = paying.company.treasury.publicKey()
  const run = await paying.company.startRun()
  const before = new Map<string, Awaited<ReturnType<typeof accountOf>>>()
  for (const account of [treasury, ...paying.channels.map((channel) => channel.publicKey())])
    before.set(account, await accountOf(account))
  provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'after', count: 'forever' })
  await bench.ring(paying.company)
  const [sent] = await sql<{ tx_hash: string; channel_account: string }[]>`
    select tx_hash, channel_account from public.transactions where payroll_run_id = ${run}`
  if (sent === undefined) throw new Error('Nothing was sent.')
  const replace = (account: string, path: string, value: string) =>
    ({ route: `/accounts/${account}`, count: 'forever', kind: 'replace', path, value }) as const
  provider.lie(
    { kind: 'hide', hash: sent.tx_hash },
    replace(sent.channel_account, '/sequence', before.get(sent.channel_account)?.sequence),
    replace(treasury, '/balances/0/balance', before.get(treasury)?.balances[0].balance),
  )
  provider.tick(25)
  for (let rings = 0; rings < 6; rings++) {
    await bench.ring(paying.company)
    provider.tick(2)
  }
  expect(paying.company.timesPaid()).toEqual([1, 1, 1])
})

/** The run is paid, the only provider says of its transaction, everywhere, that it failed, and a manager retries the run. */
async function paidAndCalledFailed(): Promise<void> {
  await project.look()
  await ring()
  const [sent] = await project.sql`select tx_hash from public.transactions where payroll_run_id = ${run}`
  project.provider.lie({ kind: 'pretend-failed', hash: sent?.tx_hash })
  project.provider.tick()
  await project.track()
  const [ended] = await project.sql`select submission_state from public.transactions where tx_hash = ${sent?.tx_hash}`
  expect(ended?.submission_state).toBe('applied_failed')
  await company.mia.payd.payrollRuns.retry(run as never)
}

async function contradicted(): Promise<{
  readonly id: number
  readonly believed_balance: string
  readonly seen_balance: string
}> {
  const { items: rows } = await company.admin.payd.ledgerContradictions.list({ state: 'open' })
  expect(rows).toHaveLength(1)
  return rows[0] as never
}

async function contradictionStates(): Promise<string[]> {
  const rows = await project.sql<{ state: string }[]>`
    select state from public.ledger_contradictions where organization_id = ${company.organizationId} order by id`
  return rows.map(({ state }) => state)
}

async function bothSay(id: number, verdict: 'as_recorded' | 'not_as_recorded'): Promise<void> {
  for (const who of [company.max, company.mia]) {
    await who.payd.ledgerContradictions.resolve(id, verdict, 'I looked at another explorer.')
  }
}

async function runState(): Promise<string[]> {
  const [row] = await project.sql<{ status: string; failure_code: string | null }[]>`
    select status, failure_code from public.payroll_runs where id = ${run}`
  return row === undefined ? [] : [row.status, ...(row.failure_code === null ? [] : [row.failure_code])]
}
