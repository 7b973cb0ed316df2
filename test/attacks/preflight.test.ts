import { Asset, type Keypair, Operation } from '@stellar/stellar-sdk/base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PayrollPreflightReport, PayrollRun } from '../../src/index.ts'
import { assembleTeam, type Team } from '../../tools/demo/team.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import { submitOutside } from '../support/outsider.ts'
import {
  keypairs,
  type Payee,
  type PlantedProject,
  plantedProject,
  plantPeople,
  transactionsOf,
} from '../support/planted-company.ts'

const GOOD = 205
const [treasury, stranger] = keypairs(20_000, 2) as [Keypair, Keypair]
const good = keypairs(1, GOOD)
const fresh = keypairs(1_001, 3)
const poor = keypairs(2_001, 2)
const exchange = keypairs(3_001, 1)[0] as Keypair

// Each with RPC and without: what is said and sent must not depend on how the ledger is read.
describe.each([true, false])('a company whose provider has RPC: %s', (hasRpc) => {
  let project: PlantedProject
  let team: Team
  let run: PayrollRun

  beforeAll(async () => {
    project = await plantedProject({ hasRpc })
    const { sandbox, stack, sql, secretKey } = project
    await sandbox.fund([treasury, stranger, exchange, ...good].map((key) => key.publicKey()))
    await submitOutside(sandbox, exchange, [Operation.manageData({ name: 'config.memo_required', value: '1' })])
    team = await assembleTeam(
      {
        url: stack.url,
        publishableKey: (await loadKeys(stack.dataDir)).publishable,
        secretKey,
        treasury,
        horizonUrl: sandbox.url,
        hasSandbox: true,
      },
      'Acme',
    )
    const paid = (key: Keypair, salary: string, memo?: Payee['memo']): Payee => ({
      address: key.publicKey(),
      salary,
      ...(memo ? { memo } : {}),
    })
    await plantPeople(sql, team.organization.id, [
      ...good.map((key) => paid(key, '100')),
      ...fresh.map((key) => paid(key, '7.5')),
      ...poor.map((key) => paid(key, '0.9999999')),
      // Two customers of an exchange: one with the memo that it asks for, one without.
      paid(exchange, '40', { type: 'id', value: '18446744073709551615' }),
      paid(exchange, '50'),
      paid(treasury, '60'),
    ])
    await sql`select public.enroll_source_account(${team.organization.id}, ${treasury.publicKey()})`
    run = await team.manager.payd.payrollRuns.create({ period_start: '2026-11-01', period_end: '2026-11-30' })
  })

  afterAll(() => project?.stop())

  test('a clerk sees on a draft who cannot be paid and, to the stroop, what is missing', async () => {
    const { payrollRuns } = team.manager.payd
    expect(await payrollRuns.preflight(run.id)).toBeNull()
    await payrollRuns.requestPreflight(run.id)
    expect(await payrollRuns.preflight(run.id)).toMatchObject({ finished_at: null, verdict: 'unknown' })
    expect(await project.ring({ keys: [treasury] })).toMatchObject({ reports: 1, claimed: 0 })

    const report = (await payrollRuns.preflight(run.id)) as PayrollPreflightReport
    // The treasury holds 10,000 XLM, of which it keeps 1; 205 × 100 + 3 × 7.5 + 40 are payable.
    expect(report).toMatchObject({
      verdict: 'will_fail',
      is_current: true,
      payee_count: 213,
      failing_count: 4,
      unknown_count: 0,
      new_account_count: 3,
      transaction_count: 4,
      spendable: '9999.0000000',
      fee_budget: '2.0900000',
      needed: '20564.5900000',
      short: '10565.5900000',
    })
    const { items } = await payrollRuns.preflightFindings(report)
    expect(items.filter(({ weight }) => weight === 'fails').map(({ code, amount }) => [code, amount])).toEqual([
      ['op_low_reserve', '0.9999999'],
      ['op_low_reserve', '0.9999999'],
      ['memo_required', '50.0000000'],
      ['destination_is_treasury', '60.0000000'],
      ['treasury_short', '10565.5900000'],
    ])
    expect(items.every(({ sentence, cure }) => sentence.endsWith('.') && cure.endsWith('.'))).toBe(true)
    const events = await team.manager.payd.events.list({ type: 'payroll.checked' })
    expect(events.items).toHaveLength(1)
  })

  test('a run that the treasury cannot pay stops before anything is sent, and says by how much it is short', async () => {
    const { payrollRuns } = team.manager.payd
    // Only the database refuses the treasury as a destination; the clerk takes it out.
    const [self] = await project.sql<{ id: string }[]>`
      select id from public.employees where wallet_address = ${treasury.publicKey()}`
    await payrollRuns.removeEmployee(run.id, Number(self?.id) as never)
    await payrollRuns.submit(await payrollRuns.get(run.id), { allowSharedWallets: true })
    await project.ring({ keys: [treasury] })
    const seen = await team.admin.payd.payrollRuns.get(run.id)
    expect(await team.admin.payd.payrollRuns.preflight(run.id)).toMatchObject({
      verdict: 'will_fail',
      failing_count: 3,
    })
    await team.admin.payd.payrollRuns.approve(seen)
    await payrollRuns.disburse(run.id)

    await project.ring({ keys: [treasury] })
    const stopped = await payrollRuns.get(run.id)
    expect(stopped).toMatchObject({ status: 'failed', failure_code: 'treasury_short' })
    expect(stopped.failure_reason).toContain('short by 1.0010000 XLM')
    expect(transactionsOf(project.sandbox, treasury)).toMatchObject({ all: 0 })
  })

  test('nothing that is known to fail is sent: the others are paid in the least number of transactions', async () => {
    const { payrollRuns } = team.manager.payd
    const friends = keypairs(30_000, 2)
    await project.sandbox.fund(friends.map((key) => key.publicKey()))
    for (const friend of friends) {
      const payment = { destination: treasury.publicKey(), amount: '9990', asset: Asset.native() }
      await submitOutside(project.sandbox, friend, [Operation.payment(payment)])
    }
    await payrollRuns.retry(run.id)
    for (let rings = 0; rings < 3; rings++) await project.ring({ keys: [treasury] })

    expect(await payrollRuns.get(run.id)).toMatchObject({ status: 'failed', failure_code: 'items_not_paid' })
    // 208 people with the memo of the run and one with an own memo: three and one.
    expect(transactionsOf(project.sandbox, treasury)).toMatchObject({ all: 4, failed: 0 })
    const { items } = await payrollRuns.items(run.id, { status: 'failed' })
    expect(items.map(({ failure_code }) => failure_code).toSorted()).toEqual([
      'memo_required',
      'op_low_reserve',
      'op_low_reserve',
    ])
    const created = fresh.map((key) => project.sandbox.dump({ account: key.publicKey() }).operations)
    expect(created.map(([first]) => [first?.type, first?.amount])).toEqual(
      Array(3).fill(['create_account', '7.5000000']),
    )
  })

  test('what was held back is paid by a retry once its cause is mended, although it was just read as missing', async () => {
    const { payrollRuns } = team.manager.payd
    await project.sandbox.fund(poor.map((key) => key.publicKey()))
    await payrollRuns.retry(run.id)
    await project.ring({ keys: [treasury] })
    const { items } = await payrollRuns.items(run.id, { status: 'failed' })
    expect(items.map(({ failure_code }) => failure_code)).toEqual(['memo_required'])
    expect(transactionsOf(project.sandbox, treasury)).toMatchObject({ all: 5, failed: 0 })
  })

  test('the memo of an exchange reaches the exchange, and never with the memo of the run', async () => {
    const answer = await fetch(
      `${project.sandbox.url}/accounts/${exchange.publicKey()}/transactions?order=desc&limit=5`,
    )
    const { _embedded } = (await answer.json()) as {
      _embedded: { records: { source_account: string; memo_type: string; memo?: string }[] }
    }
    const paid = _embedded.records.filter(({ source_account }) => source_account === treasury.publicKey())
    expect(paid.map(({ memo_type, memo }) => [memo_type, memo])).toEqual([['id', '18446744073709551615']])
  })

  test('a person who asks again and again has one report, and a stranger has none', async () => {
    const { payrollRuns } = team.manager.payd
    const asked = await Promise.all(Array.from({ length: 5 }, () => payrollRuns.requestPreflight(run.id)))
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1)
    await expect(payrollRuns.requestPreflight(run.id, { sourceAccount: stranger.publicKey() })).rejects.toMatchObject({
      code: 'source_account_unknown',
    })
    await expect(payrollRuns.requestPreflight(run.id, { sourceAccount: stranger.secret() })).rejects.toSatisfy(
      (error) => !String((error as Error).message).includes(stranger.secret()),
    )
  })

  test('a provider that says nothing makes a report that says what is unknown, and never that a run will succeed', async () => {
    const { payrollRuns } = team.manager.payd
    project.sandbox.failReads({ count: 5_000, how: 503 } as never)
    await payrollRuns.requestPreflight(run.id)
    for (let rings = 0; rings < 3; rings++) await project.ring({ keys: [treasury] })
    expect(await payrollRuns.preflight(run.id)).toMatchObject({ verdict: 'unknown', spendable: null, known_at: null })
  })
})
