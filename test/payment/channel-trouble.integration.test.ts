import {
  Asset,
  AuthRequiredFlag,
  AuthRevocableFlag,
  type Keypair,
  Operation,
  Transaction,
  TransactionBuilder,
} from '@stellar/stellar-sdk/base'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { requestPreflight } from '../../src/index.ts'
import { addresses, type ChannelBench, channelBench } from '../attacks/support/channel-company.ts'
import { type PayingCompany, type PayingProject, payingProject } from '../attacks/support/paying-company.ts'
import { submitOutside } from '../support/outsider.ts'
import { address, keypair } from '../support/plans.ts'
import { keypairs } from '../support/planted-company.ts'

// What can go wrong while a treasury pays through channel accounts: its money, their fees, their keys. Judged on the ledger.
let project: PayingProject
let bench: ChannelBench

beforeAll(async () => {
  project = await payingProject()
  bench = channelBench(project)
})

afterEach(() => project.provider.tellTheTruth())

afterAll(() => project?.close())

const XLM = 10_000_000n

test('a treasury with just enough for three transactions pays all three through three channels in one ledger', async () => {
  const { company } = await bench.aCompanyWith(3)
  await bench.leave(company.treasury, 30n * XLM)
  const run = await company.startRun()
  await bench.ring(company)
  expect(await bench.transactionsOf(run)).toHaveLength(3)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(await bench.xlmOf(company.treasury)).toBe(XLM)
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a treasury that lacks one stroop for the third: it waits for the two on their way, then stops with what is missing', async () => {
  const { company } = await bench.aCompanyWith(3)
  await bench.leave(company.treasury, 30n * XLM - 1n)
  const run = await company.startRun()
  await bench.ring(company)
  expect(await bench.transactionsOf(run)).toHaveLength(2)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'processing' })
  await bench.expectDoctor(company, 'payments_in_flight')
  await project.sql`select private.note_standing_runs()`
  expect(await project.sql`select waiting_kind from public.payroll_runs where id = ${run}`).toMatchObject([
    { waiting_kind: 'payments_in_flight' },
  ])
  // As long as nothing has ended, a worker finds only what is on its way, so no lane goes round in circles.
  const { claimed } = await bench.ring(company)
  expect(claimed).toBe(2)

  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'failed', failure_code: 'treasury_short', paid: 2 })
  const [{ failure_reason } = { failure_reason: '' }] = await project.sql`
    select failure_reason from public.payroll_runs where id = ${run}`
  expect(failure_reason).toContain('short by 0.0000001 XLM')
  expect(company.timesPaid().toSorted()).toEqual([0, 1, 1])

  await bench.fund(company.treasury, '1')
  await company.mia.payd.payrollRuns.retry(run as never)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
  await bench.expectEqualBooks(company, 1)
})

test('what was on its way fails: its money is free again, and the next people are paid with it', async () => {
  const { company } = await bench.aCompanyWith(3)
  await bench.leave(company.treasury, 20n * XLM)
  const run = await company.startRun()
  await bench.sendInVain(company)
  expect(await bench.transactionsOf(run)).toHaveLength(2)
  await bench.expectDoctor(company, 'payments_in_flight')
  project.provider.tick(25)
  await bench.finish(company, run)
  // All money is gone exactly, and one person is left.
  expect(await bench.stateOf(run)).toMatchObject({ status: 'failed', failure_code: 'treasury_short', paid: 2 })
  expect(await bench.xlmOf(company.treasury)).toBe(XLM)
  expect(company.timesPaid().toSorted()).toEqual([0, 1, 1])
})

