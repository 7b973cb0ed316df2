import { expect, test } from 'vitest'
import { SIZES, sizeOf } from '../../tools/package/sizes.ts'

test.each(SIZES)('$what has at most $limit bytes', async ({ code, limit }) => {
  expect(await sizeOf(code)).toBeLessThanOrEqual(limit)
})
