import * as z from 'zod/mini'
import { count, id, nothing, oneRow } from '../_shared/worker/rows.ts'
import type { Rpc } from '../_shared/worker/rpc.ts'

const endpoint = z.object({
  id,
  url: z.string(),
  timeout_ms: z.int(),
  /** Headers of the subscription, which go with every request. */
  headers: z.record(z.string(), z.string()),
  /** Seeds of the ed25519 keys; the keys of v1 never leave the database. */
  v1a: z.array(z.string()),
})

/** Id, webhook-id, sequence and body of an event. */
type ClaimedEvent = readonly [id: number, webhookId: string, sequence: number, body: string]
/** Delivery, endpoint, event, number of the attempt, its v1 signatures, and its number for the endpoint where it has one. */
type ClaimedDelivery = readonly [
  id: number,
  endpointId: number,
  eventId: number,
  attempt: number,
  signature: string,
  number: number | null,
]

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0

// There are a thousand of each in a claim, and a schema for every value would take longer than everything else about them.
const events = z.custom<readonly ClaimedEvent[]>(
  (given) =>
    Array.isArray(given) &&
    given.every(
      (row: unknown) =>
        Array.isArray(row) &&
        row.length === 4 &&
        isId(row[0]) &&
        typeof row[1] === 'string' &&
        isId(row[2]) &&
        typeof row[3] === 'string',
    ),
)
const deliveries = z.custom<readonly ClaimedDelivery[]>(
  (given) =>
    Array.isArray(given) &&
    given.every(
      (row: unknown) =>
        Array.isArray(row) &&
        row.length === 6 &&
        isId(row[0]) &&
        isId(row[1]) &&
        isId(row[2]) &&
        isId(row[3]) &&
        typeof row[4] === 'string' &&
        (row[5] === null || isId(row[5])),
    ),
)

/** A lease: every address and every body stands in it once, and deliveries name them. */
const webhookClaim = z.object({
  head: z.object({
    lease_id: z.nullable(id),
    lease_ms: z.int(),
    /** The time that was signed, in seconds. */
    timestamp: z.int(),
    /** Where the next claim begins to look. */
    after: count,
    is_more: z.boolean(),
    /** Endpoints of the claim that are new or were slow within the hour. */
    untrusted: z.array(id),
  }),
  endpoints: z.array(endpoint),
  events,
  deliveries,
})
export type WebhookClaim = Readonly<z.infer<typeof webhookClaim>>
export type Endpoint = Readonly<z.infer<typeof endpoint>>

/** What the arrays of results hold, one value for each delivery; five phases for each. */
export type ResultArrays = {
  readonly lease_id: number
  readonly delivery_ids: readonly number[]
  readonly statuses: readonly (number | null)[]
  readonly durations: readonly number[]
  readonly phases: readonly (number | null)[]
  /** This list and those that follow may be empty instead of holding nothing but nulls. */
  readonly retry_after: readonly (number | null)[]
  readonly peers: readonly (string | null)[]
  readonly diallers: readonly (string | null)[]
  readonly error_classes: readonly (string | null)[]
  readonly error_messages: readonly (string | null)[]
  readonly bodies: readonly (string | null)[]
  /** Whether everything else that the lease holds was not attempted and is given back. */
  readonly is_last: boolean
}

/** What the database made of the results. */
const deliveryCounts = z.object({ delivered: count, retrying: count, dead: count, stale: count })
export type DeliveryCounts = Readonly<z.infer<typeof deliveryCounts>>

export type ClaimParameters = {
  readonly batch_size: number
  readonly lease_seconds: number
  readonly after: number
  /** Endpoints of which this worker holds enough. */
  readonly busy: readonly number[]
  /** Whether new and slow endpoints are passed over, because enough waits for such ones. */
  readonly trusted_only: boolean
}

export type WebhookDatabase = ReturnType<typeof webhookDatabase>

/** The database as webhook-dispatch sees it. */
export function webhookDatabase(rpc: Rpc) {
  return {
    claimWebhookDeliveries: (parameters: ClaimParameters) => rpc('claim_webhook_deliveries', parameters, webhookClaim),
    completeWebhookDeliveries: (parameters: ResultArrays) =>
      rpc('complete_webhook_deliveries', parameters, oneRow(deliveryCounts)),
    /** Keeps leases while their deliveries are sent; answers those that are still held. */
    extendWebhookDeliveries: (parameters: { readonly lease_ids: readonly number[]; readonly lease_seconds: number }) =>
      rpc('extend_webhook_deliveries', parameters, z.array(id)),
    releaseWebhookDeliveries: (parameters: { readonly lease_ids: readonly number[] }) =>
      rpc('release_webhook_deliveries', parameters, nothing),
  }
}
