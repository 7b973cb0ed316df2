import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RELEASE } from '../../supabase/functions/_shared/contract/release.ts'
import { DENO, denoEnvironment, OFFLINE, ROOT, serveInDeno } from '../support/deno-worker.ts'
import { sendJson, startServer, type TestServer } from '../support/http-server.ts'
import { keypair } from '../support/plans.ts'

const FUNCTIONS = ['payroll-disburse', 'horizon-sync', 'webhook-dispatch'] as const

let denoDir: string
beforeAll(async () => {
  denoDir = await mkdtemp(join(tmpdir(), 'payd-deno-'))
})
afterAll(() => rm(denoDir, { recursive: true, force: true }))

describe('in real Deno', () => {
  test('all functions pass the type check of Deno', async () => {
    // One of the three files is enough as configuration: another test keeps them equal.
    const config = `--config=supabase/functions/${FUNCTIONS[0]}/deno.json`
    const files = FUNCTIONS.map((name) => `supabase/functions/${name}/index.ts`)
    await promisify(execFile)(DENO, ['check', ...OFFLINE, config, ...files], {
      cwd: ROOT,
      env: denoEnvironment(denoDir, {}),
    })
  })

  test.each([
    [
      'payroll-disburse',
      { claimed: 0, reports: 0 },
      ['claim_channel_wishes', 'claim_disbursement', 'claim_preflight', 'payd_version'],
    ],
    [
      'horizon-sync',
      { transactions: { claimed: 0 }, wallets: { claimed: 0 } },
      [
        'claim_contract_walks',
        'claim_history_walks',
        'claim_transactions_to_track',
        'claim_wallets_for_sync',
        'payd_version',
      ],
    ],
    ['webhook-dispatch', { claimed: 0, delivered: 0 }, ['claim_webhook_deliveries', 'payd_version']],
  ] as const)('%s lets in only the key of the scheduler, and answers it with counts', async (name, counts, calls) => {
    await using api = await startApi(({ path }, response) =>
      sendJson(response, 200, path.endsWith('claim_webhook_deliveries') ? webhookClaim([]) : []),
    )
    await using worker = await serve(name, api)

    const stranger = await fetch(worker.url, { method: 'POST' })
    expect(stranger.status).toBe(401)
    expect(await stranger.json()).toMatchObject({ error: { code: 'secret_key_required' } })
    expect((await fetch(worker.url, { method: 'POST', headers: { apikey: 'sb_secret_wrong' } })).status).toBe(401)
    expect(api.requests).toEqual([])

    const rung = await fetch(worker.url, { method: 'POST', headers: { apikey: 'sb_secret_cron' } })
    expect(await rung.json()).toMatchObject(counts)
    expect(rung.status).toBe(200)
    expect(api.requests.map(({ path }) => path).toSorted()).toEqual(calls.map((call) => `/rest/v1/rpc/${call}`))
    expect(api.requests[0]?.headers.apikey).toBe('sb_secret_default')
    expect(
      worker
        .output()
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    ).toContainEqual(expect.objectContaining({ event: `${name}.request`, outcome: 'done', status: 200 }))
  })

  test.each([
    [{ release: '0.0.9', oldest_sdk: '0.0.9', newest_breaking: '0.0.9' }, 200, 'The database has PayD 0.0.9'],
    [
      { code: 'PGRST202', message: 'Could not find the function public.payd_version in the schema cache' },
      404,
      'The database has no PayD',
    ],
  ])(
    'no worker touches a database that is older than it, and it says what to do (%s)',
    async (said, status, sentence) => {
      let isPushed = false
      await using api = await startServer(({ path }, response) => {
        const isQuestion = path.endsWith('payd_version')
        if (isQuestion) return sendJson(response, isPushed ? 200 : status, isPushed ? { release: RELEASE } : said)
        sendJson(response, 200, webhookClaim([]))
      })
      await using worker = await serve('webhook-dispatch', api)
      const ring = () => fetch(worker.url, { method: 'POST', headers: { apikey: 'sb_secret_cron' } })
      const refused = await ring()
      expect(refused.status).toBe(503)
      expect(await refused.json()).toMatchObject({
        error: {
          code: 'database_outdated',
          message: expect.stringContaining(sentence),
          hint: expect.stringContaining('db push'),
        },
      })
      expect(api.requests.map(({ path }) => path)).toEqual(['/rest/v1/rpc/payd_version'])
      isPushed = true
      expect((await ring()).status).toBe(200)
      expect((await ring()).status).toBe(200)
      expect(api.requests.filter(({ path }) => path.endsWith('payd_version'))).toHaveLength(2)
    },
  )

  test('a webhook is delivered, a redirect is not followed, and both results are told', async () => {
    await using sink = await startServer(({ path }, response) => {
      response.writeHead(path === '/moved' ? 307 : 200, { location: '/hook' })
      response.end('thanks')
    })
    const due = [webhookClaim([`${sink.url}/hook`, `${sink.url}/moved`])]
    const told: Record<string, unknown[]>[] = []
    await using api = await startApi(({ path, body }, response) => {
      if (path.endsWith('claim_webhook_deliveries')) return sendJson(response, 200, due.pop() ?? webhookClaim([]))
      told.push(JSON.parse(body))
      sendJson(response, 200, [{ delivered: 1, retrying: 0, dead: 0, stale: 0 }])
    })
    const settings = { PAYD_WEBHOOK_ALLOWED_NETWORKS: '["127.0.0.0/8"]', PAYD_WEBHOOK_ALLOW_HTTP: 'true' }
    await using worker = await serve('webhook-dispatch', api, settings)

    const rung = await fetch(worker.url, { method: 'POST', headers: { apikey: 'sb_secret_cron' } })
    expect(await rung.json()).toMatchObject({ claimed: 2 })
    expect(sink.requests.map(({ path }) => path).toSorted()).toEqual(['/hook', '/moved'])
    expect(sink.requests[0]).toMatchObject({ method: 'POST', body: '{"type":"test.ping"}' })
    const all = (name: string) => told.flatMap((call) => call[name])
    expect(all('delivery_ids').toSorted()).toEqual([1, 2])
    expect(all('statuses').toSorted()).toEqual([200, 307])
    expect(all('error_classes')).toContain('redirect_refused')
    expect(all('bodies')).toContain('thanks')
    // The dialler of the runtime was used, of which nothing is told, and it says where it connected to.
    expect(all('peers')).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(all('diallers')).toEqual([])
  })

  test('a name is looked up by Deno, and one that does not exist is a result', async () => {
    let claims = 0
    await using api = await startApi(({ path }, response) => {
      if (path.endsWith('claim_webhook_deliveries')) {
        const urls = claims++ === 0 ? ['https://does-not-exist.example.com/'] : []
        return sendJson(response, 200, webhookClaim(urls))
      }
      sendJson(response, 200, [{ delivered: 0, retrying: 1, dead: 0, stale: 0 }])
    })
    await using worker = await serve('webhook-dispatch', api)
    const rung = await fetch(worker.url, { method: 'POST', headers: { apikey: 'sb_secret_cron' } })
    expect(await rung.json()).toMatchObject({ claimed: 1, retrying: 1 })
    const told = api.requests.find(({ path }) => path.endsWith('complete_webhook_deliveries'))
    // Without any network the question itself may run into the deadline.
    expect(told?.body).toMatch(/name_not_resolved|timeout/)
  })

  test('a wrong setting is named to a caller with the key only, and without its value', async () => {
    await using api = await startApi((_, response) => sendJson(response, 200, []))
    const secret = keypair(3).secret()
    await using worker = await serve('payroll-disburse', api, { PAYD_SIGNING_KEYS: secret })
    expect((await fetch(worker.url, { method: 'POST' })).status).toBe(401)
    const rung = await fetch(worker.url, { method: 'POST', headers: { apikey: 'sb_secret_cron' } })
    const body = await rung.text()
    expect(rung.status).toBe(500)
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'configuration_invalid', message: expect.stringContaining('PAYD_SIGNING_KEYS') },
    })
    expect(body + worker.output().join('\n')).not.toContain(secret)
  })
})

/** A data API of this release of PayD. */
const startApi: typeof startServer = (answer) =>
  startServer((request, response) =>
    request.path.endsWith('payd_version') ? sendJson(response, 200, { release: RELEASE }) : answer(request, response),
  )

function serve(name: (typeof FUNCTIONS)[number], api: TestServer, settings: Readonly<Record<string, string>> = {}) {
  return serveInDeno(name, api, { denoDir, settings })
}

/** A claim with one delivery to each address. */
function webhookClaim(urls: readonly string[]) {
  return {
    head: {
      lease_id: urls.length > 0 ? 5 : null,
      lease_ms: 45_000,
      timestamp: 1_795_176_000,
      after: 0,
      is_more: false,
      untrusted: [],
    },
    endpoints: urls.map((url, index) => ({ id: index + 1, url, timeout_ms: 5_000, headers: {}, v1a: [] })),
    events: [[9, 'evt_1', 1, '{"type":"test.ping"}']],
    deliveries: urls.map((_, index) => [index + 1, index + 1, 9, 1, 'v1,abc', null]),
  }
}
