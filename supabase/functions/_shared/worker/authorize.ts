import { type Environment, secretKeys } from './settings.ts'

/** The names of the secret keys that may ring a worker. */
const RINGERS = ['cron', 'default']

/**
 * Whether a request carries, in the header `apikey`, a secret key of the project that may ring workers. Digests are compared, all
 * of them and completely, so that neither length nor content of a key shows in the time it takes.
 * Rejects with ConfigurationError when the project's keys are not set.
 */
export function authorizer(environment: Environment): (request: Request) => Promise<boolean> {
  return async (request) => {
    const keys = secretKeys(environment)
    const given = await digest(request.headers.get('apikey') ?? '')
    let isKnown = 0
    for (const name of RINGERS) {
      const key = keys.get(name)
      if (key !== undefined) isKnown |= isEqual(given, await digest(key)) ? 1 : 0
    }
    return isKnown === 1
  }
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0)
  return difference === 0
}
