import postgres, { type Sql } from 'postgres'
import { startCluster } from '../tools/stack/cluster.ts'
import { type Benchmark, compare, measuredSession, type Pair, type ResultRow } from './measure.ts'

const ORGANIZATIONS = 1_000
const EMPLOYEES = 1_000_000
const LARGE_TENANT = 100_000
/** How many employees each of the other organizations has. */
const SMALL_TENANT = Math.ceil((EMPLOYEES - LARGE_TENANT) / (ORGANIZATIONS - 1))
const PAGE = 50
const ROUNDS = 9

/** Row level security against the same statement without it and with an explicit organization, in a small and in a large tenant. */
export const rls: Benchmark = async (tell) => {
  const cluster = await startCluster()
  try {
    await cluster.createDatabase('bench')
    await cluster.migrate('bench')
    const sql = postgres(cluster.urlFor('bench', 'supabase_admin'), {
      max: 1,
      onnotice: () => undefined,
      prepare: true,
    })
    try {
      tell(`loading ${EMPLOYEES.toLocaleString('en')} employees of ${ORGANIZATIONS.toLocaleString('en')} organizations`)
      await load(sql)
      const rows: ResultRow[] = []
      const session = await measuredSession(sql)
      for (const tenant of [
        { name: 'small tenant', organizationId: 500, subject: subjectOf(500), manager: subjectOf(1500) },
        { name: '100,000-strong tenant', organizationId: 1, subject: subjectOf(1), manager: subjectOf(1001) },
      ]) {
        for (const pair of pairs(sql, tenant)) {
          if (pair.reads === 'the same') await requireSame(pair)
          const row = await compare(
            session,
            { ...pair, what: `${pair.what}, ${tenant.name}` },
            { rounds: ROUNDS, repeats: pair.repeats },
          )
          tell(`${row.what}: ${row.median.toFixed(2)}`)
          rows.push(row)
        }
      }
      return {
        title: 'What row level security costs',
        remarks:
          "Of a point read, which costs about 0.2 ms as a whole, about 0.06 ms are two lookups: the caller's membership, which is read anew in every request so that a removal holds at once, and whether the caller is an employee who sees only the own rows. Writes have no policy: people write through functions, which resolve the caller, look for secret keys in every text, check every amount and address, honour idempotency keys and answer each row of an import, and that is what the bare statement does not do.",
        method: `Processor time of the database backend for a request as PostgREST sends it (transaction, role, claims, statement with json_agg), as an authenticated viewer without any filter of the client, over the same request as the owner with \`organization_id\` given and no row level security. Writes go through functions, which check everything that people send; they are compared with the bare statement and the same triggers. ${EMPLOYEES.toLocaleString('en')} employees of ${ORGANIZATIONS.toLocaleString('en')} organizations; ${ROUNDS} rounds in turn.`,
        rows,
      }
    } finally {
      await sql.end()
    }
  } finally {
    await cluster.stop()
  }
}

interface Tenant {
  readonly organizationId: number
  /** A viewer, who reads. */
  readonly subject: string
  /** A manager, who writes. */
  readonly manager: string
}

type RepeatedPair = Pair & { readonly repeats: number; readonly reads?: 'the same' }
type Request = (role: 'authenticated' | 'supabase_admin', statement: string) => () => Promise<unknown>

