import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../../tools/db/command-line.ts'
import { COMMANDS } from '../../../tools/db/command-list.ts'
import { baseFolder } from './planted.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payd-line-'))
  cpSync(baseFolder(), folder, { recursive: true })
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  let code = -1
  await runCommandLine(args, {
    environment: {},
    folder,
    print: (text) => void out.push(text),
    printError: (text) => void err.push(text),
    setExitCode: (value) => {
      code = value
    },
    now: () => new Date('2026-11-20T12:00:00Z'),
    isInteractive: false,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('the command line', () => {
  test('lists every command with --help and ends well', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    for (const entry of COMMANDS) expect(out).toContain(`${entry.name} `)
  })

  test('is used wrongly without a command, with an unknown one, and with an unknown option', async () => {
    expect((await run()).code).toBe(2)
    expect(await run('shove')).toMatchObject({ code: 2, err: expect.stringContaining('There is no command "shove"') })
    expect(await run('check', '--fast')).toMatchObject({ code: 2, err: expect.stringContaining('--fast') })
    expect(await run('prove', 'no_such_migration')).toMatchObject({
      code: 2,
      err: expect.stringContaining('The newest are'),
    })
  })

  test('outside of a project says where to go', async () => {
    rmSync(join(folder, 'supabase'), { recursive: true })
    expect(await run('check')).toMatchObject({ code: 2, err: expect.stringContaining('There is no Supabase project') })
  })
})

describe('check', () => {
  test('find nothing in a project without a mistake', async () => {
    expect(await run('check', '--no-lock')).toMatchObject({ code: 0, out: '1 migration checked: nothing to report' })
  })

  test('answer machines with the same findings', async () => {
    const path = join(folder, 'supabase', 'migrations', '20260101000000_notes.sql')
    writeFileSync(path, readFileSync(path, 'utf8').replace('with (security_invoker = true)', ''))
    const { code, out } = await run('check', '--no-lock', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      command: 'check',
      ok: false,
      errors: 1,
      findings: [
        {
          check: 'lint/view-security-invoker',
          file: 'supabase/migrations/20260101000000_notes.sql',
          severity: 'error',
        },
      ],
    })
  })

  test('refuse a target that does not exist', async () => {
    expect(await run('check', '--env', 'production')).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no environment "production"'),
    })
    expect(await run('check', '--env', 'a', '--url', 'b')).toMatchObject({ code: 2 })
    expect(await run('check', '--url', 'http://somewhere')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no connection string'),
    })
    expect(await run('check', '--json', '--url', 'http://somewhere')).toMatchObject({
      code: 2,
      out: expect.stringContaining('"ok": false'),
    })
  })

  test('explain a rule with both examples', async () => {
    const { code, out } = await run('check', '--explain', 'cascade')
    expect(code).toBe(0)
    expect(out).toMatch(/why: [\s\S]*-- bad[\s\S]*cascade[\s\S]*-- good/)
    expect((await run('check', '--explain', 'nothing')).code).toBe(1)
  })
})

describe('check --fix', () => {
  test('works out what the statements say and keeps the rest; twice changes nothing', async () => {
    const path = join(folder, 'supabase', 'migrations', '20260101000000_notes.sql')
    const complete = readFileSync(path, 'utf8')
    writeFileSync(path, complete.replace(/^-- (author|tables|class|transaction):.*\n/gm, ''))
    expect((await run('check', '--no-lock')).code).toBe(1)
    expect(await run('check', '--fix')).toMatchObject({ code: 0, out: expect.stringContaining('1 file written') })
    expect(readFileSync(path, 'utf8')).toBe(complete)
    expect(await run('check', '--fix')).toMatchObject({ code: 0, out: '0 files written' })
  })

  test('gives a rollback without a header one that names what it loses', async () => {
    const path = join(folder, 'supabase', 'rollbacks', '20260101000000_notes_DOWN.sql')
    const complete = readFileSync(path, 'utf8')
    writeFileSync(path, complete.replace(/^-- rollback.*\n/gm, ''))
    await run('check', '--fix')
    const [, loss] = readFileSync(path, 'utf8').split('\n')
    expect(loss).toBe('-- rollback: lossy table public.notes, table public.organizations, table private.numbers')
  })
})

describe('malformed settings', () => {
  test.each([
    ['supabase/proof.json', '{"values": 1}', ['check', '--no-lock']],
    ['supabase/migrations.lock.json', '{"20260101000000": {}}', ['check']],
    ['supabase/environments.json', '{"staging": {}}', ['check', '--env', 'staging']],
    ['supabase/environments.json', 'not json', ['check', '--env', 'staging']],
  ])('%s holding %s is refused by name', async (file, text, args) => {
    mkdirSync(join(folder, 'supabase'), { recursive: true })
    writeFileSync(join(folder, file), text)
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(file) })
  })

  test('an environment whose variable is not set says which', async () => {
    writeFileSync(join(folder, 'supabase', 'environments.json'), '{"staging": {"url": "$NO_SUCH_VARIABLE"}}')
    expect(await run('check', '--env', 'staging')).toMatchObject({
      code: 2,
      err: expect.stringContaining('NO_SUCH_VARIABLE'),
    })
  })
})
