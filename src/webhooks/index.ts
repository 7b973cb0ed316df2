/** What receives webhooks needs, and nothing else: no supabase-js. */
export { isPaydError, PaydError, type PaydErrorKind } from '../core/error.ts'
export type { PaydErrorCode } from '../core/error-codes.ts'
export * from './verify-webhook.ts'
