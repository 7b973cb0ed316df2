import type { Clock, Fetch, Random } from './ports.ts'

/** The clock of the platform. */
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
