import { describe, expect, test } from 'vitest'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { Fetch } from '../../supabase/functions/_shared/worker/ports.ts'
import type { DisburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import type { DisbursePorts } from '../../supabase/functions/payroll-disburse/disburse.ts'
import { aPayroll, closingLedgers, type Payroll } from '../support/payroll.ts'

const EMPLOYEES = 102
const EVERYBODY_ONCE = Array.from({ length: EMPLOYEES }, () => 1)

describe('a worker that is killed at any call', () => {
  // The calls of an undisturbed run, counted by one, so that no point is forgotten when the worker changes.
  test.each(['before', 'after'] as const)('%s it took effect: everybody is paid exactly once', async (side) => {
    const undisturbed = await runWithKill(null, side)
    expect(undisturbed.calls.length).toBeGreaterThan(15)
    for (let point = 0; point < undisturbed.calls.length; point++) {
      const { timesPaid, status } = await runWithKill(point, side)
      expect(timesPaid, `killed ${side} ${undisturbed.calls[point]} (call ${point})`).toEqual(EVERYBODY_ONCE)
      expect(status).toBe('completed')
    }
  })
})

async function runWithKill(point: number | null, side: 'before' | 'after') {
  await using payroll = await aPayroll({ employees: EMPLOYEES, amount: '1' })
  const calls: string[] = []
  const ring = await payroll.ring(killedAt(payroll, calls, point, side)).catch((error: unknown) => error)
  if (point !== null) expect(ring).toBeDefined()
  await payroll.finish()
  return { calls, timesPaid: payroll.timesPaid(), status: payroll.memory.run.status }
}

/** Ports of a worker that does nothing any more from one call on: not even giving its lease back. */
function killedAt(
  payroll: Payroll,
  calls: string[],
  point: number | null,
  side: 'before' | 'after',
): Partial<DisbursePorts> {
  let isDead = false
  const through = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Error('killed')
    const isPoint = calls.push(name) - 1 === point
    if (isPoint) isDead = true
    if (isPoint && side === 'before') throw new Error('killed')
    const result = await call()
    // A call that was under way at the kill takes effect, and its answer is lost.
    if (isDead) throw new Error('killed')
    return result
  }
  const fetch: Fetch = closingLedgers(payroll.sandbox, systemFetch)
  const database = Object.fromEntries(
    Object.entries(payroll.memory.database).map(([name, call]) => [
      name,
      (...parameters: readonly unknown[]) =>
        through(name, () => (call as (...list: readonly unknown[]) => Promise<unknown>)(...parameters)),
    ]),
  ) as DisburseDatabase
  return { database, fetch: (url, init) => through(`${init.method} ${new URL(url).pathname}`, () => fetch(url, init)) }
}
