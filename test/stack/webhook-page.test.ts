import { request } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWebhookPage, type WebhookPage } from '../../tools/start/webhook-page.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
let page: WebhookPage

beforeEach(async () => {
  page = await startWebhookPage(0)
})
afterEach(() => page.close())

test('a delivery that verifies is shown as genuine, and one that does not with the reason', async () => {
  page.trust(SECRET)
  expect(await deliver('{"type":"payroll.completed"}')).toBe(204)
  expect(await deliver('{"type":"payroll.completed"}', '{"type":"payroll.failed"}')).toBe(401)
  expect(await seen()).toMatchObject([
    { type: 'payroll.failed', problem: 'No matching signature found' },
    { type: 'payroll.completed', sequence: '7', problem: '' },
  ])
})

test('a subscription of a person verifies once its secret was pasted', async () => {
  expect(await deliver('{"type":"test.ping"}')).toBe(401)
  expect(await paste('sesame')).toBe(400)
  expect(await paste(SECRET)).toBe(204)
  expect(await deliver('{"type":"test.ping"}')).toBe(204)
})

test('a page of another origin can neither read what arrived nor add a secret', async () => {
  const form = { 'content-type': 'text/plain' }
  expect((await fetch(`${page.url}/secrets`, { method: 'POST', headers: form, body: SECRET })).status).toBe(404)
  expect(await statusAs('attacker.example')).toBe(421)
  expect(await statusAs(new URL(page.url).host)).toBe(200)
})

test('what arrives is written as text, and no other script may run', async () => {
  const response = await fetch(page.url)
  expect(await response.text()).not.toContain('innerHTML')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

async function deliver(signed: string, sent = signed): Promise<number> {
  const now = new Date()
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign('evt_1', now, signed),
    'webhook-sequence': '7',
  }
  return (await fetch(page.hookUrl, { method: 'POST', headers, body: sent })).status
}

async function paste(secret: string): Promise<number> {
  const headers = { 'content-type': 'application/x-payd-secret' }
  return (await fetch(`${page.url}/secrets`, { method: 'POST', headers, body: secret })).status
}

async function seen(): Promise<unknown[]> {
  return ((await (await fetch(`${page.url}/deliveries`)).json()) as { seen: unknown[] }).seen
}

function statusAs(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${page.url}/deliveries`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .once('error', reject)
      .end()
  })
}
