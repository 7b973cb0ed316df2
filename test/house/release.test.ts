import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareVersions, RELEASE } from '../../supabase/functions/_shared/contract/release.ts'

const ROOT = join(import.meta.dirname, '../..')

test('both packages, the functions and the database say the same release', async () => {
  const [version, versionOfCli] = await Promise.all(
    ['package.json', 'cli/package.json'].map(
      async (file) => JSON.parse(await readFile(join(ROOT, file), 'utf8')).version,
    ),
  )
  const migration = await readFile(join(ROOT, 'supabase/migrations/20261125140200_release.sql'), 'utf8')
  expect(RELEASE).toBe(version)
  expect(versionOfCli).toBe(version)
  expect(migration).toContain(`select row('${RELEASE}', `)
})

test.each([
  ['1.10.0', '1.9.9', 1],
  ['0.1.0', '0.1.0', 0],
  ['0.9.12', '1.0.0', -1],
])('%s compares with %s by its numbers', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign)
})
