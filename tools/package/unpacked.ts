import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Packs what lies in dist/ as a release is packed, and says where the archive is. */
export async function pack(folder: string): Promise<string> {
  const options = ['--ignore-scripts', '--json', '--pack-destination', folder]
  const [{ filename }] = JSON.parse(await run(ROOT, 'npm', ['pack', ...options])) as [{ filename: string }]
  return join(folder, filename)
}

/** A folder of an app that has the packed package, and what the package needs from the checkout. No registry is asked. */
export async function unpackedApp(): Promise<{ readonly folder: string; readonly archive: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-package-'))
  const archive = await pack(folder)
  await mkdir(join(folder, 'node_modules'))
  await run(folder, 'tar', ['-xzf', archive])
  await rename(join(folder, 'package'), join(folder, 'node_modules/payd'))
  for (const name of ['zod', '@supabase', '@tanstack']) {
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  await write(folder, { 'package.json': '{ "name": "app", "private": true, "type": "module" }' })
  return { folder, archive }
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
