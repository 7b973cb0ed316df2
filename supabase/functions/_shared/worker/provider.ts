import { createHorizon, type Horizon } from '../stellar/horizon.ts'
import { exchange } from './exchange.ts'
import type { Clock, Fetch } from './ports.ts'

/**
 * Opens Horizon servers for one invocation of a worker. No exchange outlasts the invocation's own deadline: a provider that
 * hangs costs the worker its time once, not once per request.
 */
export function horizonOpener(
  ports: { readonly fetch: Fetch; readonly clock: Clock },
  options: { readonly untilMs: number },
): (baseUrl: string) => Horizon {
  return (baseUrl) =>
    createHorizon({
      baseUrl,
      exchange: async (request, limits) => {
        const remainingMs = options.untilMs - ports.clock.now()
        const deadline = ports.clock.deadline(Math.max(Math.min(limits.timeoutMs, remainingMs), 0))
        try {
          return await exchange(ports.fetch, request, { signal: deadline.signal, maxBodyBytes: limits.maxBodyBytes })
        } finally {
          deadline.clear()
        }
      },
    })
}
