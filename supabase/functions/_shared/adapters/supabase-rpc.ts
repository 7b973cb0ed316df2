import { createClient } from '@supabase/supabase-js'
import { errorShapeOf } from '../contract/errors.ts'
import { DatabaseError } from '../core/database.ts'
import type { Clock } from '../core/ports.ts'

/** Calls one function of the database with the service's rights. Rejects with {@link DatabaseError}. */
export type Rpc = (name: string, parameters: Readonly<Record<string, unknown>>) => Promise<unknown>

const CALL_TIMEOUT_MS = 15_000

/** Opens the project's data API with a secret key. Every call has a deadline, and what failed is named by its code. */
export function openRpc(options: { readonly url: string; readonly secretKey: string; readonly clock: Clock }): Rpc {
  const client = createClient(options.url, options.secretKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  })
  return async (name, parameters) => {
    const deadline = options.clock.deadline(CALL_TIMEOUT_MS)
    try {
      const { data, error, status } = await client.rpc(name, parameters).abortSignal(deadline.signal)
      if (error !== null) throw new DatabaseError(errorShapeOf(error, status), `call ${name}`)
      const rows: unknown = data
      return rows
    } finally {
      deadline.clear()
    }
  }
}
