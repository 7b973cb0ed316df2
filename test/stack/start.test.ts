import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../tools/lib/ports.ts'
import { isRunning } from '../../tools/lib/process-identity.ts'
import { projectRoot } from '../../tools/lib/project.ts'
import { readStartArguments } from '../../tools/start/arguments.ts'
import { processesNaming, recordedProcesses } from './fixture.ts'

const START = join(import.meta.dirname, '..', '..', 'tools', 'start', 'main.ts')

type Starter = ChildProcessByStdio<null, Readable, Readable>
const npmStart = (...words: string[]): Starter =>
  spawn(process.execPath, [START, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })

/** What a command printed and how it ended. */
async function outcome(child: Starter): Promise<{ code: number | null; output: string; errors: string }> {
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number | null, output, errors }
}

describe('a running npm start', () => {
  let home: string
  let data: string
  let port: number
  let child: Starter
  let report = ''

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'payd-start-'))
    data = join(home, 'data')
    port = await freePort()
    child = npmStart('--no-demo', '--data', data, '--port', String(port))
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      report += String(chunk)
      if (report.includes('PayD runs.')) break
    }
  })
  afterAll(() => {
    child?.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
  })

  test('has shown its steps, its addresses and its keys', () => {
    for (const step of ['PostgreSQL', 'migrations', 'PostgREST', 'auth service', 'edge functions', 'Stellar sandbox']) {
      expect(report).toMatch(new RegExp(`✓ ${step} +\\d+\\.\\d\\d s`))
    }
    expect(report).toContain(`API URL: http://127.0.0.1:${port}`)
    expect(report).toMatch(/DB URL: postgresql:\/\/postgres:postgres@127\.0\.0\.1:\d+\/postgres/)
    expect(report).toMatch(/Publishable key: sb_publishable_/)
    expect(report).toMatch(/Treasury: G[A-Z2-7]{55}/)
  })

  test('answers at the promised port with the workers of PayD', async () => {
    const health = (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as {
      functions: Record<string, boolean>
    }
    expect(health.functions).toEqual({ 'horizon-sync': true, 'payroll-disburse': true, 'webhook-dispatch': true })
  })

  test('makes a second one say where the first is and how to stop it', async () => {
    const { code, errors } = await outcome(npmStart('--data', data, '--port', String(await freePort())))
    expect(code).toBe(1)
    expect(errors).toContain(`PayD runs already at http://127.0.0.1:${port} (process ${child.pid}).`)
    expect(errors).toContain(`kill ${child.pid}`)
  })

  test('makes one in another folder say that the port is in use and how to choose another', async () => {
    const { code, errors } = await outcome(npmStart('--data', join(home, 'other'), '--port', String(port)))
    expect(code).toBe(1)
    expect(errors).toContain(`Port ${port} is in use by another program.`)
    expect(errors).toContain('npm start -- --port 54400')
    expect(readdirSync(join(home, 'other'))).not.toContain('lock')
  })

  test('ends in good order on a signal, and leaves neither process nor lock', async () => {
    const processes = recordedProcesses(data)
    expect(processes.filter(isRunning)).toHaveLength(6)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect(processes.filter(isRunning)).toEqual([])
    expect(processesNaming(data)).toEqual([])
    expect(readdirSync(data)).not.toContain('lock')
  })
})

test('--help teaches every option', async () => {
  const { code, output } = await outcome(npmStart('--help'))
  expect(code).toBe(0)
  for (const option of ['--port', '--data', '--fresh', '--no-demo']) expect(output).toContain(option)
})

test('a word it does not know is refused with exit code 2 and a pointer to the help', async () => {
  const { code, errors } = await outcome(npmStart('--prot', '5'))
  expect(code).toBe(2)
  expect(errors).toContain("Unknown option '--prot'")
  expect(errors).toContain('npm start -- --help')
})

test.each(['abc', '80', '65526', '-1', '5.5', ''])('--port %j is no port it could use', (port) => {
  expect(() => readStartArguments([`--port=${port}`])).toThrow('Give a number from 1024 to 65525')
})

test('without words it takes the usual port, the folder .payd, and pays somebody', () => {
  expect(readStartArguments([])).toEqual({
    help: false,
    port: 54321,
    dataFolder: join(projectRoot(), '.payd'),
    fresh: false,
    demo: true,
  })
})
