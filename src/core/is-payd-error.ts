import type { PaydError } from './error.ts'

/** True for a `PaydError`, also for one thrown by another copy of this package. */
export function isPaydError(error: unknown): error is PaydError {
  return error instanceof Error && error.name === 'PaydError' && 'kind' in error && 'code' in error
}
