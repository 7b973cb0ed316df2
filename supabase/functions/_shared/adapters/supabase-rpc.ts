import { createClient } from '@supabase/supabase-js'
import { errorShapeOf } from '../contract/errors.ts'
import { DatabaseError } from '../core/database.ts'
import type { Clock, Random } from '../core/ports.ts'
import { repeatRolledBack } from '../core/repeat-rolled-back.ts'

/** Calls one function of the database with the service's rights. Rejects with {@link DatabaseError}. */
export type Rpc = (name: string, parameters: Readonly<Record<string, unknown>>) => Promise<unknown>

const CALL_TIMEOUT_MS = 15_000

/** How the data API is opened. */
export type RpcOptions = {
  readonly url: string
  readonly secretKey: string
  readonly clock: Clock
  readonly random: Random
}

/**
 * Opens the project's data API with a secret key. Every call has a deadline, what failed is named by its code, and what the database
 * rolled back because two transactions met is called again within the deadline.
 */
export function openRpc(options: RpcOptions): Rpc {
  const client = createClient(options.url, options.secretKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  })
  return async (name, parameters) => {
    const deadline = options.clock.deadline(CALL_TIMEOUT_MS)
    try {
      const { data, error, status } = await repeatRolledBack(
        { ...options, signal: deadline.signal },
        async () => await client.rpc(name, parameters).abortSignal(deadline.signal),
        (answer) => answer.error?.code,
      )
      if (error !== null) throw new DatabaseError(errorShapeOf(error, status), `call ${name}`)
      const rows: unknown = data
      return rows
    } finally {
      deadline.clear()
    }
  }
}
