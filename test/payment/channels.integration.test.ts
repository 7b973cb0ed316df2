import { Asset, Keypair, Operation } from '@stellar/stellar-sdk/base'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { requestPreflight } from '../../src/index.ts'
import { addChannelAccount, channelAccounts, removeChannelAccount } from '../../src/stellar/index.ts'
import { disburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import { channelStatement } from '../../supabase/functions/payroll-disburse/sign.ts'
import { addresses, type ChannelBench, channelBench } from '../attacks/support/channel-company.ts'
import { type PayingCompany, type PayingProject, payingProject } from '../attacks/support/paying-company.ts'
import { nothing, submitOutside } from '../support/outsider.ts'

// A treasury pays through channel accounts: the real workers on a real database and a network that can lie.
let project: PayingProject
let bench: ChannelBench

beforeAll(async () => {
  project = await payingProject()
  bench = channelBench(project)
})

afterEach(() => project.provider.tellTheTruth())

afterAll(() => project?.close())

test('a run of 330 people goes through three channels at the same time, and everybody is paid once', async () => {
  const { company, channels } = await bench.aCompanyWith(3, 'one memo')
  await bench.hire(company, 327)
  const before = await bench.xlmOf(company.treasury)
  const run = await company.startRun()

  await bench.ring(company)
  const sent = await bench.transactionsOf(run)
  expect(sent.map(({ channel_account }) => channel_account).toSorted()).toEqual(addresses(channels).toSorted())
  expect(sent.map(({ operation_count }) => operation_count)).toEqual([100, 100, 100])
  expect(new Set(sent.map(({ source_account }) => source_account))).toEqual(new Set([company.treasury.publicKey()]))
  await bench.finish(company, run)

  expect(await bench.stateOf(run)).toEqual({ status: 'completed', failure_code: null, paid: 330 })
  const paid = bench.paymentsFrom(company)
  expect(paid.size).toBe(330)
  expect([...new Set(paid.values())]).toEqual([1])
  const all = await bench.transactionsOf(run)
  expect(all).toHaveLength(4)
  expect(new Set(all.map(({ ledger }) => ledger)).size).toBe(2)
  // The treasury paid people and nothing else; the channels paid the fees, and the books say both.
  expect(before - (await bench.xlmOf(company.treasury))).toBe(330n * 10n * 10_000_000n)
  await bench.expectEqualBooks(company)
  const fees = await project.sql<{ account_id: string; fees: string }[]>`
    select account_id, sum(fees::numeric)::text as fees from public.ledger_statements
    where organization_id = ${company.organizationId} group by account_id having sum(fees::numeric) > 0`
  expect(fees.map(({ account_id }) => account_id).toSorted()).toEqual(addresses(channels).toSorted())
})

test('a worker that is killed before any of its calls: others pay everybody exactly once through the channel', async () => {
  const { company } = await bench.aCompanyWith(1, 'one memo')
  // The calls are not listed but noted, so that none is forgotten when the worker changes.
  const calls: string[] = []
  const first = await company.startRun()
  await project.disburse([company.treasury], { calls })
  project.provider.tick()
  await project.disburse([company.treasury], { calls })
  expect(await bench.stateOf(first)).toMatchObject({ status: 'completed', paid: 3 })
  const names = [...new Set(calls)]
  expect(names.length).toBeGreaterThan(12)

  let runs = 1
  // Killed before a call is killed after the one before it took effect.
  for (const killedBefore of names) {
    const run = await company.startRun()
    await project.disburse([company.treasury], { killedBefore }).catch(() => undefined)
    project.provider.tick()
    await project.disburse([company.treasury], { killedBefore }).catch(() => undefined)
    await bench.finish(company, run)
    runs += 1
    expect(await bench.stateOf(run), `killed before ${killedBefore}`).toMatchObject({ status: 'completed', paid: 3 })
    expect(company.timesPaid()).toEqual([runs, runs, runs])
  }
  await bench.expectEqualBooks(company)
})

test('every answer to a submission is lost: what went through each channel is found and counted once', async () => {
  const { company } = await bench.aCompanyWith(3)
  const run = await company.startRun()
  project.provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'after', count: 'forever' })
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('somebody else uses the number of a channel, for an account of theirs: it is proven, and paid anew once', async () => {
  const { company, channels } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  await bench.sendInVain(company)
  const stranger = await bench.aStranger()
  const [channel = stranger] = channels
  await submitOutside(project.provider.sandbox, channel, [nothing(stranger)], [channel, stranger])
  await bench.finish(company, run)
  const proofs = (await bench.transactionsOf(run)).map(({ proof }) => proof)
  expect(proofs).toContain('sequence_used_by_other')
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a channel that is merged away is written down, and the treasury pays by its own numbers', async () => {
  const { company, channels } = await bench.aCompanyWith(1)
  const [channel = company.treasury] = channels
  await bench.mergeAway(channel, company)
  const run = await company.startRun()
  await bench.ring(company)
  expect(await bench.problemsOf(company)).toEqual(['account_missing'])
  await bench.expectDoctor(company, 'channel_account_unusable')
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect((await bench.transactionsOf(run)).map(({ channel_account }) => channel_account)).toEqual([null, null, null])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a channel is merged while a transaction is on its way: it is held, the others go on, and two people end it', async () => {
  const { company, channels } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  await bench.sendInVain(company)
  const [channel = company.treasury] = channels
  await bench.mergeAway(channel, company)
  await bench.finish(company, run, 2)
  project.provider.tick(90)
  await bench.finish(company, run, 3)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'processing' })
  const held = (await bench.transactionsOf(run)).filter(({ submission_state }) => submission_state === 'held')
  expect(held.map(({ held_reason, channel_account }) => [held_reason, channel_account])).toEqual([
    ['source_account_gone', channel.publicKey()],
  ])
  await bench.expectDoctor(company, 'transaction_held')
  await bench.resolve(company, Number(held[0]?.id))
  expect(await bench.stateOf(run)).toMatchObject({ status: 'failed', failure_code: 'resolved_by_people' })
  await company.mia.payd.payrollRuns.retry(run as never)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a channel short of fees is written down, others pay, and it is used again once it has money', async () => {
  const { company, channels } = await bench.aCompanyWith(2)
  const [poor = company.treasury] = channels
  const rest = Operation.payment({
    destination: company.treasury.publicKey(),
    asset: Asset.native(),
    amount: '9998.99',
  })
  await submitOutside(project.provider.sandbox, poor, [rest])
  const run = await company.startRun()
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect((await bench.transactionsOf(run)).map(({ channel_account }) => channel_account)).not.toContain(
    poor.publicKey(),
  )
  expect(await bench.problemsOf(company)).toContain('short_of_fees')
  const [known] = (await channelAccounts(company.mia.supabase)).filter(({ problem }) => problem !== null)
  expect(known).toMatchObject({ channel_account: poor.publicKey(), problem: 'short_of_fees' })

  const gift = Operation.payment({ destination: poor.publicKey(), asset: Asset.native(), amount: '10' })
  await submitOutside(project.provider.sandbox, company.treasury, [gift])
  // Its rest is over.
  await project.sql`update private.source_accounts set next_check_at = now()`
  const next = await company.startRun()
  await bench.finish(company, next)
  expect((await bench.transactionsOf(next)).map(({ channel_account }) => channel_account)).toContain(poor.publicKey())
  expect(await bench.problemsOf(company)).toEqual([])
  expect(company.timesPaid()).toEqual([2, 2, 2])
})

