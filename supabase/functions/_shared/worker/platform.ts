import type { Clock, Deadline, Fetch, Random } from './ports.ts'

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

/** Deadlines of one length: they pass in the order in which they were made, so one timer of the platform serves all of them. */
type Line = { readonly ms: number; readonly waiting: Set<SystemDeadline>; timer: ReturnType<typeof setTimeout> }

const lines = new Map<number, Line>()

/** A deadline of the platform's clock. Thousands of the same length, most of which are cleared, cost next to nothing. */
function systemDeadline(ms: number): Deadline {
  let line = lines.get(ms)
  if (line === undefined) {
    const made: Line = { ms, waiting: new Set(), timer: setTimeout(() => passThoseDue(made), ms) }
    lines.set(ms, made)
    line = made
  }
  const deadline = new SystemDeadline(line)
  line.waiting.add(deadline)
  return deadline
}

class SystemDeadline implements Deadline {
  readonly passesAtMs: number
  readonly #line: Line
  #hasPassed = false
  #controller: AbortController | null = null
  #callbacks: (() => void)[] | null = null

  constructor(line: Line) {
    this.passesAtMs = performance.now() + line.ms
    this.#line = line
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController()
      if (this.#hasPassed) this.#controller.abort()
    }
    return this.#controller.signal
  }

  onPassed(callback: () => void): void {
    if (this.#hasPassed) callback()
    else if (this.#callbacks === null) this.#callbacks = [callback]
    else this.#callbacks.push(callback)
  }

  pass(): void {
    this.#hasPassed = true
    this.#controller?.abort()
    for (const callback of this.#callbacks ?? []) callback()
  }

  clear(): void {
    this.#callbacks = null
    const line = this.#line
    if (!line.waiting.delete(this) || line.waiting.size > 0) return
    clearTimeout(line.timer)
    lines.delete(line.ms)
  }
}

function passThoseDue(line: Line): void {
  // A timer may fire a little early.
  const nowMs = performance.now() + 1
  const due: SystemDeadline[] = []
  let next: SystemDeadline | undefined
  for (const deadline of line.waiting) {
    if (deadline.passesAtMs > nowMs) {
      next = deadline
      break
    }
    line.waiting.delete(deadline)
    due.push(deadline)
  }
  if (next === undefined) lines.delete(line.ms)
  else line.timer = setTimeout(() => passThoseDue(line), Math.ceil(next.passesAtMs - nowMs))
  for (const deadline of due) deadline.pass()
}
