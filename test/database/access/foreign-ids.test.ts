import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actAs, createWorld, one, type World } from '../support/world.ts'
import { IDS, OWN_ROWS, VALUES } from './foreign-arguments.ts'

/** Every function a signed-in person may call, with its arguments. */
interface Door {
  readonly name: string
  readonly arguments: readonly { readonly name: string; readonly type: string }[]
}

let world: World
let doors: Door[]
let before: string

beforeAll(async () => {
  world = await createWorld()
  await world.sql.unsafe(await readFile(path.resolve(import.meta.dirname, 'foreign-ids.sql'), 'utf8')).simple()
  doors = await world.sql<Door[]>`
    select function.proname as name, coalesce(json_agg(json_build_object('name', argument.name, 'type', format_type(argument.type, null))
      order by argument.ordinality) filter (where argument.mode in ('i', 'b')), '[]') as arguments
    from pg_proc as function
    left join lateral (
      select given.name, given.ordinality, type.type, coalesce(function.proargmodes[given.ordinality], 'i') as mode
      from unnest(function.proargnames) with ordinality as given (name, ordinality)
      join unnest(coalesce(function.proallargtypes, function.proargtypes::oid[])) with ordinality as type (type, ordinality) using (ordinality)
    ) as argument on true
    where function.pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', function.oid, 'execute')
    group by function.oid, function.proname
    order by function.proname`
  before = await rowsOfGlobex()
})

afterAll(() => world.close())

describe('every argument of every function people may call', () => {
  test('is known to name a row of a tenant or not to, and nothing else is listed', () => {
    const used = new Set<string>()
    const unknown: string[] = []
    for (const door of doors) {
      for (const { name, type } of door.arguments) {
        const [asId, asValue] = [keyOf(IDS, door.name, name), keyOf(VALUES, door.name, name)]
        const known = [asId, asValue].filter((key) => key !== undefined)
        for (const key of known) used.add(key)
        // A number that large or a uuid is an id until somebody says what else it is.
        if (known.length !== 1) unknown.push(`${door.name}(${name} ${type}) is listed ${known.length} times`)
      }
    }
    expect(unknown).toEqual([])
    expect([...Object.keys(IDS), ...Object.keys(VALUES)].filter((key) => !used.has(key))).toEqual([])
  })

  test('that names one is tried with rows of another organization', async () => {
    const kinds = await world.sql<{ kind: string }[]>`select distinct kind from tests.rows_named order by kind`
    expect(kinds.map(({ kind }) => kind)).toEqual([...new Set(Object.values(IDS))].sort())
  })

  test('gives the same 404 for a row of another organization as for one that does not exist', async () => {
    const different: string[] = []
    let tried = 0
    for (const door of doors) {
      for (const { name } of door.arguments) {
        const key = keyOf(IDS, door.name, name)
        if (key === undefined) continue
        const kind = IDS[key] ?? ''
        // Of the organization itself somebody who works in both is a member.
        for (const person of kind === 'organization' ? ['ada'] : ['ada', 'bea']) {
          const unknown = await answerOf(person, door, name, unknownOf(kind))
          if (!unknown.startsWith('PT404 | ')) different.push(`${door.name}(${name}) unknown, as ${person}: ${unknown}`)
          for (const { id } of await foreignRows(kind)) {
            const foreign = await answerOf(person, door, name, id)
            if (foreign !== unknown) different.push(`${door.name}(${name} => ${kind} ${id}), as ${person}: ${foreign}`)
            tried += 1
          }
        }
      }
    }
    expect(different).toEqual([])
    expect(tried).toBeGreaterThan(80)
  })

  test('and changes nothing of the other organization, its audit trail included', async () => {
    expect(await rowsOfGlobex()).toBe(before)
  })
})

function keyOf(list: Readonly<Record<string, string>>, door: string, argument: string): string | undefined {
  return [`${door}.${argument}`, argument].find((key) => key in list)
}

/** An id of that kind that does not exist. */
function unknownOf(kind: string): string {
  if (kind === 'webhook_subscription') return 'whs_0123456789abcdef0123456789abcdef'
  if (kind === 'source_account') return 'GDX5DQSDDGC7BRYMMR7JIYUQZNDGVQPQW5EOSVWZRG3JYKXTJOGSEIBL'
  if (kind === 'wallet') return '00000000-0000-4000-8000-000000000000'
  return '987654321'
}

async function foreignRows(kind: string): Promise<{ id: string }[]> {
  return await world.sql<{ id: string }[]>`select id from tests.rows_named where kind = ${kind} order by id`
}

/** Everything the answer says, with the id replaced by #; or what it did instead of refusing. */
async function answerOf(person: string, door: Door, argument: string, id: string): Promise<string> {
  const values = await Promise.all(
    door.arguments.map(async ({ name, type }) => `${name} => ${await argumentOf(door, name, argument, id)}::${type}`),
  )
  const call = `select * from public.${door.name}(${values.join(', ')})`
  return await actAs(world.sql, person, 'Acme', async (session) => {
    await session`select set_config('role', 'authenticated', true)`
    const { answer } = one(await session<{ answer: string }[]>`select tests.error_of(${call}) as answer`)
    return answer === '' ? 'no error' : answer.replaceAll(new RegExp(`(?<![0-9A-Za-z])${id}(?![0-9A-Za-z])`, 'g'), '#')
  })
}

async function argumentOf(door: Door, name: string, tried: string, id: string): Promise<string> {
  if (name === tried) return `'${id}'`
  const value = keyOf(VALUES, door.name, name)
  if (value !== undefined) return VALUES[value] ?? 'null'
  const own = OWN_ROWS[keyOf(OWN_ROWS, door.name, name) ?? '']
  if (own === undefined) return 'null'
  const [row] = await world.sql<{ id: string }[]>`select id from tests.own_rows where kind = ${own}`
  return `'${row?.id}'`
}

/** A digest of every row of Globex in every table; what waits for delivery belongs to the owner of its endpoint. */
async function rowsOfGlobex(): Promise<string> {
  const tables = await world.sql<{ name: string; column: string }[]>`
    select class.oid::regclass::text as name, max(attribute.attname::text) as column
    from pg_class as class
    join pg_attribute as attribute on attribute.attrelid = class.oid
      and attribute.attname in ('organization_id', 'endpoint_id', 'endpoint_ids')
    where class.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and class.relkind = 'r'
    group by class.oid
    order by 1`
  const digests: string[] = []
  for (const { name, column } of tables) {
    const { digest } = one(
      await world.sql.unsafe<{ digest: string }[]>(
        `select coalesce(md5(string_agg(stored::text, ',' order by stored::text)), '') as digest
         from ${name} as stored where ${OF_GLOBEX[column]}`,
      ),
    )
    digests.push(`${name} ${digest}`)
  }
  return digests.join('\n')
}

const ENDPOINTS = `select subscription.endpoint_id from public.webhook_subscriptions as subscription
  where subscription.organization_id = tests.organization_id('Globex')`

const OF_GLOBEX: Readonly<Record<string, string>> = {
  organization_id: `stored.organization_id = tests.organization_id('Globex')`,
  endpoint_id: `stored.endpoint_id in (${ENDPOINTS})`,
  endpoint_ids: `stored.endpoint_ids && array(${ENDPOINTS})`,
}
