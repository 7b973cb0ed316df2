import * as z from 'zod/mini'
import { count } from './rows.ts'
import type { Rpc } from './rpc.ts'

const taken = z.array(z.object({ granted: count, wait_ms: count })).check(z.length(1))

/** The requests that all workers together may send to each provider, kept in the database. */
export type ProviderBudget = {
  /** Takes up to so many requests. None are granted while the provider wants to be left alone or its budget is used. */
  take(request: {
    readonly provider: string
    readonly requests: number
    readonly is_urgent: boolean
  }): Promise<{ readonly granted: number; readonly wait_ms: number }>
  /** Tells every worker that the provider answered 429; null when it named no time. */
  sentAway(report: { readonly provider: string; readonly retry_after_seconds: number | null }): Promise<void>
}

/** The budget as the database keeps it. */
export function providerBudget(rpc: Rpc): ProviderBudget {
  return {
    take: async (request) => {
      const [row] = await rpc('take_provider_requests', request, taken)
      return row ?? { granted: 0, wait_ms: 0 }
    },
    sentAway: async (report) => {
      await rpc('report_sent_away', report, z.unknown())
    },
  }
}
