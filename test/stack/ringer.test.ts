import { expect, test } from 'vitest'
import { createRinger } from '../../tools/stack/ringer.ts'

/** A ringer whose runs end only when the test says so. */
function heldRinger() {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const ringer = createRinger((name) => {
    begun.push(name)
    return new Promise((resolve) => {
      ends.push(resolve)
    })
  })
  return { ringer, begun, endFirst: () => ends.shift()?.() }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('any number of rings during a run become one more run', async () => {
  const { ringer, begun, endFirst } = heldRinger()
  const rings = [ringer.ring('a'), ringer.ring('a'), ringer.ring('a'), ringer.ring('a')]
  expect(begun).toEqual(['a'])
  endFirst()
  await turn()
  expect(begun).toEqual(['a', 'a'])
  endFirst()
  await Promise.all(rings)
  expect(begun).toEqual(['a', 'a'])
})

test('a ring is over only after a run that began later than the ring', async () => {
  const { ringer, endFirst } = heldRinger()
  void ringer.ring('a')
  let isOver = false
  const second = ringer.ring('a').then(() => {
    isOver = true
  })
  endFirst()
  await turn()
  expect(isOver).toBe(false)
  endFirst()
  await second
  expect(isOver).toBe(true)
})

test('names do not wait for each other', () => {
  const { ringer, begun } = heldRinger()
  void ringer.ring('a')
  void ringer.ring('b')
  expect(begun).toEqual(['a', 'b'])
})

test('a ring after everything was quiet runs at once', async () => {
  const { ringer, begun, endFirst } = heldRinger()
  const first = ringer.ring('a')
  endFirst()
  await first
  void ringer.ring('a')
  expect(begun).toEqual(['a', 'a'])
})

test('a run that fails does not swallow the ring that waits', async () => {
  let runs = 0
  const ringer = createRinger(async () => {
    runs += 1
    if (runs === 1) throw new Error('first run')
  })
  const [first, second] = await Promise.allSettled([ringer.ring('a'), ringer.ring('a')])
  expect([first?.status, second?.status, runs]).toEqual(['rejected', 'fulfilled', 2])
})

test('it is idle when nothing runs and nothing waits', async () => {
  const { ringer, begun, endFirst } = heldRinger()
  await ringer.idle()
  void ringer.ring('a')
  void ringer.ring('a')
  const idle = ringer.idle()
  endFirst()
  await turn()
  endFirst()
  await idle
  expect(begun).toHaveLength(2)
})

test('after a stop neither new rings nor waiting ones run', async () => {
  const { ringer, begun, endFirst } = heldRinger()
  void ringer.ring('a')
  void ringer.ring('a')
  ringer.stop()
  endFirst()
  await ringer.idle()
  await ringer.ring('b')
  expect(begun).toEqual(['a'])
})
