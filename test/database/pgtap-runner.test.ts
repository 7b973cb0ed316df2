import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { connect, databaseUrl } from '../../tools/lib/sql.ts'
import { dressDatabase } from '../../tools/stack/bootstrap.ts'
import { runPgtap } from '../../tools/test/pgtap.ts'
import { cloneDatabase, type TestDatabase } from './support/databases.ts'

// The runner is what says that the rules of the database hold, so it must see every way in which a file can be wrong.
let folder: string
let template: TestDatabase

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payd-pgtap-'))
  template = await cloneDatabase()
})
afterAll(async () => {
  await template.drop()
  await rm(folder, { recursive: true, force: true })
})

test('a good file passes, and every kind of bad file fails and says why', async () => {
  const files = {
    'good.test.sql':
      'begin;\n\\ir shared.sql.raw\nselect plan(1);\nselect is(shared(), 7, $$the included function works$$);\nselect * from finish();\nrollback;',
    'wrong.test.sql':
      'begin;\nselect plan(2);\nselect ok(true, $$fine$$);\nselect is(1, 2, $$one is two$$);\nselect * from finish();\nrollback;',
    'unclear.test.sql':
      'begin;\nselect plan(3);\nselect ok(true, $$and one is one$$);\nselect ok(true);\nselect ok(true, $$an order is paid$$);\nselect * from finish();\nrollback;',
    'short.test.sql': 'begin;\nselect plan(2);\nselect ok(true);\nselect * from finish();\nrollback;',
    'long.test.sql': 'begin;\nselect plan(1);\nselect ok(true);\nselect ok(true);\nselect * from finish();\nrollback;',
    'unplanned.test.sql': 'begin;\nselect 1;\nrollback;',
    'dead.test.sql': 'begin;\nselect plan(2);\nselect ok(true);\nselect nobody();\nselect ok(true);\nrollback;',
    'unreadable.test.sql': 'begin;\n\\ir missing.sql.raw\nrollback;',
    'circular.test.sql': '\\ir circular.test.sql',
  }
  await writeFile(
    join(folder, 'shared.sql.raw'),
    'create function shared() returns integer language sql as $$ select 7; $$;\n',
  )
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)

  const heard: string[] = []
  const result = await runPgtap({
    cluster: clusterOf(inject('cluster').adminUrl),
    templateDatabase: template.name,
    files: Object.keys(files).map((name) => join(folder, name)),
    onResult: ({ file }) => heard.push(file),
  })

  expect(result).toMatchObject({ passed: 1, failed: Object.keys(files).length - 1 })
  expect(heard).toHaveLength(Object.keys(files).length)
  const saysOf = (name: string): string =>
    result.files.find(({ file }) => file.endsWith(`/${name}`))?.diagnostics.join('\n') ?? 'no result'
  expect(saysOf('good.test.sql')).toBe('')
  expect(saysOf('wrong.test.sql')).toMatch(/not ok 2 - one is two[\s\S]*have: 1[\s\S]*want: 2/)
  expect(saysOf('wrong.test.sql')).not.toContain('fine')
  expect(saysOf('unclear.test.sql')).toBe(
    'Assertion 1 begins like the continuation of another ("and …"); name the subject: and one is one\nAssertion 2 has no description: ',
  )
  expect(saysOf('short.test.sql')).toContain('2 assertions were planned and 1 ran')
  expect(saysOf('long.test.sql')).toContain('1 assertions were planned and 2 ran')
  expect(saysOf('unplanned.test.sql')).toContain('No assertions were planned and 0 ran')
  expect(saysOf('dead.test.sql')).toMatch(/ended early: 42883 .*nobody\(\).*dead\.test\.sql:4/)
  expect(saysOf('unreadable.test.sql')).toMatch(/missing\.sql\.raw cannot be read; .*unreadable\.test\.sql includes it/)
  expect(saysOf('circular.test.sql')).toContain('includes itself')
})

function clusterOf(adminUrl: string): Parameters<typeof runPgtap>[0]['cluster'] {
  const port = Number(new URL(adminUrl).port)
  const urlFor = (database: string): string => databaseUrl(port, database, 'postgres', 'postgres')
  const administrate = async (work: (admin: ReturnType<typeof connect>) => Promise<unknown>): Promise<void> => {
    const admin = connect(adminUrl)
    await work(admin).finally(() => admin.end())
  }
  return {
    urlFor,
    createDatabase: async (name, { template: source = '' } = {}) => {
      await administrate(async (admin) => {
        await admin`create database ${admin(name)} template ${admin(source)} strategy file_copy`
        await dressDatabase(admin, name)
      })
      return urlFor(name)
    },
    dropDatabase: (name) => administrate((admin) => admin`drop database if exists ${admin(name)} with (force)`),
  }
}
