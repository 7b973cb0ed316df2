import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signTestWebhook } from '../../src/webhooks/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const NEXT = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payd-receiver-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the example of a receiver', () => {
  test('stores a genuine event once, also when it comes again after a restart, and says what it says', async () => {
    const paid = await signTestWebhook({
      secret: SECRET,
      type: 'payment.completed',
      data: { employee_id: 12, amount: '4200.0000001' },
    })
    const first = await start(SECRET)
    expect(await first.post(paid)).toBe(204)
    expect(await first.post(paid)).toBe(204)
    await first.stop()
    const second = await start(`${NEXT},${SECRET}`)
    expect(await second.post(paid)).toBe(204)
    const rotated = await signTestWebhook({ secret: NEXT, type: 'payroll.failed', data: {} })
    expect(await second.post(rotated)).toBe(204)
    await second.stop()

    const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([
      paid.headers['webhook-id'],
      rotated.headers['webhook-id'],
    ])
    expect(first.output).toContain('7 payment.completed: employee 12 was paid 4200.0000001')
    expect(second.output.filter((line) => line.includes('payment.completed'))).toEqual([])
  })

  test('refuses what is not genuine, too old, too long or no event, and stores nothing of it', async () => {
    const receiver = await start(SECRET)
    const delivery = await signTestWebhook({ secret: SECRET, type: 'test.ping', data: {} })
    const old = await signTestWebhook({ secret: SECRET, type: 'test.ping', data: {}, now: new Date(0) })
    const foreign = await signTestWebhook({ secret: NEXT, type: 'test.ping', data: {} })
    expect(await receiver.post({ ...delivery, body: delivery.body.replace('ping', 'pong') })).toBe(401)
    expect(await receiver.post(old)).toBe(401)
    expect(await receiver.post(foreign)).toBe(401)
    expect(await receiver.post({ ...delivery, body: 'x'.repeat(70_000) })).toBe(413)
    expect((await fetch(receiver.url)).status).toBe(405)
    await receiver.stop()
    expect(await readFile(join(folder, 'events.jsonl'), 'utf8')).toBe('')
    expect(receiver.output.join('\n')).not.toContain(SECRET)
  })

  test('takes an event again of which a kill left half a line', async () => {
    const delivery = await signTestWebhook({ secret: SECRET, type: 'test.ping', data: {} })
    await appendFile(join(folder, 'events.jsonl'), `{"sequence":7,"id":"${delivery.headers['webhook-id']}","ty`)
    const receiver = await start(SECRET)
    expect(await receiver.post(delivery)).toBe(204)
    await receiver.stop()
    expect(receiver.output).toContain('7 test.ping')
  })
})

/** The program as its README starts it, on a free port. */
async function start(secrets: string) {
  const hooks = join(ROOT, 'test/support/payd-from-source.ts')
  const child = spawn('node', ['--import', hooks, join(ROOT, 'examples/webhook-receiver/main.ts')], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0', PAYD_WEBHOOK_SECRETS: secrets },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  const closed = once(child, 'close')
  const listening = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        output.push(line)
        const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
        if (url !== undefined) resolve(url)
      })
    }
    child.once('exit', () => reject(new Error(`The receiver ended:\n${output.join('\n')}`)))
  })
  const url = await listening
  return {
    url,
    output,
    post: async ({ headers, body }: { readonly headers: Record<string, string>; readonly body: string }) =>
      (await fetch(url, { method: 'POST', headers: { ...headers, 'webhook-sequence': '7' }, body })).status,
    stop: async () => {
      child.kill('SIGTERM')
      await closed
    },
  }
}
