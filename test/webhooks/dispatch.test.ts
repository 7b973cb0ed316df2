import { describe, expect, test } from 'vitest'
import { DatabaseError } from '../../supabase/functions/_shared/worker/database-error.ts'
import { untilAborted } from '../../supabase/functions/_shared/worker/exchange.ts'
import type { LogLine } from '../../supabase/functions/_shared/worker/ports.ts'
import type { ClaimParameters, ResultArrays } from '../../supabase/functions/webhook-dispatch/database.ts'
import { type Dial, NO_PHASES } from '../../supabase/functions/webhook-dispatch/dial.ts'
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
    const counts = await dispatchWebhooks(queue.ports(), { ...LIMITS, concurrency: 16 }).ended
    expect(counts).toEqual({ claimed: 250, delivered: 250, retrying: 0, dead: 0, stale: 0 })
    expect(queue.completed.toSorted((a, b) => a - b)).toEqual(queue.ids)
  })

  test('with nothing due asks once and ends', async () => {
    const queue = aQueue(0)
    expect(await dispatchWebhooks(queue.ports(), LIMITS).ended).toMatchObject({ claimed: 0, delivered: 0 })
    expect(queue.claims).toEqual([LIMITS.batchSize])
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
    await dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, concurrency: 8 }).ended
    expect(most).toBe(8)
  })

  test('an endpoint that hangs delays only its own webhooks', async () => {
    const clock = testClock()
    const queue = aQueue(100, clock)
    const hanging = gate<typeof OK>()
    const othersAreTold = queue.whenCompleted(99)
    const dial: Dial = (request, { deadline }) =>
      request.url.pathname === '/0' ? untilAborted(hanging.opened, deadline.signal) : Promise.resolve(OK)
    const dispatched = dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, concurrency: 8, flushAt: 1 }).ended
    await othersAreTold
    expect(queue.completed.includes(0)).toBe(false)
    clock.advance(15_000)
    expect(await dispatched).toMatchObject({ claimed: 100, delivered: 99, retrying: 1 })
  })

  test('results are told in batches while one call is under way', async () => {
    const queue = aQueue(300)
    await dispatchWebhooks(queue.ports(), { ...LIMITS, concurrency: 64, flushAt: 50 }).ended
    expect(Math.max(...queue.batches)).toBeLessThanOrEqual(50)
    expect(queue.batches.length).toBeLessThan(100)
  })

  test('claims no more than one invocation may send', async () => {
    const queue = aQueue(500)
    const counts = await dispatchWebhooks(queue.ports(), { ...LIMITS, maxDeliveries: 120, batchSize: 50 }).ended
    expect(counts.claimed).toBe(120)
    expect(counts.delivered).toBe(120)
  })

  test('claims nothing more after its budget, and tells what was under way', async () => {
    const clock = testClock()
    const queue = aQueue(500, clock)
    const dial: Dial = () => {
      clock.advance(LIMITS.budgetMs)
      return Promise.resolve(OK)
    }
    const counts = await dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, batchSize: 10 }).ended
    expect(counts.claimed).toBeLessThanOrEqual(30)
    expect(queue.completed.length + queue.waiting().length).toBe(500)
  })

  test('what is under way is awaited and told even when claiming more fails', async () => {
    const queue = aQueue(20)
    const slow = gate<typeof OK>()
    const dial: Dial = (request) => (Number(request.url.pathname.slice(1)) < 4 ? Promise.resolve(OK) : slow.opened)
    const ports = queue.ports({ dial })
    const database = {
      ...ports.database,
      claimWebhookDeliveries: async (batch: ClaimParameters) => {
        if (queue.claims.length === 0) return ports.database.claimWebhookDeliveries(batch)
        setImmediate(() => slow.open(OK))
        throw unreachable()
      },
    }
    const dispatched = dispatchWebhooks({ ...ports, database }, { ...LIMITS, batchSize: 10 }).ended
    await expect(dispatched).rejects.toThrow(DatabaseError)
    expect(queue.completed).toHaveLength(10)
  })

  test('when results cannot be told it stops claiming and reports the failure', async () => {
    const queue = aQueue(500)
    const ports = queue.ports()
    const database = { ...ports.database, completeWebhookDeliveries: () => Promise.reject(unreachable()) }
    await expect(
      dispatchWebhooks({ ...ports, database }, { ...LIMITS, batchSize: 10, flushAt: 10 }).ended,
    ).rejects.toThrow('not reachable')
    expect(queue.claims.length).toBeLessThan(10)
    expect(queue.lines.some(({ event, outcome }) => event === 'webhooks.complete' && outcome === 'failed')).toBe(true)
  })

  test('logs one line for the run, not one for each delivery, and no body, address or signature', async () => {
    const queue = aQueue(100)
    await dispatchWebhooks(queue.ports(), LIMITS).ended
    expect(queue.lines).toHaveLength(1)
    expect(JSON.stringify(queue.lines)).not.toMatch(/hooks\.example|v1,|salary/)
  })

  test('goes on claiming while an endpoint hangs, as soon as somebody rings', async () => {
    const clock = testClock()
    const queue = aQueue(1, clock)
    const hanging = gate<typeof OK>()
    const dial: Dial = (request, { deadline }) =>
      request.url.pathname === '/0' ? untilAborted(hanging.opened, deadline.signal) : Promise.resolve(OK)
    const dispatch = dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, flushAt: 1 })
    const later = queue.whenCompleted(3)
    queue.add([1, 2, 3])
    dispatch.wake()
    await later
    expect(queue.completed).not.toContain(0)
    clock.advance(15_000)
    await dispatch.ended
    expect(queue.completed).toContain(0)
  })

  test('answers a ring with whether the run looks again, so that no ring is lost to a run that has used its budget', async () => {
    const queue = aQueue(6)
    const released = gate()
    const ports = queue.ports({})
    const dispatch = dispatchWebhooks(
      {
        ...ports,
        database: {
          ...ports.database,
          releaseWebhookDeliveries: async (parameters) => {
            released.open()
            return await ports.database.releaseWebhookDeliveries(parameters)
          },
        },
      },
      { ...LIMITS, maxDeliveries: 3 },
    )
    expect(dispatch.wake()).toBe(true)
    await released.opened
    expect(dispatch.wake()).toBe(false)
    expect(await dispatch.ended).toMatchObject({ claimed: 3 })
    expect(queue.waiting()).toHaveLength(3)
  })

  test('one endpoint never has more than its share under way', async () => {
    const queue = aQueue(100, testClock(), () => 7)
    let underWay = 0
    let most = 0
    const dial: Dial = async () => {
      underWay++
      most = Math.max(most, underWay)
      await Promise.resolve()
      underWay--
      return OK
    }
    await dispatchWebhooks(queue.ports({ dial }), LIMITS).ended
    expect(most).toBe(LIMITS.perEndpoint)
    expect(queue.completed).toHaveLength(100)
  })

  test('endpoints that are new or slow take a part of the places only, however many there are, and keep nothing from being claimed', async () => {
    const clock = testClock()
    const queue = aQueue(1_200, clock)
    for (const id of queue.ids.slice(0, 1_100)) queue.untrusted.add(id + 1)
    const hanging = gate<typeof OK>()
    let hangingNow = 0
    const othersAreTold = queue.whenCompleted(100)
    const dial: Dial = (request, { deadline }) => {
      if (!queue.untrusted.has(Number(request.url.pathname.slice(1)) + 1)) return Promise.resolve(OK)
      hangingNow += 1
      return untilAborted(hanging.opened, deadline.signal)
    }
    const dispatched = dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, flushAt: 1 })
    await othersAreTold
    expect(queue.completed.toSorted((a, b) => a - b)).toEqual(queue.ids.slice(1_100))
    expect(hangingNow).toBe(LIMITS.untrustedPlaces)
    dispatched.stop()
    clock.advance(15_000)
    await dispatched.ended
    expect(queue.completed.length + queue.waiting().length).toBe(1_200)
  })

  test('trusted endpoints that all begin to hang give their places to others within two seconds, and get nothing more before they answer', async () => {
    const clock = testClock()
    const [hangs, sound] = [DISPATCH_LIMITS.concurrency, 20]
    const queue = aQueue(hangs * 3, clock, (id) => (id < hangs * 3 ? (id % hangs) + 1 : id + 1))
    const hanging = gate<typeof OK>()
    const answered = new Set<string>()
    let hangingNow = 0
    const dial: Dial = ({ url }, { deadline }) => {
      // Each endpoint takes one webhook well, so that it may have two under way.
      if (Number(url.pathname.slice(1)) >= hangs || !answered.has(url.pathname)) {
        answered.add(url.pathname)
        return Promise.resolve(OK)
      }
      hangingNow += 1
      return untilAborted(hanging.opened, deadline.signal)
    }
    const dispatch = dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, flushAt: 1 })
    await ticks()
    const othersAreTold = queue.whenCompleted(hangs + sound)
    queue.add(Array.from({ length: sound }, (_, index) => hangs * 3 + index))
    dispatch.wake()
    await ticks()
    expect([hangingNow, queue.completed.length]).toEqual([hangs, hangs])
    for (let seconds = 0; seconds < 2; seconds++) {
      clock.advance(1_000)
      await ticks()
    }
    await othersAreTold
    expect(hangingNow).toBe(hangs)
    expect(queue.busy.at(-1)).toHaveLength(hangs)

    hanging.open(OK)
    await dispatch.ended
    expect(queue.completed).toHaveLength(hangs * 3 + sound)
  })

  test('the number of hanging deliveries that are set aside is bounded, whichever endpoints they belong to', async () => {
    const clock = testClock()
    const queue = aQueue(100, clock)
    const hanging = gate<typeof OK>()
    let hangingNow = 0
    const dial: Dial = (_, { deadline }) => {
      hangingNow += 1
      return untilAborted(hanging.opened, deadline.signal)
    }
    const limits = { ...LIMITS, concurrency: 8, asidePlaces: 12 }
    const dispatch = dispatchWebhooks(queue.ports({ dial }), limits)
    const seen: number[] = []
    for (let seconds = 0; seconds < 8; seconds++) {
      await ticks()
      seen.push(hangingNow)
      clock.advance(1_000)
    }
    expect([seen[0], seen.at(-1)]).toEqual([8, 20])
    dispatch.stop()
    hanging.open(OK)
    await dispatch.ended
    expect(queue.completed).toHaveLength(20)
    expect(queue.waiting()).toHaveLength(80)
  })

  test('an endpoint that answered well and then kept the worker waiting shares the part of the slow ones', async () => {
    const clock = testClock()
    const queue = aQueue(60, clock, (id) => (id < 40 ? 1 : id + 1))
    const late = gate<typeof OK>()
    let first = 0
    const dial: Dial = (request) => {
      if (request.url.pathname !== '/0') return Promise.resolve(OK)
      first += 1
      return late.opened
    }
    const limits = { ...LIMITS, untrustedPlaces: 1, concurrency: 4, flushAt: 1 }
    const othersAreTold = queue.whenCompleted(20)
    const dispatched = dispatchWebhooks(queue.ports({ dial }), limits)
    await othersAreTold
    clock.advance(6_000)
    late.open(OK)
    await dispatched.ended
    expect(first).toBe(40)
    expect(queue.completed).toHaveLength(60)
  })

  test('an endpoint that fails three times in a row gets nothing more, and what waited for it is given back', async () => {
    const queue = aQueue(50, testClock(), (id) => (id < 40 ? 1 : id + 1))
    const dial: Dial = (request) => Promise.resolve({ ...OK, status: request.url.pathname === '/0' ? 500 : 200 })
    await dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, perEndpoint: 1 }).ended
    expect(queue.completed.filter((id) => id < 40)).toHaveLength(3)
    expect(queue.completed.filter((id) => id >= 40)).toHaveLength(10)
    expect(queue.waiting()).toHaveLength(37)
    expect(queue.busy.at(-1)).toEqual(queue.claims.length > 1 ? [1] : [])
  })

  test('a result that the database refuses is told alone and without its texts, and no other is lost', async () => {
    const queue = aQueue(20)
    const ports = queue.ports()
    const shape = { code: 'database_refused', message: 'Refused.', hint: null, status: 400 }
    const database = {
      ...ports.database,
      completeWebhookDeliveries: (results: ResultArrays) =>
        results.bodies.some((body) => body !== null)
          ? Promise.reject(new DatabaseError(shape, 'call it'))
          : ports.database.completeWebhookDeliveries(results),
    }
    expect(await dispatchWebhooks({ ...ports, database }, LIMITS).ended).toMatchObject({ delivered: 20 })
    expect(queue.completed.toSorted((a, b) => a - b)).toEqual(queue.ids)
  })

  test('what is left when the budget is used is given back, and the bell is rung', async () => {
    const queue = aQueue(500)
    await dispatchWebhooks(queue.ports(), { ...LIMITS, maxDeliveries: 120, batchSize: 50 }).ended
    expect(queue.released).toEqual([[]])
    expect(queue.waiting()).toHaveLength(380)
  })

  test('a worker that is stopped ends what is under way and gives the rest back', async () => {
    const queue = aQueue(30)
    const slow = gate<typeof OK>()
    const dispatch = dispatchWebhooks(queue.ports({ dial: () => slow.opened }), { ...LIMITS, concurrency: 10 })
    await new Promise((resolve) => setImmediate(resolve))
    dispatch.stop()
    slow.open(OK)
    await dispatch.ended
    expect(queue.completed).toHaveLength(10)
    expect(queue.waiting()).toHaveLength(20)
  })

  test('what could not be told in time is not sent', async () => {
    const clock = testClock()
    const queue = aQueue(12, clock)
    const dial: Dial = async () => {
      clock.advance(10_000)
      return OK
    }
    await dispatchWebhooks(queue.ports({ dial }), { ...LIMITS, concurrency: 1, maxDeliveries: 12 }).ended
    // 35 seconds to hold it, less 15 of the timeout and 2 to tell: at 0 and 10 seconds there is time for another one.
    expect(queue.completed).toHaveLength(2)
    expect(queue.waiting()).toHaveLength(10)
  })

  test('what is sent is kept as long as the worker lives, and nothing is sent under a lease that could not be kept', async () => {
    for (const [mayExtend, sent] of [
      [true, 3],
      [false, 2],
    ] as const) {
      const clock = testClock()
      const queue = aQueue(12, clock)
      const ports = queue.ports({
        dial: async () => {
          clock.advance(10_000)
          // The extension is answered before the receiver is.
          await new Promise((resolve) => setImmediate(resolve))
          return OK
        },
      })
      const extendWebhookDeliveries = async (extension: { readonly lease_ids: readonly number[] }) => {
        if (!mayExtend) throw unreachable()
        return [...extension.lease_ids]
      }
      const database = { ...ports.database, extendWebhookDeliveries }
      const limits = { ...LIMITS, concurrency: 1, maxDeliveries: 12, holdSeconds: 45 }
      await dispatchWebhooks({ ...ports, database }, limits).ended
      expect(queue.completed).toHaveLength(sent)
      expect(clock.openDeadlines()).toBe(0)
    }
  })
})

