import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../tools/demo/wait.ts'
import { disburseAll, type ReadyPayroll, readyPayroll, untilTransactions } from '../integration/payroll.ts'

let payroll: ReadyPayroll

beforeAll(async () => {
  payroll = await readyPayroll(12, 'pretended payments')
})

afterAll(() => payroll?.stop())

test('a provider that keeps payments back and says that they were applied is contradicted by the treasury', async () => {
  const { stack, sql, demo, team } = payroll
  const answer = await fetch(`${stack.sandbox.url}/_sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'pretend-applied' }),
  })
  expect(answer.ok).toBe(true)
  await disburseAll(payroll)

  // Nothing in the answers about a transaction shows that it is a lie.
  await untilTransactions(sql, 'applied', 1)
  await team.manager.payd.sync.request()
  const doubted = await until(
    'a payment in doubt',
    async () => {
      const rows = await sql<{ payroll_run_id: string; source_account: string }[]>`
        select payroll_run_id, source_account from public.payments_in_doubt`
      return rows.length > 0 ? rows : undefined
    },
    { deadlineMs: 120_000, intervalMs: 200 },
  )
  expect(new Set(doubted.map((payment) => payment.source_account))).toEqual(new Set([demo.treasury.publicKey()]))

  // Every run that counts anybody as paid says so.
  const summaries = await sql<{ payroll_run_id: string; transactions_in_doubt: string }[]>`
    select payroll_run_id, transactions_in_doubt from public.payroll_run_summaries where paid_items > 0`
  expect(summaries.length).toBeGreaterThan(0)
  expect(summaries.filter((run) => Number(run.transactions_in_doubt) === 0)).toEqual([])
  const findings = await team.manager.payd.operations.doctor()
  expect(findings.map((finding) => finding.kind)).toContain('ledger_contradicted')
  const events = await sql`select body from public.events where type = 'ledger.contradicted'`
  expect(events).toHaveLength(1)

  // Nothing more leaves the account on the word of that provider.
  await sql`update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now()`
  expect(await sql`select * from private.claim_disbursement(60)`).toEqual([])
})
