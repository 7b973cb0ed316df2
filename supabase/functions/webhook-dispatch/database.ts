import * as z from 'zod/mini'
import { count, id, oneRow } from '../_shared/worker/rows.ts'
import type { Rpc } from '../_shared/worker/rpc.ts'

/** One signed request that is due, leased to this worker. */
const deliveryClaim = z.object({
  delivery_id: id,
  lease_token: z.string(),
  attempt_number: z.int().check(z.positive()),
  url: z.string(),
  /** Signed in the database; the secret never leaves it. */
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  timeout_ms: z.int(),
})
export type DeliveryClaim = Readonly<z.infer<typeof deliveryClaim>>

/** What became of one attempt. */
export type DeliveryResult = {
  readonly delivery_id: number
  readonly lease_token: string
  readonly response_status: number | null
  readonly response_body: string | null
  readonly error_message: string | null
  readonly duration_ms: number
  readonly retry_after_seconds: number | null
}

/** What the database made of the results. */
const deliveryCounts = z.object({ delivered: count, retrying: count, dead: count, stale: count })
export type DeliveryCounts = Readonly<z.infer<typeof deliveryCounts>>

export type WebhookDatabase = ReturnType<typeof webhookDatabase>

/** The database as webhook-dispatch sees it. */
export function webhookDatabase(rpc: Rpc) {
  return {
    claimWebhookDeliveries: (parameters: { readonly batch_size: number; readonly lease_seconds: number }) =>
      rpc('claim_webhook_deliveries', parameters, z.array(deliveryClaim)),
    completeWebhookDeliveries: (parameters: { readonly results: readonly DeliveryResult[] }) =>
      rpc('complete_webhook_deliveries', parameters, oneRow(deliveryCounts)),
  }
}
