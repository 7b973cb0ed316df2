import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { RELEASE } from '../../../supabase/functions/_shared/contract/release.ts'
import { denoBinary } from '../../../tools/lib/binaries.ts'
import { sendJson, startServer } from '../../support/http-server.ts'
import type { HostileDns } from './hostile-dns.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FOLDER = join(ROOT, 'supabase/functions/webhook-dispatch')

/** One webhook to send. */
export type Ordered = {
  readonly url: string
  readonly timeoutMs?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What webhook-dispatch told the database of it. */
export type Told = {
  readonly status: number | null
  readonly error: string | null
  readonly message: string | null
  readonly body: string | null
  readonly peer: string | null
  readonly retryAfter: number | null
  readonly dialler: string | null
}

/** The real webhook-dispatch in a process of real Deno; the database in front of it is played by the test. */
export type Dispatcher = AsyncDisposable & {
  /** Sends these at once, one for each endpoint, and resolves with what was told of each, in their order. */
  send(orders: readonly Ordered[]): Promise<Told[]>
  /** The highest resident memory of the process until now, in MiB. */
  peakMemory(): Promise<number>
}

/** How the dispatcher is set up. By default it may reach 127.0.0.1 and nothing else that is not public. */
export type DispatcherOptions = {
  readonly dns?: HostileDns
  /** PEM of authorities to trust. */
  readonly trusted?: readonly string[]
  readonly allowedNetworks?: readonly string[]
  /** How wrong its clock is. */
  readonly clockOffsetMs?: number
}

export async function startDispatcher(options: DispatcherOptions = {}): Promise<Dispatcher> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-dispatcher-'))
  let due: readonly Ordered[] = []
  let told: Told[] = []
  const api = await startServer(({ path, body }, response) => {
    if (path.endsWith('payd_version')) return sendJson(response, 200, { release: RELEASE })
    if (path.endsWith('claim_webhook_deliveries')) {
      const claim = claimOf(due)
      due = []
      return sendJson(response, 200, claim)
    }
    if (path.endsWith('complete_webhook_deliveries')) {
      const results = JSON.parse(body) as Results
      for (const [index, id] of results.delivery_ids.entries()) told[id - 1] = toldOf(results, index)
      return sendJson(response, 200, [{ delivered: 0, retrying: 0, dead: 0, stale: 0 }])
    }
    if (path.endsWith('extend_webhook_deliveries')) return sendJson(response, 200, JSON.parse(body).lease_ids)
    sendJson(response, 200, 0)
  })
  const certificates = join(folder, 'trusted.pem')
  await writeFile(certificates, (options.trusted ?? []).join('\n'))
  const flags = ['--node-modules-dir=manual', '--cached-only', '--no-remote', '--no-lock', '--no-prompt']
  const config = `--config=${join(FOLDER, 'deno.json')}`
  const trust = options.trusted === undefined ? [] : [`--cert=${certificates}`]
  const address = ['--host=127.0.0.1', '--port=0', '--allow-net', '--allow-env']
  const entry = join(import.meta.dirname, 'dispatcher-entry.js')
  const child = spawn(denoBinary(), ['serve', ...flags, config, ...trust, ...address, entry], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NO_COLOR: '1',
      DENO_NO_UPDATE_CHECK: '1',
      SUPABASE_URL: api.url,
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: 'sb_secret_default', cron: 'sb_secret_cron' }),
      PAYD_WEBHOOK_ALLOWED_NETWORKS: JSON.stringify(options.allowedNetworks ?? ['127.0.0.1/32']),
      PAYD_WEBHOOK_ALLOW_HTTP: 'true',
      ...(options.dns === undefined ? {} : { TEST_NAME_SERVER: `${options.dns.host} ${options.dns.port}` }),
      TEST_CLOCK_OFFSET_MS: String(options.clockOffsetMs ?? 0),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  const lines: string[] = []
  const listening = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        lines.push(line)
        const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
        if (url !== undefined) resolve(url)
      })
    }
    child.once('exit', () => reject(new Error(`webhook-dispatch ended:\n${lines.join('\n')}`)))
  })
  const url = await listening
  return {
    send: async (orders) => {
      due = orders
      told = []
      const rung = await fetch(url, { method: 'POST', headers: { apikey: 'sb_secret_cron' } })
      if (!rung.ok)
        throw new Error(`webhook-dispatch answered ${rung.status}: ${await rung.text()}\n${lines.join('\n')}`)
      await rung.text()
      return told
    },
    peakMemory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
      await api.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function claimOf(orders: readonly Ordered[]) {
  return {
    head: {
      lease_id: orders.length > 0 ? 1 : null,
      lease_ms: 35_000,
      timestamp: 1_795_176_000,
      after: 0,
      is_more: false,
      untrusted: [],
    },
    endpoints: orders.map(({ url, timeoutMs, headers }, index) => ({
      id: index + 1,
      url,
      timeout_ms: timeoutMs ?? 20_000,
      headers: headers ?? {},
      v1a: [],
    })),
    events: orders.map(({ body }, index) => [index + 1, `evt_${index + 1}`, index + 1, body ?? '{"type":"test.ping"}']),
    deliveries: orders.map((_, index) => [index + 1, index + 1, index + 1, 1, 'v1,abc', index + 1]),
  }
}

type Results = {
  readonly delivery_ids: readonly number[]
  readonly statuses: readonly (number | null)[]
  readonly error_classes: readonly (string | null)[]
  readonly error_messages: readonly (string | null)[]
  readonly bodies: readonly (string | null)[]
  readonly peers: readonly (string | null)[]
  readonly diallers: readonly (string | null)[]
  readonly retry_after: readonly (number | null)[]
}

function toldOf(results: Results, index: number): Told {
  return {
    status: results.statuses[index] ?? null,
    error: results.error_classes[index] ?? null,
    message: results.error_messages[index] ?? null,
    body: results.bodies[index] ?? null,
    peer: results.peers[index] ?? null,
    retryAfter: results.retry_after[index] ?? null,
    dialler: results.diallers[index] ?? null,
  }
}
