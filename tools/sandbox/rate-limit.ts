/** The answer of the limiter to one request, with the headers a server sends. */
export type RateDecision = { readonly allowed: boolean; readonly headers: Record<string, string> }

/** Decides request by request. */
export type RateLimiter = () => RateDecision

const INTERVAL_MS = 1000
const LIMIT = 101

/** Horizon's public limit: one request a second on average, 101 at once (GCRA). */
export function createRateLimiter(clock: () => number): RateLimiter {
  // The theoretical arrival time: the moment at which the whole burst is available again.
  let arrival = 0
  return () => {
    const now = clock()
    const next = Math.max(arrival, now) + INTERVAL_MS
    const wait = next - now - LIMIT * INTERVAL_MS
    const allowed = wait <= 0
    if (allowed) arrival = next
    const used = Math.max(0, arrival - now)
    return {
      allowed,
      headers: {
        'X-RateLimit-Limit': String(LIMIT),
        'X-RateLimit-Remaining': String(Math.max(0, Math.floor((LIMIT * INTERVAL_MS - used) / INTERVAL_MS))),
        'X-RateLimit-Reset': String(Math.ceil(used / 1000)),
        ...(!allowed && { 'Retry-After': String(Math.max(1, Math.ceil(wait / 1000))) }),
      },
    }
  }
}
