import { GoTrueClient } from '@supabase/auth-js'
import { PostgrestClient } from '@supabase/postgrest-js'
import type { PaydClient } from 'payd'
import type { ConsoleConfig } from './config.ts'

/** A read that takes longer than this is given up; the person can ask again. */
const READ_WITHIN_MS = 20_000

/** The session, and the two doors to the data that calls of the package use. */
export interface ProjectClient extends PaydClient {
  readonly auth: GoTrueClient
}

/**
 * The parts of supabase-js that every page needs; Realtime is loaded when the first page stands, and files and functions are not used at all. It reads
 * nothing from the address of the page, so no token ever stands there.
 */
export function openSupabase({ url, publishableKey }: ConsoleConfig): ProjectClient {
  const headers = { apikey: publishableKey }
  const auth = new GoTrueClient({
    url: `${url}/auth/v1`,
    headers,
    storageKey: 'payd.session',
    detectSessionInUrl: false,
    // A link in a mail then carries a code that only the browser that asked for it can use, instead of tokens.
    flowType: 'pkce',
    autoRefreshToken: true,
    persistSession: true,
  })
  const asPerson: typeof fetch = async (input, init) => {
    const { data } = await auth.getSession()
    const own = new Headers(init?.headers)
    if (data.session !== null) own.set('authorization', `Bearer ${data.session.access_token}`)
    return await patiently(input, { ...init, headers: own })
  }
  const data = new PostgrestClient(`${url}/rest/v1`, { headers, fetch: asPerson })
  return { auth, from: (relation) => data.from(relation), rpc: (name, args) => data.rpc(name, args) }
}

/**
 * Gives reads an end, those through functions too: of the calls that post, only reads come with a signal to stop them. A command is never
 * given up by a clock, because the person would not know whether it was done.
 */
const patiently: typeof fetch = (input, init) => {
  if ((init?.method ?? 'GET') !== 'GET' && init?.signal == null) return fetch(input, init)
  const timeout = AbortSignal.timeout(READ_WITHIN_MS)
  const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  return fetch(input, { ...init, signal })
}
