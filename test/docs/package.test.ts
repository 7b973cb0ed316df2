import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '../..')

test('what a machine or a person left in supabase/ is not published', async () => {
  const published = [
    'src/index.ts',
    'supabase/config.toml',
    'supabase/seed.sql',
    'supabase/functions/horizon-sync/index.ts',
    'supabase/migrations/1_a.sql',
    'supabase/rollbacks/1_a_DOWN.sql',
  ]
  const left = [
    'supabase/.temp/project-ref',
    'supabase/.branches/_current_branch',
    'supabase/.env.local',
    'supabase/functions/.env',
  ]
  expect(await packed([...published, ...left])).toEqual(['package.json', ...published].sort())
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
