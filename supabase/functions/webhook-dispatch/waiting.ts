import type { WebhookClaim } from './database.ts'
import type { Delivery } from './deliver.ts'
import type { Waiting } from './lane.ts'

/** What a claim holds, delivery by delivery, each with its address and its body. */
export function waitingOf(answer: WebhookClaim, leaseId: number, heldUntilMs: number): Waiting[] {
  const endpoints = new Map(answer.endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const events = new Map(answer.events.map((event) => [event[0], event]))
  const { timestamp } = answer.head
  return answer.deliveries.flatMap(([id, endpointId, eventId, , signature, number]) => {
    const endpoint = endpoints.get(endpointId)
    const event = events.get(eventId)
    if (endpoint === undefined || event === undefined) return []
    const [, webhookId, sequence, body] = event
    const delivery: Delivery = { id, endpoint, webhookId, sequence, number, body, timestamp, signature }
    return [{ delivery, leaseId, heldUntilMs }]
  })
}
