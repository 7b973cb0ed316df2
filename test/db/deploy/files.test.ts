import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../../tools/db/command-line.ts'
import { COMMANDS } from '../../../tools/db/command-list.ts'
import * as history from '../../../tools/db/deploy/history.command.ts'
import { storedStatements } from '../../../tools/db/deploy/pair.ts'
import * as renumber from '../../../tools/db/deploy/renumber.command.ts'
import * as report from '../../../tools/db/deploy/report.command.ts'
import { pushUrl } from '../../../tools/db/deploy/supabase-cli.ts'
import { astHash } from '../../../tools/db/lib/ast-hash.ts'
import { APPROVAL_MATRIX } from '../../../tools/db/lib/change-class.ts'
import { readLockFile, writeLockFile } from '../../../tools/db/lib/lock-file.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { BODY_INDEX, createProject, MEMO, NOTES, removeProject, run, writePair } from './fixture.ts'

const LOCKED = {
  name: 'notes',
  up: '',
  down: '',
  class: [],
  rollback: 'lossy',
  catalog: { before: '', after: '' },
  proof: { catalogIdentity: true, dataPreserved: true, killPoints: 0, n1: { queries: 0, broken: 0 } },
  locks: [],
  pg: '17',
  tools: {},
}

let project: Project
beforeEach(() => {
  project = createProject([NOTES, { ...MEMO, up: MEMO.up.replace('depends: none', 'depends: 20260101000000') }])
})
afterEach(() => removeProject(project))

describe('the commands that only write files', () => {
  test('the history is generated from the migrations, and --check notices when it is old', async () => {
    expect(await run(history, project, ['--check'])).toMatchObject({ code: 1 })
    await run(history, project, [])
    const text = readFileSync(join(project.root, 'docs', 'migrations', 'MIGRATION_HISTORY.md'), 'utf8')
    expect(text).toContain(
      '| 20260102000000 | **memo**<br>Notes are what these tests migrate. | add-column | public.notes | 20260101000000 | lossy column public.notes.memo | ada |',
    )
    expect(await run(history, project, ['--check'])).toMatchObject({ code: 0 })
  })

  test('renumbering moves the pair and its test, and changes the version wherever a header names it', async () => {
    expect(await run(renumber, project, ['notes', '--to', '20260101999999'])).toMatchObject({ code: 2 })
    const answer = await run(renumber, project, ['notes', '--to', '20260109000000'])
    expect(answer.data).toMatchObject({ ok: true, to: '20260109000000_notes' })
    expect(answer.data.files).toHaveLength(3)
    const { migrations, orphans } = readMigrations(project)
    expect(orphans).toEqual([])
    expect(migrations.map((one) => one.id)).toEqual([MEMO.id, '20260109000000_notes'])
    expect(migrations[0]?.up.text).toContain('depends: 20260109000000')
    expect(migrations[1]?.down?.text).toContain('rollback-of: 20260109000000_notes')
    expect(existsSync(join(project.migrations, `${NOTES.id}.sql`))).toBe(false)
  })

  test('renumbering one of two migrations with one version leaves the other, and what others say of it, alone', async () => {
    const twin = { ...NOTES, id: '20260101000000_twin', down: NOTES.down.replace('000000_notes', '000000_twin') }
    writePair(project, twin)
    const locked = { [NOTES.id.slice(0, 14)]: { ...LOCKED, name: 'notes' } }
    writeLockFile(project, locked)
    await run(renumber, project, [twin.id, '--to', '20260109000000'])
    const texts = readMigrations(project).migrations.map((one) => [one.id, one.up.text, one.down?.text].join('\n'))
    expect(texts[0]).toContain('rollback-of: 20260101000000_notes')
    expect(texts[1]).toContain('depends: 20260101000000')
    expect(texts[2]).toContain('rollback-of: 20260109000000_twin')
    expect(readLockFile(project)).toEqual(locked)
  })

  test('the text of the pull request says what changes, how it is taken back and who has to agree', async () => {
    const { data } = await run(report, project, ['memo', '--pull-request'])
    expect(data.text).toMatch(/^feat\(db\): memo\n/)
    expect(data.text).toContain('- alter table public.notes')
    expect(data.text).toContain('(lossy column public.notes.memo)')
    expect(data.text).toContain('- soak: 24 h')
  })

  test('a report without any environment in reach is written and says so', async () => {
    const { data } = await run(report, project, ['memo'])
    const text = readFileSync(join(project.root, data.path), 'utf8')
    expect(text).toContain('production: not reachable from here')
  })
})

