import { systemDeadline } from './deadline.ts'
import type { Clock, Fetch, Random } from './ports.ts'

/** The clock of the platform. */
export const systemClock: Clock = { now: () => Date.now(), deadline: systemDeadline }

export const systemFetch: Fetch = (url, init) => fetch(url, init)

export const systemRandom: Random = () => Math.random()

declare const EdgeRuntime: { waitUntil(work: Promise<unknown>): void } | undefined

/**
 * Whether the platform lets work go on after the answer: Supabase does, so that the caller need not wait. What the work
 * rejects with was logged by the worker.
 */
export function goOnAfterAnswer(work: Promise<unknown>): boolean {
  if (typeof EdgeRuntime === 'undefined') return false
  EdgeRuntime.waitUntil(work.catch(() => undefined))
  return true
}

/** Calls back when the platform is about to end this worker. */
export function beforeEnd(callback: () => void): void {
  addEventListener('beforeunload', callback)
}
