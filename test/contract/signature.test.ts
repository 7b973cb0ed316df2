import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { signWebhook, verifyWebhookSignature } from '../../supabase/functions/_shared/contract/signature.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
const VECTOR = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSeconds: 1_614_265_330,
  body: '{"test": 2432232314}',
}
const VECTOR_SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

const anySecret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((key) => `whsec_${Buffer.from(key).toString('base64')}`)
const anyBody = fc.oneof(fc.string({ unit: 'binary' }), fc.json())

describe('webhook signatures', () => {
  test('match the published test vector', async () => {
    expect(await signWebhook(VECTOR, [SECRET])).toBe(VECTOR_SIGNATURE)
    expect(await verify({ signature: VECTOR_SIGNATURE })).toEqual({ genuine: true })
  })

  test('what PayD signs, the reference library accepts', async () => {
    await fc.assert(
      fc.asyncProperty(anySecret, anyBody, async (secret, body) => {
        const timestampSeconds = Math.floor(Date.now() / 1000)
        const signature = await signWebhook({ id: 'evt_1', timestampSeconds, body }, [secret])
        const headers = headersOf('evt_1', timestampSeconds, signature)
        new Webhook(secret).verify(body, headers, { jsonParse: false } as never)
      }),
      { numRuns: 50 },
    )
  })

  test('what the reference library signs, PayD accepts', async () => {
    await fc.assert(
      fc.asyncProperty(anySecret, anyBody, async (secret, body) => {
        const signature = new Webhook(secret).sign('evt_1', new Date(1_700_000_000_000), body)
        const headers = headersOf('evt_1', 1_700_000_000, signature)
        const verified = { headers, body, secrets: [secret], nowSeconds: 1_700_000_000 }
        expect(await verifyWebhookSignature(verified)).toEqual({ genuine: true })
      }),
      { numRuns: 50 },
    )
  })

  test('are over the bytes, so text and bytes of it are the same', async () => {
    const body = new TextEncoder().encode(VECTOR.body)
    expect(await signWebhook({ ...VECTOR, body }, [SECRET])).toBe(VECTOR_SIGNATURE)
  })

  test('of v1a are verified with the public key, beside v1 or alone, and not with another key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const whpk = (key: KeyObject) =>
      `whpk_${Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`
    const { id, timestampSeconds, body } = VECTOR
    const token = `v1a,${sign(null, Buffer.from(`${id}.${timestampSeconds}.${body}`), privateKey).toString('base64')}`
    const other = whpk(generateKeyPairSync('ed25519').publicKey)
    for (const signature of [token, `${VECTOR_SIGNATURE} ${token}`, `v1a,x v1a, ${token}`]) {
      expect(await verify({ signature, secrets: [whpk(publicKey)] })).toEqual({ genuine: true })
      expect(await verify({ signature, secrets: [other] })).toMatchObject({ problem: 'signature_mismatch' })
    }
    expect(await verify({ signature: VECTOR_SIGNATURE, secrets: [whpk(publicKey)] })).toMatchObject({ genuine: false })
    expect(await verify({ signature: token, secrets: [other, whpk(publicKey)] })).toEqual({ genuine: true })
    await expect(verify({ signature: token, secrets: ['whpk_short'] })).rejects.toThrow('whpk_')
  })

  test('have one token for each secret with exactly one space between, and any of them is enough', async () => {
    const signature = await signWebhook(VECTOR, [OTHER_SECRET, SECRET])
    expect(signature).toMatch(/^v1,[A-Za-z0-9+/=]{44} v1,[A-Za-z0-9+/=]{44}$/)
    expect(await verify({ signature })).toEqual({ genuine: true })
    expect(await verify({ signature, secrets: [OTHER_SECRET] })).toEqual({ genuine: true })
    expect(await verify({ signature: VECTOR_SIGNATURE, secrets: [OTHER_SECRET, SECRET] })).toEqual({ genuine: true })
  })

  test('tokens of unknown versions are passed over, before and after', async () => {
    const signature = `v1a,abc ${VECTOR_SIGNATURE} v2 v9,=`
    expect(await verify({ signature })).toEqual({ genuine: true })
  })

  test.each([
    ['a changed body', { body: '{"test": 2432232315}' }],
    ['a body that was parsed and written again', { body: '{"test":2432232314}' }],
    ['another id', { id: 'msg_other' }],
    ['another secret', { secrets: [OTHER_SECRET] }],
    ['no secret at all', { secrets: [] }],
    ['an empty token', { signature: 'v1,' }],
    ['a shortened token', { signature: VECTOR_SIGNATURE.slice(0, -1) }],
    ['a token of another version', { signature: VECTOR_SIGNATURE.replace('v1,', 'v1a,') }],
  ])('%s is refused', async (_name, changes) => {
    expect(await verify(changes)).toEqual({ genuine: false, problem: 'signature_mismatch' })
  })

  test('a delivery is accepted for 300 seconds both ways and not a second longer', async () => {
    const at = (offset: number) => verify({ nowSeconds: VECTOR.timestampSeconds + offset })
    expect(await at(300)).toEqual({ genuine: true })
    expect(await at(-300)).toEqual({ genuine: true })
    expect(await at(301)).toEqual({ genuine: false, problem: 'timestamp_too_old' })
    expect(await at(-301)).toEqual({ genuine: false, problem: 'timestamp_too_new' })
  })

  test.each(['', '1614265330.5', '1e9', '-5', 'now', ' 1614265330', '9'.repeat(20)])(
    'the timestamp "%s" is refused',
    async (timestamp) => {
      const problem = timestamp === '' ? 'missing_signature_header' : 'invalid_timestamp'
      expect(await verify({ timestamp })).toEqual({ genuine: false, problem })
    },
  )

  test('headers are read from a plain object and from Headers', async () => {
    const headers = headersOf(VECTOR.id, VECTOR.timestampSeconds, VECTOR_SIGNATURE)
    const delivery = { body: VECTOR.body, secrets: [SECRET], nowSeconds: VECTOR.timestampSeconds }
    expect(await verifyWebhookSignature({ ...delivery, headers: new Headers(headers) })).toEqual({ genuine: true })
    const { 'webhook-id': _, ...incomplete } = headers
    expect(await verifyWebhookSignature({ ...delivery, headers: incomplete })).toEqual({
      genuine: false,
      problem: 'missing_signature_header',
    })
  })

  test.each(['', 'secret', 'whsec_', 'whsec_not base64!', 'whsec_YWJj', `whsec_${'A'.repeat(100)}`])(
    'the malformed secret "%s" is refused without being repeated',
    async (secret) => {
      const error = await signWebhook(VECTOR, [secret]).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(TypeError)
      if (secret.length > 6) expect(String(error)).not.toContain(secret.slice(6))
    },
  )

  test.each(['', 'evt.1', 'evt 1', 'evt\n1', 'évt'])('the id "%s" is refused', async (id) => {
    await expect(signWebhook({ ...VECTOR, id }, [SECRET])).rejects.toThrow(TypeError)
  })

  test('without a secret nothing is signed', async () => {
    await expect(signWebhook(VECTOR, [])).rejects.toThrow('at least one secret')
  })
})

function verify(
  changes: Partial<{
    id: string
    timestamp: string
    signature: string
    body: string
    secrets: string[]
    nowSeconds: number
  }>,
) {
  const headers = headersOf(
    changes.id ?? VECTOR.id,
    changes.timestamp ?? VECTOR.timestampSeconds,
    changes.signature ?? VECTOR_SIGNATURE,
  )
  return verifyWebhookSignature({
    headers,
    body: changes.body ?? VECTOR.body,
    secrets: changes.secrets ?? [SECRET],
    nowSeconds: changes.nowSeconds ?? VECTOR.timestampSeconds,
  })
}

function headersOf(id: string, timestamp: number | string, signature: string): Record<string, string> {
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
}