describe('docs/migrations.md', () => {
  test('its reference shows the approval matrix as it is enforced', () => {
    const reference = readFileSync(
      join(import.meta.dirname, '..', '..', '..', 'docs', 'migrations', 'reference.md'),
      'utf8',
    )
    const words = { required: 'required', notified: 'notified', none: '–' }
    for (const [name, asked] of Object.entries(APPROVAL_MATRIX)) {
      const line = reference.split('\n').find(
        (one) =>
          one.startsWith('|') &&
          one
            .split('|')[1]
            ?.split(', ')
            .some((cell) => cell.trim() === name),
      )
      const cells = line
        ?.split('|')
        .map((cell) => cell.trim())
        .slice(2, 7)
      expect([name, cells]).toEqual([
        name,
        [
          'required',
          words[asked.teamLead],
          words[asked.cto],
          `${asked.soakHours} h`,
          asked.needsMaintenanceWindow ? 'required' : '–',
        ],
      ])
    }
  })

  test('and every other document name only commands and options that exist, and together they name every command', async () => {
    const root = join(import.meta.dirname, '..', '..', '..')
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      ...['migrations', 'migrations/emergencies', 'coverage', 'deploy', 'troubleshooting', 'operations', 'scaling'].map(
        (name) => `docs/${name}.md`,
      ),
    ].map((name) => readFileSync(join(root, name), 'utf8'))
    const calls = documents.flatMap((document) => [...document.matchAll(/npm run db -- ([a-z][a-z-]*)([^`\n|#]*)/g)])
    const helps = new Map<string, string>()
    for (const { name } of COMMANDS) helps.set(name, await helpOf(name))
    const isWrong = ([, name = '', rest = '']: RegExpMatchArray): boolean =>
      (rest.match(/(?<= )--[a-z-]+/g) ?? []).some((option) => !helps.get(name)?.includes(option)) || !helps.has(name)
    expect(calls.filter(isWrong).map(([call]) => call)).toEqual([])
    const named = new Set(calls.map(([, name]) => name))
    expect([...helps.keys()].filter((name) => !named.has(name))).toEqual([])
  })
})

async function helpOf(name: string): Promise<string> {
  let text = ''
  await runCommandLine([name, '--help'], {
    environment: {},
    folder: project.root,
    print: (line) => {
      text += `${line}\n`
    },
    printError: () => undefined,
    setExitCode: () => undefined,
    now: () => new Date(),
    isInteractive: false,
  })
  return text
}

test('a stored rollback keeps its header and is the same statements', () => {
  const file = { path: '', shown: '', text: `${NOTES.down}-- why; not\n${MEMO.down}` }
  const stored = storedStatements(file)
  expect(stored).toHaveLength(2)
  expect(stored[0]).toMatch(/^-- rollback-of: 20260101000000_notes\n/)
  expect(astHash(stored.join(';\n'))).toBe(astHash(file.text))
  expect(storedStatements({ path: '', shown: '', text: BODY_INDEX.down })).toEqual([
    BODY_INDEX.down.trim().replace(/;$/, ''),
  ])
})

test('the lock timeout and the search for lost clients are added to the options of an address that has some', () => {
  const url = pushUrl('postgresql://a:b@127.0.0.1:1/c?options=-c%20role%3Dpostgres', 2500)
  expect(url).toBe(
    'postgresql://a:b@127.0.0.1:1/c?sslmode=disable&options=-c%20role%3Dpostgres%20-c%20lock_timeout%3D2500%20-c%20client_connection_check_interval%3D1000',
  )
})

test.each(COMMANDS)('$name --help teaches with an example and the exit codes', async ({ name, summary }) => {
  const text = await helpOf(name)
  expect(text).toContain(`npm run db -- ${name}`)
  expect(text).toContain('Exit codes: 0')
  expect(text).toContain('--json')
  expect(text.replace(/\s+/g, ' ')).toContain(summary)
})
