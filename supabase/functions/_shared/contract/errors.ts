import type { DATABASE_ERROR_CODES } from './error-codes.ts'

export { DATABASE_ERROR_CODES } from './error-codes.ts'

/** Failures that have no sentence in the database: they arise before, around or instead of an answer from it. */
export const LOCAL_ERROR_CODES = [
  'configuration_invalid',
  'database_outdated',
  'database_refused',
  'database_unreachable',
  'method_not_allowed',
  'secret_key_required',
  'unexpected_error',
] as const

/**
 * Why a payroll run was stopped before anything of it was submitted; stored as `payroll_runs.failure_code`.
 * The cause lies with the paying account or the configuration, so the same run can be retried once it is gone.
 */
export const STOP_CODES = [
  'network_mismatch',
  'op_src_no_trust',
  'op_src_not_authorized',
  'operations_not_payable',
  'sequence_numbers_exhausted',
  'signing_key_missing',
  'signers_weigh_too_little',
  'signing_weight_too_low',
  'source_account_not_found',
  'treasury_short',
] as const

export type DatabaseErrorCode = (typeof DATABASE_ERROR_CODES)[number]
export type LocalErrorCode = (typeof LOCAL_ERROR_CODES)[number]
export type StopCode = (typeof STOP_CODES)[number]
export type ErrorCode = DatabaseErrorCode | LocalErrorCode

/** What every error of PayD says, from the database, a function or the SDK: branch on `code`, show `message` and `hint`. */
export type ErrorShape = {
  /** Stable snake_case code. A code of a newer database than this list is passed on as it is. */
  readonly code: ErrorCode | (string & {})
  /** What is wrong with what, as a sentence. */
  readonly message: string
  /** What to do now, or null when no remedy is known. */
  readonly hint: string | null
  /** The HTTP status of the answer; 0 when there was none. */
  readonly status: number
}

/** The error body of PostgREST as it arrives. */
export type DatabaseErrorBody = {
  readonly code?: string | null | undefined
  readonly message?: string | null | undefined
  readonly details?: string | null | undefined
  readonly hint?: string | null | undefined
}

/** The HTTP status that PayD's SQL chose for a refusal by its SQLSTATE PTnnn, or null for every other error. */
export function chosenStatus(sqlState: string | null | undefined): number | null {
  const status = /^PT([0-9]{3})$/.exec(sqlState ?? '')?.[1]
  return status === undefined ? null : Number(status)
}

/** The refusal in an error of the data API, or null when PayD's SQL did not raise it. */
export function refusalOf(body: DatabaseErrorBody): ErrorShape | null {
  const status = chosenStatus(body.code)
  const code = /^[a-z][a-z0-9_]*$/.exec(body.details ?? '')?.[0]
  if (status === null || code === undefined) return null
  return { code, message: sentenceOf(body), hint: body.hint ?? null, status }
}

/**
 * The shape of an error that came through the data API. Refusals of PayD keep their code, sentence and hint. For every other error
 * `details` is left out, because PostgreSQL quotes stored values there.
 */
export function errorShapeOf(body: DatabaseErrorBody, status: number): ErrorShape {
  const message = sentenceOf(body)
  if (status === 0) {
    return { code: 'database_unreachable', message, hint: 'Try again; nothing is known about this attempt.', status }
  }
  const refusal = refusalOf(body)
  if (refusal !== null) return { ...refusal, status }
  const sqlState = body.code ? ` (${body.code})` : ''
  return { code: 'database_refused', message: `${message}${sqlState}`, hint: body.hint ?? null, status }
}

function sentenceOf(body: DatabaseErrorBody): string {
  return body.message?.trim() || 'The database gave no reason.'
}
