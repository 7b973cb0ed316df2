import { describe, expect, test } from 'vitest'
import { DatabaseError } from '../../supabase/functions/_shared/worker/database-error.ts'
import { systemClock, systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import type { DisburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import type { DisbursePorts } from '../../supabase/functions/payroll-disburse/disburse.ts'
import { aPayroll, closingLedgers, type Payroll } from '../support/payroll.ts'

const EMPLOYEES = 102

type Side = 'before' | 'after'
/** Which call is disturbed, and whether the worker ends there or goes on without the answer. */
type Disturbance = { readonly point: number; readonly side: Side; readonly isDeadly: boolean }

describe('a worker that is killed at any call', () => {
  test.each(['before', 'after'] as const)('%s it took effect: everybody is paid exactly once', async (side) => {
    await expectOncePaidAtEveryCall(EMPLOYEES, { side, isDeadly: true })
  })
})

describe('a worker whose connection is cut at any call', () => {
  test.each(['before', 'after'] as const)('%s it took effect: everybody is paid exactly once', async (side) => {
    await expectOncePaidAtEveryCall(3, { side, isDeadly: false })
  })
})

/** The calls are those of an undisturbed run, counted by one, so that no point is forgotten when the worker changes. */
async function expectOncePaidAtEveryCall(employees: number, how: Omit<Disturbance, 'point'>): Promise<void> {
  const undisturbed = await runDisturbed(employees, null)
  expect(undisturbed.calls.length).toBeGreaterThan(15)
  for (let point = 0; point < undisturbed.calls.length; point++) {
    const { timesPaid, status } = await runDisturbed(employees, { ...how, point })
    const where = `${how.side} ${undisturbed.calls[point]} (call ${point})`
    expect(timesPaid, where).toEqual(Array.from({ length: employees }, () => 1))
    expect(status, where).toBe('completed')
  }
}

async function runDisturbed(employees: number, disturbance: Disturbance | null) {
  await using payroll = await aPayroll({ employees, amount: '1' })
  const calls: string[] = []
  const ring = await payroll.ring(disturbed(payroll, calls, disturbance)).catch((error: unknown) => error)
  if (disturbance !== null) expect(ring).toBeDefined()
  await payroll.finish()
  return { calls, timesPaid: payroll.timesPaid(), status: payroll.memory.run.status }
}

/**
 * Ports of a worker that does nothing any more from one call on, not even giving its lease back; or that goes on although that call failed.
 * A call that was under way takes effect, and its answer is lost.
 */
function disturbed(payroll: Payroll, calls: string[], disturbance: Disturbance | null): Partial<DisbursePorts> {
  let isDead = false
  const through = async <T>(name: string, lost: () => Error, call: () => Promise<T>): Promise<T> => {
    if (isDead) throw lost()
    const isPoint = calls.push(name) - 1 === disturbance?.point
    if (isPoint) isDead = disturbance.isDeadly
    if (isPoint && disturbance.side === 'before') throw lost()
    const result = await call()
    if (isPoint || isDead) throw lost()
    return result
  }
  const fetch: Fetch = closingLedgers(payroll.sandbox, systemFetch)
  const database = Object.fromEntries(
    Object.entries(payroll.memory.database).map(([name, call]) => [
      name,
      (...parameters: readonly unknown[]) =>
        through(name, unreachable, () => (call as (...list: readonly unknown[]) => Promise<unknown>)(...parameters)),
    ]),
  ) as DisburseDatabase
  return {
    // Time passes while it waits to give its lease back.
    clock: { now: payroll.clock.now, deadline: systemClock.deadline },
    database,
    fetch: (url, init) => through(`${init.method} ${new URL(url).pathname}`, reset, () => fetch(url, init)),
  }
}

function unreachable(): Error {
  const shape = { code: 'database_unreachable', message: 'The connection was cut.', hint: null, status: 0 }
  return new DatabaseError(shape, 'reach the database')
}

function reset(): Error {
  return new TypeError('The connection was cut.')
}
