import { holdsSecretKey } from '../contract/secret-key.ts'
import { DatabaseError } from './database-error.ts'

/** What a log line says about something that was thrown: codes for errors of PayD, else only its kind and sentence. */
export function failureFields(error: unknown): Readonly<Record<string, string | number>> {
  if (error instanceof DatabaseError) {
    return {
      error: error.name,
      errorCode: error.code,
      errorStatus: error.status,
      message: withoutSecrets(error.message),
    }
  }
  if (error instanceof Error) return { error: error.name, message: withoutSecrets(error.message) }
  return { error: typeof error }
}

/**
 * A text as it may be logged or answered: at most 300 characters and without anything that looks like a Stellar secret key, an
 * API key, a webhook secret or a token, wherever it came from.
 */
export function withoutSecrets(text: string): string {
  // What is not shown needs no look.
  const shown = text
    .slice(0, LOOKED_AT)
    .replace(/(?<![A-Z2-7])S[A-Z2-7]{55}(?![A-Z2-7])/g, '[secret]')
    .replace(/\b(?:sb_secret_|whsec_|whsk_)[A-Za-z0-9+/=_-]+/g, '[secret]')
    .replace(/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, '[secret]')
  return holdsSecretKey(shown) ? '[secret]' : shown.slice(0, SHOWN)
}

const SHOWN = 300
const LOOKED_AT = 2_000
