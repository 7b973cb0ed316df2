import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  crashDatabase,
  differences,
  disburseAll,
  finished,
  itemCounts,
  type ReadyPayroll,
  readyPayroll,
  untilTransactions,
} from './payroll.ts'

let payroll: ReadyPayroll
let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payd-killed-'))
  await chmod(dataDir, 0o711)
  payroll = await readyPayroll(240, 'killed worker', { dataDir })
})

afterAll(async () => {
  await payroll?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

test('workers that are killed while they pay, and a database that crashes: others continue when the leases have ended, and no employee is paid twice', async () => {
  const { stack, sql } = payroll
  await disburseAll(payroll)

  // The database first, under a worker that lives on; then workers twice, because the second finds what the first left behind.
  for (const [applied, victim] of [
    [1, 'database'],
    [1, 'worker'],
    [2, 'worker'],
  ] as const) {
    await untilTransactions(sql, 'applied', applied)
    if (victim === 'database') await crashDatabase(sql)
    else {
      for (const name of ['payroll-disburse', 'horizon-sync']) {
        await stack.functions.kill(name)
        await stack.functions.restart(name)
      }
    }
    // The leases of the dead end now instead of in half a minute.
    await sql`update private.source_accounts set leased_until = now() where leased_until is not null`
    await sql`update private.wallet_reads set leased_until = now() where leased_until is not null`
    await stack.scheduler?.ring('payroll-disburse')
  }
  await finished(payroll)

  expect(await itemCounts(sql)).toEqual({ completed: 238, failed: 1 })
  expect(await differences(payroll)).toEqual([])
})
