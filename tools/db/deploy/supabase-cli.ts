import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findPackageJSON } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { withoutPassword } from '../lib/environments.ts'
import { ToolError } from '../lib/errors.ts'

/** How a run of the Supabase CLI ended. */
export type CliOutcome = {
  readonly ok: boolean
  /** Everything it printed, without passwords. */
  readonly printed: string
  /** The SQLSTATE it reported, when a statement failed. */
  readonly sqlState: string | undefined
}

/** How the sessions of the CLI are named in pg_stat_activity. */
export const CLI_SESSIONS = { applicationName: '@effect/sql-pg' } as const

/** Applies the pending migrations of a folder with the real `supabase db push`. Never throws because a migration failed. */
export async function pushWithCli(
  folder: string,
  url: string,
  options: { readonly lockTimeoutMs: number; readonly timeoutMs: number },
): Promise<CliOutcome> {
  const child = spawn(cliBinary(), ['db', 'push', `--remote=${pushUrl(url, options.lockTimeoutMs)}`, '--yes'], {
    cwd: folder,
    env: { ...process.env, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, options.timeoutMs)
  try {
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    const seconds = Math.round(options.timeoutMs / 1000)
    const late = timedOut ? [`The Supabase CLI gave no answer within ${seconds} s and was ended.`] : []
    const printed = withoutPassword([output.trim(), errors.trim(), ...late].filter(Boolean).join('\n'))
    return { ok: code === 0, printed, sqlState: /\(SQLSTATE ([0-9A-Z]{5})\)/.exec(printed)?.[1] }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The address with a lock timeout that holds for every statement of every file; what a file sets itself wins. A server that
 * loses its client stops within a second instead of going on and committing.
 */
export function pushUrl(url: string, lockTimeoutMs: number): string {
  const address = new URL(url)
  const present = address.searchParams.get('options')
  address.searchParams.delete('options')
  // Servers on this machine seldom speak TLS; saying so saves the CLI an attempt and a warning.
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(address.hostname)
  if (address.hostname === '127.0.0.1' && !address.searchParams.has('sslmode')) {
    address.searchParams.set('sslmode', 'disable')
  }
  // A server on Windows cannot look for lost clients, and refuses a session that asks it to.
  const looksForClients = !(isLocal && platform() === 'win32')
  const settings = [
    present,
    `-c lock_timeout=${lockTimeoutMs}`,
    looksForClients && '-c client_connection_check_interval=1000',
  ]
    .filter(Boolean)
    .join(' ')
  // The CLI reads a plus sign literally, so blanks are written as %20.
  const separator = address.search ? '&' : '?'
  return `${address.href}${separator}options=${encodeURIComponent(settings)}`
}

/** Path of the CLI's program. Its start script does the same and costs another start of Node.js. */
function cliBinary(): string {
  const os = platform() === 'win32' ? 'windows' : platform()
  const cli = packageFolder('supabase', import.meta.dirname)
  for (const name of [`@supabase/cli-${os}-${arch()}`, `@supabase/cli-${os}-${arch()}-musl`]) {
    const folder = cli && packageFolder(name, cli)
    if (folder) return join(folder, 'bin', platform() === 'win32' ? 'supabase.exe' : 'supabase')
  }
  throw new ToolError(`The Supabase CLI for ${os}-${arch()} is not installed.`, { fix: 'Run npm install.' })
}

function packageFolder(name: string, seenFrom: string): string | undefined {
  try {
    const manifest = findPackageJSON(name, pathToFileURL(join(seenFrom, 'package.json')))
    return manifest && dirname(manifest)
  } catch {
    return undefined
  }
}
