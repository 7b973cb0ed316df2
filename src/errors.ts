import { chosenStatus, refusalOf } from '../supabase/functions/_shared/contract/errors.ts'
import { wasRolledBack } from '../supabase/functions/_shared/contract/rolled-back.ts'

/** What went wrong, as far as an app must tell cases apart. The exact reason is `PaydError.code`. */
export type PaydErrorKind =
  | 'not_found'
  | 'conflict'
  | 'unauthenticated'
  | 'permission_denied'
  | 'validation_failed'
  | 'rate_limited'
  | 'network'
  | 'aborted'
  | 'unexpected'

/** The parts of a `PaydError` that its message does not carry. */
export interface PaydErrorDetails {
  readonly kind: PaydErrorKind
  /** Stable snake_case reason, such as `payroll_run_not_draft`. */
  readonly code: string
  /** What the person can do now. */
  readonly hint?: string | undefined
  /** SQLSTATE or PostgREST code, when the database or the API answered. */
  readonly sqlState?: string | undefined
  /** HTTP status; absent when no answer arrived. */
  readonly status?: number | undefined
  /** True when the same call may succeed later without any change. */
  readonly retryable?: boolean | undefined
  readonly cause?: unknown
}

/**
 * The one error every call of this package throws. Branch on `code` or `kind`, show `message` and `hint` to people.
 *
 * @example
 * ```ts
 * import { PaydError } from 'payd'
 *
 * const error = new PaydError('Payroll run 7 is processing.', { kind: 'conflict', code: 'payroll_run_not_draft' })
 * console.log(error.code, error.retryable) // payroll_run_not_draft false
 * ```
 */
export class PaydError extends Error {
  override readonly name = 'PaydError' as const
  readonly kind: PaydErrorKind
  readonly code: string
  readonly hint: string | undefined
  readonly sqlState: string | undefined
  readonly status: number | undefined
  readonly retryable: boolean

  constructor(message: string, details: PaydErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = details.kind
    this.code = details.code
    this.hint = details.hint
    this.sqlState = details.sqlState
    this.status = details.status
    this.retryable = details.retryable ?? false
  }

  /** A plain object for logs. The cause stays out: it may carry a request with its headers. */
  toJSON(): Record<string, unknown> {
    const { name, kind, code, message, hint, sqlState, status, retryable } = this
    return { name, kind, code, message, hint, sqlState, status, retryable }
  }
}

/** True for a `PaydError`, also for one thrown by another copy of this package. */
export function isPaydError(error: unknown): error is PaydError {
  return error instanceof Error && error.name === 'PaydError' && 'kind' in error && 'code' in error
}

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
    return { data: await call, error: null }
  } catch (error) {
    return { data: null, error: toPaydError(error) }
  }
}

