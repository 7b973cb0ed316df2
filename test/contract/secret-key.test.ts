import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEmployeeId } from '../../src/core/ids.ts'
import { holdsSecretKey } from '../../supabase/functions/_shared/contract/secret-key.ts'
import { withoutSecrets } from '../../supabase/functions/_shared/worker/failure.ts'
import { keypair } from '../support/plans.ts'
import { SECRET_KEY_CASES } from './secret-key-cases.ts'

describe('the rule for secret keys in TypeScript', () => {
  it.each(SECRET_KEY_CASES)('$what', ({ text, holds }) => {
    expect(holdsSecretKey(text)).toBe(holds)
  })

  it('finds every key that the Stellar SDK makes, wherever it stands', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'SABD27'), maxLength: 80 })
    fc.assert(
      fc.property(fc.nat(1_000), letters, letters, (number, before, behind) => {
        expect(holdsSecretKey(before + keypair(number).secret() + behind)).toBe(true)
      }),
    )
  })

  it('keeps every key of the table out of log lines and of the errors of the SDK', () => {
    for (const { text } of SECRET_KEY_CASES.filter(({ holds }) => holds)) {
      const start = 'SB2UI2PXSAG4'
      const message = (() => {
        try {
          return String(parseEmployeeId(text))
        } catch (error) {
          return String(error)
        }
      })()
      for (const shown of [withoutSecrets(text), message]) {
        expect(shown.replace(/[^A-Za-z0-9]/g, '').toUpperCase()).not.toContain(start)
      }
    }
  })
})
