import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const ROOT = resolve(import.meta.dirname, '../..')
const TYPES = join(ROOT, 'dist/types')

/** Builds what is published into dist/: modules by tsdown, types by tsc. */
await rm(join(ROOT, 'dist'), { recursive: true, force: true })
await Promise.all([run('tsdown', ['--logLevel', 'warn']), run('tsc', ['-p', 'tsconfig.build.json'])])
for (const entry of await readdir(TYPES, { recursive: true, withFileTypes: true })) {
  if (entry.isFile()) await nameJavaScript(join(entry.parentPath, entry.name))
}

// The program `payd`, and the release that it brings.
await run('node', ['tools/payd/pack.ts'])

async function run(command: string, args: readonly string[]): Promise<void> {
  const program = join(ROOT, 'node_modules/.bin', command)
  await promisify(execFile)(program, args, { cwd: ROOT }).catch(({ stdout, stderr }) => {
    throw new Error(`${command} failed:\n${stdout}${stderr}`)
  })
}

/** tsc leaves the `.ts` of imports in declarations, where only some resolvers understand it. */
async function nameJavaScript(file: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'))
}
