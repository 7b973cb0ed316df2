import type { Clock } from '../../supabase/functions/_shared/worker/ports.ts'

/** A clock that stands still until the test moves it; deadlines fire exactly when they are passed. */
export type TestClock = Clock & {
  advance(ms: number): void
  /** How many deadlines are neither cleared nor fired. */
  openDeadlines(): number
}

export function testClock(startMs: number = Date.UTC(2026, 10, 20, 12)): TestClock {
  let nowMs = startMs
  const open = new Map<AbortController, number>()
  return {
    now: () => nowMs,
    deadline: (ms) => {
      const controller = new AbortController()
      open.set(controller, nowMs + ms)
      return {
        signal: controller.signal,
        onPassed: (callback) => controller.signal.addEventListener('abort', callback, { once: true }),
        clear: () => open.delete(controller),
      }
    },
    advance: (ms) => {
      nowMs += ms
      for (const [controller, dueAtMs] of open) {
        if (dueAtMs > nowMs) continue
        open.delete(controller)
        controller.abort()
      }
    },
    openDeadlines: () => open.size,
  }
}
