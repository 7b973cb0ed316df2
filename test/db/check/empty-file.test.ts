import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as check from '../../../tools/db/check/check.command.ts'
import * as header from '../../../tools/db/check/header.command.ts'
import * as prove from '../../../tools/db/check/prove.command.ts'
import * as history from '../../../tools/db/deploy/history.command.ts'
import type { CommandModule } from '../../../tools/db/lib/command.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { createProject, NOTES, run } from '../deploy/fixture.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'

// The first step of many people is "supabase migration new", which makes a file without a byte.
let project: Project
let server: SharedServer

beforeAll(() => {
  server = sharedServer()
  project = createProject([NOTES])
  writeFileSync(join(project.migrations, '20260102000000_fresh.sql'), '')
})
afterAll(async () => {
  await server.stop()
  rmSync(project.root, { recursive: true })
})

const COMMANDS: readonly (readonly [string, CommandModule])[] = [
  ['check', check],
  ['header', header],
  ['history', history],
]

test.each(COMMANDS)(
  '%s meets a file without a byte and says something that a person can act on',
  async (_name, command) => {
    const answer = await run(command, project, [])
    expect(answer.errors).toBe('')
    expect(answer.data.error).toBeUndefined()
    const findings: { check: string; file: string }[] = answer.data.findings ?? []
    if (answer.data.findings) {
      expect(findings.map((finding) => `${finding.check} ${finding.file}`)).toContain(
        'validate/empty-file supabase/migrations/20260102000000_fresh.sql',
      )
    }
  },
)

test('prove says that a file without a byte changes nothing', async () => {
  const answer = await run(prove, project, ['fresh', '--server', server.adminUrl, '--blank', 'blank_project'])
  expect(answer.data.findings.map((finding: { check: string }) => finding.check)).toContain('prove/changes-nothing')
})
