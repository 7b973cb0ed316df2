import { platform } from 'node:os'
import { cliAddress, trySupabaseCli } from '../../lib/supabase-cli.ts'

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
  const args = ['db', 'push', `--remote=${pushUrl(url, options.lockTimeoutMs)}`, '--yes']
  const { ok, printed } = await trySupabaseCli(folder, args, options)
  return { ok, printed, sqlState: /\(SQLSTATE ([0-9A-Z]{5})\)/.exec(printed)?.[1] }
}

/**
 * The address with a lock timeout that holds for every statement of every file; what a file sets itself wins. A server that
 * loses its client stops within a second instead of going on and committing.
 */
export function pushUrl(url: string, lockTimeoutMs: number): string {
  const address = cliAddress(url)
  const present = address.searchParams.get('options')
  address.searchParams.delete('options')
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(address.hostname)
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
