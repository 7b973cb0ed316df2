import type { MovableClock } from './services.ts'

/** A clock that follows another one, and can be moved forward from it. */
export function createMovableClock(base: () => number): MovableClock {
  let ahead = 0
  return {
    now: () => base() + ahead,
    advance(ms) {
      ahead += ms
    },
  }
}
