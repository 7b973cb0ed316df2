import { StrKey } from '@stellar/stellar-sdk'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdsSecretKey } from '../../supabase/functions/_shared/contract/secret-key.ts'
import { SECRET_KEY_CASES } from '../contract/secret-key-cases.ts'
import { createWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

test('the database follows the table of cases, in texts and in documents', async () => {
  const texts = SECRET_KEY_CASES.map(({ text }) => text)
  const found = await world.sql<{ text: boolean; document: boolean }[]>`
    select private.holds_secret_key(given) as text, private.json_holds_secret_key(to_jsonb(given)) as document
    from unnest(${texts}::text[]) with ordinality as cases (given, place) order by place`
  const answers = SECRET_KEY_CASES.map(({ what }, index) => ({ what, ...found[index] }))
  expect(answers).toEqual(SECRET_KEY_CASES.map(({ what, holds }) => ({ what, text: holds, document: holds })))
})

test('the database and TypeScript agree on texts that are nearly keys', async () => {
  const key = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => StrKey.encodeEd25519SecretSeed(Buffer.from(bytes)))
  const letters = fc.string({ unit: fc.constantFrom(...'SABDsa27 \u200b1é'), maxLength: 70 })
  const nearly = fc
    .tuple(letters, key, letters, fc.nat(57), fc.constantFrom('', 'A', ' ', '\u00a0'))
    .map(
      ([before, text, behind, place, inserted]) =>
        before + text.slice(0, place) + inserted + text.slice(place) + behind,
    )
  const texts = fc.sample(nearly, 500)
  const found = await world.sql<{ holds: boolean }[]>`
    select private.holds_secret_key(given) as holds from unnest(${texts}::text[]) with ordinality as cases (given, place) order by place`
  expect(found.map(({ holds }) => holds)).toEqual(texts.map(holdsSecretKey))
})

// The API ends every statement after eight seconds. A scan that is not linear needs minutes for this text.
test('a text of half a megabyte that could begin a key everywhere is scanned within the time that the API gives', async () => {
  await world.sql.begin(async (transaction) => {
    await transaction`set local statement_timeout = '8s'`
    const [row] = await transaction`select private.holds_secret_key(repeat('SA', 262144)) as holds`
    expect(row?.holds).toBe(false)
  })
})
