import { DeadlinePassed, exchange, untilAborted } from '../_shared/worker/exchange.ts'
import type { Clock, Deadline, Fetch, ResolveHost } from '../_shared/worker/ports.ts'
import type { DeliveryClaim, DeliveryResult } from './database.ts'
import { checkDestination, type DestinationPolicy } from './destination.ts'

/** At most this much of an endpoint's answer is read and kept. */
export const MAX_RESPONSE_BYTES = 16_384

const MIN_TIMEOUT_MS = 1_000
const MAX_TIMEOUT_MS = 30_000
const MAX_RETRY_AFTER_SECONDS = 86_400

/** One signed request to an endpoint whose addresses were found to be allowed. */
export type DialRequest = {
  readonly url: URL
  /** Every address the host stands for. A dialler that pins connects to one of these and looks the name up no second time. */
  readonly addresses: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly maxResponseBytes: number
}

/** What came back, cut at the limit. Header names are lower-case. */
export type DialAnswer = {
  readonly status: number
  header(name: string): string | null
  readonly body: string
}

/** Sends one request and reads one answer, redirects and all later connections excluded, until the deadline. */
export type Dial = (request: DialRequest, options: { readonly deadline: Deadline }) => Promise<DialAnswer>

export type DeliverPorts = {
  readonly clock: Clock
  readonly resolveHost: ResolveHost
  readonly dial: Dial
}

/**
 * Dials with the platform's `fetch`, redirects refused. Not rebind-safe: `fetch` resolves the name once more, and a name server
 * of an attacker may then answer with an inner address. Only a dialler that connects to the addresses it was given closes that.
 */
export function fetchDial(fetch: Fetch): Dial {
  return (request, { deadline }) =>
    exchange(
      fetch,
      { method: 'POST', url: request.url.href, headers: request.headers, body: request.body },
      { signal: deadline.signal, maxBodyBytes: request.maxResponseBytes },
    )
}

/**
 * What became of one attempt. One deadline covers all of it: resolving the name, connecting, sending, and the answer's headers and body.
 * Never rejects: whatever happens to an endpoint is the result of its delivery.
 */
export async function deliver(
  ports: DeliverPorts,
  policy: DestinationPolicy,
  claim: DeliveryClaim,
): Promise<DeliveryResult> {
  const startedAtMs = ports.clock.now()
  const timeoutMs = Math.min(Math.max(claim.timeout_ms, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS)
  const deadline = ports.clock.deadline(timeoutMs)
  const attempt = await attemptDelivery(ports, policy, claim, deadline).catch((error: unknown) => ({
    ...NOTHING,
    error_message: sentenceOf(error, timeoutMs),
  }))
  deadline.clear()
  return {
    delivery_id: claim.delivery_id,
    lease_token: claim.lease_token,
    duration_ms: Math.max(0, Math.round(ports.clock.now() - startedAtMs)),
    ...attempt,
  }
}

type Attempt = Pick<DeliveryResult, 'response_status' | 'response_body' | 'error_message' | 'retry_after_seconds'>

const NOTHING: Attempt = { response_status: null, response_body: null, error_message: null, retry_after_seconds: null }

async function attemptDelivery(
  ports: DeliverPorts,
  policy: DestinationPolicy,
  claim: DeliveryClaim,
  deadline: Deadline,
): Promise<Attempt> {
  const { signal } = deadline
  const destination = await untilAborted(checkDestination(claim.url, policy, ports.resolveHost, signal), signal)
  if (!destination.isAllowed) {
    return { ...NOTHING, error_message: `${destination.problem}: ${destination.message}` }
  }
  const { url, addresses } = destination
  const request = { url, addresses, headers: claim.headers, body: claim.body, maxResponseBytes: MAX_RESPONSE_BYTES }
  const answer = await untilAborted(ports.dial(request, { deadline }), signal)
  return {
    response_status: answer.status,
    response_body: storable(answer.body),
    error_message: complaintAbout(answer.status),
    retry_after_seconds: retryAfterSeconds(answer.header('retry-after'), ports.clock.now()),
  }
}

function complaintAbout(status: number): string | null {
  if (status >= 200 && status <= 299) return null
  if (status >= 300 && status <= 399) {
    return 'redirect_refused: The endpoint answered with a redirect. Webhooks go only to the address that was registered.'
  }
  return `http_${status}: The endpoint did not answer with a status from 200 to 299.`
}

/** The runtime's own message may name inner addresses, and the tenant reads this. */
function sentenceOf(error: unknown, timeoutMs: number): string {
  if (error instanceof DeadlinePassed || (error instanceof Error && error.name === 'AbortError')) {
    return `timeout: The endpoint did not answer completely within ${timeoutMs} ms.`
  }
  return 'connection_failed: No connection to the endpoint, or it ended before the answer was complete.'
}

/** A text PostgreSQL can hold, of at most the bytes that were read: bytes that are no text grow when they are decoded. */
function storable(body: string): string {
  const text = body.replaceAll('\u0000', '\ufffd')
  // Stops before the first character that does not fit as a whole.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_RESPONSE_BYTES))
  return text.slice(0, read)
}

/** Seconds or an HTTP date, at most a day. */
function retryAfterSeconds(value: string | null, nowMs: number): number | null {
  if (value === null) return null
  if (!/^[0-9]{1,9}$|GMT$/.test(value)) return null
  const seconds = value.endsWith('GMT') ? Math.ceil((Date.parse(value) - nowMs) / 1000) : Number(value)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS) : null
}
