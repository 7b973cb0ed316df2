import type { Fetch } from './ports.ts'

/** The deadline of an exchange passed before the answer was complete. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
}

export type ExchangeRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export type ExchangeAnswer = {
  readonly status: number
  /** The value of a header by lower-case name. */
  header(name: string): string | null
  /** The body as far as the limit allows, read as UTF-8 whatever it is. */
  readonly body: string
  readonly isBodyCut: boolean
}

/**
 * One HTTP exchange under one deadline, headers and body together, of which at most `maxBodyBytes` are read. A server that
 * answers 200 and then trickles its body holds a worker no longer than one that never answers. Redirects are not followed.
 * Rejects with {@link DeadlinePassed} when `signal` fires, and with the error of `fetch` when there was no answer.
 */
export async function exchange(
  fetch: Fetch,
  request: ExchangeRequest,
  limits: { readonly signal: AbortSignal; readonly maxBodyBytes: number },
): Promise<ExchangeAnswer> {
  const { method, url, headers, body } = request
  const { signal, maxBodyBytes } = limits
  const response = await untilAborted(fetch(url, { method, headers, body, signal, redirect: 'manual' }), signal)
  const read = await readAtMost(response, maxBodyBytes, signal)
  return { status: response.status, header: (name) => response.headers.get(name), ...read }
}

/** The value of a promise, or {@link DeadlinePassed} when the signal fires first, even if the promise never settles. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new DeadlinePassed('The deadline passed.'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise
      .then(resolve, (error) => (signal.aborted ? stop() : reject(error)))
      .finally(() => {
        signal.removeEventListener('abort', stop)
      })
  })
}

async function readAtMost(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<{ readonly body: string; readonly isBodyCut: boolean }> {
  if (response.body === null) return { body: '', isBodyCut: false }
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    while (size <= maxBytes) {
      const { done, value } = await untilAborted(reader.read(), signal)
      if (done) return { body: decode(chunks, size), isBodyCut: false }
      chunks.push(value)
      size += value.length
    }
    return { body: decode(chunks, maxBytes), isBodyCut: true }
  } finally {
    // Closes the connection: the rest of the body is not wanted, and an unread body would keep its socket and memory.
    reader.cancel().catch(() => undefined)
  }
}

function decode(chunks: readonly Uint8Array[], size: number): string {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    const part = chunk.subarray(0, size - offset)
    bytes.set(part, offset)
    offset += part.length
  }
  return new TextDecoder().decode(bytes)
}
