import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { embeddedPostgresBinaries } from '../../tools/lib/binaries.ts'
import { projectRoot } from '../../tools/lib/project.ts'
import { openTemplate } from '../../tools/stack/template.ts'

const PREPARE = join(projectRoot(), 'tools', 'stack', 'prepare.js')

test('npm install prepares the database that a stack begins with', async () => {
  const { scripts } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8'))
  expect(scripts.prepare).toBe('node tools/stack/prepare.js')
  const { status, output } = spawnSync('node', [PREPARE], { encoding: 'utf8' })
  expect(status).toBe(0)
  expect(output.join('')).toBe('')
  const content = { binaries: embeddedPostgresBinaries(), privileges: 'strict', projectFolder: projectRoot() } as const
  expect((await openTemplate(content))?.isNew).toBe(false)
})

test('npm install does not fail where nothing can be prepared', () => {
  const folder = mkdtempSync(join(tmpdir(), 'payd-prepare-'))
  try {
    copyFileSync(PREPARE, join(folder, 'prepare.js'))
    const { status, output } = spawnSync('node', [join(folder, 'prepare.js')], { encoding: 'utf8' })
    expect(status).toBe(0)
    expect(output.join('')).toBe('')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
