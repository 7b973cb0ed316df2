import type { Clock, Fetch, Random, ResolveHost } from '../core/ports.ts'
import type { Environment } from './environment.ts'

/** The part of Deno that is used here, so that Node's type checker can read this file too. */
declare const Deno: {
  readonly env: { get(name: string): string | undefined }
  readonly errors: { readonly NotFound: new () => Error }
  resolveDns(name: string, type: 'A' | 'AAAA', options: { readonly signal: AbortSignal }): Promise<string[]>
}

export const denoEnvironment: Environment = (name) => Deno.env.get(name)

export const systemClock: Clock = {
  now: () => Date.now(),
  deadline: (ms) => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), ms)
    return { signal: controller.signal, clear: () => clearTimeout(timer) }
  },
}

export const systemFetch: Fetch = (url, init) => fetch(url, init)

export const systemRandom: Random = () => Math.random()

/** Both kinds of address. A name may have none of one kind; any other failure means that an answer is missing. */
export const denoResolveHost: ResolveHost = async (hostname, signal) => {
  const answers = await Promise.all([lookUp(hostname, 'A', signal), lookUp(hostname, 'AAAA', signal)])
  return answers.flat()
}

async function lookUp(hostname: string, type: 'A' | 'AAAA', signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await Deno.resolveDns(hostname, type, { signal })
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return []
    throw error
  }
}
