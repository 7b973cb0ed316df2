import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { keepReachable } from './declarations.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TYPES = join(ROOT, 'dist/types')

/** Builds what is published: what apps install into dist/, its modules by tsdown and its types by tsc, and what those who deploy install into cli/dist/. */
await rm(join(ROOT, 'dist'), { recursive: true, force: true })
await Promise.all([buildModules(), buildTypes()])

async function buildModules(): Promise<void> {
  await run('tsdown', ['--logLevel', 'warn'])
  await run('node', ['tools/payd/pack.ts'])
}

async function buildTypes(): Promise<void> {
  await run('tsc', ['-p', 'tsconfig.build.json'])
  for (const entry of await readdir(TYPES, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await nameJavaScript(join(entry.parentPath, entry.name))
  }
  keepReachable(TYPES, await entries())
}

/** The declarations that package.json names, by their path below dist/types. */
async function entries(): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>
  }
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [entry.types.replace(/^\.\/dist\/types\//, '')],
  )
}

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
