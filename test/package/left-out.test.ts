import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '../..')

test('what apps install is the built package: no SQL, no functions, no tests, nothing that a person left', async () => {
  const published = ['dist/index.js', 'dist/types/src/index.d.ts', 'README.md', 'LICENSE']
  const kept = [
    'CHANGELOG.md',
    'cli/dist/bin/payd-cli.js',
    'cli/dist/project/migrations/1_a.sql',
    'src/index.ts',
    'supabase/config.toml',
    'supabase/migrations/1_a.sql',
    'supabase/functions/horizon-sync/index.ts',
    'supabase/.temp/project-ref',
    'supabase/functions/.env',
    'test/sdk/a.test.ts',
    '.env.local',
  ]
  expect(await packed([...published, ...kept])).toEqual(['package.json', ...published].sort())
})

/** What npm would publish of a folder with these files. */
async function packed(files: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-pack-'))
  try {
    await copyFile(join(REPOSITORY, 'package.json'), join(folder, 'package.json'))
    for (const file of files) {
      await mkdir(join(folder, dirname(file)), { recursive: true })
      await writeFile(join(folder, file), 'x')
    }
    // Packing would first run the script that prepares a checkout, which this folder is not.
    const args = ['pack', '--dry-run', '--json', '--offline', '--ignore-scripts']
    const { stdout } = await promisify(execFile)('npm', args, { cwd: folder })
    const [archive] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[]
    return (archive?.files ?? []).map(({ path }) => path).sort()
  } finally {
    await rm(folder, { recursive: true })
  }
}
