import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addAmounts, compareAmounts, formatAmount, isAmount, MAX_AMOUNT, parseAmount } from '../../src/index.ts'

const MAX_STROOPS = 2n ** 63n - 1n
const stroops = fc.bigInt({ min: 0n, max: MAX_STROOPS })

describe('the amounts of the SDK', () => {
  it('keep every stroop of every amount', () => {
    fc.assert(fc.property(stroops, (value) => parseAmount(formatAmount(value)) === value))
    expect(parseAmount(MAX_AMOUNT)).toBe(MAX_STROOPS)
  })

  it('add and compare exactly, where numbers would not', () => {
    expect(addAmounts('0.1', '0.2')).toBe('0.3000000')
    expect(addAmounts('922337203685.4775806', '0.0000001')).toBe(MAX_AMOUNT)
    expect(compareAmounts('4200.0000001', '4200')).toBe(1)
    expect(compareAmounts('1.5', '1.5000000')).toBe(0)
    const half = fc.bigInt({ min: 0n, max: MAX_STROOPS / 2n })
    fc.assert(fc.property(half, half, (a, b) => parseAmount(addAmounts(formatAmount(a), formatAmount(b))) === a + b))
  })

  it('refuse what is no exact amount, numbers included', () => {
    for (const value of [
      '',
      '1,5',
      '1e3',
      '-1',
      '+1',
      ' 1',
      '.5',
      '1.',
      'NaN',
      '1.00000001',
      '922337203685.4775808',
      1,
      1n,
      null,
    ]) {
      expect(isAmount(value)).toBe(false)
    }
  })
})
