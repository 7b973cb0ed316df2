import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { plainEnvironment } from '../lib/plain-environment.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** TypeScript or JSON as the formatter of the house writes it, so that generated files look like the others and stay as they are. */
export async function formatted(text: string, name = 'generated.ts'): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payd-format-'))
  try {
    const file = path.join(folder, name)
    await writeFile(file, text)
    const biome = path.join(ROOT, 'node_modules/.bin/biome')
    const args = ['format', '--write', `--config-path=${ROOT}`, '--vcs-enabled=false', file]
    await promisify(execFile)(biome, args, { env: plainEnvironment() })
    return await readFile(file, 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}
