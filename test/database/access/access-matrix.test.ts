import type { Sql, TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClonedDatabase, cloneDatabase } from '../../setup/clone.ts'
import { ASKED_BY_THE_SERVICE_TOO, CALLS, type Callers, READS, type Readers } from './matrix.ts'
import { as, fillDatabase, ROLES, type Role } from './people.ts'

type Reading = 'denied' | 'nothing' | 'own rows' | 'organization' | 'everything'
type Calling = 'denied' | 'refused' | 'entered'

const NO_READER: Readonly<Record<Role, Reading>> = {
  anon: 'denied',
  stranger: 'nothing',
  employee: 'nothing',
  viewer: 'nothing',
  manager: 'nothing',
  admin: 'nothing',
  service: 'everything',
}

const EXPECTED_READING: Readonly<Record<Readers, Readonly<Record<Role, Reading>>>> = {
  members: { ...NO_READER, viewer: 'organization', manager: 'organization', admin: 'organization' },
  'members and own': {
    ...NO_READER,
    employee: 'own rows',
    viewer: 'organization',
    manager: 'organization',
    admin: 'organization',
  },
  managers: { ...NO_READER, manager: 'organization', admin: 'organization' },
  admins: { ...NO_READER, admin: 'organization' },
  platform: { ...NO_READER, viewer: 'everything', manager: 'everything', admin: 'everything' },
  own: { ...NO_READER, employee: 'own rows', viewer: 'own rows', manager: 'own rows', admin: 'own rows' },
  'own as member': { ...NO_READER, viewer: 'own rows', manager: 'own rows', admin: 'own rows' },
}

/** How far each role gets into a function that asks for at least the given one. */
const LEAST_ROLES: readonly Callers[] = ['signed in', 'viewer', 'manager', 'admin']

let database: ClonedDatabase
let sql: Sql

beforeAll(async () => {
  database = await cloneDatabase()
  sql = database.admin
  await fillDatabase(sql)
})

afterAll(() => database.drop())

describe('every table and view', () => {
  test('of schema public stands in the matrix, and nothing else does', async () => {
    expect(Object.keys(READS).sort()).toEqual((await relations()).sort())
  })

  test('has rows of two organizations, so that isolation can be seen', async () => {
    const poor: string[] = []
    for (const relation of await relations()) {
      if (READS[relation] === 'platform') continue
      const column = relation === 'organizations' ? 'id' : 'organization_id'
      const [row] = await sql`select count(distinct ${sql(column)})::int as organizations from public.${sql(relation)}`
      if (row?.organizations < 2) poor.push(relation)
    }
    expect(poor).toEqual([])
  })

  for (const [relation, readers] of Object.entries(READS)) {
    test(`${relation}: read by ${readers}, written by nobody`, async () => {
      const seen = Object.fromEntries(
        await Promise.all(ROLES.map(async (role) => [role, await readingOf(role, relation)])),
      )
      expect(seen).toEqual(EXPECTED_READING[readers])
      for (const role of ROLES) expect([role, await writesOf(role, relation)]).toEqual([role, []])
    })
  }
})

describe('every function', () => {
  test('of schema public stands in the matrix, and nothing else does', async () => {
    const names = await functions()
    expect(Object.keys(CALLS).sort()).toEqual([...new Set(names.map((one) => one.name))].sort())
  })

  for (const [name, callers] of Object.entries(CALLS)) {
    test(`${name}: called by ${callers}`, async () => {
      for (const one of (await functions()).filter((candidate) => candidate.name === name)) {
        const seen = Object.fromEntries(
          await Promise.all(ROLES.map(async (role) => [role, await callingOf(role, one)])),
        )
        const service = ASKED_BY_THE_SERVICE_TOO.includes(name) ? { service: 'entered' } : {}
        expect(seen).toEqual({ ...expectedCalling(callers), ...service })
      }
    })
  }
})

async function relations(): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`
  return rows.map((row) => row.name)
}

interface PublicFunction {
  readonly name: string
  readonly arguments: string[]
}

async function functions(): Promise<PublicFunction[]> {
  return await sql<PublicFunction[]>`
    select proname as name, array(select format_type(type, null) from unnest(proargtypes) as type) as arguments
    from pg_proc where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')`
}

async function readingOf(role: Role, relation: string): Promise<Reading> {
  const [harbor] = await sql`select id from public.organizations where name = 'Harbor Coffee'`
  const ofTenant = READS[relation] !== 'platform'
  const column = ofTenant ? sql(relation === 'organizations' ? 'id' : 'organization_id') : sql`null::bigint`
  const count = (session: Sql | TransactionSql) => session<{ all: number; own: number; foreign: number }[]>`
    select count(*)::int as all,
      count(*) filter (where ${column} = ${harbor?.id}::bigint)::int as own,
      count(*) filter (where ${column} <> ${harbor?.id}::bigint)::int as foreign
    from public.${sql(relation)}`
  const [truth] = await count(sql)
  return await as(sql, role, async (transaction) => {
    try {
      const [seen] = await count(transaction)
      if (seen?.all === 0) return 'nothing'
      if (seen?.all === truth?.all) return 'everything'
      if ((seen?.foreign ?? 0) > 0) throw new Error(`${role} sees rows of another organization in ${relation}.`)
      return seen?.own === truth?.own ? 'organization' : 'own rows'
    } catch (error) {
      if (isDenied(error)) return 'denied'
      throw error
    }
  })
}

/** Rights on a table and on any of its columns: without them no policy is even asked. */
async function writesOf(role: Role, relation: string): Promise<string[]> {
  const databaseRole = role === 'anon' ? 'anon' : role === 'service' ? 'service_role' : 'authenticated'
  const rows = await sql<{ verb: string }[]>`
    select verb from unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as verb
    where has_table_privilege(${databaseRole}, ${`public.${relation}`}, verb)
      or (verb in ('insert', 'update', 'references') and has_any_column_privilege(${databaseRole}, ${`public.${relation}`}, verb))`
  return rows.map((row) => row.verb)
}

async function callingOf(role: Role, one: PublicFunction): Promise<Calling> {
  const call = `select * from public.${one.name}(${one.arguments.map((type) => `null::${type}`).join(', ')})`
  return await as(sql, role, async (transaction) => {
    try {
      await transaction.unsafe(call)
      return 'entered'
    } catch (error) {
      if (isDenied(error)) return 'denied'
      return ['not_signed_in', 'no_organization', 'role_too_low'].includes(detailOf(error)) ? 'refused' : 'entered'
    }
  })
}

function expectedCalling(callers: Callers): Record<Role, Calling> {
  if (callers === 'service') {
    return {
      anon: 'denied',
      stranger: 'denied',
      employee: 'denied',
      viewer: 'denied',
      manager: 'denied',
      admin: 'denied',
      service: 'entered',
    }
  }
  const least = LEAST_ROLES.indexOf(callers)
  const from = (rank: number): Calling => (rank >= least ? 'entered' : 'refused')
  return {
    anon: 'denied',
    stranger: from(0),
    employee: from(0),
    viewer: from(1),
    manager: from(2),
    admin: from(3),
    service: 'denied',
  }
}

function isDenied(error: unknown): boolean {
  return (error as { code?: string }).code === '42501'
}

function detailOf(error: unknown): string {
  return (error as { detail?: string }).detail ?? ''
}
