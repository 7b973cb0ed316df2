import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  differences,
  disburseAll,
  finished,
  itemCounts,
  type ReadyPayroll,
  readyPayroll,
  untilTransactions,
} from './payroll.ts'

let payroll: ReadyPayroll

beforeAll(async () => {
  payroll = await readyPayroll(240, 'killed worker')
})

afterAll(() => payroll?.stop())

test('a worker that is killed while it pays: another continues when its lease has ended, and no employee is paid twice', async () => {
  const { stack, sql } = payroll
  await disburseAll(payroll)

  // Twice, because the second worker finds what the first left behind.
  for (const applied of [1, 2]) {
    await untilTransactions(sql, 'applied', applied)
    stack.functions?.kill('payroll-disburse')
    await stack.functions?.restart('payroll-disburse')
    // The lease of the dead worker ends now instead of in two minutes.
    await sql`update private.source_accounts set leased_until = now() where leased_until is not null`
    await stack.scheduler?.ring('payroll-disburse')
  }
  await finished(payroll)

  expect(await itemCounts(sql)).toEqual({ completed: 238, failed: 1 })
  expect(await differences(payroll)).toEqual([])
})
