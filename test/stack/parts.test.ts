import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startKeeper } from '../../tools/lib/keeper.ts'
import { functionEnvironment } from '../../tools/stack/function-environment.ts'
import { startFunctions } from '../../tools/stack/functions.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import type { StackSandbox } from '../../tools/stack/sandbox.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { FIXTURE_PROJECT, startFixtureStack } from './fixture.ts'

let stack: Stack
let sandbox: StackSandbox

beforeAll(async () => {
  vi.stubEnv('FIXTURE_OF_THIS_MACHINE', 'a secret of this machine')
  stack = await startFixtureStack({
    secrets: { FIXTURE_SECRET: 'told to functions' },
    sandbox: { ledgerIntervalMs: 'manual' },
  })
  if (!stack.sandbox) throw new Error('The stack has no sandbox.')
  sandbox = stack.sandbox
})
beforeEach(() => Promise.all([stack.functions.start(), sandbox.start()]))
afterAll(async () => {
  vi.unstubAllEnvs()
  await stack?.stop()
})

type Inspection = {
  path: string
  method: string
  body: string
  authorization: string | null
  environment: string[]
  supabaseUrl: string
  secret: string
  canReadFiles: boolean
  reached?: string
  pid: number
}

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${stack.url}/functions/v1/${path}`, init)
const inspect = async (path = 'inspect', init: RequestInit = {}): Promise<Inspection> =>
  (await (await call(path, init)).json()) as Inspection
const ring = (apikey?: string): Promise<Response> =>
  call('doorbell', { method: 'POST', headers: apikey === undefined ? {} : { apikey } })

describe('the edge functions', () => {
  test('a worker accepts the named secret key and reaches the database through the gateway', async () => {
    const sql = postgres(stack.databaseUrl, { max: 1 })
    const before = await sql`select from public.rings`
    const response = await ring(stack.keys.cron)
    expect(await response.json()).toEqual({ error: null })
    const after = await sql`select from public.rings`
    await sql.end()
    expect(after.length - before.length).toBe(1)
  })

  test.each(['no key', 'the publishable key', 'the default secret key', 'garbage'])(
    'a worker refuses %s',
    async (which) => {
      const keys = {
        'no key': undefined,
        'the publishable key': stack.keys.publishable,
        'the default secret key': stack.keys.secret,
        garbage: 'x',
      }
      const response = await ring(keys[which as keyof typeof keys])
      expect(response.status).toBe(401)
      expect(await response.json()).toEqual({ code: 'unknown_key' })
    },
  )

  test('a function sees the request as it was sent, below its own name', async () => {
    const seen = await inspect('inspect/deeper?x=1', {
      method: 'PUT',
      body: 'bytes',
      headers: { authorization: 'Bearer token-of-the-caller' },
    })
    expect(seen).toMatchObject({
      path: '/inspect/deeper?x=1',
      method: 'PUT',
      body: 'bytes',
      authorization: 'Bearer token-of-the-caller',
    })
  })

  test('a function knows the project and its secrets, and nothing else of this machine', async () => {
    const names = ['SUPABASE_SECRET_KEYS', 'FIXTURE_SECRET', 'PAYD_SIGNING_KEYS', 'FIXTURE_OF_THIS_MACHINE', 'PATH']
    const seen = await inspect(`inspect?variables=${names}`)
    expect(seen.supabaseUrl).toBe(stack.url)
    expect(seen.secret).toBe('told to functions')
    expect(seen.environment).toEqual([
      'SUPABASE_SECRET_KEYS: set',
      'FIXTURE_SECRET: set',
      'PAYD_SIGNING_KEYS: refused',
      'FIXTURE_OF_THIS_MACHINE: refused',
      'PATH: refused',
    ])
    expect(seen.canReadFiles).toBe(false)
  })

  test('a function that works with this machine only reaches no other host', async () => {
    const keeper = startKeeper()
    const confined = await startFunctions({
      folder: join(FIXTURE_PROJECT, 'supabase', 'functions'),
      names: ['inspect'],
      environmentOf: () => ({ SUPABASE_URL: stack.url, FIXTURE_SECRET: '' }),
      networkOf: () => ['127.0.0.1'],
      logFolder: stack.logFolder,
      keeper,
    })
    const reach = async (port: number | undefined, url: string): Promise<string> => {
      const asked = await fetch(`http://127.0.0.1:${port}/inspect?reach=${encodeURIComponent(url)}`)
      return ((await asked.json()) as Inspection).reached ?? ''
    }
    const port = await confined.portOf('inspect')
    expect(await reach(port, `${stack.url}/health`)).toBe('200')
    expect(await reach(port, 'http://192.0.2.1/')).toMatch(/NotCapable|Requires net access/)
    await confined.stop()
    await keeper.close()
  })

  test('only the function that signs gets the key of the treasury', async () => {
    const keys = await loadKeys(stack.dataDir)
    const holders = ['payroll-disburse', 'horizon-sync', 'webhook-dispatch', 'inspect'].filter((name) =>
      JSON.stringify(functionEnvironment(name, stack.url, keys)).includes(keys.treasury.secretKey),
    )
    expect(holders).toEqual(['payroll-disburse'])
  })

  test('what a function prints is in its log file', async () => {
    await inspect()
    await vi.waitFor(async () => {
      expect(await readFile(stack.functions.logFile('inspect'), 'utf8')).toContain('{"event":"booted"}')
    })
  })

  test('a function that crashes in the middle of a request answers 502, and the very next request finds a new one', async () => {
    for (let round = 0; round < 8; round += 1) {
      expect((await call('inspect?do=crash')).status).toBe(502)
      expect((await inspect()).method).toBe('GET')
    }
  })

  test('a killed function is gone alone, and the next request boots it again', async () => {
    await stack.functions.kill('inspect')
    expect(stack.functions.isRunning('inspect')).toBe(false)
    expect(stack.functions.isRunning('doorbell')).toBe(true)
    expect((await inspect()).method).toBe('GET')
    expect(stack.functions.isRunning('inspect')).toBe(true)
  })

  test('many requests after a crash boot the function once', async () => {
    const { pid } = await inspect()
    await stack.functions.kill('inspect')
    const pids = new Set((await Promise.all(Array.from({ length: 8 }, () => inspect()))).map((seen) => seen.pid))
    expect(pids.size).toBe(1)
    expect(pids).not.toContain(pid)
  })

  test('a stopped function stays away until it is started', async () => {
    await stack.functions.stop('inspect')
    const response = await call('inspect')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      code: 'unavailable',
      message: 'The edge function inspect is not running.',
    })
    await stack.functions.start('inspect')
    expect((await inspect()).method).toBe('GET')
  })

  test('a restarted function is a new process', async () => {
    const { pid } = await inspect()
    await stack.functions.restart('inspect')
    expect((await inspect()).pid).not.toBe(pid)
  })

  test('a function that does not exist is named together with those that do', async () => {
    const response = await call('missing')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      message: 'There is no edge function "missing".',
      hint: 'There are: doorbell, inspect.',
    })
  })

  test('the gateway adds no permission for browsers to a worker', async () => {
    const response = await ring(stack.keys.cron)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

async function control<T>(path: string, body: object = {}): Promise<T> {
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) })
  return (await response.json()) as T
}
async function latestLedger(): Promise<number> {
  const root = (await (await fetch(`${sandbox.url}/`)).json()) as { history_latest_ledger: number }
  return root.history_latest_ledger
}

