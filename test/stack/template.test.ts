import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { embeddedPostgresBinaries } from '../../tools/lib/binaries.ts'
import { type Keeper, startKeeper } from '../../tools/lib/keeper.ts'
import { startPostgres } from '../../tools/lib/postgres.ts'
import { databaseUrl } from '../../tools/lib/sql.ts'
import { copyTree } from '../../tools/stack/folder-tree.ts'
import { contentDigest, type ProjectContent } from '../../tools/stack/project-content.ts'
import { createProjectFolder } from '../../tools/stack/project-folder.ts'
import { openTemplate } from '../../tools/stack/template.ts'
import { FIXTURE_PROJECT, processesNaming } from './fixture.ts'

const TOOLS = join(import.meta.dirname, '..', '..', 'tools')
const BUILT_NAME = /^[0-9a-f]{32}$/

let home: string
let cache: string
/** A copy of the fixture project, to be changed. */
let project: string
let content: ProjectContent

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'payd-template-'))
  chmodSync(home, 0o711)
  cache = join(home, 'cache')
  project = join(home, 'project')
  cpSync(join(FIXTURE_PROJECT, 'supabase', 'migrations'), join(project, 'supabase', 'migrations'), { recursive: true })
  writeFileSync(join(project, 'supabase', 'config.toml'), 'project_id = "fixture"\n')
  content = { binaries: embeddedPostgresBinaries(), privileges: 'strict', projectFolder: project }
})
afterEach(() => {
  expect(processesNaming(home)).toEqual([])
  rmSync(home, { recursive: true, force: true })
})

/** What is in the cache beside complete templates. */
const unfinished = (): string[] => readdirSync(cache).filter((name) => !BUILT_NAME.test(name))
const templates = (): string[] => readdirSync(cache).filter((name) => BUILT_NAME.test(name))

/** Opens the template in a process of its own, which says the result or what went wrong. */
function openElsewhere() {
  const script = `import { openTemplate } from ${JSON.stringify(join(TOOLS, 'stack', 'template.ts'))}
    console.log(JSON.stringify(await openTemplate(${JSON.stringify(content)}, ${JSON.stringify(cache)})))`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Starts a server on a copy of the template, as a stack does. */
const withCopy = (template: string | undefined, use: (port: number) => Promise<void>): Promise<void> =>
  withServer(
    (dataFolder, keeper) =>
      createProjectFolder({ template, content, dataFolder, superuserPassword: "it's mine", keeper }),
    use,
  )

async function withServer(
  create: (dataFolder: string, keeper: Keeper) => Promise<void>,
  use: (port: number) => Promise<void>,
  settings: readonly string[] = [],
): Promise<void> {
  const keeper = startKeeper()
  const dataFolder = join(home, 'copy')
  try {
    await create(dataFolder, keeper)
    const started = { binaries: content.binaries, dataFolder, port: 0, superuserPassword: '', durable: false, keeper }
    const server = await startPostgres({ ...started, settings })
    await use(server.port).finally(() => server.stop())
  } finally {
    await keeper.close()
  }
}

async function query(url: string, text: string): Promise<object[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end()
  }
}

