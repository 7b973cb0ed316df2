import type { Dial } from './deliver.ts'
import { exchange } from './exchange.ts'
import type { Fetch } from './ports.ts'

/**
 * Dials with the platform's `fetch`, redirects refused. Not rebind-safe: `fetch` resolves the name once more, and a name server
 * of an attacker may then answer with an inner address. Only a dialler that connects to the addresses it was given closes that.
 */
export function fetchDial(fetch: Fetch): Dial {
  return (request, { deadline }) =>
    exchange(
      fetch,
      { method: 'POST', url: request.url.href, headers: request.headers, body: request.body },
      { signal: deadline.signal, maxBodyBytes: request.maxResponseBytes },
    )
}
