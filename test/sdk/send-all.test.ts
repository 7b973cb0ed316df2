import { describe, expect, test } from 'vitest'
import type { Query } from '../../src/core/client.ts'
import { sendAll } from '../../src/core/send-all.ts'

describe('all rows of a function', () => {
  test.each([100, 250, 1_000])('come although the data API answers at most %i of them', async (maxRows) => {
    const { ask, asked } = aFunctionOf(2_345, maxRows)
    const rows = await sendAll<{ id: number }>(ask, ['id'], { action: 'read rows', options: {} })
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 2_345 }, (_, id) => id))
    expect(asked.every(({ order }) => order === 'id')).toBe(true)
  })

  test('take one request where they are few', async () => {
    const { ask, asked } = aFunctionOf(99, 1_000)
    expect(await sendAll(ask, ['id'], { action: 'read rows', options: {} })).toHaveLength(99)
    expect(asked).toHaveLength(1)
  })

  test.each([
    [50, 1],
    [500, 2],
  ])('end where %i of them were wanted, after %i requests', async (most, requests) => {
    const { ask, asked } = aFunctionOf(2_345, 250)
    const rows = await sendAll<{ id: number }>(ask, ['id'], { action: 'read rows', options: {} }, most)
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: most }, (_, id) => id))
    expect(asked).toHaveLength(requests)
  })
})

/** A function with so many rows behind a data API that answers only the first ones of what it is asked for. */
function aFunctionOf(count: number, maxRows: number) {
  const all = Array.from({ length: count }, (_, id) => ({ id }))
  const asked: { order: string; from: number }[] = []
  const ask = (): Query => {
    const about = { order: '', from: 0 }
    asked.push(about)
    const query = {
      order: (column: string) => {
        about.order = column
        return query
      },
      range: (from: number, to: number) => {
        about.from = from
        const data = all.slice(from, Math.min(to + 1, from + maxRows))
        return Promise.resolve({ data, error: null, status: 200 })
      },
    }
    return query as unknown as Query
  }
  return { ask, asked }
}
