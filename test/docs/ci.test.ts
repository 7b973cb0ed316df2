import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { plainEnvironment } from '../../tools/lib/plain-environment.ts'

const SCRIPT = join(import.meta.dirname, '../../.ci/run')

test.each([
  ['a mirror', 0, ''],
  ['no mirror', 100, 'PostgreSQL 15 could not be installed'],
])('with %s CI installs and runs every test', async (_name, aptStatus, warning) => {
  const { commands, stderr } = await runAsRoot(aptStatus)
  expect(commands.slice(-2)).toEqual(['npm install --no-audit --no-fund', 'npm test'])
  expect(commands[0]).toContain('apt-get update')
  expect(stderr).toContain(warning)
})

/** Runs the script in a folder of its own, with commands that only write down that they were called. */
async function runAsRoot(aptStatus: number): Promise<{ commands: readonly string[]; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-ci-'))
  try {
    const bin = join(folder, 'bin')
    const log = join(folder, 'log')
    await mkdir(join(folder, '.ci'))
    await mkdir(bin)
    await copyFile(SCRIPT, join(folder, '.ci/run'))
    const command = async (name: string, body: string): Promise<void> => {
      await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`)
      await chmod(join(bin, name), 0o755)
    }
    await command('id', 'echo 0')
    await command('apt-get', `echo "apt-get $*" >> '${log}'; exit ${aptStatus}`)
    await command('npm', `echo "npm $*" >> '${log}'`)
    const { stderr } = await promisify(execFile)('bash', [join(folder, '.ci/run')], {
      env: plainEnvironment({ PATH: `${bin}:${process.env.PATH}` }),
    })
    return { commands: (await readFile(log, 'utf8')).trim().split('\n'), stderr }
  } finally {
    await rm(folder, { recursive: true })
  }
}
