/** The prefix of a PKCS #8 document that holds an ed25519 seed of 32 bytes. */
const PKCS8_PREFIX = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
])

const keys = new Map<string, Promise<CryptoKey>>()

/** Keys that are kept for the next delivery; more than one worker ever meets at a time. */
const MAX_KEYS = 1_000

/** The `v1a` tokens of Standard Webhooks, one for each seed, in their order. */
export async function signV1a(message: string, seeds: readonly string[]): Promise<string[]> {
  const bytes = new TextEncoder().encode(message)
  return Promise.all(
    seeds.map(async (seed) => {
      const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', await keyOf(seed), bytes))
      return `v1a,${btoa(String.fromCharCode(...signature))}`
    }),
  )
}

function keyOf(seed: string): Promise<CryptoKey> {
  const known = keys.get(seed)
  if (known !== undefined) return known
  if (keys.size >= MAX_KEYS) keys.clear()
  const bytes = Uint8Array.from(atob(seed), (character) => character.charCodeAt(0))
  const document = new Uint8Array(PKCS8_PREFIX.length + bytes.length)
  document.set(PKCS8_PREFIX)
  document.set(bytes, PKCS8_PREFIX.length)
  const key = crypto.subtle.importKey('pkcs8', document, 'Ed25519', false, ['sign'])
  keys.set(seed, key)
  return key
}
