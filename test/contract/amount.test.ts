import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AmountError,
  addAmounts,
  compareAmounts,
  formatAmount,
  isAmount,
  MAX_AMOUNT,
  parseAmount,
} from '../../supabase/functions/_shared/contract/amount.ts'

const anyStroops = fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n })

describe('amounts', () => {
  test('every number of stroops survives being written and read', () => {
    fc.assert(fc.property(anyStroops, (stroops) => parseAmount(formatAmount(stroops)) === stroops))
  })

  test('are written with exactly seven decimals, as the database writes them', () => {
    expect(formatAmount(0n)).toBe('0.0000000')
    expect(formatAmount(1n)).toBe('0.0000001')
    expect(formatAmount(42_000_000_000n)).toBe('4200.0000000')
    expect(formatAmount(9_223_372_036_854_775_807n)).toBe(MAX_AMOUNT)
  })

  test.each([
    ['0', 0n],
    ['4200', 42_000_000_000n],
    ['4200.5', 42_005_000_000n],
    ['0.0000001', 1n],
    [MAX_AMOUNT, 9_223_372_036_854_775_807n],
  ])('%s is read', (text, stroops) => {
    expect(parseAmount(text)).toBe(stroops)
    expect(isAmount(text)).toBe(true)
  })

  test.each([
    ['', 'invalid_amount'],
    [' 1', 'invalid_amount'],
    ['1 ', 'invalid_amount'],
    ['1\n', 'invalid_amount'],
    ['NaN', 'invalid_amount'],
    ['Infinity', 'invalid_amount'],
    ['1e3', 'invalid_amount'],
    ['0x10', 'invalid_amount'],
    ['+1', 'invalid_amount'],
    ['-1', 'amount_not_positive'],
    ['-0.5', 'amount_not_positive'],
    ['1,000', 'invalid_amount'],
    ['1_000', 'invalid_amount'],
    ['01.50', 'invalid_amount'],
    ['.5', 'invalid_amount'],
    ['5.', 'invalid_amount'],
    ['1.2.3', 'invalid_amount'],
    ['٤٢', 'invalid_amount'],
    ['1.00000000', 'too_many_decimals'],
    ['0.00000004', 'too_many_decimals'],
    ['922337203685.4775808', 'amount_too_large'],
    ['1000000000000', 'amount_too_large'],
    ['9'.repeat(100_000), 'amount_too_large'],
  ])('%s is refused with a code and a hint', (text, code) => {
    expect(isAmount(text)).toBe(false)
    const error = errorOf(() => parseAmount(text))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(/\.$/)
    expect(error.hint).toMatch(/\.$/)
  })

  test('numbers, bigints and nothing are not amounts', () => {
    for (const value of [1, 1n, null, undefined, {}, ['1']]) expect(isAmount(value)).toBe(false)
  })

  test('a secret that was pasted as an amount is not repeated', () => {
    const secret = `S${'A'.repeat(55)}`
    expect(errorOf(() => parseAmount(secret)).message).not.toContain('SAAA')
  })

  test('below zero and above int64 nothing is written', () => {
    expect(errorOf(() => formatAmount(-1n)).code).toBe('amount_not_positive')
    expect(errorOf(() => formatAmount(9_223_372_036_854_775_808n)).code).toBe('amount_too_large')
  })

  test('sums are exact, whatever the order', () => {
    const few = fc.array(fc.bigInt({ min: 0n, max: 900_000_000_000_000_000n }), { maxLength: 10 })
    fc.assert(
      fc.property(few, (list) => {
        const sum = list.reduce((left, right) => left + right, 0n)
        expect(addAmounts(...list.map(formatAmount))).toBe(formatAmount(sum))
        expect(addAmounts(...list.toReversed().map(formatAmount))).toBe(formatAmount(sum))
      }),
    )
    expect(addAmounts('0.1', '0.2')).toBe('0.3000000')
    expect(errorOf(() => addAmounts(MAX_AMOUNT, '0.0000001')).code).toBe('amount_too_large')
  })

  test('are compared by value, not by text', () => {
    fc.assert(
      fc.property(anyStroops, anyStroops, (left, right) => {
        const expected = left < right ? -1 : left > right ? 1 : 0
        expect(compareAmounts(formatAmount(left), formatAmount(right))).toBe(expected)
      }),
    )
    expect(compareAmounts('1', '1.0000000')).toBe(0)
    expect(compareAmounts('9', '10')).toBe(-1)
  })
})

function errorOf(action: () => unknown): AmountError {
  try {
    action()
  } catch (error) {
    if (error instanceof AmountError) return error
    throw error
  }
  throw new Error('Nothing was refused.')
}
