import { describe, expect, test } from 'vitest'
import { repeatRolledBack } from '../../supabase/functions/_shared/core/repeat-rolled-back.ts'
import { testClock } from './support/clock.ts'

/** A clock whose deadlines fire at once, and that remembers how long they were. */
function hurriedClock() {
  const pausesMs: number[] = []
  const clock = testClock()
  return {
    pausesMs,
    clock: {
      ...clock,
      deadline: (ms: number) => {
        pausesMs.push(ms)
        return { signal: AbortSignal.abort(), clear: () => undefined }
      },
    },
  }
}

function answering(...codes: readonly (string | null)[]) {
  let calls = 0
  return { calls: () => calls, call: async () => ({ code: codes[calls++] ?? null }) }
}

const codeOf = ({ code }: { readonly code: string | null }) => code

describe('a call that the database rolled back', () => {
  test('is repeated until it is done, with pauses that double and are spread over their second half', async () => {
    for (const [random, expected] of [
      [0, [25, 50, 100]],
      [0.5, [38, 75, 150]],
      [0.999, [50, 100, 200]],
    ] as const) {
      const { clock, pausesMs } = hurriedClock()
      const { call, calls } = answering('40P01', '40001', '55P03', null)
      const ports = { clock, random: () => random, signal: new AbortController().signal }
      expect(await repeatRolledBack(ports, call, codeOf)).toEqual({ code: null })
      expect(calls()).toBe(4)
      expect(pausesMs).toEqual(expected)
    }
  })

  test('is given up after five attempts with what was answered last', async () => {
    const { clock } = hurriedClock()
    const { call, calls } = answering('40P01', '40P01', '40P01', '40P01', '40001', null)
    const ports = { clock, random: Math.random, signal: new AbortController().signal }
    expect(await repeatRolledBack(ports, call, codeOf)).toEqual({ code: '40001' })
    expect(calls()).toBe(5)
  })

  test('is not repeated after the deadline of the call, also when that passes in a pause', async () => {
    const controller = new AbortController()
    const clock = testClock()
    const { call, calls } = answering('40P01', '40P01')
    const waiting = repeatRolledBack({ clock, random: () => 0, signal: controller.signal }, call, codeOf)
    controller.abort()
    expect(await waiting).toEqual({ code: '40P01' })
    expect(calls()).toBe(1)
    expect(clock.openDeadlines()).toBe(0)
  })

  test.each(['57014', 'PT409', '23505', null])('is told apart from %s, which is answered at once', async (code) => {
    const { clock, pausesMs } = hurriedClock()
    const { call, calls } = answering(code, null)
    await repeatRolledBack({ clock, random: Math.random, signal: new AbortController().signal }, call, codeOf)
    expect({ calls: calls(), pausesMs }).toEqual({ calls: 1, pausesMs: [] })
  })
})
