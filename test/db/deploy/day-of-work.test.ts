import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as approve from '../../../tools/db/deploy/approve.command.ts'
import * as backup from '../../../tools/db/deploy/backup.command.ts'
import * as checklist from '../../../tools/db/deploy/checklist.command.ts'
import * as drift from '../../../tools/db/deploy/drift.command.ts'
import * as health from '../../../tools/db/deploy/health.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as rehearse from '../../../tools/db/deploy/rehearse.command.ts'
import * as drill from '../../../tools/db/deploy/restore-drill.command.ts'
import * as rollback from '../../../tools/db/deploy/rollback.command.ts'
import * as status from '../../../tools/db/deploy/status.command.ts'
import * as testCommand from '../../../tools/db/deploy/test.command.ts'
import type { CommandModule } from '../../../tools/db/lib/command.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { ownServer, type SharedServer } from '../shared-server.ts'
import { createProject, NOTES, type Pair, query, removeProject, run, writePair, writeProofs } from './fixture.ts'

// One change on its way from a laptop to production and back, with everything that happens beside it: a table in a
// publication, a neighbour's table, rows that people write, rights that somebody changes by hand, which belong to the server.
let cluster: SharedServer
let project: Project
let urls: Record<'local' | 'staging' | 'production', string>
let variables: Record<string, string>

const STATES: Pair = {
  id: '20260102000000_states',
  up: `-- migration: states of notes
-- Notes are drafts or published.
-- author: ada | date: 2026-01-02
-- tables: public.note_kinds, public.notes | depends: 20260101000000
-- class: add-table, add-column, add-constraint | breaking: no
-- transaction: yes
create table public.note_kinds (name text primary key);
alter table public.note_kinds enable row level security;
insert into public.note_kinds values ('plain');
alter table public.notes add column state text not null default 'draft';
alter table public.notes add constraint notes_state_is_known check (state in ('draft', 'published'));
`,
  down: `-- rollback-of: 20260102000000_states
-- rollback: lossy column public.notes.state
alter table public.notes drop column state;
drop table public.note_kinds;
`,
  test: `begin;
select plan(1);
select col_not_null('public', 'notes', 'state', 'every note has a state');
select * from finish();
rollback;
`,
}

const LEAVE: Pair = {
  id: '20260103000000_hidden_state',
  up: `-- migration: notes may be hidden
-- A published note can be hidden.
-- author: ada | date: 2026-01-03
-- tables: public.notes | depends: 20260101000000
-- class: add-constraint | breaking: no
-- transaction: yes
alter table public.notes drop constraint notes_state_is_known;
alter table public.notes add constraint notes_state_is_known check (state in ('draft', 'published', 'hidden'));
`,
  down: `-- rollback-of: 20260103000000_hidden_state
-- rollback: lossless
alter table public.notes drop constraint notes_state_is_known;
alter table public.notes add constraint notes_state_is_known check (state in ('draft', 'published'));
`,
}

beforeAll(async () => {
  cluster = await ownServer()
  project = createProject([NOTES])
  // What staging waits for is the business of the last test; until then nothing is pushed to local.
  const settings = JSON.parse(readFileSync(project.environmentsFile, 'utf8'))
  writeFileSync(project.environmentsFile, JSON.stringify({ ...settings, staging: { url: settings.staging.url } }))
  writeFileSync(join(project.root, 'supabase', 'proof.json'), '{ "referenceTables": ["public.note_kinds"] }')
  await writeProofs(project, cluster)
  urls = {
    local: await cluster.createDatabase('day_local'),
    staging: await cluster.createDatabase('day_staging'),
    production: await cluster.createDatabase('day_production'),
  }
  variables = { LOCAL_URL: urls.local, STAGING_URL: urls.staging, PRODUCTION_URL: urls.production }
})
afterAll(async () => {
  await cluster.stop()
  removeProject(project)
})

const at = (env: keyof typeof urls, module: CommandModule, args: string[] = []) =>
  run(module, project, ['--env', env, ...args], { variables })
const scratch = () => ['--server', cluster.adminUrl, '--blank', 'blank_project']
const stops = (data: { gates: { ok: boolean; name: string }[] }) => data.gates.filter((gate) => !gate.ok)

