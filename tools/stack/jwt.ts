import { createHmac, timingSafeEqual } from 'node:crypto'

/** Claims of a token; `role` chooses the database role. */
export type JwtClaims = Readonly<Record<string, unknown>> & { readonly role?: string; readonly sub?: string }

/** A token signed with HS256, as the auth service of the stack signs its own. Default life: one hour. */
export function signJwt(
  secret: string,
  claims: JwtClaims,
  options: { readonly expiresInSeconds?: number } = {},
): string {
  const issuedAt = Math.floor(Date.now() / 1000)
  const payload = { iat: issuedAt, exp: issuedAt + (options.expiresInSeconds ?? 3600), ...claims }
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The claims of a token that this secret signed, or why it is none that counts now. */
export function verifyJwt(secret: string, token: string): JwtClaims | 'malformed' | 'invalid' | 'expired' {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest()
  const given = Buffer.from(signature, 'base64url')
  try {
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString())
    const claims: JwtClaims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (alg !== 'HS256' || given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid'
    return typeof claims.exp === 'number' && claims.exp > Date.now() / 1000 ? claims : 'expired'
  } catch {
    return 'malformed'
  }
}
