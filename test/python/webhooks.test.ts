import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signWebhook } from '../../supabase/functions/_shared/contract/signature.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OTHER = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
const NOW = 1_795_176_000
const BODY = '{"type":"payroll.completed","data":{"text":"ü \\" 😀","amount":"4200.0000001"}}'

type Delivery = { readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly now: number }

test('the function that docs/webhooks.md gives to Python without a library knows what is genuine', async () => {
  const genuine = await signed([SECRET])
  const rotated = await signed([OTHER, SECRET])
  const headers = genuine.headers
  const cases: readonly (readonly [Delivery, boolean])[] = [
    [genuine, true],
    [rotated, true],
    [{ ...genuine, now: NOW + 300 }, true],
    [{ ...genuine, headers: { ...headers, 'webhook-signature': `v1a,x v2,y ${headers['webhook-signature']}` } }, true],
    [await signed([OTHER]), false],
    [{ ...genuine, body: `${BODY} ` }, false],
    [{ ...genuine, now: NOW + 301 }, false],
    [{ ...genuine, now: NOW - 301 }, false],
    [{ ...genuine, headers: { ...headers, 'webhook-id': 'evt_2' } }, false],
    [{ ...genuine, headers: { ...headers, 'webhook-timestamp': 'today' } }, false],
    [{ ...genuine, headers: { ...headers, 'webhook-timestamp': `-${NOW}` } }, false],
    [{ ...genuine, headers: { ...headers, 'webhook-signature': 'v1,ü' } }, false],
    [{ ...genuine, headers: { ...headers, 'webhook-signature': '' } }, false],
    [{ ...genuine, headers: {} }, false],
  ]
  const answers = await verifiedByPython(cases.map(([delivery]) => delivery))
  expect(answers).toEqual(cases.map(([, isGenuine]) => isGenuine))
})

async function signed(secrets: readonly string[]): Promise<Delivery> {
  const signature = await signWebhook({ id: 'evt_1', timestampSeconds: NOW, body: BODY }, secrets)
  const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': String(NOW), 'webhook-signature': signature }
  return { headers, body: BODY, now: NOW }
}

/** What the function of the document says about each delivery, run by the Python of this machine. */
async function verifiedByPython(deliveries: readonly Delivery[]): Promise<unknown> {
  const document = await readFile(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8')
  const code = /```python\n(import base64[\s\S]*?)```/.exec(document)?.[1]
  const script = `${code}
import json, sys
print(json.dumps([verify(${JSON.stringify(SECRET)}, one["headers"], one["body"].encode(), one["now"]) for one in json.load(sys.stdin)]))`
  const { stdout, stderr, error } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify(deliveries),
    encoding: 'utf8',
  })
  if (error !== undefined) throw new Error('There is no python3 on PATH.', { cause: error })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}
