import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

export const ROOT = resolve(import.meta.dirname, '../..')

/** An archive as the registry gets it. */
export interface Packed {
  readonly archive: string
  readonly version: string
  /** Bytes of the archive, and of what npm unpacks from it. */
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

/** Packs what was built as a release is packed: the package of apps, or that of those who deploy. */
export async function pack(folder: string, name: 'payd' | 'payd-cli' = 'payd'): Promise<Packed> {
  const options = ['--ignore-scripts', '--json', '--pack-destination', folder]
  const place = name === 'payd' ? ROOT : join(ROOT, 'cli')
  const [packed] = JSON.parse(await run(place, 'npm', ['pack', ...options])) as [Packed & { filename: string }]
  return { ...packed, archive: join(folder, packed.filename) }
}

/** Unpacks an archive as a folder of its own. */
export async function unpack(archive: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  await run(target, 'tar', ['-xzf', archive, '--strip-components=1'])
}

/** A folder of an app that has the packed package, and what the package needs from the checkout. No registry is asked. */
export async function unpackedApp(): Promise<{ readonly folder: string; readonly packed: Packed }> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-package-'))
  const packed = await pack(folder)
  await unpack(packed.archive, join(folder, 'node_modules/payd'))
  for (const name of ['zod', '@supabase', '@tanstack']) {
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  await write(folder, { 'package.json': '{ "name": "app", "private": true, "type": "module" }' })
  return { folder, packed }
}

export async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

/** What a program prints. The error of one that fails carries everything that it printed. */
export async function run(
  folder: string,
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 }
  try {
    return (await promisify(execFile)(command, args, options)).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error })
  }
}

export const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
