/** One bounded HTTP exchange. Rejects when the whole answer did not arrive in time; cuts the body at the limit. */
export type HttpExchange = (
  request: {
    readonly method: 'GET' | 'POST'
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string | null
  },
  limits: { readonly timeoutMs: number; readonly maxBodyBytes: number },
) => Promise<HttpAnswer>

/** A complete answer, or as much of its body as the limit allows. */
export type HttpAnswer = {
  readonly status: number
  /** The value of a header by lower-case name. */
  header(name: string): string | null
  readonly body: string
  readonly isBodyCut: boolean
}

/** The JSON of a body; null when it is none. */
export function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** A member of an object; undefined of anything else. */
export function fieldOf(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}

/** The last part of the type of a problem, such as rate_limit_exceeded. */
export function problemOf(body: unknown): string | null {
  const type = fieldOf(body, 'type')
  const name = typeof type === 'string' ? type.slice(type.lastIndexOf('/') + 1) : null
  return isCode(name) ? name : null
}

/** Codes are stored and compared, so nothing longer or stranger than a code passes as one. */
export function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(value)
}

/** The ledger that a state is of. */
export function ledgerHeader(answer: HttpAnswer): number | null {
  const text = answer.header('latest-ledger')
  return text !== null && /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : null
}

/** Horizon's limiter writes seconds. A date would need a clock, and waiting the usual time is right as well. */
export function retryAfterSeconds(answer: HttpAnswer): number | null {
  const text = answer.header('retry-after')
  return text !== null && /^[0-9]{1,5}$/.test(text) ? Number(text) : null
}
