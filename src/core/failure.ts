import { isPaydError, PaydError } from './error.ts'
import type { ErrorContext } from './explain.ts'

/**
 * The `PaydError` for a failure. Its sentences are loaded with the first failure, because an app that starts needs none of them. A
 * caller who cannot load them has no connection.
 */
export async function failureOf(failure: unknown, context: ErrorContext): Promise<PaydError> {
  if (isPaydError(failure)) return failure
  try {
    const { toPaydError } = await import('./explain.ts')
    return toPaydError(failure, context)
  } catch {
    return new PaydError(`Could not ${context.action}: no answer arrived.`, {
      kind: 'network',
      code: 'network_error',
      hint: 'Check the connection, then try again.',
      retryable: true,
      cause: failure,
    })
  }
}
