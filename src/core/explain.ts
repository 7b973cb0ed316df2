import { chosenStatus, refusalOf } from '../../supabase/functions/_shared/contract/errors.ts'
import { wasRolledBack } from '../../supabase/functions/_shared/contract/rolled-back.ts'
import { PaydError, type PaydErrorDetails, type PaydErrorKind } from './error.ts'
import type { PaydErrorCode } from './error-codes.ts'
import { isPaydError } from './is-payd-error.ts'

/** What `toPaydError` cannot read from the failure itself. */
export interface ErrorContext {
  /** What the call was about to do, as it reads after "could not": `submit payroll run 7`. */
  readonly action?: string | undefined
  /** HTTP status of the answer; 0 when there was none. */
  readonly status?: number | undefined
  /** The headers of the answer, where they are known. */
  readonly headers?: { get(name: string): string | null } | undefined
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
  // PTnnn is how PayD's SQL chooses the HTTP status; it holds even where a proxy changed the status line.
  const status = chosenStatus(answer.code) ?? context.status
  const about = { status: status || undefined, sqlState: answer.code, cause: failure, ...readHeaders(context.headers) }
  const refusal = refusalOf(answer)
  if (refusal !== null) {
    const { message, code, hint } = refusal
    return new PaydError(message, { ...about, kind: kindOf(refusal.status), code, hint: hint ?? undefined })
  }
  const { says, hint, ...rest } = status === 0 ? OFFLINE : explain(answer, status, failure instanceof TypeError)
  return new PaydError(`Could not ${action}: ${says}.`, { ...about, ...rest, hint })
}

interface Answer {
  readonly name: string | undefined
  readonly message: string
  readonly code: string | undefined
  readonly details: string | undefined
  readonly hint: string | undefined
}

function readAnswer(failure: unknown): Answer {
  const fields: Record<string, unknown> =
    typeof failure === 'object' && failure !== null
      ? (failure as Record<string, unknown>)
      : { message: String(failure) }
  const text = (name: string): string | undefined => {
    const value = fields[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const { code, details, hint } = { code: text('code'), details: text('details'), hint: text('hint') }
  return { name: text('name'), message: text('message') ?? '', code, details, hint }
}

function readHeaders(headers: ErrorContext['headers']): Pick<PaydErrorDetails, 'retryAfter' | 'requestId'> {
  const wait = headers?.get('retry-after')?.trim()
  const seconds = wait && (/^\d{1,9}$/.test(wait) ? Number(wait) : Math.ceil((Date.parse(wait) - Date.now()) / 1_000))
  const requestId = headers?.get('sb-request-id') ?? headers?.get('x-request-id') ?? headers?.get('cf-ray') ?? undefined
  return { requestId, retryAfter: typeof seconds === 'number' && seconds >= 0 ? seconds : undefined }
}

function abortedError(failure: unknown, action: string, signal: AbortSignal | undefined): PaydError {
  const reason: unknown = signal?.aborted ? signal.reason : failure
  const timedOut = readAnswer(reason).name === 'TimeoutError'
  return new PaydError(timedOut ? `The time to ${action} ran out.` : `The call to ${action} was aborted.`, {
    kind: 'aborted',
    code: timedOut ? 'timed_out' : 'aborted',
    hint: 'It may or may not have been done. Read the current state before repeating it.',
    cause: reason,
  })
}

interface Explanation {
  readonly kind: PaydErrorKind
  readonly code: PaydErrorCode
  /** What is wrong, as it reads after "could not list employees: ". */
  readonly says: string
  readonly hint: string
  readonly retryable?: boolean
}

const OFFLINE: Explanation = {
  kind: 'network',
  code: 'network_error',
  says: 'no answer arrived',
  hint: 'Check the connection and the project URL, then try again.',
  retryable: true,
}

const LATER = 'Try again in a moment.'
const SIGN_IN = 'Sign in again.'
const CHECK_PROJECT = 'Check the URL and the publishable key of the project.'

/** What the codes of PostgreSQL and PostgREST mean to a person. Codes that are not here are explained by their class or the HTTP status. */
const BY_CODE: Readonly<
  Record<string, readonly [PaydErrorKind, PaydErrorCode, says: string, hint: string, retryable?: true]>
> = {
  PGRST116: [
    'not_found',
    'not_found',
    'there is no such record in your organization',
    'Check the id, and that you act in the right organization.',
  ],
  '23502': ['validation_failed', 'missing_value', 'a value is missing', 'Fill in everything that is needed.'],
  '23503': [
    'conflict',
    'in_use',
    'something that it refers to is not there, or is still needed',
    'Load the page again; somebody may have changed it.',
  ],
  '23505': [
    'conflict',
    'already_exists',
    'the same exists already',
    'Change what is there, or use another name, address or date.',
  ],
  '23P01': ['conflict', 'already_exists', 'it overlaps with something that exists already', 'Choose another time.'],
  '22007': ['validation_failed', 'invalid_date', 'a date cannot be read', 'Write days as 2026-12-31.'],
  '22008': ['validation_failed', 'invalid_date', 'a date does not exist', 'Write days as 2026-12-31.'],
  '22021': [
    'validation_failed',
    'invalid_characters',
    'a text holds characters that cannot be stored',
    'Type it again.',
  ],
  '22P05': [
    'validation_failed',
    'invalid_characters',
    'a text holds characters that cannot be stored',
    'Type it again.',
  ],
  '25006': [
    'unexpected',
    'server_failed',
    'the database is read-only at the moment',
    'Its disk may be full; ask the operator.',
  ],
  '57014': [
    'unexpected',
    'statement_timeout',
    'it took longer than the database allows',
    'Ask for less at once, or try again later.',
    true,
  ],
}

function explain(answer: Answer, status: number | undefined, isTypeError: boolean): Explanation {
  const { code = '', message } = answer
  const known = BY_CODE[code]
  if (known !== undefined) {
    const [kind, reason, says, hint, retryable = false] = known
    return { kind, code: reason, says, hint, retryable }
  }
  if (wasRolledBack(code)) {
    const says = 'somebody worked on the same at the same moment, so nothing was changed'
    return { kind: 'conflict', code: 'transaction_rolled_back', says, hint: LATER, retryable: true }
  }
  if (/^(53|57P|PGRST00)/.test(code)) {
    return {
      kind: 'unexpected',
      code: 'too_many_connections',
      says: 'the database is busy or starting',
      hint: LATER,
      retryable: true,
    }
  }
  if (/^(42P01|42703|42883|PGRST20[0-5])$/.test(code)) {
    const hint = 'Apply the migrations of the version of PayD that this app uses.'
    return {
      kind: 'unexpected',
      code: 'schema_outdated',
      says: `the database lacks something this version needs (${message})`,
      hint,
    }
  }
  if (code === '23514') {
    const rule = /constraint "([^"]+)"/.exec(message)?.[1]?.replaceAll('_', ' ')
    const says = rule === undefined ? 'a rule is not kept' : `the rule "${rule}" is not kept`
    return { kind: 'validation_failed', code: 'rule_violated', says, hint: 'Correct the values and try again.' }
  }
  if (/^22|^PGRST10/.test(code)) {
    return {
      kind: 'validation_failed',
      code: 'invalid_value',
      says: 'a value has a form that cannot be read',
      hint: 'Check what was entered.',
    }
  }
  return explainAccess(answer, status) ?? explainStatus(answer, status, isTypeError)
}

