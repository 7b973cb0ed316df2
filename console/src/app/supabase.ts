import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { ConsoleConfig } from './config.ts'

/** A read that takes longer than this is given up; the person can ask again. */
const READ_WITHIN_MS = 20_000

/** The client that owns the session. It reads nothing from the address of the page, so no token ever stands there. */
export function openSupabase({ url, publishableKey }: ConsoleConfig): SupabaseClient {
  return createClient(url, publishableKey, {
    auth: { storageKey: 'payd.session', detectSessionInUrl: false },
    global: { fetch: patiently },
  })
}

/** Gives reads an end. A command is never given up by a clock: what became of it would not be known. */
const patiently: typeof fetch = (input, init) => {
  if ((init?.method ?? 'GET') !== 'GET') return fetch(input, init)
  const timeout = AbortSignal.timeout(READ_WITHIN_MS)
  const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  return fetch(input, { ...init, signal })
}
