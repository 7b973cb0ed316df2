import { type KeptLease, keepExtending } from '../_shared/worker/lease.ts'
import type { Clock, Log } from '../_shared/worker/ports.ts'
import type { WebhookDatabase } from './database.ts'
import type { openResults } from './results.ts'

/** Extends the leases of everything that was claimed and not told yet, as long as the worker lives. */
export function keepWebhooks(
  ports: { readonly clock: Clock; readonly log: Log; readonly database: WebhookDatabase },
  results: ReturnType<typeof openResults>,
  leaseSeconds: number,
): KeptLease {
  const extend = async () => {
    const lease_ids = results.leases()
    if (lease_ids.length === 0) return
    const endsAtMs = ports.clock.now() + leaseSeconds * 1_000
    results.extended(await ports.database.extendWebhookDeliveries({ lease_ids, lease_seconds: leaseSeconds }), endsAtMs)
  }
  return keepExtending(ports, { leaseSeconds, extend, event: 'webhooks.lease' })
}
