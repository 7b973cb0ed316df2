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
  payroll = await readyPayroll(240, 'stopped network')
})

afterAll(() => payroll?.stop())

test('a network that dies in the middle of a disbursement: once it is back, everybody is paid exactly once', async () => {
  const { stack, sql } = payroll
  await disburseAll(payroll)

  // One transaction is in the ledger and the next is on its way when the network is gone, with whatever it had accepted.
  await untilTransactions(sql, 'applied', 1)
  await untilTransactions(sql, 'submitting', 1)
  await stack.sandbox.kill()
  await stack.scheduler?.idle()

  const during = await itemCounts(sql)
  expect(during.pending).toBeGreaterThan(0)

  await stack.sandbox.start()
  const runs = await finished(payroll)

  // One address of the file was refused and one wallet does not accept its asset; everybody else is paid.
  expect(await itemCounts(sql)).toEqual({ completed: 238, failed: 1 })
  expect(runs.map((run) => run.failure_code).sort()).toEqual(['items_not_paid', null])
  expect(await differences(payroll)).toEqual([])
})