function explainAccess({ code = '', message, hint }: Answer, status: number | undefined): Explanation | undefined {
  const kind = 'unauthenticated'
  if (/^PGRST30/.test(code)) {
    if (/expired/i.test(message))
      return { kind, code: 'session_expired', says: 'your session has ended', hint: SIGN_IN }
    if (/not yet|future/i.test(message)) {
      return {
        kind,
        code: 'clock_skew',
        says: 'the clocks of two servers differ by a moment',
        hint: LATER,
        retryable: true,
      }
    }
    return { kind, code: 'session_invalid', says: 'your session is not valid here', hint: SIGN_IN }
  }
  if (/api.?key/i.test(`${code} ${message}`)) {
    return {
      kind,
      code: 'invalid_api_key',
      says: 'the key of the project is missing or wrong',
      hint: hint ?? CHECK_PROJECT,
    }
  }
  if (status === 401)
    return { kind, code: 'not_signed_in', says: 'you are not signed in', hint: 'Sign in, then try again.' }
  if (code === '42501' || status === 403) {
    return {
      kind: 'permission_denied',
      code: 'not_allowed',
      says: 'your role does not allow it',
      hint: 'Ask an admin of your organization.',
    }
  }
  return undefined
}

function explainStatus({ code, message }: Answer, status: number | undefined, isTypeError: boolean): Explanation {
  const kind = 'unexpected'
  if (status === undefined && isTypeError && /fetch|network|load failed/i.test(message)) return OFFLINE
  if (status === 429) {
    return {
      kind: 'rate_limited',
      code: 'rate_limited',
      says: 'there were too many requests',
      hint: LATER,
      retryable: true,
    }
  }
  if (status === 540)
    return {
      kind,
      code: 'project_paused',
      says: 'the project is paused',
      hint: 'Resume it in the dashboard of Supabase.',
    }
  if (status !== undefined && /^(408|425|502|503|504|52\d|530|544|546)$/.test(String(status))) {
    return {
      kind,
      code: 'gateway_failed',
      says: `the server could not answer (HTTP ${status})`,
      hint: LATER,
      retryable: true,
    }
  }
  // postgrest-js puts a body that is no JSON, such as the login page of a network, into the message.
  if (/^\s*</.test(message) || (status !== undefined && status < 400)) {
    const says = `the answer is not one of PayD (HTTP ${status ?? 'unknown'})`
    return {
      kind,
      code: 'unexpected_answer',
      says,
      hint: `Open a web page: a login of the network may be in between. ${CHECK_PROJECT}`,
    }
  }
  // PostgREST answers so when it loses its connection to the database; that is no judgement on the input.
  if (status === 400 && code === undefined && message === '') {
    return {
      kind,
      code: 'connection_lost',
      says: 'the connection to the database was lost',
      hint: LATER,
      retryable: true,
    }
  }
  if (status === 404)
    return { kind, code: 'unexpected_answer', says: 'nothing answers at this address', hint: CHECK_PROJECT }
  if (status !== undefined && status >= 500)
    return {
      kind,
      code: 'server_failed',
      says: `the server failed (HTTP ${status})`,
      hint: `${LATER} If it stays, ask the operator.`,
    }
  const line = message.split('\n', 1)[0]?.slice(0, 300).replace(/\.$/, '') || 'the reason is not known'
  const hint = 'Try again; if it stays, give the operator the details of the error.'
  return { kind: kindOf(status), code: 'unexpected_failure', says: line, hint }
}

function kindOf(status: number | undefined): PaydErrorKind {
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'permission_denied'
  if (status === 404) return 'not_found'
  if (status === 409) return 'conflict'
  if (status === 429) return 'rate_limited'
  return status !== undefined && status >= 400 && status < 500 ? 'validation_failed' : 'unexpected'
}
