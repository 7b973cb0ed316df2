import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { signTestWebhook, verifyWebhook } from '../../src/webhooks/index.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OTHER = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const NOW = new Date('2026-11-20T12:00:00Z')
const WEBHOOK = {
  secret: SECRET,
  type: 'payroll.completed',
  data: { payroll_run_id: 7 },
  id: 'evt_1',
  now: NOW,
} as const

describe('verifyWebhook', () => {
  it('reads a delivery as Request, as headers of Node and as Headers, text and bytes', async () => {
    const { headers, body } = await signTestWebhook(WEBHOOK)
    const event = { id: 'evt_1', type: 'payroll.completed', timestamp: NOW.toISOString(), data: { payroll_run_id: 7 } }
    const shouted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]))
    for (const delivery of [
      new Request('https://example.com', { method: 'POST', headers, body }),
      { headers, body },
      { headers: shouted, body },
      { headers: new Headers(headers), body: new TextEncoder().encode(body) },
    ]) {
      await expect(verifyWebhook(delivery, { secrets: [SECRET], now: NOW })).resolves.toEqual(event)
    }
  })

  it('accepts what the reference library signs, and signs what it accepts', async () => {
    const { body } = await signTestWebhook(WEBHOOK)
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(NOW.getTime() / 1_000),
      'webhook-signature': new Webhook(SECRET).sign('evt_1', NOW, body),
    }
    await expect(verifyWebhook({ headers, body }, { secrets: [OTHER, SECRET], now: NOW })).resolves.toMatchObject({
      id: 'evt_1',
    })

    const ours = await signTestWebhook({ secret: SECRET, type: 'test.ping', data: {} })
    expect(new Webhook(SECRET).verify(ours.body, ours.headers)).toMatchObject({ type: 'test.ping' })
  })

  it.each([
    ['a changed body', { body: '{"type":"payroll.completed"}' }, 'signature_mismatch'],
    ['a changed id', { headers: { 'webhook-id': 'evt_2' } }, 'signature_mismatch'],
    ['no signature', { headers: { 'webhook-signature': undefined } }, 'missing_signature_header'],
    ['a timestamp that is no time', { headers: { 'webhook-timestamp': 'soon' } }, 'invalid_timestamp'],
  ])('refuses %s', async (_, change, code) => {
    const { headers, body } = await signTestWebhook(WEBHOOK)
    const delivery = {
      body: 'body' in change ? change.body : body,
      headers: { ...headers, ...('headers' in change ? change.headers : {}) },
    }
    await expect(verifyWebhook(delivery, { secrets: [SECRET], now: NOW })).rejects.toMatchObject({
      name: 'PaydError',
      code,
    })
  })

  it('refuses a replay after five minutes and a date five minutes ahead', async () => {
    const delivery = await signTestWebhook(WEBHOOK)
    const at = (seconds: number) => ({ secrets: [SECRET], now: new Date(NOW.getTime() + seconds * 1_000) })
    await expect(verifyWebhook(delivery, at(300))).resolves.toBeDefined()
    await expect(verifyWebhook(delivery, at(301))).rejects.toMatchObject({ code: 'timestamp_too_old' })
    await expect(verifyWebhook(delivery, at(-301))).rejects.toMatchObject({ code: 'timestamp_too_new' })
  })

  it('explains a body that was parsed, and a secret that is none, without repeating the secret', async () => {
    const { headers } = await signTestWebhook(WEBHOOK)
    const parsed = { headers, body: { type: 'payroll.completed' } as unknown as string }
    await expect(verifyWebhook(parsed, { secrets: [SECRET], now: NOW })).rejects.toMatchObject({
      code: 'invalid_webhook_body',
    })
    const wrong = verifyWebhook({ headers, body: '' }, { secrets: ['sesame-open-please'], now: NOW })
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid_webhook_secret',
      message: expect.not.stringContaining('sesame'),
    })
  })

  it.each([
    ['no options', undefined],
    ['null in place of options', null],
    ['no secrets', {}],
    ['an empty list of secrets', { secrets: [] }],
    ['a secret that is not set', { secrets: [undefined] }],
    ['an empty secret', { secrets: [''] }],
    ['a secret in place of a list', { secrets: SECRET }],
  ])('says of %s that there is no secret, and never that the signature is wrong', async (_, options) => {
    const delivery = await signTestWebhook(WEBHOOK)
    const verified = verifyWebhook(delivery, (options && { now: NOW, ...options }) as never)
    await expect(verified).rejects.toMatchObject({
      code: 'invalid_webhook_secret',
      hint: expect.stringContaining('secret'),
    })
  })

  it('reads a body as an ArrayBuffer, and refuses one that is missing or of another kind', async () => {
    const { headers, body } = await signTestWebhook(WEBHOOK)
    const bytes = new TextEncoder().encode(String(body))
    const options = { secrets: [SECRET], now: NOW }
    await expect(verifyWebhook({ headers, body: bytes.buffer as never }, options)).resolves.toBeDefined()
    await expect(verifyWebhook(undefined as never, options)).rejects.toMatchObject({ code: 'invalid_webhook_body' })
    for (const wrong of [undefined, null, 7, new Blob([bytes])]) {
      await expect(verifyWebhook({ headers, body: wrong as never }, options)).rejects.toMatchObject({
        code: 'invalid_webhook_body',
      })
    }
  })

  it('refuses a genuine body that is no event', async () => {
    const body = '[]'
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(NOW.getTime() / 1_000),
      'webhook-signature': new Webhook(SECRET).sign('evt_1', NOW, body),
    }
    await expect(verifyWebhook({ headers, body }, { secrets: [SECRET], now: NOW })).rejects.toMatchObject({
      code: 'invalid_webhook_body',
    })
  })
})
