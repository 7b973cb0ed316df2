import { describe, expect, test } from 'vitest'
import { DatabaseError } from '../../supabase/functions/_shared/worker/database-error.ts'
import type { LogLine } from '../../supabase/functions/_shared/worker/ports.ts'
import type { DeliveryClaim, DeliveryResult } from '../../supabase/functions/webhook-dispatch/database.ts'
import type { Dial } from '../../supabase/functions/webhook-dispatch/deliver.ts'
import {
  DISPATCH_LIMITS,
  type DispatchPorts,
  dispatchWebhooks,
} from '../../supabase/functions/webhook-dispatch/dispatch.ts'
import { type TestClock, testClock } from '../support/clock.ts'
import { gate } from '../support/gate.ts'

describe('dispatching webhooks', () => {
  test('sends everything that is due, each once, and counts what came of it', async () => {
    const queue = aQueue(250)
    const counts = await dispatchWebhooks(queue.ports(), { ...DISPATCH_LIMITS, concurrency: 16 })
    expect(counts).toEqual({ claimed: 250, delivered: 250, retrying: 0, dead: 0, stale: 0 })
    expect(queue.completed.map(({ delivery_id }) => delivery_id).toSorted((a, b) => a - b)).toEqual(queue.ids)
  })

  test('with nothing due asks once and ends', async () => {
    const queue = aQueue(0)
    expect(await dispatchWebhooks(queue.ports())).toMatchObject({ claimed: 0, delivered: 0 })
    expect(queue.claims).toEqual([64])
  })

  test('never has more under way than allowed', async () => {
    const queue = aQueue(200)
    let underWay = 0
    let most = 0
    const dial: Dial = async () => {
      underWay++
      most = Math.max(most, underWay)
      await Promise.resolve()
      underWay--
      return OK
    }
    await dispatchWebhooks(queue.ports({ dial }), { ...DISPATCH_LIMITS, concurrency: 8 })
    expect(most).toBe(8)
  })

  test('an endpoint that hangs delays only its own webhooks', async () => {
    const clock = testClock()
    const queue = aQueue(100, clock)
    const hanging = gate<typeof OK>()
    const othersAreTold = queue.whenCompleted(99)
    const dial: Dial = (request) => (request.url.pathname === '/0' ? hanging.opened : Promise.resolve(OK))
    const dispatched = dispatchWebhooks(queue.ports({ dial }), { ...DISPATCH_LIMITS, concurrency: 8 })
    await othersAreTold
    expect(queue.completed.some(({ delivery_id }) => delivery_id === 0)).toBe(false)
    clock.advance(15_000)
    expect(await dispatched).toMatchObject({ claimed: 100, delivered: 99, retrying: 1 })
  })

  test('results are told in batches while one call is under way', async () => {
    const queue = aQueue(300)
    await dispatchWebhooks(queue.ports(), { ...DISPATCH_LIMITS, concurrency: 64, completionBatchSize: 50 })
    expect(Math.max(...queue.batches)).toBeLessThanOrEqual(50)
    expect(queue.batches.length).toBeLessThan(100)
  })

  test('claims no more than one invocation may send', async () => {
    const queue = aQueue(500)
    const counts = await dispatchWebhooks(queue.ports(), { ...DISPATCH_LIMITS, maxDeliveries: 120, concurrency: 50 })
    expect(counts.claimed).toBe(120)
    expect(counts.delivered).toBe(120)
  })

  test('claims nothing more after its budget, and tells what was under way', async () => {
    const clock = testClock()
    const queue = aQueue(500, clock)
    const dial: Dial = () => {
      clock.advance(DISPATCH_LIMITS.budgetMs)
      return Promise.resolve(OK)
    }
    const counts = await dispatchWebhooks(queue.ports({ dial }), { ...DISPATCH_LIMITS, concurrency: 10 })
    expect(counts.claimed).toBe(10)
    expect(queue.completed).toHaveLength(10)
  })

  test('what is under way is awaited and told even when claiming more fails', async () => {
    const queue = aQueue(20)
    const slow = gate<typeof OK>()
    const dial: Dial = (request) => (Number(request.url.pathname.slice(1)) < 4 ? Promise.resolve(OK) : slow.opened)
    const ports = queue.ports({ dial })
    const database = {
      ...ports.database,
      claimWebhookDeliveries: async (batch: { readonly batch_size: number; readonly lease_seconds: number }) => {
        if (queue.claims.length === 0) return ports.database.claimWebhookDeliveries(batch)
        setImmediate(() => slow.open(OK))
        throw unreachable()
      },
    }
    const dispatched = dispatchWebhooks({ ...ports, database }, { ...DISPATCH_LIMITS, concurrency: 10 })
    await expect(dispatched).rejects.toThrow(DatabaseError)
    expect(queue.completed).toHaveLength(10)
  })

  test('when results cannot be told it stops claiming and reports the failure', async () => {
    const queue = aQueue(500)
    const ports = queue.ports()
    const database = { ...ports.database, completeWebhookDeliveries: () => Promise.reject(unreachable()) }
    await expect(dispatchWebhooks({ ...ports, database }, { ...DISPATCH_LIMITS, concurrency: 10 })).rejects.toThrow(
      'not reachable',
    )
    expect(queue.claims.length).toBeLessThan(5)
    expect(queue.lines.some(({ event, outcome }) => event === 'webhooks.complete' && outcome === 'failed')).toBe(true)
  })

  test('logs one line for the run, not one for each delivery, and no body, address or signature', async () => {
    const queue = aQueue(100)
    await dispatchWebhooks(queue.ports())
    expect(queue.lines).toHaveLength(1)
    expect(JSON.stringify(queue.lines)).not.toMatch(/hooks\.example|v1,|salary/)
  })
})

