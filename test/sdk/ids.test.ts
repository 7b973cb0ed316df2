import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOrganizationId, parsePayrollRunId, parseWalletId, parseWebhookSubscriptionId } from '../../src/index.ts'

describe('parsing an id', () => {
  it('reads every id a database sequence can give, as text and as number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
        expect(parsePayrollRunId(String(id))).toBe(id)
        expect(parsePayrollRunId(id)).toBe(id)
      }),
    )
  })

  it.each([
    '0',
    '-1',
    '1.0',
    '1e3',
    ' 7',
    '07',
    '',
    '9007199254740993',
    'NaN',
    '7;drop',
    null,
    undefined,
    0,
    -1,
    1.5,
    Number.NaN,
    2 ** 53,
    {},
    [7],
  ])('refuses %o', (input) => {
    expect(() => parsePayrollRunId(input)).toThrow(
      expect.objectContaining({ code: 'invalid_id', kind: 'validation_failed' }),
    )
  })

  it('reads uuids and prefixed ids as they are and refuses the rest', () => {
    expect(parseWalletId('6f9619ff-8b86-4011-b42d-00c04fc964ff')).toBe('6f9619ff-8b86-4011-b42d-00c04fc964ff')
    expect(() => parseWalletId('6f9619ff')).toThrow('is not a wallet id')
    expect(parseWebhookSubscriptionId('whs_0a1b')).toBe('whs_0a1b')
    expect(() => parseWebhookSubscriptionId('7')).toThrow('"7" is not a webhook subscription id.')
  })

  it('says which id was meant', () => {
    expect(() => parseOrganizationId('x')).toThrow('"x" is not an organization id.')
  })

  it.each([
    ['a Stellar secret key', `S${'A'.repeat(55)}`],
    ['a webhook secret', `whsec_${'A'.repeat(32)}`],
  ])('never repeats %s that was pasted into the wrong field', (_, secret) => {
    const refusal = expect.objectContaining({ message: expect.not.stringContaining('AAAA') })
    expect(() => parsePayrollRunId(secret)).toThrow(refusal)
    expect(() => parseWebhookSubscriptionId(secret)).toThrow(refusal)
  })
})