describe('a template', () => {
  test('is built once, and its copies have the history as the Supabase CLI wrote it and a superuser of their own', async () => {
    const first = await openTemplate(content, cache)
    expect(first?.isNew).toBe(true)
    expect(await openTemplate(content, cache)).toEqual({ folder: first?.folder, isNew: false })
    expect(unfinished()).toEqual([])

    const migration = readFileSync(join(project, 'supabase/migrations/20260101000000_notes.sql'), 'utf8')
    await withCopy(first?.folder, async (port) => {
      const url = databaseUrl(port, 'postgres', 'postgres', 'postgres')
      const [row] = (await query(
        url,
        'select version, name, statements[1] as statement from supabase_migrations.schema_migrations order by version',
      )) as [{ version: string; name: string; statement: string }]
      expect(row).toMatchObject({ version: '20260101000000', name: 'notes' })
      expect(migration).toContain(row.statement)
      const admin = (password: string) =>
        query(databaseUrl(port, 'postgres', 'supabase_admin', password), 'select 1 as x')
      expect(await admin("it's mine")).toEqual([{ x: 1 }])
      for (const wrong of ['', 'postgres', 'supabase_admin'])
        await expect(admin(wrong)).rejects.toThrow(/authentication/)
    })
  })

  test('holds no password of the superuser, who cannot connect before one is set', async () => {
    Object.assign(content, { projectFolder: undefined })
    const template = await openTemplate(content, cache)
    const letIn = join(home, 'pg_hba.conf')
    writeFileSync(letIn, 'host all all 127.0.0.1/32 trust\n')
    await withServer(
      (dataFolder) => copyTree(template?.folder ?? '', dataFolder),
      async (port) => {
        const url = databaseUrl(port, 'postgres', 'supabase_admin', '')
        const password = "select rolpassword as password from pg_authid where rolname = 'supabase_admin'"
        expect(await query(url, password)).toEqual([{ password: null }])
      },
      [`hba_file=${letIn}`],
    )
  })

  test('of a migration that fails is told in the words of the CLI and leaves nothing', async () => {
    appendFileSync(join(project, 'supabase/migrations/20260101000100_doorbells.sql'), 'select nonsense;')
    await expect(openTemplate(content, cache)).rejects.toThrow(/column "nonsense" does not exist/)
    expect(readdirSync(cache)).toEqual([])
  })

  test('that belongs to another account is built again', async () => {
    Object.assign(content, { projectFolder: undefined })
    const before = await openTemplate(content, cache)
    const folder = before?.folder ?? ''
    const owner = statSync(folder).uid
    // Only root can give a folder away; for everybody else there is no way to such a folder.
    if (userInfo().uid !== 0) return
    chownSync(folder, owner + 1, owner + 1)
    expect(await openTemplate(content, cache)).toEqual({ folder, isNew: true })
    expect(statSync(folder).uid).toBe(owner)
    expect(readdirSync(cache)).toEqual(templates())
  })

  test('that was not used for the longest time makes room', async () => {
    Object.assign(content, { projectFolder: undefined })
    const old = Array.from({ length: 10 }, (_, index) => String(index).repeat(32))
    for (const [index, name] of old.entries()) {
      mkdirSync(join(cache, name), { recursive: true })
      utimesSync(join(cache, name), 1_000_000 + index, 1_000_000 + index)
    }
    const built = await openTemplate(content, cache)
    expect(readdirSync(cache).sort()).toEqual([...old.slice(3), built?.folder.slice(cache.length + 1)].sort())
  })

  test('is done without where nothing can be kept', async () => {
    writeFileSync(cache, 'a file in the way')
    expect(await openTemplate(content, cache)).toBeUndefined()
    await withCopy(undefined, async (port) => {
      const url = databaseUrl(port, 'postgres', 'postgres', 'postgres')
      expect(await query(url, 'select count(*)::int from supabase_migrations.schema_migrations')).toEqual([
        { count: 2 },
      ])
    })
  })
})

describe('two names are the same only for the same content', () => {
  test.each<[string, () => void]>([
    ['a changed migration', () => appendFileSync(join(project, 'supabase/migrations/20260101000000_notes.sql'), '\n')],
    [
      'one more migration',
      () => writeFileSync(join(project, 'supabase/migrations/20270101000000_more.sql'), 'select 1;'),
    ],
    ['a migration less', () => rmSync(join(project, 'supabase/migrations/20260101000100_doorbells.sql'))],
    ['changed settings', () => appendFileSync(join(project, 'supabase/config.toml'), '[db]\n')],
    ['other default privileges', () => Object.assign(content, { privileges: 'legacy' })],
    ['no migrations', () => Object.assign(content, { projectFolder: undefined })],
    [
      'another PostgreSQL',
      () => Object.assign(content, { binaries: { ...content.binaries, postgres: import.meta.filename } }),
    ],
  ])('%s makes another one', async (_, change) => {
    const before = await contentDigest(content)
    expect(await contentDigest(content)).toBe(before)
    change()
    expect(await contentDigest(content)).not.toBe(before)
  })

  test.each(['stack/bootstrap.sql', 'lib/initialise.ts'])('a changed %s makes another one', async (file) => {
    const tools = join(home, 'tools')
    const folders = ['stack', 'lib'].map((name) => join(tools, name))
    cpSync(TOOLS, tools, { recursive: true })
    expect(await contentDigest(content, folders)).toBe(await contentDigest(content))
    appendFileSync(join(tools, file), '-- another word\n')
    expect(await contentDigest(content, folders)).not.toBe(await contentDigest(content))
  })
})

test('builders at the same time build once, and all get the same complete template', async () => {
  Object.assign(content, { projectFolder: undefined })
  const builders = [openElsewhere(), openElsewhere(), openElsewhere()]
  const outputs = await Promise.all(
    builders.map(
      async ({ stdout }) => JSON.parse(String((await once(stdout, 'data'))[0])) as { isNew: boolean; folder: string },
    ),
  )
  await Promise.all(builders.map((builder) => builder.exitCode ?? once(builder, 'exit')))
  expect(outputs.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(new Set(outputs.map(({ folder }) => folder)).size).toBe(1)
  expect(unfinished()).toEqual([])
})

test('a builder that is killed half-way leaves no template, and the next one builds it', async () => {
  const builder = openElsewhere()
  const died = once(builder, 'exit')
  const servers = () => processesNaming(join(cache, 'building-'))
  await vi.waitFor(() => expect(servers()).not.toEqual([]), { timeout: 60_000 })
  builder.kill('SIGKILL')
  await died
  expect(templates()).toEqual([])
  const template = await openTemplate(content, cache)
  expect(template?.isNew).toBe(true)
  expect(existsSync(join(template?.folder ?? '', 'postmaster.pid'))).toBe(false)
  await vi.waitFor(() => expect(servers()).toEqual([]), { timeout: 60_000 })
  expect(unfinished()).toEqual([])
})