describe('the Stellar sandbox', () => {
  test('the sandbox answers as Horizon for the network of the stack', async () => {
    const root = (await (await fetch(`${sandbox.url}/`)).json()) as { network_passphrase: string }
    expect(root.network_passphrase).toBe(sandbox.networkPassphrase)
  })

  test('after a crash it starts again at the same address with the same ledger', async () => {
    await control('/close', { count: 3 })
    const before = await latestLedger()
    await sandbox.kill()
    expect(sandbox.isRunning()).toBe(false)
    await expect(latestLedger()).rejects.toThrow()
    await sandbox.start()
    expect(await latestLedger()).toBeGreaterThanOrEqual(before)
  })

  test('after an orderly stop it starts again at the same address with the same ledger', async () => {
    await control('/close', { count: 2 })
    const before = await latestLedger()
    await sandbox.stop()
    await sandbox.start()
    expect(await latestLedger()).toBeGreaterThanOrEqual(before)
  })

  test('starting it while it runs changes nothing', async () => {
    const before = await latestLedger()
    await sandbox.start()
    expect(await latestLedger()).toBe(before)
  })

  test('the rest of the stack goes on without it', async () => {
    await sandbox.kill()
    const response = await fetch(`${stack.url}/rest/v1/notes`, { headers: { apikey: stack.keys.publishable } })
    expect(response.status).toBe(200)
    await sandbox.start()
  })
})
