import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attempt, isPaydError, PaydError, parseAmount, toPaydError } from '../../src/index.ts'

/** The body PostgREST sends for `raise sqlstate 'PT409'`. */
const REFUSAL = {
  code: 'PT409',
  message: 'Payroll run 7 is processing, so it can no longer be submitted.',
  details: 'payroll_run_not_draft',
  hint: 'Only drafts can be submitted.',
}

describe('toPaydError', () => {
  it('keeps the code, sentence and hint of a refusal of the database', () => {
    const error = toPaydError(REFUSAL, { status: 409 })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'PaydError',
      kind: 'conflict',
      code: 'payroll_run_not_draft',
      message: REFUSAL.message,
      hint: REFUSAL.hint,
      sqlState: 'PT409',
      status: 409,
      retryable: false,
    })
    expect(error.cause).toBe(REFUSAL)
  })

  it.each([
    ['PT404', 404, 'not_found'],
    ['PT403', 403, 'permission_denied'],
    ['PT401', 401, 'unauthenticated'],
    ['PT422', 422, 'validation_failed'],
    ['PT429', 429, 'rate_limited'],
    ['PT503', 503, 'unexpected'],
  ])('takes the kind from the status in %s, whatever the status line became on the way', (code, status, kind) => {
    expect(toPaydError({ ...REFUSAL, code }, { status: 400 })).toMatchObject({ kind, status })
  })

  it.each([
    [
      { code: '23505', message: 'duplicate key value violates unique constraint "users_email_key"' },
      409,
      'conflict',
      'already_exists',
    ],
    [
      { code: '23514', message: 'new row violates check constraint "period_ends_after_it_starts"' },
      400,
      'validation_failed',
      'rule_violated',
    ],
    [{ code: '42501', message: 'permission denied for table settings' }, 403, 'permission_denied', 'not_allowed'],
    [{ code: '42501', message: 'permission denied for table settings' }, 401, 'unauthenticated', 'not_signed_in'],
    [{ code: 'PGRST301', message: 'JWT expired' }, 401, 'unauthenticated', 'session_expired'],
    [{ code: 'PGRST303', message: 'JWT expired' }, 401, 'unauthenticated', 'session_expired'],
    [{ code: 'PGRST303', message: 'JWT not yet valid' }, 401, 'unauthenticated', 'clock_skew'],
    [{ code: 'PGRST303', message: 'JWT issued at future' }, 401, 'unauthenticated', 'clock_skew'],
    [{ message: 'Invalid API key' }, 401, 'unauthenticated', 'invalid_api_key'],
    [{ code: '23503', message: 'violates foreign key constraint "x"' }, 409, 'conflict', 'in_use'],
    [{ code: '23502', message: 'null value in column "name"' }, 400, 'validation_failed', 'missing_value'],
    [
      { code: '22P02', message: 'invalid input syntax for type bigint: "x"' },
      400,
      'validation_failed',
      'invalid_value',
    ],
    [
      { code: '22008', message: 'Perhaps you need a different "datestyle" setting.' },
      400,
      'validation_failed',
      'invalid_date',
    ],
    [{ message: '<html>Sign in to the Wi-Fi</html>' }, 200, 'unexpected', 'unexpected_answer'],
    [{ message: '<html>502 Bad Gateway</html>' }, 502, 'unexpected', 'gateway_failed'],
    [{ message: '' }, 544, 'unexpected', 'gateway_failed'],
    [{ message: '' }, 400, 'unexpected', 'connection_lost'],
    [{ message: '' }, 429, 'rate_limited', 'rate_limited'],
    [{ message: '' }, 540, 'unexpected', 'project_paused'],
    [{ code: '40001', message: 'could not serialize access' }, 500, 'conflict', 'transaction_rolled_back'],
    [{ code: 'PGRST301', message: 'JWSError JWSInvalidSignature' }, 401, 'unauthenticated', 'session_invalid'],
    [{ code: 'PGRST116', message: 'The result contains 0 rows' }, 406, 'not_found', 'not_found'],
    [{ code: 'PGRST202', message: 'Could not find the function' }, 404, 'unexpected', 'schema_outdated'],
    [{ code: '42703', message: 'column payroll_runs.version does not exist' }, 400, 'unexpected', 'schema_outdated'],
    [
      { code: '57014', message: 'canceling statement due to statement timeout' },
      500,
      'unexpected',
      'statement_timeout',
    ],
  ])('names what %o with status %i means', (body, status, kind, code) => {
    const error = toPaydError(body, { status, action: 'submit it' })
    expect(error).toMatchObject({ kind, code, status })
    expect(error.message).toMatch(/^Could not submit it: [a-z].*\.$/)
    // A clerk reads what it means, never what the machine said.
    expect(error.message).not.toMatch(
      /<|JW[TS]|constraint|syntax|datestyle|permission denied|null value|statement timeout/,
    )
    expect(error.hint).toMatch(/^[A-Z].*\.$/)
  })

  it.each([
    [{ code: '40P01', message: 'deadlock detected' }, 500, true],
    [{ code: 'PGRST001', message: 'Database client error' }, 503, true],
    [{ message: '<html>Bad Gateway</html>' }, 502, true],
    [{ message: 'Too Many Requests' }, 429, true],
    [{ code: 'XX000', message: 'internal error' }, 500, false],
    [REFUSAL, 409, false],
  ])('says of %o with status %i whether the same call may succeed later', (body, status, retryable) => {
    expect(toPaydError(body, { status }).retryable).toBe(retryable)
  })

  it('reports a missing answer as a network error that names the call', () => {
    const error = toPaydError({ message: 'TypeError: fetch failed' }, { status: 0, action: 'submit payroll run 7' })
    expect(error).toMatchObject({ kind: 'network', code: 'network_error', retryable: true })
    expect(error.message).toContain('submit payroll run 7')
  })

  it('tells a caller who stopped waiting from time that ran out', () => {
    const aborted = toPaydError(
      { message: 'AbortError: This operation was aborted' },
      { status: 0, signal: AbortSignal.abort() },
    )
    expect(aborted).toMatchObject({ kind: 'aborted', code: 'aborted', retryable: false })
    const timedOut = toPaydError(new DOMException('The operation timed out', 'TimeoutError'))
    expect(timedOut).toMatchObject({ kind: 'aborted', code: 'timed_out' })
  })

  it('carries the code of a refused amount', () => {
    const thrown = captured(() => parseAmount('1.00000001'))
    expect(toPaydError(thrown)).toMatchObject({ kind: 'validation_failed', code: 'too_many_decimals', cause: thrown })
  })

  it('shows nothing of an error page and keeps the whole as the cause', () => {
    const page = { message: `<html>${'x'.repeat(2_000)}\n</html>` }
    const error = toPaydError(page, { status: 500 })
    expect(error.message.length).toBeLessThan(100)
    expect(error.cause).toBe(page)
  })

  it.each([
    ['7', 7],
    ['0', 0],
    [new Date(Date.now() + 60_000).toUTCString(), expect.closeTo(60, -1)],
    ['soon', undefined],
  ])('reads the header Retry-After %s', (value, seconds) => {
    const headers = new Headers({ 'retry-after': value, 'sb-request-id': 'r-1' })
    const error = toPaydError({ message: '' }, { status: 429, headers })
    expect(error.retryAfter).toEqual(seconds)
    expect(error.requestId).toBe('r-1')
  })

  it('makes a PaydError with a message and the original as cause out of anything', () => {
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.integer({ min: 0, max: 599 }), { nil: undefined }), (failure, status) => {
        const error = toPaydError(failure, { status })
        expect(error.message).not.toBe('')
        expect(error.code).toMatch(/^[a-z]/)
        expect(error.cause).toBe(failure)
      }),
    )
  })

  it('leaves a PaydError as it is', () => {
    const error = new PaydError('No.', { kind: 'conflict', code: 'no' })
    expect(toPaydError(error, { action: 'do it' })).toBe(error)
  })
})

describe('isPaydError', () => {
  it('knows the error of another copy of the package by its name', () => {
    const foreign = Object.assign(new Error('No.'), { name: 'PaydError', kind: 'conflict', code: 'no' })
    expect(isPaydError(foreign)).toBe(true)
    expect(isPaydError(new Error('No.'))).toBe(false)
    expect(isPaydError({ name: 'PaydError', kind: 'conflict', code: 'no' })).toBe(false)
  })
})

describe('attempt', () => {
  it('gives the data of a call that worked, and the error of one that did not', async () => {
    await expect(attempt(Promise.resolve(1))).resolves.toEqual({ data: 1, error: null })
    const { data, error } = await attempt(Promise.reject(REFUSAL))
    expect(data).toBeNull()
    expect(error).toMatchObject({ name: 'PaydError', code: 'payroll_run_not_draft' })
  })
})

describe('a PaydError in a log', () => {
  it('leaves out the cause, which may carry a request with its headers', () => {
    const error = toPaydError({ ...REFUSAL, headers: { authorization: 'Bearer secret' } }, { status: 409 })
    expect(JSON.stringify(error)).not.toContain('secret')
  })
})

function captured(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
