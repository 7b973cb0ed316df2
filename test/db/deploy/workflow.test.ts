import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as guard from '../../../tools/db/deploy/guard.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { plainEnvironment } from '../../../tools/lib/plain-environment.ts'
import { projectRoot } from '../../../tools/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import {
  appliedVersions,
  createProject,
  NOTES,
  type Pair,
  removeProject,
  run,
  writePair,
  writeProofs,
} from './fixture.ts'

// The shell steps of the deployment workflow run here as they are, with real databases. Only what belongs to GitHub and to the
// platform is played: checking out, installing, the start of a stack, and `supabase functions deploy`.
const WORKFLOW = join(projectRoot(), '.github/workflows/deploy.yml')

/** A migration that the checks find nothing in. */
const TIDY: Pair = {
  ...NOTES,
  up: `-- migration: notes
-- Notes are what this deployment brings.
-- author: ada | date: 2026-01-01
-- tables: public.notes | depends: none
-- class: add-table | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.notes (
  id bigint generated always as identity primary key,
  body text not null
);
comment on table public.notes is 'What this deployment brings.';

alter table public.notes enable row level security;
revoke all on table public.notes from anon, authenticated;
`,
  down: `-- rollback-of: 20260101000000_notes
-- rollback: lossy table public.notes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop table public.notes;
`,
}

/** The change that is deployed to where the first already is. */
const TITLE: Pair = {
  id: '20260102000000_title',
  up: TIDY.up
    .replace('migration: notes', 'migration: title of notes')
    .replace('depends: none', 'depends: 20260101000000')
    .replace('add-table', 'add-column')
    .replace(/create table[\s\S]*$/, 'alter table public.notes add column title text;\n'),
  down: `-- rollback-of: 20260102000000_title
-- rollback: lossy column public.notes.title
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes drop column title;
`,
  test: NOTES.test?.replace("has_table('public', 'notes'", "has_column('public', 'notes', 'title'") ?? '',
}

type Job = { readonly env: Readonly<Record<string, string>>; readonly steps: readonly { readonly run?: string }[] }
type Outcome = { readonly step: string; readonly status: number | null; readonly printed: string }

const { jobs } = parse(readFileSync(WORKFLOW, 'utf8')) as { readonly jobs: Readonly<Record<string, Job>> }
let server: SharedServer
let project: Project
let urls: Readonly<Record<string, string>>

beforeAll(async () => {
  server = sharedServer()
  urls = {
    PAYD_LOCAL_DATABASE_URL: await server.createDatabase('workflow_local'),
    PAYD_STAGING_DATABASE_URL: await server.createDatabase('workflow_staging'),
    PAYD_PRODUCTION_DATABASE_URL: await server.createDatabase('workflow_production'),
  }
  project = createProject([TIDY])
  const environments = readFileSync(join(projectRoot(), 'supabase/environments.json'), 'utf8')
  writeFileSync(project.environmentsFile, environments)
  await writeProofs(project, server)
  playPlatform()
  const confirmed = ['--env', 'production', '--confirm', 'production']
  await run(guard, project, ['--claim', '--env', 'staging'], { variables: urls })
  // An empty database takes its first installation at once; what comes later waits.
  const first = await run(push, project, ['--claim', ...confirmed, '--no-report'], { variables: urls })
  expect(first.data).toMatchObject({ ok: true })
  writePair(project, TITLE)
  await writeProofs(project, server)
})
afterAll(async () => {
  await server.stop()
  removeProject(project)
})

test('staging is pushed, rolled back and pushed again, and its functions are deployed', async () => {
  const outcomes = runJob('staging')
  expect(outcomes.filter(({ status }) => status !== 0)).toEqual([])
  expect(await appliedVersions(urls.PAYD_STAGING_DATABASE_URL ?? '')).toEqual(['20260101000000', '20260102000000'])
  expect(readFileSync(join(project.root, 'deployed'), 'utf8')).toContain('supabase functions deploy')
})

test('production stops at the push while the change has not soaked and is not approved, and deploys nothing', async () => {
  writeFileSync(join(project.root, 'deployed'), '')
  const last = runJob('production').at(-1)
  expect(last?.step, last?.printed).toContain('push --env production')
  expect(last?.status).toBe(1)
  expect(last?.printed).toMatch(/soak/)
  expect(last?.printed).toMatch(/approvals/)
  expect(await appliedVersions(urls.PAYD_PRODUCTION_DATABASE_URL ?? '')).toEqual(['20260101000000'])
  expect(readFileSync(join(project.root, 'deployed'), 'utf8')).toBe('')
})

/** Runs the steps of a job until one fails, as GitHub does. */
function runJob(name: string): Outcome[] {
  const outcomes: Outcome[] = []
  for (const { run: step } of jobs[name]?.steps ?? []) {
    if (step === undefined) continue
    const outcome = shell(step)
    outcomes.push(outcome)
    if (outcome.status !== 0) break
  }
  return outcomes
}

function shell(step: string): Outcome {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', step], {
    cwd: project.root,
    encoding: 'utf8',
    env: plainEnvironment({
      ...urls,
      PATH: `${join(project.root, 'bin')}:${process.env.PATH}`,
      PAYD_ACTOR: 'release',
      GITHUB_SHA: '0123456789abcdef',
      PROJECT_REF: 'ref',
    }),
  })
  return { step, status, printed: `${stdout}${stderr}` }
}

/** Puts programs in front of the real ones: `npm run db` is the real tool on this project, the rest only says that it was called. */
function playPlatform(): void {
  const bin = join(project.root, 'bin')
  mkdirSync(bin)
  const program = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const tool = join(projectRoot(), 'tools/db/main.ts')
  program(
    'npm',
    `case "$1" in
  run) shift 3; exec '${process.execPath}' '${tool}' "$@" ;;
  start) echo 'PayD runs.' ;;
esac`,
  )
  program('npx', `echo "$@" >> '${join(project.root, 'deployed')}'`)
}
