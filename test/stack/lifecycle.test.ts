import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { PortTakenError } from '../../tools/lib/ports.ts'
import { commandLine, isRunning, type ProcessIdentity } from '../../tools/lib/process-identity.ts'
import { type Cluster, startCluster } from '../../tools/stack/cluster.ts'
import { FolderInUseError } from '../../tools/stack/lock.ts'
import type { Stack, StackOptions } from '../../tools/stack/stack.ts'
import { childrenOf, FIXTURE_PROJECT, processesNaming, recordedProcesses, startFixtureStack } from './fixture.ts'

const STACK_MODULE = join(import.meta.dirname, '..', '..', 'tools', 'stack', 'stack.ts')

/** A folder that only its owner may enter, as the home of root is. */
let home: string
let folder: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'payd-life-'))
  folder = join(home, 'data')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const running = (processes: readonly ProcessIdentity[]): ProcessIdentity[] => processes.filter(isRunning)

async function ringsOf(stack: Stack): Promise<unknown> {
  const response = await fetch(`${stack.url}/rest/v1/rings?select=rung_by&order=id`, {
    headers: { apikey: stack.keys.secret },
  })
  return response.json()
}

describe('a stop', () => {
  test('leaves no process, no folder and no listener of a temporary stack', async () => {
    const stack = await startFixtureStack({ scheduler: true, sandbox: { ledgerIntervalMs: 'manual' } })
    const processes = recordedProcesses(stack.dataDir)
    expect(running(processes)).toHaveLength(5)
    await stack.stop()
    expect(running(processes)).toEqual([])
    expect(processesNaming(stack.dataDir)).toEqual([])
    expect(existsSync(stack.dataDir)).toBe(false)
    await expect(fetch(`${stack.url}/health`)).rejects.toThrow()
  })

  test('leaves the data but no lock of a lasting stack; the next start goes on there, and a fresh one anew', async () => {
    const first = await startFixtureStack({ dataDir: folder, functions: false, seed: true })
    const sql = postgres(first.databaseUrl, { max: 1 })
    await sql`insert into public.rings (rung_by) values ('the first run')`
    await sql.end()
    await first.stop()
    expect(readdirSync(folder)).toEqual(expect.not.arrayContaining(['lock', 'stack.json']))

    const second = await startFixtureStack({ dataDir: folder, functions: false })
    expect(await ringsOf(second)).toEqual([{ rung_by: 'the seed' }, { rung_by: 'the first run' }])
    expect(second.keys).toEqual(first.keys)
    await second.stop()

    const third = await startFixtureStack({ dataDir: folder, functions: false, fresh: true })
    expect(await ringsOf(third)).toEqual([])
    expect(third.keys.secret).not.toBe(first.keys.secret)
    await third.stop()
  })
})

describe('beside a server that runs already', () => {
  let cluster: Cluster
  let light: StackOptions

  beforeAll(async () => {
    cluster = await startCluster()
    const url = await cluster.createDatabase('light')
    light = { database: { url, adminUrl: cluster.urlFor('light', 'supabase_admin') }, functions: false }
  })
  afterAll(() => cluster?.stop())

  test('a stop may be asked for twice, and leaves the server alone', async () => {
    const stack = await startFixtureStack(light)
    await Promise.all([stack.stop(), stack.stop()])
    await stack.stop()
    await cluster.createDatabase('still_there')
  })

  test('a stop in the middle of sign-ups lets them end before it takes the database away', async () => {
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const stack = await startFixtureStack(light)
    const signUp = (number: number): Promise<Response> =>
      fetch(`${stack.url}/auth/v1/signup`, {
        method: 'POST',
        headers: { apikey: stack.keys.publishable, 'content-type': 'application/json' },
        body: JSON.stringify({ email: `person-${number}@example.com`, password: 'correct horse battery staple' }),
      })
    const first = await signUp(0)
    const others = Promise.allSettled([1, 2, 3, 4, 5, 6].map(signUp))
    await stack.stop()
    await others
    expect(first.status).toBe(200)
    expect(complaints.mock.calls).toEqual([])
    complaints.mockRestore()
  })

  test('a start in the folder of a running stack is refused and does the running one no harm', async () => {
    const stack = await startFixtureStack({ ...light, dataDir: folder })
    await expect(startFixtureStack({ ...light, dataDir: folder })).rejects.toThrow(FolderInUseError)
    expect((await fetch(`${stack.url}/health`)).status).toBe(200)
    await stack.stop()
  })

  test('a start on a port in use is refused by the number of the port and leaves no lock', async () => {
    const stack = await startFixtureStack(light)
    const port = Number(new URL(stack.url).port)
    const attempt = startFixtureStack({ ...light, dataDir: folder, port })
    await expect(attempt).rejects.toThrow(PortTakenError)
    await expect(attempt).rejects.toThrow(`port ${port}`)
    expect(readdirSync(folder)).not.toContain('lock')
    await stack.stop()
  })

  test('a PostgREST that crashes is started again, and requests meanwhile are told to come back', async () => {
    const stack = await startFixtureStack(light)
    const ask = () => fetch(`${stack.url}/rest/v1/`, { headers: { apikey: stack.keys.publishable } })
    expect((await ask()).status).toBe(200)
    killPostgrest(stack.dataDir)
    await vi.waitFor(async () => expect((await ask()).status).toBe(503), { timeout: 30_000, interval: 1 })
    await vi.waitFor(async () => expect((await ask()).status).toBe(200), { timeout: 30_000 })
    await stack.stop()
  })

  test('a PostgREST that crashes again and again is told', async () => {
    const stack = await startFixtureStack(light)
    let told: string | undefined
    while (told === undefined) {
      killPostgrest(stack.dataDir)
      const goesOn = new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))
      told = await Promise.race([stack.failed, goesOn])
    }
    expect(told).toMatch(/^PostgREST ended by SIGKILL/)
    await stack.stop()
  })

  test('a start in a folder with things of somebody else is refused, because a fresh one would delete them', async () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'thesis.txt'), 'unsaved')
    await expect(startFixtureStack({ ...light, dataDir: folder, fresh: true })).rejects.toThrow(/holds other things/)
    expect(readdirSync(folder)).toEqual(['thesis.txt'])
  })
})