test('the first installation of an empty production is one push: guard, proof and catalogue', async () => {
  for (const env of ['local', 'staging', 'production'] as const) {
    const confirm = env === 'production' ? ['--confirm', 'production'] : []
    expect((await at(env, health)).data.alerts).toEqual([])
    const answer = await at(env, push, ['--claim', ...confirm])
    expect(answer.data.error).toBeUndefined()
    expect(stops(answer.data)).toEqual([])
    expect(answer.data).toMatchObject({ ok: true, applied: [NOTES.id], alerts: [] })
    expect((await at(env, health)).data.alerts).toEqual([])
  }
})

test('a second change wants everything, and a set is approved at once', async () => {
  writePair(project, STATES)
  await writeProofs(project, cluster)
  await query(urls.production, "insert into public.notes (body) values ('kept')")
  expect((await at('staging', push)).data).toMatchObject({ ok: true, alerts: [] })
  expect((await at('staging', health)).data.alerts).toEqual([])
  expect((await at('staging', rehearse, ['states'])).data).toMatchObject({ ok: true })
  const early = await at('production', push, ['--confirm', 'production'])
  expect(stops(early.data).map((gate) => gate.name)).toEqual(['backup', 'soak', 'approvals'])

  await query(urls.staging, `update supabase_migrations.schema_migrations set applied_at = now() - interval '49 hours'`)
  await at('production', backup, ['--confirm', 'production'])
  expect((await at('production', drill, scratch())).data).toMatchObject({ ok: true })
  for (const [name, role] of [
    ['grace', 'peer'],
    ['linus', 'team-lead'],
  ] as const) {
    await at('production', approve, ['--pending', '--as', name, '--role', role])
  }
  const boxes = await at('production', checklist, ['states'])
  const review = boxes.data.items.find((item: { what: string }) => item.what.startsWith('Peer review'))
  expect(review).toMatchObject({
    isMet: true,
    evidence: expect.stringContaining('one account typed all of these names'),
  })
  const pushed = await at('production', push, ['--confirm', 'production'])
  expect(stops(pushed.data)).toEqual([])
  expect(pushed.data).toMatchObject({ ok: true, applied: [STATES.id], alerts: [] })
  expect((await at('production', health)).data.alerts).toEqual([])
})

test('with signed approvals a typed name opens nothing, and a commit counts when its signature and its files are right', async () => {
  const git = (...args: string[]) => execFileSync('git', ['-C', project.root, ...args], { encoding: 'utf8' })
  const key = join(project.root, 'grace')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'grace', '-f', key])
  writeFileSync(join(project.root, 'signers'), `grace@example.org ${readFileSync(`${key}.pub`, 'utf8')}`)
  git('init', '-q')
  for (const [name, value] of [
    ['user.name', 'Grace'],
    ['user.email', 'grace@example.org'],
    ['gpg.format', 'ssh'],
    ['user.signingkey', key],
    ['gpg.ssh.allowedSignersFile', join(project.root, 'signers')],
  ] as const) {
    git('config', name, value)
  }
  git(
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=ada@example.org',
    '-c',
    'commit.gpgsign=false',
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    'start',
  )
  git('add', 'supabase')
  git(
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=ada@example.org',
    '-c',
    'commit.gpgsign=false',
    'commit',
    '-q',
    '-m',
    'states',
  )
  const unsigned = git('rev-parse', 'HEAD').trim()
  git('commit', '-q', '--allow-empty', '-S', '-m', 'approve the states')
  const signed = git('rev-parse', 'HEAD').trim()
  const settings = JSON.parse(readFileSync(project.environmentsFile, 'utf8'))
  writeFileSync(
    project.environmentsFile,
    JSON.stringify({ ...settings, production: { ...settings.production, signedApprovals: true } }),
  )
  try {
    expect((await at('production', approve, ['states'])).data.missing).toEqual(['peer', 'team-lead'])
    expect(
      (await at('production', approve, ['states', '--role', 'peer', '--commit', unsigned])).data.error.what,
    ).toContain('no good signature')
    expect((await at('production', approve, ['states', '--role', 'peer', '--commit', signed])).data.missing).toEqual([
      'team-lead',
    ])
    expect(
      (await at('production', approve, ['states', '--as', 'Ada@example.org ', '--role', 'cto'])).data.error.what,
    ).toContain('cannot approve')
    writePair(project, { ...STATES, up: STATES.up.replace('drafts or', 'drafts and') })
    expect(
      (await at('production', approve, ['states', '--role', 'cto', '--commit', signed])).data.error.what,
    ).toContain('is not what the commit')
  } finally {
    writePair(project, STATES)
    writeFileSync(project.environmentsFile, JSON.stringify(settings))
    rmSync(join(project.root, '.git'), { recursive: true })
  }
})

