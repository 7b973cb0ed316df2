import { createHmac } from 'node:crypto'

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
