import { repeatRolledBack, spread, wasRolledBack } from '../../supabase/functions/_shared/contract/rolled-back.ts'
import type { Answer, CallOptions, Query } from './client.ts'
import type { PaydError } from './error.ts'
import { failureOf } from './failure.ts'
import { wait } from './timer.ts'

/** Names a call for error messages, as it reads after "could not", and carries the caller's options. */
export interface Call {
  readonly action: string
  readonly options: CallOptions
  /** Set for what must not happen twice: it is repeated only when the database has undone it. */
  readonly once?: boolean
}

/**
 * The data of one request. This is the only place that repeats anything, so attempts never multiply: supabase-js is told not to.
 *
 * - What the database rolled back, because two transactions met, is sent again up to four times: nothing of it happened.
 * - Failures that pass by themselves (no answer, 408, 429, 5xx of a gateway, a database that starts) are sent again twice, after at
 *   most 250 and 1000 ms or after `Retry-After` if that is at most ten seconds; unless the call must not happen twice.
 * - A statement that took too long is never sent again by itself: it would take as long once more.
 */
export async function send<Data>(request: Query, given: Call): Promise<Data> {
  request.retry?.(false)
  // Callers without TypeScript pass null.
  const call = { ...given, options: given.options ?? {} }
  const random = call.options.random ?? Math.random
  const ports = { random, pause: (ms: number) => pause(ms, call) }
  for (let failures = 0; ; failures += 1) {
    const { data, error } = await repeatRolledBack(
      ports,
      () => ask<Data>(request, call),
      (answer) => answer.error?.sqlState,
    )
    if (error === null) return data as Data
    const ms = delayBeforeNext(error, call, failures, random)
    if (ms === undefined) throw error
    await pause(ms, call)
  }
}

/** At most so many ms before the second and the third attempt: long enough for a failover, short enough for a person. */
const FAILED_DELAYS_MS = [250, 1_000]
/** A server that asks for a longer wait is believed: the error is returned, and the caller decides. */
const LONGEST_RETRY_AFTER_SECONDS = 10

function delayBeforeNext(error: PaydError, call: Call, failures: number, random: () => number): number | undefined {
  if (call.once === true || !error.retryable || error.code === 'statement_timeout') return undefined
  const ms = FAILED_DELAYS_MS[failures]
  // What was rolled back has had its attempts.
  if (ms === undefined || wasRolledBack(error.sqlState)) return undefined
  const { retryAfter } = error
  if (retryAfter === undefined) return spread(ms, random)
  return retryAfter > LONGEST_RETRY_AFTER_SECONDS ? undefined : Math.max(retryAfter * 1_000, ms)
}

async function ask<Data>(request: Query, call: Call): Promise<{ data?: Data; error: PaydError | null }> {
  try {
    return { data: await askOnce<Data>(request, call), error: null }
  } catch (error) {
    return { error: error as PaydError }
  }
}

async function askOnce<Data>(request: Query, { action, options }: Call): Promise<Data> {
  const { signal } = options
  const seen = rememberHeaders(request)
  let answer: Answer
  try {
    if (signal?.aborted) throw signal.reason
    answer = await (signal === undefined ? request : request.abortSignal(signal))
  } catch (error) {
    throw await failureOf(error, { action, signal })
  }
  if (answer.error !== null && answer.error !== undefined) {
    throw await failureOf(answer.error, { action, signal, status: answer.status, headers: seen.headers })
  }
  return answer.data as Data
}

/** supabase-js hands out no headers, and two of them matter: when to come back, and what names the request in the logs. */
function rememberHeaders(request: Query): { headers?: Headers | undefined } {
  const seen: { headers?: Headers | undefined } = {}
  const plain = originals.get(request) ?? request.fetch
  if (typeof plain !== 'function') return seen
  originals.set(request, plain)
  request.fetch = async (input, init) => {
    const response = await plain(input, init)
    seen.headers = response.headers
    return response
  }
  return seen
}

/** What sent a request before it was watched, so that attempts do not pile up watchers. */
const originals = new WeakMap<Query, typeof globalThis.fetch>()

/** Waits, or throws when the caller stops waiting. */
async function pause(ms: number, { action, options }: Call): Promise<true> {
  try {
    await (options.wait ?? wait)(ms, options.signal)
    return true
  } catch (error) {
    throw await failureOf(error, { action, signal: options.signal })
  }
}