function pairs(sql: Sql, tenant: Tenant): RepeatedPair[] {
  const { organizationId, subject } = tenant
  const claims = JSON.stringify({
    sub: subject,
    role: 'authenticated',
    aud: 'authenticated',
    email: 'viewer@example.com',
    session_id: '0'.repeat(36),
  })
  const request: Request = (role, statement) => () =>
    sql.begin(async (transaction) => {
      await transaction`
        select set_config('search_path', 'public', true), set_config('role', ${role}, true), set_config('request.jwt.claims', ${claims}, true),
          set_config('request.method', 'GET', true), set_config('request.path', '/employees', true),
          set_config('request.headers', '{"user-agent": "bench"}', true), set_config('request.cookies', '{}', true)`
      return await transaction.unsafe(
        `select coalesce(json_agg(page), '[]')::text as body from (${statement}) as page`,
        [],
        { prepare: true },
      )
    })
  const columns =
    'id, first_name, last_name, email, wallet_address, status, position, department, asset_code, created_at'
  const read = (what: string, condition: string, repeats: number, aim: string): RepeatedPair => ({
    what,
    reads: 'the same',
    repeats,
    aim,
    ours: request('authenticated', `select ${columns} from public.employees ${condition.replace('{tenant}', 'true')}`),
    limit: request(
      'supabase_admin',
      `select ${columns} from public.employees ${condition.replace('{tenant}', `organization_id = ${organizationId}`)}`,
    ),
  })
  const search = (kind: string, word: string): RepeatedPair => ({
    what: `search for a ${kind} word, newest 20`,
    reads: 'the same',
    repeats: 30,
    aim: 'at most 2',
    ours: request('authenticated', `select ${columns} from public.search_employees('${word}')`),
    limit: request(
      'supabase_admin',
      `select ${columns} from public.employees where organization_id = ${organizationId} and deleted_at is null and search_vector @@ to_tsquery('simple', '''${word}'':*') order by created_at desc, id desc limit 20`,
    ),
  })
  const anId = employeeOf(organizationId)
  const id = `(select ${anId})`
  return [
    read('point read', `where {tenant} and id = ${id.slice(8, -1)}`, 200, 'at most 1.15'),
    read('newest 50', 'where {tenant} order by created_at desc, id desc limit 50', 100, 'at most 1.15'),
    {
      ...read('own count', 'where {tenant}', 5, 'at most 1.4'),
      ours: request('authenticated', 'select count(*) from public.employees'),
      limit: request(
        'supabase_admin',
        `select count(*) from public.employees where organization_id = ${organizationId}`,
      ),
    },
    search('rare', `rare${organizationId}x`),
    search('common', 'engineer'),
    ...(organizationId === 1 ? [keysetPage(request, columns, 1000, 100)] : []),
    ...writes(sql, tenant),
  ]
}

/** A page somewhere in the list, asked for as src/pages.ts does: a plain bound beside the exact alternative. */
function keysetPage(request: Request, columns: string, page: number, repeats: number): RepeatedPair {
  // Creation times of the large tenant are a second apart, newest first.
  const after = (pages: number): { at: string; id: number } => {
    const id = LARGE_TENANT + 1 - pages * PAGE
    return { at: new Date(Date.UTC(2026, 0, 1) + id * 1000).toISOString(), id }
  }
  const read = (pages: number): (() => Promise<unknown>) => {
    const { at, id } = after(pages)
    return request(
      'authenticated',
      `select ${columns} from public.employees
       where created_at <= '${at}' and (created_at < '${at}' or (created_at = '${at}' and id < '${id}'))
       order by created_at desc, id desc limit ${PAGE}`,
    )
  }
  return { what: `page ${page} over page 1`, repeats, aim: 'at most 1.2', ours: read(page - 1), limit: read(0) }
}