const OK = { status: 200, header: () => null, body: 'ok' }

function unreachable(): DatabaseError {
  const shape = { code: 'database_unreachable', message: 'The database is not reachable.', hint: null, status: 0 }
  return new DatabaseError(shape, 'call it')
}

/** A queue of deliveries that hands out each once, as the database does, and keeps what it was told. */
function aQueue(size: number, clock: TestClock = testClock()) {
  const ids = Array.from({ length: size }, (_, index) => index)
  const waiting = ids.map(aClaim)
  const claims: number[] = []
  const batches: number[] = []
  const completed: DeliveryResult[] = []
  const lines: LogLine[] = []
  const watchers: { readonly count: number; readonly open: () => void }[] = []
  const ports = (changes: Partial<DispatchPorts> = {}): DispatchPorts => ({
    clock,
    log: (line) => lines.push(line),
    policy: { allowHttp: false, allowedNetworks: [], ownUrl: null },
    resolveHost: () => Promise.resolve(['93.184.216.34']),
    dial: () => Promise.resolve(OK),
    database: {
      claimWebhookDeliveries: async ({ batch_size }) => {
        claims.push(batch_size)
        return waiting.splice(0, batch_size)
      },
      completeWebhookDeliveries: async ({ results }) => {
        batches.push(results.length)
        completed.push(...results)
        for (const watcher of watchers) if (completed.length >= watcher.count) watcher.open()
        const delivered = results.filter(({ response_status }) => response_status === 200).length
        return { delivered, retrying: results.length - delivered, dead: 0, stale: 0 }
      },
    },
    ...changes,
  })
  const whenCompleted = (count: number): Promise<void> => {
    const { opened, open } = gate()
    watchers.push({ count, open: () => open() })
    return opened
  }
  return { ids, ports, claims, batches, completed, lines, whenCompleted }
}

function aClaim(index: number): DeliveryClaim {
  return {
    delivery_id: index,
    lease_token: 'token',
    attempt_number: 1,
    url: `https://hooks.example.org/${index}`,
    headers: { 'webhook-signature': 'v1,abc' },
    body: '{"salary":"1"}',
    timeout_ms: 15_000,
  }
}
