import { expect, test } from 'vitest'
import { SIZES, sizeOf } from '../../tools/package/sizes.ts'

test.each(SIZES)('$what loads at most $limit bytes at once, and $later when they are needed', async (size) => {
  const { atOnce, later } = await sizeOf(size)
  expect({ atOnce: Math.max(atOnce, size.limit), later: Math.max(later, size.later) }).toEqual({
    atOnce: size.limit,
    later: size.later,
  })
})
