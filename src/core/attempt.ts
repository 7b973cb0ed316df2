import { type PaydError, refusal } from './error.ts'
import { toPaydError } from './explain.ts'

/** What a call gave: its data, or the error it threw. */
export type Attempt<Data> = { data: Data; error: null } | { data: null; error: PaydError }

/**
 * The result of a call in the `{ data, error }` style of supabase-js. Never throws.
 *
 * @example
 * ```ts
 * import { attempt } from 'payd'
 *
 * const { data, error } = await attempt(Promise.resolve(42))
 * console.log(data, error) // 42 null
 * ```
 */
export async function attempt<Data>(call: PromiseLike<Data>): Promise<Attempt<Data>> {
  try {
    if (typeof (call as Partial<PromiseLike<Data>> | undefined)?.then !== 'function') {
      throw refusal(
        'invalid_argument',
        'This is no call.',
        'Pass what the call returned: attempt(payd.employees.list()).',
      )
    }
    return { data: await call, error: null }
  } catch (error) {
    return { data: null, error: toPaydError(error) }
  }
}