describe('a start', () => {
  test('that fails half-way tells why and ends the parts that came up', async () => {
    const project = join(home, 'project')
    cpSync(FIXTURE_PROJECT, project, { recursive: true })
    appendFileSync(join(project, 'supabase/migrations/20260101000100_doorbells.sql'), 'select nonsense;')
    const attempt = startFixtureStack({
      dataDir: folder,
      projectFolder: project,
      functions: false,
      sandbox: { ledgerIntervalMs: 'manual' },
    })
    await expect(attempt).rejects.toThrow(/column "nonsense" does not exist/)
    expect(processesNaming(folder)).toEqual([])
    expect(readdirSync(folder)).not.toContain('lock')
  })

  test('after one that was cut off before the database was ready begins anew', async () => {
    mkdirSync(join(folder, 'postgres'), { recursive: true })
    writeFileSync(join(folder, 'README.txt'), '')
    writeFileSync(join(folder, 'postgres', 'half-of-a-cluster'), '')
    const stack = await startFixtureStack({ dataDir: folder, functions: false, projectFolder: home })
    expect((await fetch(`${stack.url}/health`)).status).toBe(200)
    await stack.stop()
  })
})

function killPostgrest(dataDir: string): void {
  for (const { pid } of recordedProcesses(dataDir)) {
    if (commandLine(pid).includes('postgrest')) process.kill(pid, 'SIGKILL')
  }
}

/** A stack in a process of its own, with every kind of part. */
async function startElsewhere(dataDir: string) {
  const options = {
    dataDir,
    projectFolder: FIXTURE_PROJECT,
    functions: ['inspect'],
    sandbox: { ledgerIntervalMs: 'manual' },
  }
  const script = `import { startStack } from ${JSON.stringify(STACK_MODULE)}
    await startStack(${JSON.stringify(options)})
    console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const died = once(child, 'exit').then(() => Promise.reject(new Error('The other stack did not start.')))
  await Promise.race([once(child.stdout, 'data'), died])
  died.catch(() => undefined)
  return child
}

test('kill -9 of a stack takes its parts along; if its keeper is killed too, the next start ends them', async () => {
  const first = await startElsewhere(folder)
  const keys = readFileSync(join(folder, 'keys.json'), 'utf8')
  const ofFirst = recordedProcesses(folder)
  expect(running(ofFirst)).toHaveLength(4)
  first.kill('SIGKILL')
  await vi.waitFor(() => expect(running(ofFirst)).toEqual([]), { timeout: 30_000 })
  expect(readdirSync(folder)).toContain('lock')

  const second = await startElsewhere(folder)
  const ofSecond = recordedProcesses(folder)
  for (const pid of childrenOf(second.pid ?? 0, 'keeper-process')) process.kill(pid, 'SIGKILL')
  second.kill('SIGKILL')
  await once(second, 'exit')
  expect(running(ofSecond).length).toBeGreaterThan(0)

  const third = await startFixtureStack({ dataDir: folder, functions: false })
  expect(running(ofSecond)).toEqual([])
  expect((await fetch(`${third.url}/health`)).status).toBe(200)
  expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toBe(keys)
  await third.stop()
})
