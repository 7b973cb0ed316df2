import type * as z from 'zod/mini'
import { type DatabaseErrorBody, errorShapeOf } from '../contract/errors.ts'
import { repeatRolledBack } from '../contract/rolled-back.ts'
import { DatabaseError } from './database-error.ts'
import type { Clock, Random } from './ports.ts'
import { parseAnswer } from './rows.ts'

/**
 * Calls one function of the database with the service's rights and reads its answer by a schema. Rejects with {@link DatabaseError}
 * when the database refuses, cannot be reached, or answers with something else.
 */
export type Rpc = <Schema extends z.ZodMiniType>(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  answer: Schema,
) => Promise<z.infer<Schema>>

/** The part of a supabase-js client that calls functions of the database. */
export type RpcClient = {
  rpc(
    name: string,
    parameters: Readonly<Record<string, unknown>>,
  ): {
    abortSignal(signal: AbortSignal): PromiseLike<{
      readonly data: unknown
      readonly error: DatabaseErrorBody | null
      readonly status: number
    }>
  }
}

/** How a function opens its supabase-js client: it has no session, only its key. */
export const CLIENT_OPTIONS = { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } }

const CALL_TIMEOUT_MS = 15_000

/**
 * The project's data API as a worker calls it. Every call has a deadline, what failed is named by its code, and what the database
 * rolled back because two transactions met is called again within the deadline.
 */
export function openRpc(ports: { readonly client: RpcClient; readonly clock: Clock; readonly random: Random }): Rpc {
  return async (name, parameters, schema) => {
    const deadline = ports.clock.deadline(CALL_TIMEOUT_MS)
    try {
      const { data, error, status } = await repeatRolledBack(
        { random: ports.random, pause: (ms) => pause(ports.clock, ms, deadline.signal) },
        async () => await ports.client.rpc(name, parameters).abortSignal(deadline.signal),
        (answer) => answer.error?.code,
      )
      if (error !== null) throw new DatabaseError(errorShapeOf(error, status), `call ${name}`)
      return parseAnswer(schema, name, data)
    } finally {
      deadline.clear()
    }
  }
}

/** Waits for the time or the signal, whichever is first, and says whether it was the time. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  const waited = clock.deadline(ms)
  const either = AbortSignal.any([waited.signal, signal])
  await new Promise<void>((resolve) => {
    if (either.aborted) resolve()
    either.addEventListener('abort', () => resolve(), { once: true })
  })
  waited.clear()
  return !signal.aborted
}
