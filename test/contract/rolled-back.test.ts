import { describe, expect, test } from 'vitest'
import { repeatRolledBack } from '../../supabase/functions/_shared/contract/rolled-back.ts'

/** Pauses that take no time, and how long they were to be. */
function hurried(random: () => number = Math.random) {
  const pausesMs: number[] = []
  const pause = async (ms: number) => {
    pausesMs.push(ms)
    return true
  }
  return { pausesMs, ports: { random, pause } }
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
      const { ports, pausesMs } = hurried(() => random)
      const { call, calls } = answering('40P01', '40001', '55P03', null)
      expect(await repeatRolledBack(ports, call, codeOf)).toEqual({ code: null })
      expect(calls()).toBe(4)
      expect(pausesMs).toEqual(expected)
    }
  })

  test('is given up after five attempts with what was answered last', async () => {
    const { call, calls } = answering('40P01', '40P01', '40P01', '40P01', '40001', null)
    expect(await repeatRolledBack(hurried().ports, call, codeOf)).toEqual({ code: '40001' })
    expect(calls()).toBe(5)
  })

  test('is not repeated when the pause says that there is no time left', async () => {
    const { call, calls } = answering('40P01', '40P01')
    const ports = { random: () => 0, pause: async () => false }
    expect(await repeatRolledBack(ports, call, codeOf)).toEqual({ code: '40P01' })
    expect(calls()).toBe(1)
  })

  test.each(['57014', 'PT409', '23505', null])('is told apart from %s, which is answered at once', async (code) => {
    const { ports, pausesMs } = hurried()
    const { call, calls } = answering(code, null)
    await repeatRolledBack(ports, call, codeOf)
    expect({ calls: calls(), pausesMs }).toEqual({ calls: 1, pausesMs: [] })
  })
})
