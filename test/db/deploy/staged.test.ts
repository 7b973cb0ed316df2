import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as approve from '../../../tools/db/deploy/approve.command.ts'
import * as backup from '../../../tools/db/deploy/backup.command.ts'
import * as checklist from '../../../tools/db/deploy/checklist.command.ts'
import * as guard from '../../../tools/db/deploy/guard.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as rehearse from '../../../tools/db/deploy/rehearse.command.ts'
import * as drill from '../../../tools/db/deploy/restore-drill.command.ts'
import * as rollback from '../../../tools/db/deploy/rollback.command.ts'
import type { CommandModule } from '../../../tools/db/lib/command.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import {
  appliedVersions,
  createProject,
  inHours,
  MEMO,
  NOTES,
  type Pair,
  query,
  removeProject,
  run,
  writePair,
  writeProofs,
} from './fixture.ts'

// What is installed before the story begins; a database without any migration is asked for nothing but proven files.
const PEOPLE: Pair = {
  id: '20251231000000_people',
  up: NOTES.up.replaceAll('public.notes', 'public.people').replace('migration: notes', 'migration: people'),
  down: NOTES.down.replaceAll('public.notes', 'public.people').replace(NOTES.id, '20251231000000_people'),
}

// The tests of this file are one story in order: a change on its way through three databases.
let workshop: SharedServer
let project: Project
let urls: { local: string; staging: string; production: string }
let now = new Date()
let scratch: string[]

beforeAll(async () => {
  workshop = sharedServer()
  await workshop.createDatabase('staged_production')
  const urlOf = (environment: string): string => workshop.urlFor(`staged_${environment}`)
  urls = { local: urlOf('local'), staging: urlOf('staging'), production: urlOf('production') }
  project = createProject([PEOPLE])
  await writeProofs(project, workshop)
  scratch = ['--server', workshop.adminUrl, '--blank', 'blank_project']
})
afterAll(async () => {
  await workshop.stop()
  removeProject(project)
})

const at = (environment: string, module: CommandModule, ...args: string[]) => {
  const confirm = environment === 'production' && module === push ? ['--confirm', 'production'] : []
  const variables = {
    LOCAL_URL: urls.local,
    STAGING_URL: urls.staging,
    PRODUCTION_URL: urls.production,
  }
  return run(module, project, [...args, '--env', environment, ...confirm], { variables, now })
}
const closedGates = (data: { gates: { name: string; ok: boolean }[] }): string[] =>
  data.gates.filter((gate) => !gate.ok).map((gate) => gate.name)

