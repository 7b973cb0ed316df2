import { cp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'tsdown'
import { LIBRARIES_OF_TOOLS } from './libraries.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PROJECT = join(ROOT, 'dist', 'project')

/**
 * Puts the program `payd` into dist/bin, beside the modules of the SDK that have names of their own, and what it brings into
 * dist/project: one file for Node 20 and newer with everything that it needs, and
 * the release as it lies in supabase/, without what belongs to this checkout only.
 */
await build({
  entry: { payd: join(ROOT, 'tools/payd/main.ts') },
  outDir: join(ROOT, 'dist', 'bin'),
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  deps: { alwaysBundle: [/.*/], neverBundle: LIBRARIES_OF_TOOLS.map((name) => new RegExp(`^${name}(/|$)`)) },
  dts: false,
  clean: false,
  fixedExtension: false,
  logLevel: 'warn',
  config: false,
})
await rm(PROJECT, { recursive: true, force: true })
// The rules of squawk are those of this checkout.
for (const name of ['.squawk.toml', 'squawk.down.toml']) await cp(join(ROOT, name), join(PROJECT, name))
for (const part of ['migrations', 'rollbacks', 'tests', 'functions', 'config.toml', 'proof.json']) {
  await cp(join(ROOT, 'supabase', part), join(PROJECT, part), {
    recursive: true,
    filter: (path) => !/\.env|\.temp|\.branches|\.test\.ts$/.test(path.slice(ROOT.length)),
  })
}