// What somebody may do by hand, the way back, and how the gate names it.
const BY_HAND: readonly (readonly [give: string, take: string, sentence: string])[] = [
  [
    'grant service_role to authenticated',
    'revoke service_role from authenticated',
    'authenticated is a member of service_role',
  ],
  [
    'alter role authenticated set row_security = off',
    'alter role authenticated reset row_security',
    'setting row_security of authenticated',
  ],
  [
    'alter default privileges for role postgres in schema public grant all on tables to anon',
    'alter default privileges for role postgres in schema public revoke all on tables from anon',
    'anon gets SELECT on new tables',
  ],
  [
    'grant create on schema public to anon',
    'revoke create on schema public from anon',
    'anon has CREATE on schema public',
  ],
  [
    "update public.note_kinds set name = 'by hand'",
    "update public.note_kinds set name = 'plain'",
    'rows of public.note_kinds was 1 rows',
  ],
]

test('rights and reference rows that somebody changed by hand stop the next push, each with the SQL for both ways, until they are accepted', async () => {
  const admin = cluster.superuserUrlFor('day_staging')
  for (const [give] of BY_HAND) await query(admin, give)
  const stopped = stops((await at('staging', push)).data)
  expect(stopped.map((gate) => gate.name)).toEqual(['rights'])
  const [gate] = stopped as { name: string; what: string; fix: string; ok: boolean }[]
  const shown = await at('staging', drift, scratch())
  expect(shown.code).toBe(1)
  const sentences: string[] = shown.data.rights.map((right: { sentence: string }) => right.sentence)
  for (const [, , sentence] of BY_HAND) {
    expect(gate?.what).toContain(sentence)
    expect(sentences.join('\n')).toContain(sentence)
  }
  expect(gate?.fix).toMatch(/take it back:/)
  const [back = '', forward = ''] = gate?.fix.split('or make it a migration:') ?? []
  expect(back).toContain('revoke service_role from authenticated;')
  expect(back).toContain('alter role authenticated reset row_security;')
  expect(back).toMatch(/alter default privileges for role postgres in schema public revoke SELECT on tables from anon;/)
  expect(back).toContain('revoke CREATE on schema public from anon;')
  expect(forward).toContain('grant service_role to authenticated;')
  expect(forward).toMatch(/alter role authenticated set row_security = 'off';/)
  expect(forward).toMatch(/alter default privileges for role postgres in schema public grant SELECT on tables to anon;/)
  expect(forward).toContain('grant CREATE on schema public to anon;')
  expect(shown.data.mendDatabase.join()).toMatch(/delete from public.note_kinds[\s\S]*insert into public.note_kinds/i)
  expect(shown.data.mendMigrations.join()).toMatch(/insert into public.note_kinds[\s\S]*by hand/i)

  const accepted = await at('staging', drift, ['--accept', 'support looks at it', '--as', 'ada'])
  for (const [, , sentence] of BY_HAND) expect(accepted.data.accepted.join()).toContain(sentence)
  expect((await at('staging', push)).data).toMatchObject({ ok: true })
  for (const [, take] of BY_HAND) await query(admin, take)
  expect(stops((await at('staging', push)).data).map(({ name }) => name)).toEqual(['rights'])
  await at('staging', drift, ['--accept', 'taken back'])
})

