import { DeadlinePassed, exchange, untilAborted } from '../_shared/worker/exchange.ts'
import type { Clock, Deadline, Fetch, ResolveHost } from '../_shared/worker/ports.ts'
import type { Endpoint } from './database.ts'
import { checkDestination, type DestinationPolicy } from './destination.ts'
import {
  type Dial,
  type DialAnswer,
  DialFailure,
  type DialProblem,
  NO_PHASES,
  openStopwatch,
  type Phases,
} from './dial.ts'
import { signV1a } from './sign.ts'

/** At most this much of an endpoint's answer is read and kept. */
export const MAX_RESPONSE_BYTES = 16_384

const MIN_TIMEOUT_MS = 1_000
const MAX_TIMEOUT_MS = 30_000
const MAX_RETRY_AFTER_SECONDS = 86_400
/** A webhook is as long as this in the log of the database, which cuts it there. */
const MAX_STORED_BYTES = 4_400

/** One delivery of a lease, with what its request is made of. */
export type Delivery = {
  readonly id: number
  readonly endpoint: Endpoint
  readonly webhookId: string
  readonly sequence: number
  /** 1, 2, 3 without gaps for its endpoint; null for tests and for what is sent once more. */
  readonly number: number | null
  readonly body: string
  readonly timestamp: number
  /** The `v1` tokens, made in the database. */
  readonly signature: string
}

/** What became of one attempt. */
export type DeliveryResult = {
  readonly delivery_id: number
  readonly status: number | null
  readonly duration_ms: number
  readonly resolve_ms: number | null
  readonly phases: Phases
  readonly retry_after: number | null
  readonly peer: string | null
  readonly dialler: string | null
  readonly error_class: string | null
  readonly error_message: string | null
  readonly body: string | null
}

export type DeliverPorts = {
  readonly clock: Clock
  readonly resolveHost: ResolveHost
  readonly dial: Dial
}

/**
 * Dials with the platform's `fetch`, redirects refused. Not rebind-safe: `fetch` resolves the name once more, and a name server
 * of an attacker may then answer with an inner address. Only a dialler that connects to the addresses it was given closes that,
 * so this one stands in where the platform lets a function connect to nothing, and the log says so.
 */
export function fetchDial(fetch: Fetch, clock: Clock): Dial {
  return async (request, { deadline }) => {
    const watch = openStopwatch(clock)
    const answer = await exchange(
      fetch,
      { method: 'POST', url: request.url.href, headers: request.headers, body: request.body },
      { signal: deadline.signal, maxBodyBytes: request.maxResponseBytes },
    )
    watch.lap('wait')
    return { ...answer, phases: watch.phases, peer: null, dialler: 'fetch' }
  }
}

