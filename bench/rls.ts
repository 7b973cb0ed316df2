import postgres, { type Sql, type TransactionSql } from 'postgres'
import { startCluster } from '../tools/stack/cluster.ts'
import {
  type Benchmark,
  compare,
  type MeasuredSession,
  measuredSession,
  type Pair,
  type ResultRow,
  spread,
} from './measure.ts'

const ORGANIZATIONS = 1_000
const EMPLOYEES = 1_000_000
const LARGE_TENANT = 100_000
/** How many employees each of the other organizations has. */
const SMALL_TENANT = Math.ceil((EMPLOYEES - LARGE_TENANT) / (ORGANIZATIONS - 1))
/** One of the small ones. */
const SMALL_ORGANIZATION = 500
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
      rows.push(...(await scans(session, tell)))
      for (const tenant of [
        {
          name: 'small tenant',
          organizationId: SMALL_ORGANIZATION,
          subject: subjectOf(SMALL_ORGANIZATION),
          manager: subjectOf(ORGANIZATIONS + SMALL_ORGANIZATION),
        },
        {
          name: '100,000-strong tenant',
          organizationId: 1,
          subject: subjectOf(1),
          manager: subjectOf(ORGANIZATIONS + 1),
        },
      ]) {
        for (const pair of pairs(sql, tenant)) {
          if (pair.reads === 'the same') await requireSame(pair)
          const row = await compare(
            session,
            { ...pair, what: `${pair.what}, ${tenant.name}` },
            { rounds: ROUNDS, repeats: pair.repeats },
          )
          tell(`${row.what}: ${row.median.toFixed(2)} (${row.detail})`)
          rows.push(row)
        }
      }
      return {
        title: 'What row level security costs',
        remarks:
          'A point read looks up the membership of the caller anew in every request, so that a removal holds at once; that look-up, and reading the claims, is what the policy costs. Writes have no policy: people write through functions, which resolve the caller, look for secret keys, check every amount and address, honour idempotency keys and answer each row of an import. The triggers write the audit trail, the event and the wallet; beside each write stands the bare statement without any trigger.',
        method: `Processor time of the database backend for a request as PostgREST sends it (transaction, role, claims of ${claimsOf(subjectOf(1)).length} bytes, headers of ${HEADERS.length} bytes, a prepared statement whose values are bound), as an authenticated viewer without any filter of the client, over the same request as the owner with \`organization_id\` given and no row level security. ${EMPLOYEES.toLocaleString('en')} employees of ${ORGANIZATIONS.toLocaleString('en')} organizations; ${ROUNDS} rounds in turn.`,
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
type Role = 'authenticated' | 'supabase_admin'
type Values = readonly (string | number)[]
type Request = (role: Role, statement: string, values: Values) => () => Promise<unknown>

/** What a project really sends with every request: a token of Supabase Auth and the headers of a browser. */
const claimsOf = (subject: string): string =>
  JSON.stringify({
    iss: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1',
    sub: subject,
    aud: 'authenticated',
    exp: 1_795_000_000,
    iat: 1_794_996_400,
    email: 'somebody@example.com',
    phone: '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: { email: 'somebody@example.com', email_verified: true, phone_verified: false, sub: subject },
    role: 'authenticated',
    aal: 'aal1',
    amr: [{ method: 'password', timestamp: 1_794_996_400 }],
    session_id: '7d0e4e0a-3f5b-4c1e-9d2f-6f0f1f2f3f4f',
    is_anonymous: false,
  })
const HEADERS = JSON.stringify({
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9',
  'x-client-info': 'supabase-js-web/2.119.0',
  'x-forwarded-for': '203.0.113.7, 10.0.0.1',
  'x-forwarded-proto': 'https',
  origin: 'https://app.example.com',
  referer: 'https://app.example.com/',
  authorization: `Bearer ${'e'.repeat(600)}`,
  apikey: `sb_publishable_${'k'.repeat(31)}`,
})

async function enter(transaction: TransactionSql, role: Role, subject: string, method: string): Promise<void> {
  await transaction`
    select set_config('search_path', 'public', true), set_config('role', ${role}, true), set_config('request.jwt.claims', ${claimsOf(subject)}, true),
      set_config('request.method', ${method}, true), set_config('request.path', '/employees', true),
      set_config('request.headers', ${HEADERS}, true), set_config('request.cookies', '{}', true)`
}

/** A read as PostgREST sends it: its values are parameters, so the statement is prepared once and bound from then on. */
function requestAs(sql: Sql, subject: string): Request {
  return (role, statement, values) => () =>
    sql.begin(async (transaction) => {
      await enter(transaction, role, subject, 'GET')
      return await transaction.unsafe(
        `select coalesce(json_agg(page), '[]')::text as body from (${statement}) as page`,
        [...values],
        { prepare: true },
      )
    })
}

function pairs(sql: Sql, tenant: Tenant): RepeatedPair[] {
  const { organizationId, subject } = tenant
  const request = requestAs(sql, subject)
  const columns =
    'id, first_name, last_name, email, wallet_address, status, position, department, asset_code, created_at'
  const read = (what: string, rest: string, value: number, repeats: number, aim: string): RepeatedPair => ({
    what,
    reads: 'the same',
    repeats,
    aim,
    ours: request('authenticated', `select ${columns} from public.employees ${rest.replace('{tenant}', 'true')}`, [
      value,
    ]),
    limit: request(
      'supabase_admin',
      `select ${columns} from public.employees ${rest.replace('{tenant}', 'organization_id = $2')}`,
      [value, organizationId],
    ),
  })
  const search = (kind: string, word: string): RepeatedPair => ({
    what: `search for a ${kind} word, newest 20`,
    reads: 'the same',
    repeats: 30,
    aim: 'at most 2',
    ours: request('authenticated', `select ${columns} from public.search_employees($1)`, [word]),
    limit: request(
      'supabase_admin',
      `select ${columns} from public.employees where organization_id = $2 and deleted_at is null and search_vector @@ to_tsquery('simple', $1) order by created_at desc, id desc limit 20`,
      [`'${word}':*`, organizationId],
    ),
  })
  return [
    read('point read', 'where {tenant} and id = $1', employeeOf(organizationId), 200, 'at most 1.3'),
    read('newest 50', 'where {tenant} order by created_at desc, id desc limit $1', PAGE, 100, 'at most 1.25'),
    {
      what: 'own count',
      repeats: 5,
      aim: 'at most 1.4',
      ours: request('authenticated', 'select count(*) from public.employees where id > $1', [0]),
      limit: request('supabase_admin', 'select count(*) from public.employees where id > $1 and organization_id = $2', [
        0,
        organizationId,
      ]),
    },
    search('rare', `rare${organizationId}x`),
    search('common', 'engineer'),
    ...(organizationId === 1 ? [keysetPage(request, columns, 1000, 100), ownPayslips(sql)] : []),
    ...writes(sql, tenant),
  ]
}

/** A page somewhere in the list, asked for as the SDK does: a plain bound beside the exact alternative. */
function keysetPage(request: Request, columns: string, page: number, repeats: number): RepeatedPair {
  // Creation times of the large tenant are a second apart, newest first.
  const read = (pages: number): (() => Promise<unknown>) => {
    const id = LARGE_TENANT + 1 - pages * PAGE
    const at = new Date(Date.UTC(2026, 0, 1) + id * 1000).toISOString()
    return request(
      'authenticated',
      `select ${columns} from public.employees
       where created_at <= $1::timestamptz and (created_at < $1::timestamptz or (created_at = $1::timestamptz and id < $2))
       order by created_at desc, id desc limit ${PAGE}`,
      [at, id],
    )
  }
  return { what: `page ${page} over page 1`, repeats, aim: 'at most 1.2', ours: read(page - 1), limit: read(0) }
}

/** What an employee pays for the own payslips in the largest company, over the same in one of a thousand. */
function ownPayslips(sql: Sql): RepeatedPair {
  const read = (organizationId: number) =>
    requestAs(sql, employeeSubjectOf(organizationId))(
      'authenticated',
      'select * from public.payslips order by period_start desc limit $1',
      [20],
    )
  return {
    what: `own payslips in a company of ${LARGE_TENANT.toLocaleString('en')} over one of ${SMALL_TENANT.toLocaleString('en')}`,
    repeats: 20,
    aim: 'at most 2',
    ours: read(1),
    limit: read(SMALL_ORGANIZATION),
  }
}

/** What people write goes through functions; the limit is the bare statement, once with the same triggers and once without any. */
function writes(sql: Sql, { organizationId, manager }: Tenant): RepeatedPair[] {
  const undone =
    (role: Role, statement: string, values: Values, triggers = true) =>
    async (): Promise<void> => {
      await sql
        .begin(async (transaction) => {
          await enter(transaction, role, manager, 'POST')
          if (!triggers) await transaction`select set_config('session_replication_role', 'replica', true)`
          await transaction.unsafe(statement, [...values], { prepare: true })
          throw UNDO
        })
        .catch((error: unknown) => {
          if (error !== UNDO) throw error
        })
    }
  const person = { first_name: 'New', last_name: 'Person', email: 'new@example.com', salary: '1000' }
  const people = Array.from({ length: 1_000 }, (_, index) => ({
    line: index + 1,
    ...person,
    first_name: `New${index}`,
    email: `new${index}@example.com`,
  }))
  const furnished = people.map((one, index) => ({
    ...one,
    wallet_address: ADDRESSES[index % ADDRESSES.length],
    position: 'Engineer',
    department: 'Research',
  }))
  const id = employeeOf(organizationId)
  const fields = 'first_name, last_name, email, salary'
  const insert = `insert into public.employees (organization_id, ${fields}) values ($1, $2, $3, $4, $5::numeric) returning id`
  const insertValues = [organizationId, 'New', 'Person', 'new@example.com', '1000']
  const update = `update public.employees set position = $3 where organization_id = $1 and id = $2 returning id`
  const bulk = (columns: string) => {
    // The time of an address is kept by a trigger, which one of the two statements does without.
    const also = columns.includes('wallet_address') ? ['wallet_address_set_at', 'now()'] : ['status', "'active'"]
    return `insert into public.employees (organization_id, ${also[0]}, ${columns})
     select ${organizationId}, ${also[1]}, ${columns.replace('salary', 'salary::numeric')} from jsonb_to_recordset($1::text::jsonb)
       as row (first_name text, last_name text, email text, salary text, wallet_address text, position text, department text)`
  }
  const imported = 'select count(*) from public.import_employees($1::text::jsonb)'
  const write = (
    what: string,
    aim: string | undefined,
    repeats: number,
    ours: readonly [string, Values],
    limit: readonly [string, Values],
  ): RepeatedPair[] => [
    {
      what,
      repeats,
      ...(aim === undefined ? {} : { aim }),
      ours: undone('authenticated', ...ours),
      limit: undone('supabase_admin', ...limit),
    },
    {
      what: `${what}, over the statement without triggers`,
      repeats,
      ours: undone('authenticated', ...ours),
      limit: undone('supabase_admin', ...limit, false),
    },
  ]
  return [
    ...write(
      'add one employee',
      'at most 1.2',
      40,
      ['select id from public.create_employee($1::text::jsonb)', [JSON.stringify(person)]],
      [insert, insertValues],
    ),
    ...write(
      'change one employee',
      'at most 1.2',
      40,
      ['select id from public.update_employee($1, 1, $2::text::jsonb)', [id, '{"position": "Baker"}']],
      [update, [organizationId, id, 'Baker']],
    ),
    ...write(
      'import 1,000 employees, row by row report included',
      'at most 1.3',
      1,
      [imported, [JSON.stringify(people)]],
      [bulk(fields), [JSON.stringify(people)]],
    ),
    ...write(
      'import 1,000 employees with address, position and department',
      'at most 1.5',
      1,
      [imported, [JSON.stringify(furnished)]],
      [bulk(`${fields}, wallet_address, position, department`), [JSON.stringify(furnished)]],
    ),
  ]
}

/** Valid account addresses. */
const ADDRESSES = [
  'GDFIF6L6H3D6PTKHEW4BUYUSCAWYPA7XRJYB3K4E45JEYSEP6NL5XVHM',
  'GA7EI4RDP547YKHT7JIV6UHHWZTSBWONAXYYFK5YGTFM4TU3RC5RUMHZ',
  'GDWHVSBVE7VH2GI47MTHNSXZMBS4KDF4I6WSPGS7C7P5MIFRMRWNSBOK',
] as const

/** What the check for secret keys costs on texts that are hardest for it; a whole statement, so a little more than the check. */
async function scans(session: MeasuredSession, tell: (line: string) => void): Promise<ResultRow[]> {
  const texts = [
    ['4 kB of SASA…', 'SA'.repeat(2_048), 'at most 10'],
    ['4 kB of prose without stops', 'ThequickbrownfoxjumpsoverthelazySdog'.repeat(120).slice(0, 4_096), 'at most 10'],
    ['4 kB of prose', 'The quick brown fox jumps over the lazy dog. '.repeat(100).slice(0, 4_096), 'at most 10'],
    ['4 kB with a tab after each letter', 'S\t'.repeat(2_048), 'at most 10'],
    ['16 kB of SASA…', 'SA'.repeat(8_192), 'at most 50'],
    ['16 kB with an invisible character after each letter', 'S\u200b'.repeat(4_096), 'at most 50'],
  ] as const
  const rows: ResultRow[] = []
  for (const [what, text, aim] of texts) {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      times.push((await session.cpuOf(() => session.sql`select private.holds_secret_key(${text})`)) / 1e6)
    }
    rows.push({ what: `scan for secret keys, ${what}`, unit: 'ms', ...spread(times), aim })
    tell(`${what}: ${spread(times).median.toFixed(2)} ms`)
  }
  return rows
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

function employeeSubjectOf(organizationId: number): string {
  return subjectOf(2 * ORGANIZATIONS + organizationId)
}

/** Organization 1 has 100,000 employees, the others share the rest. Triggers are off: they would only add rows that this benchmark does not read. */
async function load(sql: Sql): Promise<void> {
  await sql.unsafe(
    `
    set session_replication_role = replica;
    insert into auth.users (id, email)
      select format('00000000-0000-4000-8000-%s', lpad(number::text, 12, '0'))::uuid, 'person' || number || '@example.com' from generate_series(1, 3 * ${ORGANIZATIONS}) as number;
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
    update public.employees set auth_user_id = '${employeeSubjectOf(1)}' where id = ${employeeOf(1)};
    update public.employees set auth_user_id = '${employeeSubjectOf(SMALL_ORGANIZATION)}' where id = ${employeeOf(SMALL_ORGANIZATION)};
    insert into public.payroll_runs (organization_id, batch_id, status, period_start, period_end, submitted_by, submitted_at, content_hash, approved_at, processed_at, source_account)
      select organization.id, 'RUN-' || organization.id, 'completed', '2026-01-01', '2026-01-31', organization.id, now(), 'seen', now(), now(), '${ADDRESSES[0]}'
      from public.organizations as organization where organization.id in (1, ${SMALL_ORGANIZATION});
    insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount, status, tx_hash)
      select run.organization_id, run.id, employee.id, 'base', 1000, 'completed', encode(sha256('x'), 'hex')
      from public.payroll_runs as run join public.employees as employee on employee.organization_id = run.organization_id;
    set session_replication_role = origin;
    vacuum analyze public.employees;
  `
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '' && !statement.startsWith('vacuum'))
      .join(';\n'),
  )
  await sql.unsafe(
    'vacuum analyze public.employees, public.users, public.organizations, public.payroll_runs, public.payroll_items',
  )
}
