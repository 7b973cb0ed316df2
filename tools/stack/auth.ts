import { setTimeout as delay } from 'node:timers/promises'
import type { StackKeys } from './keys.ts'
import { type AuthService, loadLite } from './lite.ts'
import { mailFile } from './mail.ts'

// The database ends right after it, and its connections with that.
const CLOSE_WITHIN_MS = 10_000

/** What GoTrue serves, as far as the package has it. Each path takes an API key unless a link or a redirect leads there. */
const PATHS = new Map<string, 'keyed' | 'open'>([
  ['/health', 'keyed'],
  ['/settings', 'keyed'],
  ['/.well-known/jwks.json', 'open'],
  ['/.well-known/openid-configuration', 'open'],
  ['/signup', 'keyed'],
  ['/token', 'keyed'],
  ['/logout', 'keyed'],
  ['/user', 'keyed'],
  ['/recover', 'keyed'],
  ['/otp', 'keyed'],
  ['/magiclink', 'keyed'],
  ['/resend', 'keyed'],
  ['/reauthenticate', 'keyed'],
  ['/verify', 'open'],
  ['/authorize', 'open'],
  ['/callback', 'open'],
])

/** Whether the auth service has something at a path below /auth/v1, and whether a request needs an API key there. */
export const authPath = (path: string): 'keyed' | 'open' | undefined => PATHS.get(path)

/** The running auth service; it lives in this process. */
export type Auth = Pick<AuthService, 'fetch' | 'close'>

/**
 * Opens the auth service (GoTrue's API under /auth/v1: sign-up with automatic confirmation, password sign-in, refresh,
 * user). `databaseUrl` is of the role postgres; the schema `auth` must exist.
 */
export async function startAuth(options: {
  readonly databaseUrl: string
  /** Links in mails lead here. */
  readonly gatewayUrl: string
  /** Gets the mails that a hosted project would send. */
  readonly mailFile: string
  readonly keys: Pick<StackKeys, 'jwtSecret' | 'publishable' | 'secret'>
}): Promise<Auth> {
  const open = await loadLite()
  const service = open({
    databaseUrl: options.databaseUrl,
    jwtSecret: options.keys.jwtSecret,
    publishableKey: options.keys.publishable,
    secretKey: options.keys.secret,
    mail: mailFile(options.mailFile, options.gatewayUrl),
  })
  const inFlight = new Set<Promise<unknown>>()
  return {
    fetch: async (request) => {
      const answer = service.fetch(request)
      inFlight.add(answer)
      return answer.finally(() => inFlight.delete(answer))
    },
    // The service keeps opening connections for requests that have begun, and its close then waits for those without end.
    close: async () => {
      const deadline = new AbortController()
      const late = delay(CLOSE_WITHIN_MS, undefined, { signal: deadline.signal }).catch(() => undefined)
      await Promise.race([Promise.allSettled(inFlight).then(() => service.close()), late])
      deadline.abort()
    },
  }
}
