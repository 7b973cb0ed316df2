import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { keypair } from './plans.ts'

export const ROOT = join(import.meta.dirname, '../..')
export const DENO = join(ROOT, 'node_modules/.bin/deno')

/** Nothing may be fetched: everything is in node_modules, as it is in a fresh clone after npm ci. */
export const OFFLINE = ['--node-modules-dir=manual', '--cached-only', '--no-remote', '--no-lock']

export const CRON_KEY = 'sb_secret_cron'

/** A worker as its own process of real Deno on a free port; ends when it is disposed of. */
export async function serveInDeno(
  name: 'payroll-disburse' | 'horizon-sync' | 'webhook-dispatch',
  api: { readonly url: string },
  { denoDir, settings = {} }: { readonly denoDir: string; readonly settings?: Readonly<Record<string, string>> },
) {
  const config = `--config=supabase/functions/${name}/deno.json`
  const serving = ['serve', ...OFFLINE, config, '--host=127.0.0.1', '--port=0', '--allow-net', '--allow-env']
  const child = spawn(DENO, [...serving, `supabase/functions/${name}/index.ts`], {
    cwd: ROOT,
    env: denoEnvironment(denoDir, {
      SUPABASE_URL: api.url,
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: 'sb_secret_default', cron: CRON_KEY }),
      PAYD_SIGNING_KEYS: JSON.stringify([keypair(0).secret()]),
      ...settings,
    }),
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
    child.once('exit', () => reject(new Error(`deno serve ended:\n${lines.join('\n')}`)))
  })
  const url = await listening
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
  }
  const ring = () => fetch(url, { method: 'POST', headers: { apikey: CRON_KEY } })
  return { url, ring, output: () => lines, [Symbol.asyncDispose]: stop }
}

export function denoEnvironment(denoDir: string, settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env
  const quiet = { NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
  // A package that is not in node_modules would have to come from here, where no registry listens.
  return { PATH, HOME, ...quiet, DENO_DIR: denoDir, NPM_CONFIG_REGISTRY: 'http://127.0.0.1:9', ...settings }
}
