import type { IncomingHttpHeaders } from 'node:http'
import { signJwt } from './jwt.ts'
import type { StackKeys } from './keys.ts'

const TOKEN_LIFE_SECONDS = 300
const RENEW_BEFORE_MS = 60_000

/** Why a request may not pass, in the words and the form of an API error. */
export type Refusal = {
  readonly status: 401
  readonly body: { readonly code: string; readonly message: string; readonly hint: string }
}

/** Decides whether a request with these headers may pass. */
export type Doorkeeper = (headers: IncomingHttpHeaders) => Admission | Refusal

/** A request that may pass, with the Authorization header the service shall see. */
export type Admission = { readonly authorization: string }

/**
 * Decides on the API key of a request to the data API or the auth service, as the gateway of a Supabase project does:
 * the key in `apikey` must be a known one, and stands in for a missing Authorization with the rights of its role. The
 * token of a signed-in person in Authorization is passed on; the service checks it.
 */
export function createDoorkeeper(keys: StackKeys): Doorkeeper {
  const roles = new Map([
    [keys.publishable, roleTokens(keys.jwtSecret, 'anon')],
    [keys.secret, roleTokens(keys.jwtSecret, 'service_role')],
    [keys.cron, roleTokens(keys.jwtSecret, 'service_role')],
  ])
  return (headers) => {
    const key = single(headers.apikey)
    if (key === undefined) {
      return refuse(
        'missing_api_key',
        'The request has no API key.',
        'Send the publishable or a secret key in the header "apikey".',
      )
    }
    const token = roles.get(key)
    if (!token) {
      return refuse(
        'invalid_api_key',
        'The API key is not one of this project.',
        'Use a key that "npm start" prints. A new data folder has new keys.',
      )
    }
    const bearer = /^bearer\s+(.*)$/i.exec(headers.authorization ?? '')?.[1]?.trim()
    if (headers.authorization === undefined || bearer === key) return { authorization: `Bearer ${token()}` }
    if (bearer?.startsWith('sb_')) {
      return refuse(
        'api_key_mismatch',
        'Authorization carries another API key than the header "apikey".',
        'Send the same key in both, or the token of a signed-in person in Authorization.',
      )
    }
    return { authorization: headers.authorization }
  }
}

/** Tokens of one role that live shortly; one is used until a minute before its end. */
function roleTokens(jwtSecret: string, role: string): () => string {
  let token = ''
  let renewAt = 0
  return () => {
    if (Date.now() >= renewAt) {
      token = signJwt(jwtSecret, { role }, { expiresInSeconds: TOKEN_LIFE_SECONDS })
      renewAt = Date.now() + TOKEN_LIFE_SECONDS * 1000 - RENEW_BEFORE_MS
    }
    return token
  }
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

const refuse = (code: string, message: string, hint: string): Refusal => ({
  status: 401,
  body: { code, message, hint },
})
