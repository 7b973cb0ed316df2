import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as backup from '../../../tools/db/deploy/backup.command.ts'
import * as drift from '../../../tools/db/deploy/drift.command.ts'
import * as health from '../../../tools/db/deploy/health.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as drill from '../../../tools/db/deploy/restore-drill.command.ts'
import * as status from '../../../tools/db/deploy/status.command.ts'
import type { CommandModule } from '../../../tools/db/lib/command.ts'
import { connect, runScript } from '../../../tools/db/lib/database.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject, type Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { createProject, removeProject, run } from './fixture.ts'

// PayD's own migrations and their proofs, as they are in the working tree, on their way into a database: the gates compare
// its catalogue before and after with the digests that were committed.
const root = openProject(join(import.meta.dirname, '..', '..', '..'))
let cluster: SharedServer
let project: Project
let url: string
let variables: Record<string, string>

beforeAll(async () => {
  cluster = sharedServer()
  project = createProject([])
  cpSync(root.migrations, project.migrations, { recursive: true })
  cpSync(root.rollbacks, project.rollbacks, { recursive: true })
  cpSync(join(root.root, 'supabase', 'config.toml'), join(project.root, 'supabase', 'config.toml'))
  cpSync(root.lockFile, project.lockFile)
  url = await cluster.createDatabase('own')
  variables = { LOCAL_URL: url }
})
afterAll(async () => {
  await cluster.stop()
  removeProject(project)
})

const local = (module: CommandModule, ...args: string[]) =>
  run(module, project, ['--env', 'local', ...args], { variables })
const scratch = () => ['--server', cluster.adminUrl, '--blank', 'blank_project']

test("PayD's own migrations are pushed, are what they were proven to be, and come back from a backup with all rows", async () => {
  const count = readMigrations(project).migrations.length
  const pushed = await local(push, '--claim')
  expect(pushed.data.failure).toBeNull()
  expect(pushed.data.applied).toHaveLength(count)
  expect(pushed.data.checks).toMatchObject([{ name: 'catalog', ok: true }, { ok: true }])
  expect((await local(status)).data).toMatchObject({ ok: true, isProven: true })

  const full = await local(drift, '--full', ...scratch())
  expect(full.data.differences).toEqual([])

  const sql = connect(url)
  await runScript(sql, readFileSync(join(root.root, 'supabase', 'seed.sql'), 'utf8'))
  await sql.end()
  expect((await local(backup)).data).toMatchObject({ ok: true })
  const restored = await local(drill, ...scratch())
  expect(restored.data).toMatchObject({ ok: true, problems: [] })
  expect(restored.data.rows).toBeGreaterThan(count)

  const measured = await local(health)
  expect(measured.data.health.withoutRls).toEqual([])
  expect(measured.data.health.invalidIndexes).toEqual([])
  expect(measured.data.health.findings).toBeDefined()
})