/** What people write goes through functions, so their cost stands in for that of a policy; the limit is the bare statement with the same triggers. */
function writes(sql: Sql, { organizationId, manager }: Tenant): RepeatedPair[] {
  const claims = JSON.stringify({ sub: manager, role: 'authenticated' })
  const undone = (role: 'authenticated' | 'supabase_admin', statement: string) => async (): Promise<void> => {
    await sql
      .begin(async (transaction) => {
        await transaction`
          select set_config('search_path', 'public', true), set_config('role', ${role}, true), set_config('request.jwt.claims', ${claims}, true),
            set_config('request.method', 'POST', true), set_config('request.path', '/rpc', true),
            set_config('request.headers', '{"user-agent": "bench"}', true), set_config('request.cookies', '{}', true)`
        await transaction.unsafe(statement, [], { prepare: true })
        throw UNDO
      })
      .catch((error: unknown) => {
        if (error !== UNDO) throw error
      })
  }
  const person = `'{"first_name": "New", "last_name": "Person", "email": "new@example.com", "salary": "1000"}'`
  const people = `(select jsonb_agg(jsonb_build_object('line', number, 'first_name', 'New', 'last_name', 'Person', 'email', 'new' || number || '@example.com', 'salary', '1000')) from generate_series(1, 1000) as number)`
  const id = employeeOf(organizationId)
  const insert = `insert into public.employees (organization_id, first_name, last_name, email, salary)`
  return [
    {
      what: 'add one employee',
      repeats: 40,
      aim: 'at most 1.15',
      ours: undone('authenticated', `select id from public.create_employee(${person})`),
      limit: undone(
        'supabase_admin',
        `${insert} values (${organizationId}, 'New', 'Person', 'new@example.com', 1000) returning id`,
      ),
    },
    {
      what: 'change one employee',
      repeats: 40,
      aim: 'at most 1.15',
      ours: undone('authenticated', `select id from public.update_employee(${id}, 1, '{"position": "Baker"}')`),
      limit: undone(
        'supabase_admin',
        `update public.employees set position = 'Baker' where organization_id = ${organizationId} and id = ${id} returning id`,
      ),
    },
    {
      what: 'import 1,000 employees, row by row report included',
      repeats: 1,
      aim: 'at most 1.05',
      ours: undone('authenticated', `select count(*) from public.import_employees(${people})`),
      limit: undone(
        'supabase_admin',
        `${insert} select ${organizationId}, row ->> 'first_name', row ->> 'last_name', row ->> 'email', (row ->> 'salary')::numeric from jsonb_array_elements(${people}) as row`,
      ),
    },
  ]
}

const UNDO = new Error('Every write is taken back.')

/** A comparison of two requests that read different rows, or none, would say nothing. */
async function requireSame({ what, ours, limit }: RepeatedPair): Promise<void> {
  const [left, right] = [JSON.stringify(await ours()), JSON.stringify(await limit())]
  if (left !== right || left.includes('"[]"')) throw new Error(`"${what}" compares ${left} with ${right}.`)
}

/** The number of an employee in the middle of the organization. */
function employeeOf(organizationId: number): number {
  return organizationId === 1 ? LARGE_TENANT / 2 : LARGE_TENANT + Math.round((organizationId - 1.5) * SMALL_TENANT)
}

function subjectOf(organizationId: number): string {
  return `00000000-0000-4000-8000-${String(organizationId).padStart(12, '0')}`
}

/** Organization 1 has 100,000 employees, the others share the rest. Triggers are off: they would only add rows that this benchmark does not read. */
async function load(sql: Sql): Promise<void> {
  await sql.unsafe(
    `
    set session_replication_role = replica;
    insert into auth.users (id, email)
      select format('00000000-0000-4000-8000-%s', lpad(number::text, 12, '0'))::uuid, 'person' || number || '@example.com' from generate_series(1, 2 * ${ORGANIZATIONS}) as number;
    insert into public.organizations (name) select 'Company ' || number from generate_series(1, ${ORGANIZATIONS}) as number;
    insert into public.users (organization_id, auth_user_id, email, role)
      select (number - 1) % ${ORGANIZATIONS} + 1, format('00000000-0000-4000-8000-%s', lpad(number::text, 12, '0'))::uuid, 'person' || number || '@example.com',
        case when number <= ${ORGANIZATIONS} then 'viewer' else 'manager' end
      from generate_series(1, 2 * ${ORGANIZATIONS}) as number;
    insert into public.employees (organization_id, first_name, last_name, email, position, department, salary, created_at)
      select placed.organization_id, 'First' || (placed.number % 997), 'Last' || (placed.number % 9973), 'person' || placed.number || '@example.com',
        case when placed.number % 450 = 17 then 'rare' || placed.organization_id || 'x' else 'Engineer' end, 'Department ' || (placed.number % 20), 1000,
        timestamptz '2026-01-01' + placed.number * interval '1 second'
      from (
        select number, case when number <= ${LARGE_TENANT} then 1 else 2 + (number - ${LARGE_TENANT}) / ${SMALL_TENANT} end as organization_id
        from generate_series(1, ${EMPLOYEES - 1}) as number
      ) as placed;
    set session_replication_role = origin;
    vacuum analyze public.employees;
  `
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '' && !statement.startsWith('vacuum'))
      .join(';\n'),
  )
  await sql.unsafe('vacuum analyze public.employees, public.users, public.organizations')
}