test('the report before approval asks the treasury for no fee that channels pay, and says which channel is short of its part', async () => {
  const { company, channels } = await bench.aCompanyWith(2)
  const [poor = company.treasury] = channels
  await bench.leave(company.treasury, 30n * XLM)
  // At the highest fee of 100,000 stroops a channel needs 1.01 XLM for a full transaction in a fee bump.
  await bench.leave(poor, 200_000n)
  const draft = await company.mia.payd.payrollRuns.create({ period_start: '2031-02-01', period_end: '2031-02-28' })
  await requestPreflight(company.mia.supabase, draft.id)
  for (let rings = 0; rings < 3; rings++) await bench.ring(company)
  const report = await company.mia.payd.payrollRuns.preflight(draft.id)
  expect(report).toMatchObject({ needed: '30.0000000', short: '0.0000000', xlm_short: '0.0000000' })
  expect(report).toMatchObject({ verdict: 'will_succeed', fee_budget: '0.0300000' })
  const { items } = await company.mia.payd.payrollRuns.preflightFindings(report as never)
  expect(items.map(({ code, amount }) => [code, amount])).toEqual([['channel_short_of_fees', '0.9900000']])
  expect(items[0]?.sentence).toContain(poor.publicKey())
  expect(items[0]?.cure).toContain('Send it 0.9900000 XLM.')

  const run = await company.startRun()
  await bench.finish(company, run)
  expect(await bench.xlmOf(company.treasury)).toBe(XLM)
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a surge: the transaction of a channel is sent again inside a fee bump that the channel signs and pays', async () => {
  const { company, channels } = await bench.aCompanyWith(1, 'one memo')
  const run = await company.startRun()
  const before = await bench.xlmOf(company.treasury)
  project.provider.sandbox.setSurge('5000')
  await bench.ring(company)
  const [bump] = await project.sql<{ outer_hash: string; fee_stroops: string; tx_hash: string }[]>`
    select bump.outer_hash, bump.fee_stroops, sent.tx_hash from private.fee_bumps as bump
    join public.transactions as sent on sent.id = bump.transaction_id where sent.payroll_run_id = ${run}`
  expect(bump).toMatchObject({ fee_stroops: '40000' })
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  const seen = await (await fetch(`${project.provider.honestUrl}/transactions/${bump?.outer_hash}`)).json()
  expect(seen).toMatchObject({ inner_transaction: { hash: bump?.tx_hash }, fee_account: addresses(channels)[0] })
  expect(before - (await bench.xlmOf(company.treasury))).toBe(30n * XLM)
  expect(company.timesPaid()).toEqual([1, 1, 1])
  await bench.expectEqualBooks(company)
})

test('a surge that a channel cannot pay stops no run: it is written down, and the treasury pays by its own numbers', async () => {
  const { company, channels } = await bench.aCompanyWith(1, 'one memo')
  const [channel = company.treasury] = channels
  await bench.leave(channel, 150_000n)
  const run = await company.startRun()
  project.provider.sandbox.setSurge('60000')
  await bench.ring(company)
  expect(await bench.transactionsOf(run)).toHaveLength(1)
  project.provider.tick(25)
  await bench.finish(company, run)
  expect(await bench.problemsOf(company)).toEqual(['short_of_fees'])
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect((await bench.transactionsOf(run)).at(-1)).toMatchObject({ channel_account: null })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a salary that waits on the ledger, set aside through a channel, has the number that the Stellar SDK computes', async () => {
  const { company, channels } = await bench.aCompanyWith(1, 'one memo')
  const issuer = await bench.aStranger()
  const { sandbox } = project.provider
  const usd = await asset(company, issuer, '30')
  await project.sql`
    update public.organizations set allows_claimable_balances = true, reclaim_after_days = 30
    where id = ${company.organizationId}`
  const run = await startRunIn(company, usd)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })

  const [sent] = await project.sql<{ envelope_xdr: string; channel_account: string }[]>`
    select envelope_xdr, channel_account from public.transactions where payroll_run_id = ${run}`
  expect(sent?.channel_account).toBe(addresses(channels)[0])
  const built = TransactionBuilder.fromXdr(sent?.envelope_xdr ?? '', sandbox.networkPassphrase)
  if (!(built instanceof Transaction)) throw new Error('It is no plain transaction.')
  const bySdk = [0, 1, 2].map((index) => built.getClaimableBalanceId(index))
  const planned = await project.sql<{ id: string }[]>`
    select claimable_balance_id as id from public.transaction_operations
    where payroll_run_id = ${run} order by operation_index`
  expect(planned.map(({ id }) => id)).toEqual(bySdk)
  const url = `${project.provider.honestUrl}/claimable_balances?sponsor=${company.treasury.publicKey()}`
  const { _embedded } = await (await fetch(url)).json()
  const onLedger = _embedded.records as readonly { readonly id: string; readonly amount: string }[]
  expect(onLedger.map(({ id }) => id).toSorted()).toEqual(bySdk.toSorted())
  expect(onLedger.map(({ amount }) => amount)).toEqual(['10.0000000', '10.0000000', '10.0000000'])
  await bench.expectEqualBooks(company)
})