/** How long an attempt may take, whatever stands in the row. */
export function timeoutOf(endpoint: Endpoint): number {
  return Math.min(Math.max(endpoint.timeout_ms, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS)
}

/**
 * What became of one attempt. One deadline covers all of it: resolving the name, connecting, sending, and the answer's headers and body.
 * Never rejects: whatever happens to an endpoint is the result of its delivery.
 */
export async function deliver(
  ports: DeliverPorts,
  policy: DestinationPolicy,
  delivery: Delivery,
): Promise<DeliveryResult> {
  const startedAtMs = ports.clock.now()
  const timeoutMs = timeoutOf(delivery.endpoint)
  const deadline = ports.clock.deadline(timeoutMs)
  let attempt: Attempt
  try {
    attempt = await attemptDelivery(ports, policy, delivery, deadline)
  } catch (error) {
    attempt = failed(error, timeoutMs)
  }
  deadline.clear()
  return {
    ...NOTHING,
    delivery_id: delivery.id,
    duration_ms: Math.max(0, Math.round(ports.clock.now() - startedAtMs)),
    ...attempt,
  }
}

type Attempt = Partial<Omit<DeliveryResult, 'delivery_id' | 'duration_ms'>>

const NOTHING = {
  status: null,
  resolve_ms: null,
  phases: NO_PHASES,
  retry_after: null,
  peer: null,
  dialler: null,
  error_class: null,
  error_message: null,
  body: null,
} as const

async function attemptDelivery(
  ports: DeliverPorts,
  policy: DestinationPolicy,
  delivery: Delivery,
  deadline: Deadline,
): Promise<Attempt> {
  const askedAtMs = ports.clock.now()
  const checked = checkDestination(delivery.endpoint.url, policy, ports.resolveHost, deadline)
  // What is known is not waited for.
  const destination = checked instanceof Promise ? await untilAborted(checked, deadline.signal) : checked
  const resolve_ms = Math.max(0, Math.round(ports.clock.now() - askedAtMs))
  if (!destination.isAllowed) {
    return { resolve_ms, error_class: destination.problem, error_message: destination.message }
  }
  const { url, addresses } = destination
  const { v1a } = delivery.endpoint
  const tokens = v1a.length === 0 ? [] : await signV1a(messageOf(delivery), v1a)
  const headers = headersOf(delivery, tokens)
  const request = { url, addresses, headers, body: delivery.body, maxResponseBytes: MAX_RESPONSE_BYTES }
  const answer = await ports.dial(request, { deadline })
  return { resolve_ms, ...answered(answer, ports.clock) }
}

function messageOf({ webhookId, timestamp, body }: Delivery): string {
  return `${webhookId}.${timestamp}.${body}`
}

/** The headers of a subscription come first, so that none of them can stand for one of ours. */
function headersOf(delivery: Delivery, v1aTokens: readonly string[]): Readonly<Record<string, string>> {
  const { endpoint, webhookId, timestamp, signature, number } = delivery
  const v1Tokens = signature === '' ? [] : [signature]
  const headers: Record<string, string> = {
    ...endpoint.headers,
    'content-type': 'application/json',
    'user-agent': 'PayD-Webhooks/1',
    'webhook-id': webhookId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': [...v1Tokens, ...v1aTokens].join(' '),
    'webhook-sequence': String(delivery.sequence),
  }
  if (number !== null) headers['webhook-number'] = String(number)
  return headers
}

function answered(answer: DialAnswer, clock: Clock): Attempt {
  const { status } = answer
  return {
    status,
    phases: answer.phases,
    peer: answer.peer,
    dialler: answer.dialler,
    body: storable(answer.body),
    retry_after: retryAfterSeconds(answer, clock),
    ...(wishOf(answer) ?? complaintAbout(status)),
  }
}

/** What a receiver that refuses may ask for by a header, as Standard Webhooks proposes: no more of this event, or no more at all. */
function wishOf({ status, header }: DialAnswer): Attempt | null {
  const wish = status >= 200 && status <= 299 ? null : header('webhook-delivery')?.trim().toLowerCase()
  if (wish === 'abort-message') {
    return { error_class: 'receiver_aborts', error_message: 'The endpoint asked not to be sent this event again.' }
  }
  if (wish !== 'disable') return null
  return { error_class: 'receiver_disables', error_message: 'The endpoint asked to be sent nothing more.' }
}

function complaintAbout(status: number): Attempt {
  if (status >= 200 && status <= 299) return {}
  if (status >= 300 && status <= 399) {
    const error_message = 'The endpoint answered with a redirect. Webhooks go only to the address that was registered.'
    return { error_class: 'redirect_refused', error_message }
  }
  return { error_class: `http_${status}`, error_message: 'The endpoint did not answer with a status from 200 to 299.' }
}

const SENTENCES: Readonly<Record<DialProblem, string>> = {
  connection_refused: 'Nothing listens at the address.',
  connection_failed: 'No connection to the endpoint.',
  tls_failed: 'The certificate of the endpoint is not valid for its name, or it does not speak TLS.',
  connection_reset: 'The endpoint broke the connection off.',
  connection_closed: 'The endpoint ended the connection before its answer was complete.',
  malformed_answer: 'What the endpoint answered is not HTTP/1.1, or can be read in two ways.',
  wrong_peer: 'The connection led to another address than the one that was asked for.',
  proxy_failed: 'The proxy through which webhooks leave opened no connection.',
  timeout: 'The endpoint did not answer completely in time.',
}

/** The runtime's own message may name inner addresses, and the tenant reads this. */
function failed(error: unknown, timeoutMs: number): Attempt {
  if (error instanceof DeadlinePassed || (error instanceof Error && error.name === 'AbortError')) {
    return { error_class: 'timeout', error_message: `The endpoint did not answer completely within ${timeoutMs} ms.` }
  }
  if (error instanceof DialFailure) {
    const error_message =
      error.problem === 'timeout'
        ? `The endpoint did not answer completely within ${timeoutMs} ms.`
        : SENTENCES[error.problem]
    return { error_class: error.problem, error_message, phases: error.phases, peer: error.peer }
  }
  return {
    error_class: 'connection_failed',
    error_message: 'No connection to the endpoint, or it ended before the answer was complete.',
  }
}

/** A text PostgreSQL can hold, of at most the bytes that are kept: bytes that are no text grow when they are decoded. */
function storable(body: string): string | null {
  if (body === '') return null
  const text = body.replaceAll('\u0000', '\ufffd')
  // Stops before the first character that does not fit as a whole.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_STORED_BYTES))
  return text.slice(0, read)
}

/** Seconds or an HTTP date, at most a day. */
function retryAfterSeconds({ header }: DialAnswer, clock: Clock): number | null {
  const value = header('retry-after')
  if (value === null) return null
  if (!/^[0-9]{1,9}$|GMT$/.test(value)) return null
  // Both dates are of the receiver's clock, so that ours may be wrong.
  const dateMs = Date.parse(header('date') ?? '')
  const nowMs = Number.isFinite(dateMs) ? dateMs : clock.now()
  const seconds = value.endsWith('GMT') ? Math.ceil((Date.parse(value) - nowMs) / 1000) : Number(value)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS) : null
}
