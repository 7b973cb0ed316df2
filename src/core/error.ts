import type { PaydErrorCode } from './error-codes.ts'

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
  readonly code: PaydErrorCode
  /** What the person can do now. */
  readonly hint?: string | undefined
  /** The argument that was wrong, such as `period_start`, for the form that asked for it. */
  readonly field?: string | undefined
  /** SQLSTATE or PostgREST code, when the database or the API answered. */
  readonly sqlState?: string | undefined
  /** HTTP status; absent when no answer arrived. */
  readonly status?: number | undefined
  /** True when the same call may succeed later without any change. */
  readonly retryable?: boolean | undefined
  /** Seconds to wait before the same call, when the server said how many. */
  readonly retryAfter?: number | undefined
  /** What names the request in the logs of the server, when it said so. */
  readonly requestId?: string | undefined
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
  /** What went wrong, as far as an app must tell cases apart. */
  declare readonly kind: PaydErrorKind
  /** Stable snake_case reason. A code of a newer database than this package is passed on as it is. */
  declare readonly code: PaydErrorCode
  /** What the person can do now. */
  declare readonly hint: string | undefined
  /** The argument that was wrong, for the form that asked for it. */
  declare readonly field: string | undefined
  /** SQLSTATE or PostgREST code, when the database or the API answered. */
  declare readonly sqlState: string | undefined
  /** HTTP status; absent when no answer arrived. */
  declare readonly status: number | undefined
  /** True when the same call may succeed later without any change. */
  declare readonly retryable: boolean
  /** Seconds to wait before the same call, when the server said how many. */
  declare readonly retryAfter: number | undefined
  /** What names the request in the logs of the server, when it said so. */
  declare readonly requestId: string | undefined

  constructor(message: string, details: PaydErrorDetails) {
    super(message, details)
    const { cause: _, ...others } = details
    Object.assign(this, { retryable: false }, others)
  }

  /** A plain object for logs. The cause stays out: it may carry a request with its headers. */
  toJSON(): Record<string, unknown> {
    return { ...(this as object), message: this.message }
  }
}

/** The error for what is refused before anything is sent. */
export function refusal(code: PaydErrorCode, message: string, hint: string, field?: string): PaydError {
  return new PaydError(message, { kind: 'validation_failed', code, hint, field })
}
