import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Keypair } from '@stellar/stellar-sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadKeys } from '../../tools/stack/keys.ts'
import { generateStellarKeys } from '../../tools/stack/strkey.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payd-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a generated Stellar key pair is one to the Stellar SDK', () => {
  for (let round = 0; round < 50; round += 1) {
    const { publicKey, secretKey } = generateStellarKeys()
    expect(Keypair.fromSecret(secretKey).publicKey()).toBe(publicKey)
  }
})

test('a data folder keeps its keys', async () => {
  const first = await loadKeys(folder)
  expect(await loadKeys(folder)).toEqual(first)
})

test('two data folders share no key', async () => {
  const [one, two] = [await loadKeys(folder), await loadKeys(mkdtempSync(join(folder, 'other-')))]
  const values = [one, two].flatMap(({ treasury, ...keys }) => [...Object.values(keys), treasury.secretKey])
  expect(new Set(values).size).toBe(values.length)
})

test('only the owner may read the keys', async () => {
  await loadKeys(folder)
  expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600)
})
