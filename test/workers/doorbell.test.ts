import { describe, expect, test } from 'vitest'
import { authorizer } from '../../supabase/functions/_shared/worker/authorize.ts'
import { DatabaseError } from '../../supabase/functions/_shared/worker/database-error.ts'
import { answerDoorbell } from '../../supabase/functions/_shared/worker/doorbell.ts'
import { withoutSecrets } from '../../supabase/functions/_shared/worker/failure.ts'
import type { LogLine } from '../../supabase/functions/_shared/worker/ports.ts'
import {
  ConfigurationError,
  databaseKey,
  type Environment,
  supabaseUrl,
} from '../../supabase/functions/_shared/worker/settings.ts'
import { signingKeys } from '../../supabase/functions/payroll-disburse/signing-keys.ts'
import { allowedNetworks, allowHttpWebhooks } from '../../supabase/functions/webhook-dispatch/settings.ts'
import { testClock } from '../support/clock.ts'
import { address, keypair } from '../support/plans.ts'

const KEYS = JSON.stringify({ default: 'sb_secret_default', cron: 'sb_secret_cron', reports: 'sb_secret_reports' })

describe('a worker', () => {
  test('does its work for the right key and answers with counts', async () => {
    const response = await aWorker().ring('sb_secret_cron')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ claimed: 3 })
    expect((await aWorker().ring('sb_secret_default')).status).toBe(200)
  })

  test.each([null, '', 'wrong', 'sb_secret_reports', 'sb_secret_cro', 'sb_secret_cronx', 'SB_SECRET_CRON', KEYS])(
    'does nothing for the key %s',
    async (key) => {
      const worker = aWorker()
      const response = await worker.ring(key)
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: { code: 'secret_key_required' } })
      expect(worker.runs()).toBe(0)
    },
  )

  test('is opened by none of two thousand wrong keys, however alike their digests end', async () => {
    const authorize = authorizer((name) => (name === 'SUPABASE_SECRET_KEYS' ? KEYS : undefined))
    const attempts = Array.from({ length: 2_000 }, (_, index) =>
      authorize(new Request('http://x/', { headers: { apikey: `sb_secret_${index}` } })),
    )
    expect((await Promise.all(attempts)).filter(Boolean)).toEqual([])
  })

  test('takes no other header for the key', async () => {
    const headers = { authorization: 'Bearer sb_secret_cron', 'x-api-key': 'sb_secret_cron' }
    expect((await aWorker().handler(new Request('http://x/', { method: 'POST', headers }))).status).toBe(401)
  })

  test('is rung with POST only', async () => {
    const headers = { apikey: 'sb_secret_cron' }
    const response = await aWorker().handler(new Request('http://x/', { headers }))
    expect(response.status).toBe(405)
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  })

  test.each([
    [
      () => new ConfigurationError('PAYD_SIGNING_KEYS is not a JSON array.'),
      500,
      'configuration_invalid',
      'PAYD_SIGNING_KEYS',
    ],
    [() => databaseError('database_unreachable', 0), 503, 'database_unreachable', 'fetch failed'],
    [() => databaseError('network_not_configured', 503), 503, 'network_not_configured', 'fetch failed'],
    [() => databaseError('invalid_outcome', 422), 500, 'invalid_outcome', 'fetch failed'],
    [() => new Error(`something with ${keypair(1).secret()}`), 500, 'unexpected_error', 'The worker failed.'],
    [() => 'a thrown text', 500, 'unexpected_error', 'The worker failed.'],
  ])('says what went wrong (%#)', async (failure, status, code, text) => {
    const worker = aWorker(() => Promise.reject(failure()))
    const response = await worker.ring('sb_secret_cron')
    expect(response.status).toBe(status)
    const body = await response.text()
    expect(JSON.parse(body)).toMatchObject({ error: { code, message: expect.stringContaining(text) } })
    expect(body + JSON.stringify(worker.lines)).not.toContain(keypair(1).secret())
    expect(worker.lines).toMatchObject([{ event: 'test.request', outcome: 'refused', status, code }])
  })

  test('without configured keys refuses every caller and says which setting is missing', async () => {
    for (const keys of [null, '', 'x', '[]', '{}', '{"cron":""}', '{"cron":1}', 'null']) {
      const response = await aWorker(undefined, keys).ring('')
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({
        error: { code: 'configuration_invalid', message: expect.stringContaining('SUPABASE_SECRET_KEYS') },
      })
    }
  })
})

