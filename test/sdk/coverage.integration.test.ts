import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as sdk from '../../src/index.ts'
import type { Stack } from '../../tools/stack/stack.ts'
import { startProject } from './project.ts'

const SOURCE = join(import.meta.dirname, '../../src')

let stack: Stack
let sql: Sql

beforeAll(async () => {
  stack = await startProject()
  sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
}, 60_000)

afterAll(async () => {
  await sql?.end()
  await stack?.stop()
})

/** The text of every file of the SDK that a person wrote. */
const written = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/database\.types|database-error-codes|^rows\.ts/.test(file))
  .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
  .join('\n')

describe('the SDK', () => {
  it('calls every function that a signed-in person may call', async () => {
    const functions = await sql<{ name: string }[]>`
      select distinct proc.proname as name from pg_proc as proc
      where proc.pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', proc.oid, 'execute')
        and proc.prorettype <> 'trigger'::regtype
        and not exists (select from pg_depend as item where item.objid = proc.oid and item.deptype = 'e')
      order by 1`
    expect(functions.length).toBeGreaterThan(40)
    expect(functions.map(({ name }) => name).filter((name) => !written.includes(`'${name}'`))).toEqual([])
  })

  it('reads every table and view that a signed-in person may read', async () => {
    const relations = await sql<{ name: string }[]>`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
        and has_any_column_privilege('authenticated', oid, 'select')
      order by 1`
    expect(relations.length).toBeGreaterThan(20)
    expect(relations.map(({ name }) => name).filter((name) => !written.includes(`'${name}'`))).toEqual([])
  })

  it('reads "*" only where every column may be read', async () => {
    const partial = await sql<{ name: string }[]>`
      select class.relname as name from pg_class as class
      join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
      where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'p', 'v')
        and has_any_column_privilege('authenticated', class.oid, 'select')
      group by class.relname
      having not bool_and(has_column_privilege('authenticated', class.oid, attribute.attnum, 'select'))`
    // Their columns are named where they are read, without the hash of the token.
    expect(partial.map(({ name }) => name).sort()).toEqual(['employee_invitations', 'invitations'])
  })

  it('binds every call that it exports as a plain function', () => {
    const payd = sdk.createPayd({ from: () => undefined, rpc: () => undefined })
    const bound = Object.values(payd).flatMap((area) =>
      Object.values(area).filter((value) => typeof value === 'function'),
    )
    const helpers =
      /^(parse|is|to|read|format|add|subtract|sum|split|compare|display|attempt|createPayd|inOrganization|verify|sign)/
    const exceptions = ['addBasePay', 'addBonus', 'verifyWebhookLog']
    const plain = Object.entries(sdk).filter(
      ([name, value]) =>
        typeof value === 'function' && !/^[A-Z]/.test(name) && (exceptions.includes(name) || !helpers.test(name)),
    )
    // The client itself has two functions.
    expect(bound.length - 2).toBe(plain.length)
  })
})
