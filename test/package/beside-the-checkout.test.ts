import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '../..')
const BIN = join(REPOSITORY, 'node_modules/.bin')
const run = promisify(execFile)

describe('an app beside the checkout, as README.md says', () => {
  let folder = ''
  let example = ''

  // What `npm install ../payd @supabase/supabase-js` leaves: npm links a folder, after its build.
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'payd-consumer-'))
    example = blockOf(await readFile(join(REPOSITORY, 'README.md'), 'utf8'), 'ts')
    await mkdir(join(folder, 'node_modules'))
    await symlink(REPOSITORY, join(folder, 'node_modules/payd'))
    await symlink(join(REPOSITORY, 'node_modules/@supabase'), join(folder, 'node_modules/@supabase'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, lib: ['es2022', 'dom'], types: [] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['app.ts'] }))
  })

  afterAll(() => rm(folder, { recursive: true }))

  test('runs in Node.js', async () => {
    const imports = example.split('\n').filter((line) => line.startsWith('import '))
    expect(imports.length).toBeGreaterThan(1)
    const payd = `console.log(typeof createPayd(createClient('http://127.0.0.1:1', 'key')).payrollRuns.submit)`
    await writeFile(join(folder, 'app.ts'), [...imports, payd].join('\n'))
    expect((await run(join(BIN, 'node'), ['app.ts'], { cwd: folder })).stdout).toBe('function\n')
  })

  test('puts PayD into a project with the built program, and has the migration tools', async () => {
    await mkdir(join(folder, 'supabase'))
    await writeFile(join(folder, 'supabase', 'config.toml'), 'project_id = "shop"\n')
    const payd = async (...args: string[]) =>
      (await run(join(BIN, 'node'), ['node_modules/payd/dist/bin/payd.js', ...args], { cwd: folder })).stdout
    expect(await payd('init')).toContain('npx supabase db push')
    expect(await payd('doctor')).toMatch(/ok +every migration of the lock is here/)
    expect(await payd('db', 'check', '--no-lock')).toContain('nothing to report')
  })

  test('compiles the example', async () => {
    const declared = 'declare const url: string, publishableKey: string, csv: string'
    await writeFile(join(folder, 'app.ts'), `${example}\n${declared}\n`)
    const compiled = await run(join(BIN, 'tsc'), ['-p', '.'], { cwd: folder }).catch(({ stdout }) => ({ stdout }))
    // supabase-js has errors of its own under these options; what belongs to an error is indented below it.
    const errors = compiled.stdout.split('\n').filter((line: string) => /^\S/.test(line) && !line.includes('@supabase'))
    expect(errors).toEqual([])
  })
})

function blockOf(text: string, language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(text)?.[1]
  if (found === undefined) throw new Error(`There is no block of ${language}.`)
  return found
}
