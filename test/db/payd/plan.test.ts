import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject } from '../../../tools/db/lib/project.ts'
import { runPayd } from '../../../tools/payd/main.ts'
import { namesOf, withNames } from '../../../tools/payd/names.ts'
import { planUpgrade } from '../../../tools/payd/plan.ts'
import { functionBlocks } from '../../../tools/payd/release.ts'
import { aProject, bring, ownMigration, removeProject, smallRelease } from './fixture.ts'

const ONE = ['20260101000000', '20260102000000']
let project: string

beforeEach(() => {
  project = aProject()
})
afterEach(() => removeProject(project))

const files = (): string[] => readdirSync(join(project, 'supabase', 'migrations')).sort()
const everything = (): string[] => readdirSync(project, { recursive: true }).map(String).sort()
const attempt = (release = smallRelease('1.0.0', ONE)) =>
  planUpgrade({ project, release, now: new Date(), applied: [], withTests: false })

describe('init and upgrade', () => {
  test('put stamps behind every local file, every applied version and now, keep the original ids, and do nothing the second time', () => {
    ownMigration(project, '20990101000000', 'own', 'select 1;')
    bring(project, smallRelease('1.0.0', ONE), ['20990202000000'])
    expect(files()).toEqual([
      '20990101000000_own.sql',
      '20990202000001_payd_20260101000000_t_00.sql',
      '20990202000002_payd_20260102000000_t_00.sql',
    ])
    const text = readFileSync(join(project, 'supabase', 'migrations', files()[1] ?? ''), 'utf8')
    expect(text).toMatch(
      /insert into private\.payd_migrations \(id, sha256, release\)\nvalues \('20260101000000', '[0-9a-f]{64}', '1\.0\.0'\);/,
    )
    expect(existsSync(join(project, 'supabase', 'rollbacks', '20260101000000_t_00_DOWN.sql'))).toBe(true)
    expect(existsSync(join(project, 'supabase', 'seed.sql'))).toBe(false)
    const again = attempt()
    expect(again).toMatchObject({ writes: [], lock: undefined })
    ownMigration(project, '20990303000000', 'between', 'select 1;')
    const two = bring(project, smallRelease('1.1.0', [...ONE, '20260301000000']))
    expect(two.newMigrations).toEqual(['20990303000001_payd_20260301000000_t_00.sql'])
    expect(readFileSync(join(project, 'supabase', 'functions', 'pay', 'index.ts'), 'utf8')).toBe('// 1.1.0\n')
  })

  test('add to config.toml what is missing and leave every other byte, with Windows line ends too', () => {
    const odd = '# ours\r\n[functions.pay]\r\nenabled = false # on purpose\r\n\r\n[api]\r\nport = 1\r\n'
    writeFileSync(join(project, 'supabase', 'config.toml'), odd)
    const release = {
      ...smallRelease('1.0.0', ONE),
      functionBlocks: [
        { name: 'pay', text: '[functions.pay]\nenabled = true' },
        { name: 'sync', text: '[functions.sync]\nenabled = true' },
      ],
    }
    bring(project, release)
    const text = readFileSync(join(project, 'supabase', 'config.toml'), 'utf8')
    expect(text.startsWith(odd)).toBe(true)
    expect(text.slice(odd.length)).toMatch(/^\r\n# PayD: .*\r\n\[functions\.sync\]\r\nenabled = true\r\n$/)
    expect(functionBlocks(text).map((block) => block.name)).toEqual(['pay', 'sync'])
    expect(planUpgrade({ project, release, now: new Date(), applied: [], withTests: false }).writes).toEqual([])
  })

  test('continue a copy that was cut off before the lock was written', () => {
    bring(project, smallRelease('1.0.0', ONE))
    const [first = ''] = files()
    const kept = readFileSync(join(project, 'supabase', 'migrations', first), 'utf8')
    rmSync(join(project, 'supabase', 'payd.lock.json'))
    for (const file of files().slice(1)) rmSync(join(project, 'supabase', 'migrations', file))
    bring(project, smallRelease('1.0.0', ONE))
    expect(files()).toHaveLength(2)
    expect(files()[0]).toBe(first)
    expect(readFileSync(join(project, 'supabase', 'migrations', first), 'utf8')).toBe(kept)
  })
})

test('PayD comes back into a project that it was removed from, behind its removal, and is there once', async () => {
  const said: string[] = []
  const call = (...args: string[]) => runPayd([...args, '--project', project], (line) => void said.push(line))
  expect(await call('init')).toBe(0)
  const first = files()
  expect(await call('remove', '--without-books')).toBe(0)
  expect(existsSync(join(project, 'supabase', 'payd.lock.json'))).toBe(false)
  const removal = files().at(-1) ?? ''
  expect(removal).toMatch(/^\d{14}_payd_remove\.sql$/)
  expect(await call('remove', '--without-books')).toBe(1)
  expect(await call('init')).toBe(0)
  const again = files().filter((file) => file > removal)
  expect(again.map((file) => file.slice(14))).toEqual(first.map((file) => file.slice(14)))
  expect(await call('init')).toBe(0)
  expect(said.at(-1)).toContain('is here already; nothing was written')
})

describe('the migration tools in such a project', () => {
  test('pair a copied migration with its rollback by the original id, and leave what was proven elsewhere alone', async () => {
    const said: string[] = []
    const tell = (line: string) => void said.push(line)
    expect(await runPayd(['init', '--project', project], tell)).toBe(0)
    ownMigration(project, '20991231000000', 'shop', '-- no header\ncreate table public.shop (id bigint);\n')
    const { migrations, orphans } = readMigrations(openProject(project))
    expect(orphans).toEqual([])
    expect(migrations.filter(({ down }) => down === undefined).map(({ name }) => name)).toEqual(['shop'])
    said.length = 0
    expect(await runPayd(['db', 'check', '--no-lock', '--json', '--project', project], tell)).toBe(1)
    const { findings } = JSON.parse(said.join('\n')) as { findings: { file: string }[] }
    expect(new Set(findings.map(({ file }) => file))).toEqual(new Set(['supabase/migrations/20991231000000_shop.sql']))
    const [first] = migrations
    writeFileSync(first?.up.path ?? '', (first?.up.text ?? '').replace('create schema private', 'create schema privat'))
    said.length = 0
    await runPayd(['db', 'check', '--no-lock', '--project', project], tell)
    expect(said.join('\n')).toContain("as PayD's release brought it")
    expect(await runPayd(['db', 'fly'], tell)).toBe(2)
    expect(said.at(-1)).toContain('npx payd db --help')
  })
})

describe('what is refused, with nothing written', () => {
  const refused = (release = smallRelease('1.1.0', [...ONE, '20260301000000'])) => {
    const before = everything()
    expect(() => attempt(release)).toThrow(expect.objectContaining({ name: 'Refusal' }))
    expect(everything()).toEqual(before)
    try {
      attempt(release)
    } catch (error) {
      return String((error as Error).message)
    }
    return ''
  }

  test('a vendored migration that was edited, and one that is missing', () => {
    bring(project, smallRelease('1.0.0', ONE))
    const [first = '', second = ''] = files()
    const path = join(project, 'supabase', 'migrations', first)
    writeFileSync(path, readFileSync(path, 'utf8').replace('bigint', 'integer'))
    rmSync(join(project, 'supabase', 'migrations', second))
    expect(refused()).toMatch(new RegExp(`${first} was edited; ${second} is missing`))
  })

  test('a package that is older than the project', () => {
    bring(project, smallRelease('1.10.0', ONE))
    expect(refused(smallRelease('1.9.0', ONE))).toContain('This project has PayD 1.10.0')
  })

  test('two branches that have both upgraded', () => {
    bring(project, smallRelease('1.0.0', ONE))
    const [first = ''] = files()
    renameSync(
      join(project, 'supabase', 'migrations', first),
      join(project, 'supabase', 'migrations', first.replace(/^\d{14}/, '20991231000000')),
    )
    writeFileSync(join(project, 'supabase', 'migrations', first), 'select 1;')
    expect(refused()).toContain('is here twice')
  })

  test('a file of somebody else in the way, and a function that was edited', () => {
    mkdirSync(join(project, 'supabase', 'functions', 'pay'), { recursive: true })
    const path = join(project, 'supabase', 'functions', 'pay', 'index.ts')
    writeFileSync(path, '// ours\n')
    expect(refused(smallRelease('1.0.0', ONE))).toContain("is there already and is not PayD's")
    rmSync(path)
    bring(project, smallRelease('1.0.0', ONE))
    writeFileSync(path, '// changed\n')
    expect(refused()).toContain('was edited, and this release changes it')
  })

  test('a folder that is no Supabase project, and a lock that a merge has broken', async () => {
    const said: string[] = []
    expect(await runPayd(['init', '--project', join(project, 'nowhere')], (line) => void said.push(line))).toBe(1)
    expect(said.join()).toMatch(/There is no Supabase project[\s\S]*npx supabase init/)
    writeFileSync(join(project, 'supabase', 'payd.lock.json'), '<<<<<<< ours\n{}')
    expect(refused(smallRelease('1.0.0', ONE))).toContain('payd.lock.json is not what')
    expect(await runPayd(['fly'], () => undefined)).toBe(2)
    expect(await runPayd(['init', '--fast'], () => undefined)).toBe(2)
    expect(await runPayd(['upgrade', '--to', '99.0.0', '--project', project], (line) => void said.push(line))).toBe(1)
    expect(said.join()).toContain('npx payd@99.0.0 upgrade')
  })
})

test('the first migration looks for every name that the migrations use in public', () => {
  const { migrations } = readMigrations(openProject(join(import.meta.dirname, '..', '..', '..')))
  const [first] = migrations
  expect(withNames(first?.up.text ?? '', namesOf(migrations))).toBe(first?.up.text)
})
