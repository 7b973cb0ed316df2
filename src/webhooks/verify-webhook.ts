import type {
  PaydEvent as ContractEvent,
  EventData,
  EventType,
  ShortenedData,
} from '../../supabase/functions/_shared/contract/events.ts'
import {
  type SignatureProblem,
  signWebhook,
  TOLERANCE_SECONDS,
  verifyWebhookSignature,
} from '../../supabase/functions/_shared/contract/signature.ts'
import { PaydError, refusal } from '../core/error.ts'
import { randomKey } from '../core/random.ts'

export type { EventData, EventType, ShortenedData }

/**
 * One event of an organization; `switch (event.type)` tells what its data are. Data that were too large for an event have `is_shortened` and
 * only their short values: read the rest from the API. A newer PayD may send types that are not among these: ignore in `default` what you do
 * not know.
 */
export type PaydEvent = ContractEvent & {
  /** `evt_…`: the same on every retry, so remember it to handle each event once. */
  readonly id: string
}

/** A delivery as a web framework hands it over. The body must be the raw text or bytes. */
export interface WebhookDelivery {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string | Uint8Array | ArrayBuffer
}

/** What a delivery is verified with. */
export interface VerifyOptions {
  /** The subscription's secret, `whsec_…`; two during a rotation. A public key, `whpk_…`, verifies `v1a`. */
  readonly secrets: readonly string[]
  /** The receiver's clock. Default: now. A delivery may be five minutes off, both ways. */
  readonly now?: Date | undefined
}

/**
 * The event of a genuine delivery. Answer 2xx once it is stored; anything else makes PayD send it again.
 *
 * @example
 * ```ts
 * import { signTestWebhook, verifyWebhook } from 'payd/webhooks'
 *
 * const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
 * const delivery = await signTestWebhook({ secret, type: 'payroll.completed', data: { payroll_run_id: 7 } })
 * const event = await verifyWebhook(new Request('https://example.com/hooks', { method: 'POST', ...delivery }), { secrets: [secret] })
 * console.log(event.type) // payroll.completed
 * ```
 *
 * Errors: `missing_signature_header`, `invalid_timestamp`, `timestamp_too_old`, `timestamp_too_new`, `signature_mismatch`,
 * `invalid_webhook_secret`, `invalid_webhook_body`.
 */
export async function verifyWebhook(delivery: Request | WebhookDelivery, options: VerifyOptions): Promise<PaydEvent> {
  const secrets = secretsOf(options?.secrets)
  const headers = headersOf(delivery?.headers)
  const body = await bodyOf(delivery)
  const nowSeconds = Math.floor((options.now ?? new Date()).getTime() / 1_000)
  const verification = await usingSecrets(() => verifyWebhookSignature({ headers, body, secrets, nowSeconds }))
  if (!verification.genuine) throw notGenuine(verification.problem)
  return readEvent(headers.get('webhook-id') ?? '', body)
}

/** What a test delivery says. */
export interface TestWebhook {
  readonly secret: string
  readonly type: EventType | (string & {})
  readonly data: Readonly<Record<string, unknown>>
  /** Default: a random one. */
  readonly id?: string | undefined
  /** Default: now. */
  readonly now?: Date | undefined
}

/** The headers and body of a delivery as PayD signs it, to test a receiver with. */
export async function signTestWebhook(
  webhook: TestWebhook,
): Promise<{ headers: Record<string, string>; body: string }> {
  const now = webhook.now ?? new Date()
  const id = webhook.id ?? `evt_${randomKey().replaceAll('-', '')}`
  const timestampSeconds = Math.floor(now.getTime() / 1_000)
  const body = JSON.stringify({ type: webhook.type, timestamp: now.toISOString(), data: webhook.data })
  const signature = await usingSecrets(() => signWebhook({ id, timestampSeconds, body }, [webhook.secret]))
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signature,
  }
  return { headers, body }
}

function secretsOf(secrets: unknown): readonly string[] {
  if (Array.isArray(secrets) && secrets.length > 0 && secrets.every((secret) => typeof secret === 'string'))
    return secrets
  throw invalidSecret('There is no secret to verify the delivery with.')
}

function headersOf(headers: WebhookDelivery['headers'] | undefined): Headers {
  if (headers instanceof Headers) return headers
  const lowerCase = new Headers()
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) lowerCase.set(name, typeof value === 'string' ? value : value.join(', '))
  }
  return lowerCase
}

async function bodyOf(delivery: Request | WebhookDelivery): Promise<string | Uint8Array> {
  const body: unknown = delivery instanceof Request ? await read(delivery) : delivery?.body
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  throw unreadable('The body of the delivery is missing, or was parsed already.')
}

async function read(request: Request): Promise<ArrayBuffer> {
  if (request.bodyUsed) throw unreadable('The body of the request was read already.')
  return await request.arrayBuffer()
}

function unreadable(message: string): PaydError {
  return refusal('invalid_webhook_body', message, 'Pass the raw text or bytes, because they were signed.')
}

function invalidSecret(message: string): PaydError {
  const hint = 'Pass the secret that createWebhookSubscription returned; is the environment variable set?'
  return refusal('invalid_webhook_secret', message, hint)
}

async function usingSecrets<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw invalidSecret(error.message)
  }
}

const CLOCK = 'Refuse it. If all are, set the clock of this machine.'

const PROBLEMS: Readonly<Record<SignatureProblem, { readonly message: string; readonly hint: string }>> = {
  missing_signature_header: {
    message: 'The delivery has no signature.',
    hint: 'Pass all headers.',
  },
  invalid_timestamp: { message: 'The timestamp of the delivery is no time.', hint: 'Refuse it: PayD sends seconds.' },
  timestamp_too_old: {
    message: `The delivery is more than ${TOLERANCE_SECONDS} seconds old.`,
    hint: CLOCK,
  },
  timestamp_too_new: {
    message: `The delivery is dated more than ${TOLERANCE_SECONDS} seconds ahead.`,
    hint: CLOCK,
  },
  signature_mismatch: {
    message: 'The signature does not belong to this body and secret.',
    hint: 'Refuse it. If all fail, check that the body is raw and the secret of this subscription.',
  },
}

function notGenuine(problem: SignatureProblem): PaydError {
  const { message, hint } = PROBLEMS[problem]
  return new PaydError(message, { kind: 'permission_denied', code: problem, hint })
}

function readEvent(id: string, body: string | Uint8Array): PaydEvent {
  try {
    const event: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body))
    if (isRecord(event)) {
      const { type, timestamp, data } = event
      if (typeof type === 'string' && typeof timestamp === 'string' && isRecord(data))
        return { id, type, timestamp, data } as unknown as PaydEvent
    }
  } catch {
    // Falls through: a body that is no JSON is reported like one with other fields.
  }
  throw refusal(
    'invalid_webhook_body',
    'The delivery is genuine and no event of PayD.',
    'Another sender uses the same secret: give every sender its own.',
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