test('the report before approval says which channel cannot be used, and that the run will succeed all the same', async () => {
  const { company, channels } = await bench.aCompanyWith(2)
  const [kept = company.treasury] = channels
  project.keepChannels(company, [kept])
  const period = { period_start: '2031-01-01', period_end: '2031-01-31' }
  const draft = await company.mia.payd.payrollRuns.create(period)
  await requestPreflight(company.mia.supabase, draft.id)
  for (let rings = 0; rings < 3; rings++) await bench.ring(company)
  const [report] = await project.sql`
    select verdict from public.payroll_preflights where payroll_run_id = ${Number(draft.id)}`
  const findings = await project.sql<{ code: string; sentence: string }[]>`
    select finding.code, finding.sentence from public.payroll_preflight_findings as finding
    join public.payroll_preflights as report on report.id = finding.payroll_preflight_id
    where report.payroll_run_id = ${Number(draft.id)}`
  expect(findings.map(({ code }) => code)).toEqual(['channel_unusable'])
  expect(findings[0]?.sentence).toContain(channels[1]?.publicKey())
  expect(report).toMatchObject({ verdict: 'will_succeed' })
  expect(await bench.problemsOf(company)).toEqual(['key_missing'])
})

test('a run is paused while two channels have something on its way: both end, nothing new is sent, and it goes on', async () => {
  const { company } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  await bench.ring(company)
  await company.max.payd.payrollRuns.pause(run as never, 'The bank called.')
  for (let rings = 0; rings < 4; rings++) {
    project.provider.tick()
    await bench.ring(company)
  }
  expect(company.timesPaid().toSorted()).toEqual([0, 1, 1])
  await bench.expectDoctor(company, 'payroll_run_stopped')
  await company.mia.payd.payrollRuns.resume(run as never)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a run that fails while another channel has something on its way is retried only when that has ended', async () => {
  const { company } = await bench.aCompanyWith(2)
  const run = await company.startRun()
  await bench.sendInVain(company)
  await project.sql`select private.fail_payroll_run(${run}, 'tx_bad_auth', 'The key of the treasury changed.')`
  await expect(company.mia.payd.payrollRuns.retry(run as never)).rejects.toMatchObject({
    code: 'payroll_run_has_live_transaction',
  })
  project.provider.tick(25)
  await bench.ring(company)
  await company.mia.payd.payrollRuns.retry(run as never)
  await bench.finish(company, run)
  expect(await bench.stateOf(run)).toMatchObject({ status: 'completed', paid: 3 })
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a channel that is removed in mid-payment: what was sent through it ends, and the treasury pays the rest', async () => {
  const { company, channels } = await bench.aCompanyWith(1)
  const run = await company.startRun()
  await bench.ring(company)
  const channel = { source_account: company.treasury.publicKey(), channel_account: addresses(channels)[0] ?? '' }
  expect(await removeChannelAccount(company.admin.supabase, channel)).toEqual([])
  await bench.finish(company, run)
  const used = (await bench.transactionsOf(run)).map(({ channel_account }) => channel_account)
  expect(used).toEqual([channel.channel_account, null, null])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('an account that is used already, or whose treasury wallets sign for, is no channel', async () => {
  const { company, channels } = await bench.aCompanyWith(1)
  const other = await project.aCompany()
  const add = (who: PayingCompany, source: string, channel: string) =>
    addChannelAccount(who.admin.supabase, { source_account: source, channel_account: channel })
  const own = company.treasury.publicKey()
  for (const taken of [own, other.treasury.publicKey(), company.payees[0] ?? '']) {
    await expect(add(company, own, taken)).rejects.toMatchObject({ code: 'channel_account_taken' })
  }
  const theirs = addresses(channels)[0] ?? ''
  await expect(add(other, other.treasury.publicKey(), theirs)).rejects.toMatchObject({ code: 'channel_account_taken' })
  await expect(add(other, own, Keypair.random().publicKey())).rejects.toMatchObject({ code: 'source_account_unknown' })
  await expect(add(company, own, Keypair.random().secret())).rejects.toMatchObject({ code: 'secret_key_refused' })
  const { error } = await company.admin.supabase.rpc('set_treasury_custody', { source_account: own, custody: 'wallet' })
  expect(error?.details).toBe('custody_has_channels')
  await other.admin.supabase.rpc('set_treasury_custody', {
    source_account: other.treasury.publicKey(),
    custody: 'wallet',
  })
  await expect(add(other, other.treasury.publicKey(), Keypair.random().publicKey())).rejects.toMatchObject({
    code: 'channels_need_server_custody',
  })
})

test('an attacker names the accounts that another company is about to use: the company enrolls and confirms them all the same', async () => {
  const [company, attacker] = [await project.aCompany(), await project.aCompany()]
  const [future, channel] = [Keypair.random(), Keypair.random()]
  await project.provider.sandbox.fund(addresses([future, channel]))
  const theirs = attacker.treasury.publicKey()
  for (const account of addresses([future, channel])) {
    await addChannelAccount(attacker.admin.supabase, { source_account: theirs, channel_account: account })
  }
  // The operator gave the attacker no key, so nothing of it is signed.
  await project.disburse([company.treasury, attacker.treasury])
  const named = await channelAccounts(attacker.admin.supabase)
  expect(named.map(({ confirmed_at, problem }) => [confirmed_at, problem])).toEqual([
    [null, 'key_missing'],
    [null, 'key_missing'],
  ])

  await project.sql`select private.enroll_source_account(${company.organizationId}, ${future.publicKey()})`
  const source_account = company.treasury.publicKey()
  project.keepChannels(company, [channel])
  await addChannelAccount(company.admin.supabase, { source_account, channel_account: channel.publicKey() })
  const run = await company.startRun(company.treasury)
  await bench.finish(company, run)
  const [own] = await channelAccounts(company.admin.supabase)
  expect(own).toMatchObject({ channel_account: channel.publicKey(), problem: null })
  expect(own?.confirmed_at).not.toBeNull()
  expect((await bench.transactionsOf(run)).map(({ channel_account }) => channel_account)).toContain(channel.publicKey())
  expect(company.timesPaid()).toEqual([1, 1, 1])

  // With the service key the attacker brings what the own key signs, and what the key of the channel signed for its company.
  const statement = { source_account: theirs, channel_account: channel.publicKey() }
  const network_passphrase = project.provider.networkPassphrase
  const forged = hex(attacker.treasury.sign(channelStatement({ ...statement, network_passphrase })))
  const replayed = hex(channel.sign(channelStatement({ ...statement, source_account, network_passphrase })))
  for (const signature of [forged, replayed]) {
    await expect(
      disburseDatabase(project.rpc).confirmChannelAccount({ ...statement, signature }),
    ).rejects.toMatchObject({ code: 'channel_proof_invalid' })
  }
})

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