test('an exception takes two people who are not the author, a reason, and a gate that is about waiting', async () => {
  writePair(project, LEAVE)
  await writeProofs(project, cluster)
  await at('staging', push)
  const gateNames = async () =>
    stops((await at('production', push, ['--confirm', 'production', '--dry-run'])).data).map((gate) => gate.name)
  const closed = await gateNames()
  expect(closed).toContain('soak')
  const except = (gate: string, name: string) =>
    at('production', approve, ['--pending', '--override', gate, '--as', name, '--note', 'the bank closes at noon'])
  expect((await except('proof', 'grace')).data.error.what).toContain('no exception')
  expect((await except('soak', 'ada')).data.error.what).toContain('cannot make an exception')
  await except('soak', 'grace')
  expect(await gateNames()).toContain('soak')
  await except('soak', ' GRACE')
  expect(await gateNames()).toContain('soak')
  await except('soak', 'linus')
  expect(await gateNames()).not.toContain('soak')
})

test('in the emergency the dry run has run the rollback, and counts the rows that are in its way', async () => {
  await query(
    urls.staging,
    "insert into public.notes (body, state) values ('a', 'hidden'), ('b', 'hidden'), ('c', 'draft')",
  )
  const trial = await at('staging', rollback, ['--dry-run'])
  expect(trial).toMatchObject({ code: 1, data: { isTried: true } })
  expect(trial.data.failure).toMatch(
    /would fail:.*23514.*2 rows are in the way: select \* from "public"\."notes" where not/s,
  )
  await query(urls.staging, "update public.notes set state = 'draft' where state = 'hidden'")
  expect((await at('staging', rollback, ['--dry-run'])).data).toMatchObject({ ok: true, isTried: true, failure: null })
  const columns = await query<{ n: number }>(
    urls.staging,
    `select count(*)::int as n from pg_constraint where conname = 'notes_state_is_known' and pg_get_constraintdef(oid) like '%hidden%'`,
  )
  expect(columns).toEqual([{ n: 1 }])
  expect((await at('staging', rollback)).data).toMatchObject({ ok: true, done: [LEAVE.id] })
  expect((await at('staging', push)).data).toMatchObject({ ok: true, applied: [LEAVE.id] })
})

test('a test that fails keeps its migration unsettled here and out of the next environment until it holds', async () => {
  const failing = {
    ...LEAVE,
    id: '20260104000000_tagged',
    up: LEAVE.up
      .replace(/class: .*/, 'class: add-column | breaking: no')
      .replace(/^alter[\s\S]*/m, 'alter table public.notes add column tag text;\n'),
    down: '-- rollback-of: 20260104000000_tagged\n-- rollback: lossy column public.notes.tag\nalter table public.notes drop column tag;\n',
    test: "begin;\nselect plan(1);\nselect is((select count(*)::int from public.notes where body = 'kept'), 1, 'the note is kept');\nselect * from finish();\nrollback;\n",
  }
  writePair(project, failing)
  await writeProofs(project, cluster)
  const settings = JSON.parse(readFileSync(project.environmentsFile, 'utf8'))
  writeFileSync(
    project.environmentsFile,
    JSON.stringify({ ...settings, staging: { ...settings.staging, after: 'local' } }),
  )
  expect((await at('local', health)).data.alerts).toEqual([])
  const first = await at('local', push)
  expect(first.data).toMatchObject({ ok: false, applied: [STATES.id, LEAVE.id, failing.id], alerts: [] })
  expect((await at('local', push)).data).toMatchObject({ ok: false, applied: [failing.id] })
  const row = (await at('local', status)).data.migrations.at(-1)
  expect(row).toMatchObject({ id: failing.id, state: 'untested' })
  const gates = stops((await at('staging', push)).data)
  expect(gates).toMatchObject([{ name: 'earlier', what: expect.stringContaining('tests') }])
  expect(await at('local', testCommand, ['tagged'])).toMatchObject({ code: 1 })
  await query(urls.local, "insert into public.notes (body) values ('kept')")
  expect(await at('local', testCommand, ['tagged'])).toMatchObject({ code: 0 })
  expect((await at('local', status)).data).toMatchObject({ ok: true })
  await query(urls.staging, "insert into public.notes (body) values ('kept')")
  expect((await at('staging', push)).data).toMatchObject({ ok: true, applied: [failing.id] })
  expect((await at('staging', health)).data.alerts).toEqual([])
})
