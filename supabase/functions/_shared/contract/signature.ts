const SECRET_PREFIX = 'whsec_'
const PUBLIC_KEY_PREFIX = 'whpk_'
const VERSION = 'v1'
const PUBLIC_VERSION = 'v1a'
const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** How far a delivery's timestamp may be from the receiver's clock, both ways. */
export const TOLERANCE_SECONDS = 300

/** What is signed: the event's id, the time of this attempt and the exact bytes of the body. */
export type SignedMessage = {
  /** The value of the header `webhook-id`. */
  readonly id: string
  /** The value of the header `webhook-timestamp`: whole seconds since 1970. */
  readonly timestampSeconds: number
  readonly body: string | Uint8Array
}

/** Why a delivery cannot be trusted. */
export type SignatureProblem =
  | 'missing_signature_header'
  | 'invalid_timestamp'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'signature_mismatch'

/** Whether a delivery is genuine, and if not, why. */
export type Verification = { readonly genuine: true } | { readonly genuine: false; readonly problem: SignatureProblem }

/**
 * The value of the header `webhook-signature`: one token per secret, separated by exactly one space, because receivers
 * written in Python fail on any other separator. Throws TypeError for a malformed secret, id or timestamp.
 */
export async function signWebhook(message: SignedMessage, secrets: readonly string[]): Promise<string> {
  if (secrets.length === 0) throw new TypeError('A webhook needs at least one secret to be signed with.')
  if (!/^[\x21-\x2d\x2f-\x7e]+$/.test(message.id)) throw new TypeError('A webhook id is printable ASCII without a dot.')
  if (!isUnixSeconds(message.timestampSeconds)) throw new TypeError('A webhook timestamp is whole seconds since 1970.')

  const signed = signedBytes(message.id, String(message.timestampSeconds), message.body)
  const tokens = await Promise.all(secrets.map(async (secret) => `${VERSION},${await digest(secret, signed)}`))
  return tokens.join(' ')
}

async function digest(secret: string, signed: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await crypto.subtle.importKey('raw', keyOf(secret), HMAC, false, ['sign'])
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, signed))))
}

/**
 * Whether the headers of a delivery prove that a holder of one of the secrets sent this body at about `nowSeconds`.
 * Several are accepted so that a rotation has an overlap; a public key (`whpk_…`) stands for the secret of `v1a`. Throws TypeError
 * for a malformed secret.
 */
export async function verifyWebhookSignature(delivery: {
  /** The headers by lower-case name, or any object with `get`, such as `Headers`. */
  readonly headers: Readonly<Record<string, string | undefined>> | { get(name: string): string | null }
  /** The body exactly as it was received: parsed and written again, its bytes differ. */
  readonly body: string | Uint8Array
  readonly secrets: readonly string[]
  /** The receiver's clock in seconds since 1970. */
  readonly nowSeconds: number
  readonly toleranceSeconds?: number
}): Promise<Verification> {
  const id = headerOf(delivery.headers, 'webhook-id')
  const timestamp = headerOf(delivery.headers, 'webhook-timestamp')
  const signature = headerOf(delivery.headers, 'webhook-signature')
  if (!id || !timestamp || !signature) return refused('missing_signature_header')

  const timestampSeconds = /^[0-9]{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  if (!isUnixSeconds(timestampSeconds)) return refused('invalid_timestamp')
  const tolerance = delivery.toleranceSeconds ?? TOLERANCE_SECONDS
  if (timestampSeconds < delivery.nowSeconds - tolerance) return refused('timestamp_too_old')
  if (timestampSeconds > delivery.nowSeconds + tolerance) return refused('timestamp_too_new')

  const tokens = signature.split(' ').map((token) => token.split(','))
  // The header's own text is signed, not the number read from it, so that "01614265330" cannot stand for another.
  const signed = signedBytes(id, timestamp, delivery.body)
  let isGenuine = false
  for (const secret of delivery.secrets) isGenuine = (await isSignedWith(secret, signed, tokens)) || isGenuine
  return isGenuine ? { genuine: true } : refused('signature_mismatch')
}

/** Whether one of the signatures was made with the secret, or with the other half of the public key. Their comparison takes constant time. */
async function isSignedWith(
  secret: string,
  signed: Uint8Array<ArrayBuffer>,
  tokens: readonly (readonly string[])[],
): Promise<boolean> {
  const isPublic = secret.startsWith(PUBLIC_KEY_PREFIX)
  const algorithm = isPublic ? 'Ed25519' : HMAC
  const bytes = isPublic ? publicKeyOf(secret) : keyOf(secret)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
  const ours = tokens.filter(([version]) => version === (isPublic ? PUBLIC_VERSION : VERSION))
  // A few tokens are as many as a rotation needs; each costs a verification.
  for (const [, text = ''] of ours.slice(0, 10)) {
    const value = bytesOf(text)
    if (value?.length === (isPublic ? 64 : 32) && (await crypto.subtle.verify(algorithm, key, value, signed)))
      return true
  }
  return false
}

function signedBytes(id: string, timestamp: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const head = encoder.encode(`${id}.${timestamp}.`)
  const bytes = typeof body === 'string' ? encoder.encode(body) : body
  const signed = new Uint8Array(head.length + bytes.length)
  signed.set(head)
  signed.set(bytes, head.length)
  return signed
}

/** The message never repeats the secret, not even a part of it. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = secret.startsWith(SECRET_PREFIX) ? bytesOf(secret.slice(SECRET_PREFIX.length)) : null
  if (key === null) {
    throw new TypeError('A webhook secret is "whsec_" followed by base64. Copy it again.')
  }
  if (key.length < 24 || key.length > 64) throw new TypeError('A webhook secret holds 24 to 64 bytes.')
  return key
}

function publicKeyOf(text: string): Uint8Array<ArrayBuffer> {
  const key = bytesOf(text.slice(PUBLIC_KEY_PREFIX.length))
  if (key?.length !== 32) throw new TypeError('A public key is "whpk_" followed by 32 bytes in base64. Copy it again.')
  return key
}

/** The bytes of a text in base64, or null when it is none. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return null
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

function headerOf(
  headers: Readonly<Record<string, string | undefined>> | { get(name: string): string | null },
  name: string,
): string | null {
  return typeof headers.get === 'function'
    ? (headers as { get(name: string): string | null }).get(name)
    : ((headers as Readonly<Record<string, string | undefined>>)[name] ?? null)
}

function isUnixSeconds(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function refused(problem: SignatureProblem): Verification {
  return { genuine: false, problem }
}
