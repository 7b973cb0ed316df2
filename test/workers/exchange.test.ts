import { describe, expect, test } from 'vitest'
import { mapLimited } from '../../supabase/functions/_shared/stellar/map-limited.ts'
import { DeadlinePassed, exchange, untilAborted } from '../../supabase/functions/_shared/worker/exchange.ts'
import { testClock } from '../support/clock.ts'
import { gate } from '../support/gate.ts'

const REQUEST = { method: 'GET', url: 'http://127.0.0.1/', headers: {}, body: null }

describe('an exchange', () => {
  test('ends at its deadline even if fetch never answers and does not listen to the signal', async () => {
    const clock = testClock()
    const { signal } = clock.deadline(1_000)
    const answer = exchange(() => new Promise<never>(() => undefined), REQUEST, { signal, maxBodyBytes: 10 })
    clock.advance(1_000)
    await expect(answer).rejects.toThrow(DeadlinePassed)
  })

  test('ends at its deadline even if a body goes on for ever and does not listen to the signal, and lets go of it', async () => {
    const clock = testClock()
    const { signal } = clock.deadline(1_000)
    const isReading = gate()
    const isLetGo = gate()
    const body = new ReadableStream<Uint8Array>({
      pull: () => {
        isReading.open()
        return new Promise<never>(() => undefined)
      },
      cancel: () => isLetGo.open(),
    })
    const answer = exchange(async () => new Response(body), REQUEST, { signal, maxBodyBytes: 10 })
    await isReading.opened
    clock.advance(1_000)
    await expect(answer).rejects.toThrow(DeadlinePassed)
    await isLetGo.opened
  })

  test('keeps the error of fetch when there was no deadline', async () => {
    const { signal } = testClock().deadline(1_000)
    const failing = () => Promise.reject(new TypeError('refused'))
    await expect(exchange(failing, REQUEST, { signal, maxBodyBytes: 10 })).rejects.toThrow('refused')
  })

  test.each([
    [9, 'x'.repeat(9), false],
    [10, 'x'.repeat(10), false],
    [11, 'x'.repeat(10), true],
  ])('of a body of %i bytes at most ten are kept, and a cut is told', async (size, body, isBodyCut) => {
    const { signal } = testClock().deadline(1_000)
    const fetch = async () => new Response('x'.repeat(size))
    expect(await exchange(fetch, REQUEST, { signal, maxBodyBytes: 10 })).toMatchObject({ status: 200, body, isBodyCut })
  })

  test('a signal that has fired before lets nothing begin to count', async () => {
    const clock = testClock()
    const { signal } = clock.deadline(0)
    clock.advance(0)
    await expect(untilAborted(Promise.resolve('late'), signal)).rejects.toThrow(DeadlinePassed)
  })
})

describe('work with a limit', () => {
  test('is done for every item once, in order of the items, and never more than the limit at a time', async () => {
    let underWay = 0
    let most = 0
    const results = await mapLimited([5, 1, 4, 2, 3], 2, async (turns) => {
      most = Math.max(most, ++underWay)
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      underWay--
      return turns * 10
    })
    expect(results).toEqual([50, 10, 40, 20, 30])
    expect(most).toBe(2)
    expect(await mapLimited([], 2, () => Promise.reject(new Error('unused')))).toEqual([])
  })
})