describe('a change travels through local, staging and production', () => {
  test('the first install of an empty database is one push, also on production, and a copy is claimed for what it is', async () => {
    await at('production', guard, '--claim', '--confirm', 'production')
    const { data } = await at('production', push)
    expect(data).toMatchObject({ ok: true, applied: [PEOPLE.id] })
    expect(data.gates.map((gate: { name: string }) => gate.name)).toEqual([
      'history',
      'proof',
      'catalog',
      'rights',
      'first',
    ])
    for (const environment of ['staging', 'local'] as const) {
      await workshop.createDatabase(`staged_${environment}`, 'staged_production')
      expect((await at(environment, push)).data.error.what).toContain('it says that it is "production"')
      await at(environment, guard, '--release', '--confirm', 'production')
      await at(environment, guard, '--claim')
      expect((await at(environment, push)).data).toMatchObject({ ok: true, applied: [] })
    }
  })

  test('staging waits for local', async () => {
    writePair(project, NOTES)
    await writeProofs(project, workshop)
    expect(closedGates((await at('staging', push)).data)).toEqual(['earlier'])
    expect((await at('local', push)).data).toMatchObject({ ok: true, applied: [NOTES.id] })
    expect((await at('staging', push)).data).toMatchObject({ ok: true, applied: [NOTES.id] })
  })

  test('production is stopped at each gate in turn until everything it asks for was done', async () => {
    const closed = async (): Promise<string[]> => closedGates((await at('production', push)).data)
    expect(await closed()).toEqual(['backup', 'soak', 'rehearsal', 'approvals'])

    await at('production', backup)
    expect(await closed()).toEqual(['backup', 'soak', 'rehearsal', 'approvals'])
    const restored = await at('production', drill, ...scratch)
    expect(restored.data).toMatchObject({ ok: true, problems: [] })
    expect(await closed()).toEqual(['soak', 'rehearsal', 'approvals'])

    expect((await at('staging', rehearse)).data).toMatchObject({ ok: true, rehearsed: [NOTES.id] })
    expect(await closed()).toEqual(['soak', 'approvals'])

    now = inHours(25)
    expect(await closed()).toEqual(['backup', 'approvals'])
    now = inHours(24.01)
    await query(
      urls.production,
      `update supabase_migrations.payd_journal set at = at + interval '1 hour' where kind = 'backup'`,
    )
    expect(await closed()).toEqual(['approvals'])
    const before = await at('production', checklist, 'notes')
    expect(before.data.items.filter((item: { isMet?: boolean }) => item.isMet === false)).toMatchObject([
      { what: 'Peer review completed and approved' },
    ])
    // Nothing was measured, so the box is for a person and not ticked.
    expect(before.data.items.at(-1)).not.toHaveProperty('isMet')
    expect(before.data.items.at(-1)).toMatchObject({ what: 'Performance baseline documented' })
    await at('production', approve, 'notes', '--as', 'grace', '--role', 'peer')
    expect(await closed()).toEqual([])
    expect(await appliedVersions(urls.production)).toEqual(['20251231000000', '20260101000000'])
    const report = readFileSync(join(project.root, 'docs', 'migrations', '20260101000000_report.md'), 'utf8')
    expect(report).toMatch(/staging: pushed · production: pushed/)
    expect(report).toContain('production: peer by grace')
  })

  test('a breaking change also needs the people at the top, 72 hours and a window', async () => {
    const breaking = {
      ...MEMO,
      up: MEMO.up
        .replace('add column memo text', 'rename column body to content')
        .replace('add-column', 'breaking-change'),
      down: `-- rollback-of: ${MEMO.id}\n-- rollback: lossless\nalter table public.notes rename column content to body;\n`,
      test: NOTES.test ?? '',
    }
    writePair(project, breaking)
    await writeProofs(project, workshop)
    // That staging waits for local was shown.
    const { local, staging, production } = JSON.parse(readFileSync(project.environmentsFile, 'utf8'))
    writeFileSync(project.environmentsFile, JSON.stringify({ local, staging: { url: staging.url }, production }))
    expect((await at('staging', rehearse)).data).toMatchObject({ ok: true })
    expect(closedGates((await at('production', push)).data)).toEqual(['soak', 'approvals', 'window'])
    for (const [who, role] of [
      ['grace', 'peer'],
      ['linus', 'team-lead'],
      ['barbara', 'cto'],
    ] as const) {
      await at('production', approve, 'memo', '--as', who, '--role', role)
    }
    const later = inHours(72.1)
    now = later
    await query(
      urls.production,
      `update supabase_migrations.payd_journal set at = '${later.toISOString()}' where kind = 'backup'`,
    )
    expect(closedGates((await at('production', push)).data)).toEqual(['window'])
    const wrong = ['--window', '2020-01-01T00:00Z/2020-01-01T01:00Z']
    expect(closedGates((await at('production', push, ...wrong)).data)).toEqual(['window'])
    const right = ['--window', `${inHours(72).toISOString()}/${inHours(73).toISOString()}`]
    const pushed = await at('production', push, ...right)
    expect(pushed.data).toMatchObject({ ok: true, applied: [MEMO.id] })
  })

  test('a rollback on production begins its post-mortem', async () => {
    const back = await at('production', rollback, '--confirm', 'production', '--reason', 'readers of the old name')
    expect(back.data).toMatchObject({ ok: true, done: [MEMO.id] })
    const file = join(project.root, 'docs', 'migrations', '20260102000000_post_mortem.md')
    expect(readFileSync(file, 'utf8')).toContain('readers of the old name')
  })
})