/** Without the wait for what is committed a moment later, which a clock that stands still would never end. */
const LIMITS = { ...DISPATCH_LIMITS, lingerMs: 0 }
const OK = { status: 200, header: () => null, body: 'ok', phases: NO_PHASES, peer: null, dialler: null }

/** Lets everything happen that waits for no clock. */
async function ticks(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function unreachable(): DatabaseError {
  const shape = { code: 'database_unreachable', message: 'The database is not reachable.', hint: null, status: 0 }
  return new DatabaseError(shape, 'call it')
}

/** A queue of deliveries, each to an endpoint of its own unless told otherwise, that hands out each once and keeps what it was told. */
function aQueue(
  size: number,
  clock: TestClock = testClock(),
  endpointOf: (index: number) => number = (index) => index + 1,
) {
  const ids = Array.from({ length: size }, (_, index) => index)
  let waiting = [...ids]
  const held = new Map<number, number[]>()
  const claims: number[] = []
  /** Endpoints that are new or were slow, as the database knows it. */
  const untrusted = new Set<number>()
  const busy: (readonly number[])[] = []
  const batches: number[] = []
  const completed: number[] = []
  const released: (readonly number[])[] = []
  const lines: LogLine[] = []
  const watchers: { readonly count: number; readonly open: () => void }[] = []
  let lease = 0
  const giveBack = (leaseId: number): void => {
    waiting = [...waiting, ...(held.get(leaseId) ?? [])]
    held.delete(leaseId)
  }
  const database: DispatchPorts['database'] = {
    claimWebhookDeliveries: async (parameters) => {
      claims.push(parameters.batch_size)
      busy.push(parameters.busy)
      const isWanted = (id: number): boolean =>
        !parameters.busy.includes(endpointOf(id)) && !(parameters.trusted_only && untrusted.has(endpointOf(id)))
      const taken = waiting.filter(isWanted).slice(0, parameters.batch_size)
      waiting = waiting.filter((id) => !taken.includes(id))
      lease += 1
      held.set(lease, [...taken])
      return aClaim(lease, taken, endpointOf, waiting.length > 0 && taken.length === parameters.batch_size, untrusted)
    },
    completeWebhookDeliveries: async (results: ResultArrays) => {
      batches.push(results.delivery_ids.length)
      completed.push(...results.delivery_ids)
      held.set(
        results.lease_id,
        (held.get(results.lease_id) ?? []).filter((id) => !results.delivery_ids.includes(id)),
      )
      if (results.is_last) giveBack(results.lease_id)
      for (const watcher of watchers) if (completed.length >= watcher.count) watcher.open()
      const delivered = results.statuses.filter((status) => status === 200).length
      return { delivered, retrying: results.statuses.length - delivered, dead: 0, stale: 0 }
    },
    extendWebhookDeliveries: async ({ lease_ids }) => [...lease_ids],
    releaseWebhookDeliveries: async ({ lease_ids }) => {
      released.push(lease_ids)
      for (const id of lease_ids) giveBack(id)
    },
  }
  const ports = (changes: Partial<DispatchPorts> = {}): DispatchPorts => ({
    clock,
    log: (line) => lines.push(line),
    policy: { allowHttp: false, allowedNetworks: [], ownUrl: null },
    resolveHost: () => Promise.resolve(['93.184.216.34']),
    dial: () => Promise.resolve(OK),
    database,
    ...changes,
  })
  const whenCompleted = (count: number): Promise<void> => {
    const { opened, open } = gate()
    watchers.push({ count, open: () => open() })
    return opened
  }
  return {
    ids,
    ports,
    claims,
    busy,
    batches,
    completed,
    released,
    lines,
    whenCompleted,
    add: (more: number[]) => (waiting = [...waiting, ...more]),
    waiting: () => waiting,
    untrusted,
  }
}

function aClaim(
  leaseId: number,
  ids: readonly number[],
  endpointOf: (index: number) => number,
  isMore: boolean,
  untrusted: ReadonlySet<number>,
) {
  const endpoints = [...new Set(ids.map(endpointOf))]
  return {
    head: {
      lease_id: ids.length === 0 ? null : leaseId,
      lease_ms: 20_000,
      timestamp: 1_795_176_000,
      after: 0,
      is_more: isMore,
      untrusted: [...untrusted],
    },
    endpoints: endpoints.map((id) => ({
      id,
      url: `https://hooks.example.org/${id - 1}`,
      timeout_ms: 15_000,
      headers: {},
      v1a: [],
    })),
    events: [[1, 'evt_1', 1, '{"salary":"1"}'] as const],
    deliveries: ids.map((id): [number, number, number, number, string, null] => [
      id,
      endpointOf(id),
      1,
      1,
      'v1,abc',
      null,
    ]),
  }
}