describe('the settings', () => {
  test('are read', () => {
    expect(supabaseUrl(() => 'http://127.0.0.1:54321')).toBe('http://127.0.0.1:54321')
    expect(databaseKey(() => KEYS)).toBe('sb_secret_default')
    expect(databaseKey(() => '{"cron":"only"}')).toBe('only')
    expect(allowedNetworks(() => '["127.0.0.0/8","fd00::/8"]')).toHaveLength(2)
    expect(allowedNetworks(() => undefined)).toEqual([])
    const keyring = signingKeys((name) =>
      JSON.stringify(
        name === 'PAYD_CHANNEL_KEYS'
          ? { [address(0)]: [keypair(1).secret()] }
          : [keypair(0).secret(), keypair(2).secret()],
      ),
    )
    expect(keyring.has(address(0))).toBe(true)
    expect(keyring.has(address(1))).toBe(false)
    expect(keyring.has(address(0), address(1))).toBe(true)
    expect(keyring.has(address(2), address(1))).toBe(false)
    expect(signingKeys(() => undefined).has(address(0))).toBe(false)
  })

  test('only the exact word true allows http', () => {
    for (const word of [undefined, '', 'TRUE', '1', 'yes', ' true']) expect(allowHttpWebhooks(() => word)).toBe(false)
    expect(allowHttpWebhooks(() => 'true')).toBe(true)
  })

  test.each([
    ['SUPABASE_URL', () => supabaseUrl(() => undefined)],
    ['PAYD_WEBHOOK_ALLOWED_NETWORKS', () => allowedNetworks(() => '127.0.0.0/8')],
    ['PAYD_WEBHOOK_ALLOWED_NETWORKS', () => allowedNetworks(() => '["127.0.0.1"]')],
    ['PAYD_SIGNING_KEYS', () => signingKeys(() => keypair(3).secret())],
    ['PAYD_SIGNING_KEYS', () => signingKeys(treasuryKeys([keypair(3).secret(), 'S123']))],
    ['PAYD_SIGNING_KEYS', () => signingKeys(() => JSON.stringify({ key: keypair(3).secret() }))],
    ['PAYD_SIGNING_KEYS', () => signingKeys(() => `["${keypair(3).secret()}"`)],
    ['PAYD_CHANNEL_KEYS', () => signingKeys(channelKeys([keypair(3).secret()]))],
    ['PAYD_CHANNEL_KEYS', () => signingKeys(channelKeys({ [keypair(3).secret()]: [keypair(3).secret()] }))],
    ['PAYD_CHANNEL_KEYS', () => signingKeys(channelKeys({ [address(0)]: keypair(3).secret() }))],
    ['PAYD_CHANNEL_KEYS', () => signingKeys(channelKeys({ [address(0)]: [keypair(3).secret(), 'S123'] }))],
  ])('a malformed %s is named without its value', (name, read) => {
    expect(read).toThrow(ConfigurationError)
    expect(read).toThrow(name)
    expect(read).not.toThrow(keypair(3).secret())
  })
})

/** An environment without keys of channel accounts. */
function treasuryKeys(value: unknown) {
  return (name: string) => (name === 'PAYD_SIGNING_KEYS' ? JSON.stringify(value) : undefined)
}

/** An environment without keys of treasuries. */
function channelKeys(value: unknown) {
  return (name: string) => (name === 'PAYD_CHANNEL_KEYS' ? JSON.stringify(value) : undefined)
}

describe('a text for the log', () => {
  test('holds no secret, wherever it came from', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.abc-_123'
    for (const secret of [keypair(1).secret(), 'sb_secret_abc', 'whsec_MfKQ9r8GKYqrTwjU', jwt]) {
      expect(withoutSecrets(`before ${secret} after`)).toBe('before [secret] after')
    }
    expect(withoutSecrets(`key_${keypair(1).secret()}.`)).toBe('key_[secret].')
    expect(withoutSecrets('x'.repeat(1_000))).toHaveLength(300)
    expect(withoutSecrets(address(1))).toBe(address(1))
  })
})

function aWorker(run?: () => Promise<Record<string, unknown>>, keys: string | null = KEYS) {
  const lines: LogLine[] = []
  let runs = 0
  const environment: Environment = (name) => (name === 'SUPABASE_SECRET_KEYS' ? (keys ?? undefined) : undefined)
  const doorbell = {
    name: 'test',
    clock: testClock(),
    log: (line: LogLine) => lines.push(line),
    authorize: authorizer(environment),
    run:
      run ??
      (() => {
        runs++
        return Promise.resolve({ claimed: 3 })
      }),
  }
  const handler = (request: Request) => answerDoorbell(request, doorbell)
  const ring = (key: string | null) => {
    const headers: Record<string, string> = key === null ? {} : { apikey: key }
    return handler(new Request('http://x/', { method: 'POST', headers }))
  }
  return { handler, ring, lines, runs: () => runs }
}

function databaseError(code: string, status: number): DatabaseError {
  return new DatabaseError({ code, message: 'fetch failed', hint: null, status }, 'call claim')
}
