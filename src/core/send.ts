import type { CallOptions, Query } from './client.ts'
import { recovery } from './failure.ts'

/** Names a call for error messages, as it reads after "could not", and carries the caller's options. */
export interface Call {
  readonly action: string
  readonly options: CallOptions
  /** Set for what must not happen twice: it is repeated only when the database has undone it. */
  readonly once?: boolean
}

/** One attempt at a request: its data, or it throws what supabase-js said. */
export type Attempt = () => Promise<unknown>

/** What else is known of the last attempt. */
export interface Seen {
  /** HTTP status of a failure; absent or 0 when no answer arrived. */
  status?: number | undefined
  /** supabase-js hands out no headers, and two of them matter: when to come back, and what names the request in the logs. */
  response?: Response | undefined
}

/** The data of one request. What becomes of a failure, and when the request is sent again, is in `recover.ts`. */
export async function send<Data>(request: Query, call: Call): Promise<Data> {
  const { fetch: plain } = request
  const seen: Seen = {}
  if (plain) request.fetch = async (input, init) => (seen.response = await plain(input, init))
  // Attempts of two layers would multiply.
  request.retry?.(false)

  const attempt = async (): Promise<unknown> => {
    // Callers without TypeScript pass null for the options.
    const signal = call.options?.signal
    if (signal?.aborted) throw signal.reason
    const { data, error, status } = await (signal ? request.abortSignal(signal) : request)
    if (!error) return data
    seen.status = status
    throw error
  }
  try {
    return (await attempt()) as Data
  } catch (failure) {
    const { recover } = await recovery(call.action, failure, seen.status)
    return (await recover(attempt, { failure, seen }, call)) as Data
  }
}
