import type { Call, Seen } from './call.ts'
import type { Query } from './client.ts'
import { recovery } from './failure.ts'

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
    return (await recover(attempt, { failure, seen, request }, call)) as Data
  }
}
