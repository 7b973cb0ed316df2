import { execFileSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { validate } from '../../../tools/db/check/validate/validate.ts'
import { openProject } from '../../../tools/db/lib/project.ts'
import { baseFolder } from './planted.ts'

let folder: string

const git = (...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
    cwd: folder,
    stdio: 'pipe',
  })
}

const write = (id: string, sql: string): void => writeFileSync(join(folder, 'supabase', 'migrations', `${id}.sql`), sql)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payd-branch-'))
  cpSync(baseFolder(), folder, { recursive: true })
  git('init', '--quiet', '--initial-branch=main')
  git('add', '.')
  git('commit', '--quiet', '-m', 'base')
  git('checkout', '--quiet', '-b', 'theirs')
  write('20260301000000_theirs', 'alter table public.notes add column hint text;')
  git('add', '.')
  git('commit', '--quiet', '-m', 'theirs')
  git('checkout', '--quiet', 'main')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function against(reference: string): Promise<string[]> {
  const { findings } = await validate(openProject(folder), {
    now: new Date('2026-11-20T12:00:00Z'),
    withLock: false,
    against: reference,
  })
  return findings
    .filter((finding) => /edited-on-branch|out-of-order|duplicate-version|branch-conflict/.test(finding.check))
    .map((finding) => finding.check.replace('validate/', ''))
}

test('a newer migration about something else gets along with the branch', async () => {
  write('20260401000000_ours', 'alter table public.organizations add column note text;')
  expect(await against('theirs')).toEqual([])
})

test('two branches that change the same table are told', async () => {
  write('20260401000000_ours', 'alter table public.notes add column memo text;')
  expect(await against('theirs')).toEqual(['branch-conflict'])
})

test('a migration older than the newest of the branch is out of order', async () => {
  write('20260201000000_ours', 'alter table public.organizations add column note text;')
  expect(await against('theirs')).toEqual(['out-of-order'])
})

test('a version that the branch has under another name is taken', async () => {
  write('20260301000000_ours', 'alter table public.organizations add column note text;')
  expect(await against('theirs')).toEqual(['duplicate-version'])
})

test('a file that is already on the branch may not differ, comments aside', async () => {
  write('20260301000000_theirs', '-- a comment\nalter table public.notes add column hint text;')
  expect(await against('theirs')).toEqual([])
  write('20260301000000_theirs', 'alter table public.notes add column hint varchar;')
  expect(await against('theirs')).toEqual(['edited-on-branch'])
})

test('a branch that does not exist is refused by name', async () => {
  await expect(against('nowhere')).rejects.toThrow('git cannot read "nowhere"')
})
