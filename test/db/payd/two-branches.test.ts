import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runPayd } from '../../../tools/payd/main.ts'
import { planUpgrade } from '../../../tools/payd/plan.ts'
import { aProject, bring, ownMigration, removeProject, smallRelease } from './fixture.ts'

const ONE = smallRelease('1.0.0', ['20260101000000'])
const TWO = smallRelease('1.1.0', ['20260101000000', '20260201000000'])
const THREE = smallRelease('1.2.0', ['20260101000000', '20260201000000', '20260301000000'])
const DAYS = { first: '2026-12-01T00:00:00Z', second: '2026-12-02T00:00:00Z', third: '2026-12-03T00:00:00Z' }

let project: string

// A team upgrades PayD on two branches of one repository, and git merges them.
beforeEach(() => {
  project = aProject()
  git('init', '--quiet', '--initial-branch=main')
  bring(project, ONE, [], new Date(DAYS.first))
  commit('PayD 1.0.0')
})
afterEach(() => removeProject(project))

function git(...args: string[]): string {
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...person, ...args], {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function commit(message: string): void {
  git('add', '--all')
  git('commit', '--quiet', '--message', message)
}

/** A branch of main on which somebody does something. */
function branch(name: string, work: () => void): void {
  git('switch', '--quiet', '--create', name, 'main')
  work()
  commit(name)
  git('switch', '--quiet', 'main')
}

/** Merges as people do, and says whether git left conflicts. */
function merge(name: string): boolean {
  try {
    git('merge', '--quiet', '--no-edit', name)
    return false
  } catch {
    return true
  }
}

const files = () => readdirSync(join(project, 'supabase/migrations')).sort()
const plan = (release = TWO, applied: readonly string[] = []) =>
  planUpgrade({ project, release, now: new Date(DAYS.third), applied, withTests: false })
const refusalOf = (work: () => unknown): { readonly message: string; readonly fix: string } => {
  try {
    work()
  } catch (error) {
    if ((error as Error).name === 'Refusal') return error as Error & { readonly fix: string }
    throw error
  }
  throw new Error('Nothing was refused.')
}

test('two branches with the same release are one again after the three steps that the messages name', async () => {
  branch('ada', () => bring(project, TWO, [], new Date(DAYS.second)))
  branch('bob', () => bring(project, TWO, [], new Date(DAYS.third)))
  expect(merge('ada')).toBe(false)
  expect(merge('bob')).toBe(true)
  expect(git('diff', '--name-only', '--diff-filter=U').trim()).toBe('supabase/payd.lock.json')

  const broken = refusalOf(() => plan())
  expect(broken.message).toContain('a merge of two branches may have broken it')
  expect(broken.fix).toContain('Take one side of it from git')
  git('checkout', '--theirs', 'supabase/payd.lock.json')

  const twice = refusalOf(() => plan())
  const [, adas = '', bobs = ''] = files()
  expect(twice.message).toBe(
    `PayD's migration 20260201000000 is here twice: ${adas} and ${bobs}. Two branches have upgraded.`,
  )
  expect(twice.fix).toContain('Keep the file that is applied in your databases')
  const said: string[] = []
  await runPayd(['doctor', '--project', project], (line) => void said.push(line))
  expect(said.join('\n')).toContain(twice.message)

  // The lock is Bob's and the file that stays is Ada's.
  rmSync(join(project, 'supabase/migrations', bobs))
  bring(project, TWO)
  const lock = JSON.parse(readFileSync(join(project, 'supabase/payd.lock.json'), 'utf8'))
  expect(lock.migrations['20260201000000'].file).toBe(adas)
  expect(plan()).toMatchObject({ writes: [], lock: undefined })
})

test('a branch with the next release and one with the release after it become the newer one', () => {
  branch('ada', () => bring(project, TWO, [], new Date(DAYS.second)))
  branch('bob', () => bring(project, THREE, [], new Date(DAYS.third)))
  merge('ada')
  expect(merge('bob')).toBe(true)
  git('checkout', '--ours', 'supabase/payd.lock.json')
  // Both releases changed the function; the newer one is what the newer lock says.
  git('checkout', '--theirs', 'supabase/functions/pay/index.ts')
  expect(refusalOf(() => plan(THREE)).message).toContain('is here twice')
  const [, , bobs = ''] = files()
  rmSync(join(project, 'supabase/migrations', bobs))
  bring(project, THREE)
  expect(files().map((file) => file.slice(20, 34))).toEqual(['20260101000000', '20260201000000', '20260301000000'])
  expect(plan(THREE)).toMatchObject({ writes: [], lock: undefined })
})

test('a migration of the team with the stamp that the upgrade on another branch has taken is named with what to do', async () => {
  branch('ada', () => bring(project, TWO, [], new Date(DAYS.second)))
  branch('bob', () => ownMigration(project, '20261202000001', 'shop', 'create table public.shop (id bigint);\n'))
  expect(merge('ada')).toBe(false)
  expect(merge('bob')).toBe(false)
  const clash = refusalOf(() => plan())
  expect(clash.message).toMatch(/^Two migrations have the stamp 20261202000001: \S+_payd_\S+ and \S+_shop\.sql\./)
  expect(clash.fix).toContain('later stamp')
  const said: string[] = []
  expect(await runPayd(['doctor', '--project', project], (line) => void said.push(line))).toBe(1)
  expect(said.join('\n')).toContain(clash.message)
  git('mv', 'supabase/migrations/20261202000001_shop.sql', 'supabase/migrations/20261202000009_shop.sql')
  expect(plan()).toMatchObject({ writes: [], lock: undefined })
})

test('an upgrade that is merged after a later migration was pushed gets later stamps by the commands that the message gives', () => {
  branch('ada', () => bring(project, TWO, [], new Date(DAYS.second)))
  branch('bob', () => ownMigration(project, '20261202120000', 'shop', 'create table public.shop (id bigint);\n'))
  merge('bob')
  const [first = ''] = files()
  const applied = [first.slice(0, 14), '20261202120000']
  expect(merge('ada')).toBe(false)
  const late = refusalOf(() => plan(TWO, applied))
  expect(late.message).toMatch(/^The database has 20261202120000 and lacks \S+_payd_20260201000000_t_00\.sql/)
  const [, from = '', to = ''] = /git mv (\S+) (\S+)/.exec(late.fix) ?? []
  git('mv', from, to)
  bring(project, TWO, applied)
  expect(files().at(-1)).toMatch(/^20261203000001_payd_20260201000000/)
  expect(plan(TWO, applied)).toMatchObject({ writes: [], lock: undefined })
})
