import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build, type InlineConfig } from 'tsdown'
import { LIBRARIES_OF_TOOLS } from './libraries.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CLI = join(ROOT, 'cli')
const PROJECT = join(CLI, 'dist', 'project')

const DATABASE = `/**
 * The types of the whole database, for \`createClient<Database>()\` and queries by hand. Money is \`number\` in them, because the generator knows no
 * better: prefer the functions and rows of \`payd\`, where it is text.
 */
export type { Database } from './database-types.js'
`

/**
 * Builds the package `payd-cli` for those who deploy: its program for Node 20 and newer, with everything that it needs; the
 * release as it lies in supabase/, without what belongs to this checkout only; and the types of the database. The package of apps
 * gets a program that hands over to it.
 */
await rm(join(CLI, 'dist'), { recursive: true, force: true })
await Promise.all([
  build(
    programOf(
      { 'payd-cli': 'tools/payd/main.ts', 'keeper-process': 'tools/lib/keeper-process.ts' },
      join(CLI, 'dist', 'bin'),
    ),
  ),
  build(programOf({ payd: 'tools/payd/hand-over.ts' }, join(ROOT, 'dist', 'bin'))),
])
// What the server of a proof begins with is read from beside its program.
for (const name of ['bootstrap.sql', 'realtime.sql'])
  await cp(join(ROOT, 'tools/stack', name), join(CLI, 'dist/bin', name))
// The rules of squawk are those of this checkout.
for (const name of ['.squawk.toml', 'squawk.down.toml']) await cp(join(ROOT, name), join(PROJECT, name))
for (const part of ['migrations', 'rollbacks', 'tests', 'functions', 'config.toml', 'proof.json']) {
  await cp(join(ROOT, 'supabase', part), join(PROJECT, part), {
    recursive: true,
    filter: (path) => !/\.env|\.temp|\.branches|\.test\.ts$/.test(path.slice(ROOT.length)),
  })
}
const types = (await readFile(join(ROOT, 'src/database.types.ts'), 'utf8')).replace(
  /\nexport const Constants = [\s\S]*$/,
  '\n',
)
await writeFile(
  join(CLI, 'dist', 'database-types.d.ts'),
  types.replace(/^ +/gm, (blanks) => ' '.repeat(blanks.length / 2)),
)
await writeFile(join(CLI, 'dist', 'database.d.ts'), DATABASE)
await writeFile(join(CLI, 'dist', 'database.js'), 'export {}\n')
await cp(join(ROOT, 'LICENSE'), join(CLI, 'LICENSE'))

function programOf(files: Readonly<Record<string, string>>, outDir: string): InlineConfig {
  return {
    entry: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(ROOT, file)])),
    outDir,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    deps: { alwaysBundle: [/.*/], neverBundle: LIBRARIES_OF_TOOLS.map((library) => new RegExp(`^${library}(/|$)`)) },
    dts: false,
    clean: false,
    fixedExtension: false,
    logLevel: 'warn',
    config: false,
  }
}
