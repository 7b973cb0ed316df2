import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../supabase/functions/_shared/worker/platform.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a deadline of the platform', () => {
  test('passes after its time, calls back once and fires its signal, whenever that was asked for', () => {
    const deadline = systemClock.deadline(1_000)
    const passed = vi.fn()
    deadline.onPassed(passed)
    const { signal } = deadline
    vi.advanceTimersByTime(998)
    expect([signal.aborted, passed.mock.calls.length]).toEqual([false, 0])
    vi.advanceTimersByTime(2)
    expect([signal.aborted, passed.mock.calls.length]).toEqual([true, 1])

    const late = vi.fn()
    deadline.onPassed(late)
    expect(late).toHaveBeenCalledOnce()
    const other = systemClock.deadline(10)
    vi.advanceTimersByTime(10)
    expect(other.signal.aborted).toBe(true)
  })

  test('never passes once it is cleared, and leaves no timer behind', () => {
    const deadline = systemClock.deadline(1_000)
    const passed = vi.fn()
    deadline.onPassed(passed)
    deadline.clear()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(5_000)
    expect([deadline.signal.aborted, passed.mock.calls.length]).toEqual([false, 0])
  })

  test('shares one timer with all others of its length, and each passes at its own time', () => {
    const passed: number[] = []
    const deadlines = [0, 1, 2, 3].map((number) => {
      const deadline = systemClock.deadline(1_000)
      deadline.onPassed(() => passed.push(number))
      vi.advanceTimersByTime(100)
      return deadline
    })
    expect(vi.getTimerCount()).toBe(1)
    deadlines[1]?.clear()
    vi.advanceTimersByTime(600)
    expect(passed).toEqual([0])
    vi.advanceTimersByTime(200)
    expect(passed).toEqual([0, 2])
    vi.advanceTimersByTime(100)
    expect(passed).toEqual([0, 2, 3])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that is made while others of its length pass, or after all of them were cleared, passes as well', () => {
    const passed: string[] = []
    const first = systemClock.deadline(1_000)
    const second = systemClock.deadline(1_000)
    first.onPassed(() => {
      second.clear()
      systemClock.deadline(1_000).onPassed(() => passed.push('made while the first passed'))
    })
    second.onPassed(() => passed.push('cleared'))
    vi.advanceTimersByTime(1_000)
    vi.advanceTimersByTime(1_000)
    systemClock.deadline(1_000).clear()
    systemClock.deadline(1_000).onPassed(() => passed.push('made after one was cleared'))
    vi.advanceTimersByTime(1_000)
    expect(passed).toEqual(['made while the first passed', 'made after one was cleared'])
  })
})