test('a trustline is revoked and another one frozen while the payment is on its way: both are named, and the third person is paid once', async () => {
  const { company } = await bench.aCompanyWith(2, 'one memo')
  const { sandbox } = project.provider
  const issuer = await bench.aStranger()
  const usd = await asset(company, issuer, '30')
  const setFlags = (AuthRevocableFlag | AuthRequiredFlag) as never
  await submitOutside(sandbox, issuer, [Operation.setOptions({ setFlags })])
  const [first = issuer, second = issuer] = company.payees.map(keyOf)
  for (const payee of company.payees.map(keyOf)) {
    await submitOutside(sandbox, payee, [Operation.changeTrust({ asset: usd })])
    await submitOutside(sandbox, issuer, [authorized(payee, usd, true)])
  }
  const run = await startRunIn(company, usd)
  await bench.sendInVain(company)
  expect(await bench.transactionsOf(run)).toHaveLength(1)
  await submitOutside(sandbox, first, [Operation.changeTrust({ asset: usd, limit: '0' })])
  await submitOutside(sandbox, issuer, [authorized(second, usd, false)])
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'failed', failure_code: 'items_not_paid', paid: 1 })
  const failed = await project.sql<{ failure_code: string }[]>`
    select failure_code from public.payroll_items where payroll_run_id = ${run} and status = 'failed'
    order by employee_id`
  expect(failed.map(({ failure_code }) => failure_code)).toEqual(['op_no_trust', 'op_not_authorized'])
  expect(company.timesPaid()).toEqual([0, 0, 1])
  await bench.expectEqualBooks(company)
})

test('the keys of all channels are lost in mid-run: what was signed is followed, and the treasury pays the rest', async () => {
  const { company } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  // One worker dies between writing a transaction and sending it, and no key is left to sign that transaction.
  await project.disburse([company.treasury], { killedBefore: 'begin_submission' }).catch(() => undefined)
  project.keepChannels(company, [])
  await bench.ring(company)
  expect(company.timesPaid()).toEqual([0, 0, 0])
  project.provider.tick(25)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
  expect(new Set(await bench.problemsOf(company))).toEqual(new Set(['key_missing']))
  await bench.expectDoctor(company, 'channel_account_unusable')
  await bench.expectEqualBooks(company)
})

test('the key of the treasury loses its weight while channels have something on its way: the run stops with the reason, and each person is paid once in the end', async () => {
  const { company } = await bench.aCompanyWith(2)
  const { sandbox } = project.provider
  const run = await company.startRun()
  await bench.sendInVain(company)
  const [other = company.treasury] = keypairs(2_000_000, 1)
  const signer = { ed25519PublicKey: other.publicKey(), weight: 1 }
  await submitOutside(sandbox, company.treasury, [Operation.setOptions({ masterWeight: 0, signer })])
  await bench.ring(company)
  project.provider.tick(25)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'failed', paid: 0 })
  const { failure_code } = await bench.stateOf(run)
  expect(['signing_weight_too_low', 'tx_bad_auth', 'op_bad_auth']).toContain(failure_code)
  expect(company.timesPaid()).toEqual([0, 0, 0])

  await submitOutside(sandbox, company.treasury, [Operation.setOptions({ masterWeight: 1 })], [other])
  project.provider.tick(25)
  await bench.ring(company)
  await project.walk()
  await company.mia.payd.payrollRuns.retry(run as never)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('the treasury is drained between the report and the payment, and again while payments are on their way: it says so, and each person is paid once', async () => {
  const { company } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  await bench.leave(company.treasury, 5n * XLM)
  await bench.ring(company)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'failed', failure_code: 'treasury_short', paid: 0 })
  await bench.fund(company.treasury, '40')
  await company.mia.payd.payrollRuns.retry(run as never)
  // Sent and not taken; drained; taken.
  await bench.sendInVain(company)
  await bench.leave(company.treasury, 15n * XLM)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'failed', paid: 1 })
  expect(['op_underfunded', 'treasury_short']).toContain((await bench.stateOf(run)).failure_code)
  await bench.fund(company.treasury, '40')
  for (let looks = 0; looks < 4; looks++) {
    project.provider.tick(8)
    await bench.ring(company)
    await project.walk()
  }
  await company.mia.payd.payrollRuns.retry(run as never)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
  await bench.expectEqualBooks(company, 2)
})

