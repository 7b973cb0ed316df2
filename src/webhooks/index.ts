/** What receives webhooks needs, and nothing else: no supabase-js. */
export { PaydError, type PaydErrorKind } from '../core/error.ts'
export type { PaydErrorCode } from '../core/error-codes.ts'
export { isPaydError } from '../core/is-payd-error.ts'
export * from './verify-webhook.ts'
