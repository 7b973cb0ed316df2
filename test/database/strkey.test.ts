import { StrKey } from '@stellar/stellar-sdk'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from './support/world.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const kinds = [
  {
    kind: 'G',
    bytes: 32,
    encode: (key: Buffer) => StrKey.encodeEd25519PublicKey(key),
    isValid: (text: string) => StrKey.isValidEd25519PublicKey(text),
  },
  {
    kind: 'S',
    bytes: 32,
    encode: (key: Buffer) => StrKey.encodeEd25519SecretSeed(key),
    isValid: (text: string) => StrKey.isValidEd25519SecretSeed(text),
  },
  {
    kind: 'C',
    bytes: 32,
    encode: (key: Buffer) => StrKey.encodeContract(key),
    isValid: (text: string) => StrKey.isValidContract(text),
  },
  {
    kind: 'M',
    bytes: 40,
    encode: (key: Buffer) => StrKey.encodeMed25519PublicKey(key),
    isValid: (text: string) => StrKey.isValidMed25519PublicKey(text),
  },
]

for (const { kind, bytes, encode, isValid } of kinds) {
  test(`the database and the Stellar SDK agree on every ${kind} address, right or damaged`, async () => {
    const key = fc.uint8Array({ minLength: bytes, maxLength: bytes })
    const damage = fc.array(fc.tuple(fc.nat({ max: 68 }), fc.nat({ max: 31 })), { maxLength: 3 })
    const addresses = fc.sample(fc.tuple(key, damage), { numRuns: 1500, seed: 1 }).map(([raw, changes]) => {
      const letters = [...encode(Buffer.from(raw))]
      for (const [place, letter] of changes) letters[place % letters.length] = ALPHABET[letter] ?? 'A'
      return letters.join('')
    })
    const judged = await world.sql<{ address: string; valid: boolean }[]>`
      select address, private.is_strkey(address, ${kind}) as valid from unnest(${addresses}::text[]) as address`
    expect(judged.filter(({ address, valid }) => valid !== isValid(address))).toEqual([])
    expect(judged.filter(({ valid }) => valid).length).toBeGreaterThan(100)
    expect(judged.filter(({ valid }) => !valid).length).toBeGreaterThan(100)
  })
}

test('a secret key is found in any text around it', async () => {
  const texts = fc
    .sample(fc.tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string({ unit: 'grapheme' }), fc.string()), {
      numRuns: 300,
      seed: 2,
    })
    .map(([raw, before, after]) =>
      `${before}${StrKey.encodeEd25519SecretSeed(Buffer.from(raw))}${after}`.replaceAll('\0', ''),
    )
  const missed =
    await world.sql`select text from unnest(${texts}::text[]) as text where not private.holds_secret_key(text)`
  expect(missed).toEqual([])
})