test('a worker whose clock is a day behind, then a day ahead: the ledger decides, and each person is paid once', async () => {
  const { company } = await bench.aCompanyWith(2)
  const DAY_MS = 86_400_000
  for (const clockOffMs of [-DAY_MS, DAY_MS]) {
    const run = await company.startRun()
    const ring = () => project.disburse([company.treasury], { clockOffMs })
    project.provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'before', count: 2 })
    for (let rings = 0; rings < 12 && (await bench.stateOf(run)).status === 'processing'; rings++) {
      await ring()
      project.provider.tick(3)
    }
    expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  }
  expect(company.timesPaid()).toEqual([2, 2, 2])
  await bench.expectEqualBooks(company)
})

test('the network stands still for half an hour of its time with payments on their way: nothing is concluded before it goes on, and each person is paid once', async () => {
  const { company } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  await bench.sendInVain(company)
  const before = (await bench.transactionsOf(run)).map(({ submission_state }) => submission_state)
  expect(before).toEqual(['submitting', 'submitting'])
  for (let minutes = 0; minutes < 30; minutes += 10) {
    project.provider.standStill(600_000)
    await bench.ring(company)
  }
  expect((await bench.transactionsOf(run)).map(({ submission_state }) => submission_state)).toEqual(before)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
  await bench.expectEqualBooks(company)
})

test('the provider is down for half an hour while the network goes on: each person is paid once', async () => {
  const { company } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  await bench.ring(company)
  project.provider.lie({ kind: 'status', status: 503, count: 'forever' })
  for (let ledgers = 0; ledgers < 360; ledgers += 90) {
    project.provider.tick(90)
    await bench.ring(company)
  }
  project.provider.tellTheTruth()
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('two projects pay from one treasury at the same time: each pays its own people once', async () => {
  const other = await payingProject(project.provider)
  try {
    const { company } = await bench.aCompanyWith(1)
    const theirs = await other.aCompany({ haveMemos: true, treasury: company.treasury })
    const runs = [await company.startRun(), await theirs.startRun()] as const
    const their = channelBench(other)
    const isOver = async () =>
      (await bench.stateOf(runs[0])).status !== 'processing' && (await their.stateOf(runs[1])).status !== 'processing'
    for (let rings = 0; rings < 60 && !(await isOver()); rings++) {
      await Promise.all([bench.ring(company), other.disburse([company.treasury])])
      project.provider.tick(3)
      if (rings % 5 === 4) await Promise.all([project.walk(), other.walk()])
    }
    expect(await bench.stateOf(runs[0])).toMatchObject({ status: 'completed', paid: 3 })
    expect(await their.stateOf(runs[1])).toMatchObject({ status: 'completed', paid: 3 })
    expect(company.timesPaid()).toEqual([1, 1, 1])
    expect(theirs.timesPaid()).toEqual([1, 1, 1])
  } finally {
    await other.close()
  }
})

/** An asset that the treasury holds so much of, and that the people of the company are paid in. */
async function asset({ treasury, organizationId }: PayingCompany, issuer: Keypair, amount: string): Promise<Asset> {
  const { sandbox } = project.provider
  const usd = new Asset('USD', issuer.publicKey())
  await submitOutside(sandbox, treasury, [Operation.changeTrust({ asset: usd })])
  const destination = treasury.publicKey()
  await submitOutside(sandbox, issuer, [Operation.payment({ destination, asset: usd, amount })])
  await project.sql`
    update public.employees set asset_code = 'USD', asset_issuer = ${issuer.publicKey()}
    where organization_id = ${organizationId}`
  return usd
}

async function startRunIn({ mia, max }: PayingCompany, { code, issuer = '' }: Asset): Promise<number> {
  const period = { period_start: '2031-03-01', period_end: '2031-03-31' }
  const draft = await mia.payd.payrollRuns.create({ ...period, asset_code: code, asset_issuer: issuer })
  await max.payd.payrollRuns.approve(await mia.payd.payrollRuns.submit(draft))
  await mia.payd.payrollRuns.disburse(draft.id)
  return Number(draft.id)
}

function authorized(holder: Keypair, asset: Asset, isAuthorized: boolean) {
  const flags = { authorized: isAuthorized }
  return Operation.setTrustLineFlags({ trustor: holder.publicKey(), asset, flags })
}

/** The key of a payee, which the tests number. */
function keyOf(account: string): Keypair {
  for (let index = 0; index < 200_000; index++) if (address(index) === account) return keypair(index)
  throw new Error(`No test made the account ${account}.`)
}
