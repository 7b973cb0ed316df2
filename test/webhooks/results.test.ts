import { expect, test } from 'vitest'
import type { Deadline } from '../../supabase/functions/_shared/worker/ports.ts'
import { openResults } from '../../supabase/functions/webhook-dispatch/results.ts'

const LIMITS = { flushAt: 500, flushAfterMs: 100 }

test('the first results of a worker are told within 10 ms, and later ones together', async () => {
  const waits: { readonly ms: number; readonly end: () => void }[] = []
  const told: number[] = []
  const clock = {
    now: () => 0,
    deadline: (ms: number): Deadline => {
      const controller = new AbortController()
      waits.push({ ms, end: () => controller.abort() })
      return {
        signal: controller.signal,
        onPassed: (callback) => controller.signal.addEventListener('abort', callback, { once: true }),
        clear: () => undefined,
      }
    },
  }
  const database = {
    completeWebhookDeliveries: async ({ delivery_ids }: { readonly delivery_ids: readonly number[] }) => {
      told.push(...delivery_ids)
      return { delivered: delivery_ids.length, retrying: 0, dead: 0, stale: 0 }
    },
  }
  const results = openResults({ clock, database, log: () => undefined } as never, LIMITS, () => false)
  results.lease(1, 10, 60_000)

  results.add(1, resultOf(1))
  expect(waits.map(({ ms }) => ms)).toEqual([10])
  waits[0]?.end()
  await Promise.resolve()
  await results.drain()
  expect(told).toEqual([1])

  results.add(1, resultOf(2))
  expect(waits.map(({ ms }) => ms)).toEqual([10, 100])
})

const resultOf = (delivery_id: number) =>
  ({
    delivery_id,
    status: 204,
    duration_ms: 1,
    resolve_ms: null,
    phases: { connect: null, tls: null, wait: null, read: null },
    retry_after: null,
    peer: null,
    dialler: null,
    error_class: null,
    error_message: null,
    body: null,
  }) as never