/** What `toPaydError` cannot read from the failure itself. */
export interface ErrorContext {
  /** What the call was about to do, as it reads after "could not": `submit payroll run 7`. */
  readonly action?: string | undefined
  /** HTTP status of the answer; 0 when there was none. */
  readonly status?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The `PaydError` for anything that was thrown or answered; the original is kept as `cause`, so nothing is lost. */
export function toPaydError(failure: unknown, context: ErrorContext = {}): PaydError {
  if (isPaydError(failure)) return failure
  const answer = readAnswer(failure)
  const action = context.action ?? 'finish the call'
  if (answer.name === 'AmountError') {
    const { code = 'invalid_amount', hint } = answer
    return new PaydError(answer.message, { kind: 'validation_failed', code, hint, cause: failure })
  }
  if (context.signal?.aborted === true || /^(Abort|Timeout)Error\b/.test(answer.name ?? answer.message)) {
    return abortedError(failure, action, context.signal)
  }
  const status = statusOf(answer, context.status)
  if (status === 0 || (status === undefined && failure instanceof TypeError && /fetch|network/i.test(answer.message))) {
    return new PaydError(`No answer arrived while trying to ${action}: ${answer.message}`, {
      kind: 'network',
      code: 'network_error',
      hint: 'Check the connection and the project URL, then try again.',
      retryable: true,
      cause: failure,
    })
  }
  return new PaydError(sentenceOf(answer, action, status), {
    ...classify(answer, status),
    status,
    sqlState: answer.code,
    cause: failure,
  })
}

interface Answer {
  readonly name?: string | undefined
  readonly message: string
  readonly code?: string | undefined
  readonly details?: string | undefined
  readonly hint?: string | undefined
  readonly status?: number | undefined
}

function readAnswer(failure: unknown): Answer {
  if (typeof failure !== 'object' || failure === null) return { message: String(failure ?? 'Unknown failure.') }
  const fields = failure as Record<string, unknown>
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  return {
    name: failure instanceof Error || failure instanceof DOMException ? failure.name : undefined,
    message: text(fields.message) ?? '',
    code: text(fields.code),
    details: text(fields.details),
    hint: text(fields.hint),
    status: typeof fields.status === 'number' ? fields.status : undefined,
  }
}

function abortedError(failure: unknown, action: string, signal: AbortSignal | undefined): PaydError {
  const reason: unknown = signal?.aborted === true ? signal.reason : failure
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError'
  return new PaydError(timedOut ? `The time to ${action} ran out.` : `The call to ${action} was aborted.`, {
    kind: 'aborted',
    code: timedOut ? 'timed_out' : 'aborted',
    hint: 'It may or may not have been done. Read the current state before repeating it.',
    cause: reason,
  })
}

function statusOf(answer: Answer, status: number | undefined): number | undefined {
  // PTnnn is how PayD's SQL chooses the HTTP status; it holds even where a proxy changed the status line.
  return chosenStatus(answer.code) ?? status ?? answer.status
}

/** Transient by their nature: too many connections, shutdown, cancelled statement, no database behind the API. */
const TRANSIENT_CODES = new Set(['53300', '57014', '57P01', '57P03', 'PGRST000', 'PGRST001', 'PGRST003'])
const OUTDATED_SCHEMA_CODES = new Set(['42P01', '42703', '42883', 'PGRST200', 'PGRST202', 'PGRST204', 'PGRST205'])

function classify(answer: Answer, status: number | undefined): Omit<PaydErrorDetails, 'cause'> {
  const { code: sqlState = '', hint } = answer
  const retryable = TRANSIENT_CODES.has(sqlState) || [408, 429, 502, 503, 504].includes(status ?? 0)

  if (OUTDATED_SCHEMA_CODES.has(sqlState)) {
    const advice = 'The database lacks something this version of payd uses. Apply the migrations of the same version.'
    return { kind: 'unexpected', code: 'schema_outdated', hint: advice }
  }
  if (sqlState === 'PGRST301' || sqlState === 'PGRST302') {
    const code = /expired/i.test(answer.message) ? 'session_expired' : 'session_invalid'
    return { kind: 'unauthenticated', code, hint: 'Sign in again.' }
  }
  // .single() found nothing the caller may see, or more than one row.
  if (sqlState === 'PGRST116') {
    return { kind: 'not_found', code: 'not_found', hint: 'Check the id, and that it belongs to your organization.' }
  }
  if (wasRolledBack(sqlState)) {
    const advice = 'Nothing was changed. Try again in a moment.'
    return { kind: 'conflict', code: 'transaction_rolled_back', hint: advice, retryable: true }
  }
  const kind = kindOf(sqlState, status)
  return { kind, code: reasonOf(answer, sqlState) ?? kind, hint, retryable }
}

function kindOf(sqlState: string, status: number | undefined): PaydErrorKind {
  if (status === 401) return 'unauthenticated'
  if (status === 403 || sqlState === '42501') return 'permission_denied'
  if (status === 404) return 'not_found'
  if (status === 409 || sqlState === '23505' || sqlState === '23503') return 'conflict'
  if (status === 429) return 'rate_limited'
  if (status !== undefined && status >= 400 && status < 500) return 'validation_failed'
  return 'unexpected'
}

function reasonOf(answer: Answer, sqlState: string): string | undefined {
  const refusal = refusalOf(answer)
  if (refusal !== null) return refusal.code
  // Constraint names are sentences about the table, so they serve as the reason of a violation.
  if (/^23/.test(sqlState)) return answer.message.match(/constraint "([^"]+)"/)?.[1]
  return sqlState === '57014' ? 'statement_timeout' : undefined
}

/** A refusal of PayD is a sentence already. Whatever else answers, a database or a proxy, does not say what was tried. */
function sentenceOf({ code, message }: Answer, action: string, status: number | undefined): string {
  if (chosenStatus(code) !== null && message !== '') return message
  // The first line of an error page says enough for a person; the whole is in `cause`.
  const line = message.split('\n', 1)[0]?.slice(0, 500) ?? ''
  return line === '' ? `Could not ${action} (HTTP ${status ?? 'unknown'}).` : `Could not ${action}: ${line}`
}
