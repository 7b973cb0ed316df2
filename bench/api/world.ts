import { randomBytes } from 'node:crypto'
import type { Sql } from 'postgres'
import { startKeeper } from '../../tools/lib/keeper.ts'
import { connect } from '../../tools/lib/sql.ts'
import { startCluster } from '../../tools/stack/cluster.ts'
import { signJwt } from '../../tools/stack/jwt.ts'
import { startPostgrest } from '../../tools/stack/postgrest.ts'

/** A company of the benchmark, with the tokens of its people and of the owner, whom no row level security stops. */
export interface Company {
  readonly organizationId: number
  readonly runId: number
  readonly employeeId: number
  readonly userId: number
  /** The employee whose account `tokens.employee` is. */
  readonly ownId: number
  readonly tokens: { readonly manager: string; readonly employee: string; readonly owner: string }
}

export interface ApiWorld {
  /** The address of PostgREST itself, without the gateway of the local stack. */
  readonly url: string
  readonly companies: readonly Company[]
  close(): Promise<void>
}

const COMPANIES = 24
const PEOPLE = 900
const RUNS = 6

/** A migrated database with companies of 900 people and twelve months of runs, and the real PostgREST before it. */
export async function openApiWorld(): Promise<ApiWorld> {
  const cluster = await startCluster({ migrated: true })
  const keeper = startKeeper()
  const secret = randomBytes(32).toString('hex')
  let sql: Sql | undefined
  try {
    await cluster.createDatabase('bench')
    sql = connect(cluster.urlFor('bench', 'supabase_admin'))
    await load(sql)
    const databaseUrl = cluster.urlFor('bench', 'authenticator')
    const settings = { PGRST_DB_POOL: '20' }
    const postgrest = await startPostgrest({ databaseUrl, jwtSecret: secret, keeper, settings })
    const rows = await sql.unsafe<Omit<Company, 'tokens'>[]>(COMPANY)
    await sql.end()
    return {
      url: `http://127.0.0.1:${postgrest.port}`,
      companies: rows.map((row) => ({
        ...row,
        tokens: {
          manager: tokenOf(secret, row.organizationId),
          employee: tokenOf(secret, COMPANIES + row.organizationId),
          owner: signJwt(secret, { role: 'bench_owner' }),
        },
      })),
      close: async () => {
        await postgrest.stop()
        await cluster.stop()
        await keeper.close()
      },
    }
  } catch (error) {
    await sql?.end()
    await cluster.stop()
    await keeper.close()
    throw error
  }
}

const tokenOf = (secret: string, number: number): string =>
  signJwt(secret, {
    iss: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1',
    sub: subjectOf(number),
    aud: 'authenticated',
    email: 'somebody@example.com',
    phone: '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: {
      email: 'somebody@example.com',
      email_verified: true,
      phone_verified: false,
      sub: subjectOf(number),
    },
    role: 'authenticated',
    aal: 'aal1',
    amr: [{ method: 'password', timestamp: 1_794_996_400 }],
    session_id: '7d0e4e0a-3f5b-4c1e-9d2f-6f0f1f2f3f4f',
    is_anonymous: false,
  })

const subjectOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

const COMPANY = `
  select organization.id::integer as "organizationId", max(run.id)::integer as "runId", min(member.id)::integer as "userId",
    min(employee.id)::integer + 400 as "employeeId", min(employee.id)::integer as "ownId"
  from public.organizations as organization
  join public.payroll_runs as run on run.organization_id = organization.id
  join public.users as member on member.organization_id = organization.id
  join (select organization_id, min(id) as id from public.employees group by 1) as employee
    on employee.organization_id = organization.id
  group by organization.id order by organization.id`

// Triggers are off: they would only add rows that no call of the mix reads.
async function load(sql: Sql): Promise<void> {
  const address = 'GDFIF6L6H3D6PTKHEW4BUYUSCAWYPA7XRJYB3K4E45JEYSEP6NL5XVHM'
  await sql.unsafe(`
    set session_replication_role = replica;
    insert into auth.users (id, email)
      select format('00000000-0000-4000-8000-%s', lpad(number::text, 12, '0'))::uuid, 'person' || number || '@example.com'
      from generate_series(1, ${2 * COMPANIES}) as number;
    insert into public.organizations (name) select 'Company ' || number from generate_series(1, ${COMPANIES}) as number;
    insert into public.users (organization_id, auth_user_id, email, role)
      select number, format('00000000-0000-4000-8000-%s', lpad(number::text, 12, '0'))::uuid,
        'person' || number || '@example.com', 'manager'
      from generate_series(1, ${COMPANIES}) as number;
    insert into public.user_preferences (organization_id, user_id) select organization_id, id from public.users;
    insert into public.employees (organization_id, auth_user_id, first_name, last_name, email, position, department, salary,
        wallet_address, wallet_address_set_at, created_at)
      select company, case when number = 1
          then format('00000000-0000-4000-8000-%s', lpad((${COMPANIES} + company)::text, 12, '0'))::uuid end,
        'First' || number, 'Last' || number, 'person' || number || '@example.com', 'Engineer', 'Department ' || (number % 20),
        1000, '${address}', now(), timestamptz '2026-01-01' + number * interval '1 second'
      from generate_series(1, ${COMPANIES}) as company, generate_series(1, ${PEOPLE}) as number
      order by company, number;
    insert into public.payroll_runs (organization_id, batch_id, status, period_start, period_end, submitted_by, submitted_at,
        content_hash, approved_at, processed_at, source_account)
      select company, company || ' in month ' || month, 'completed', make_date(2026, month, 1), make_date(2026, month, 28), company, now(), 'seen',
        now(), now(), '${address}'
      from generate_series(1, ${COMPANIES}) as company, generate_series(1, ${RUNS}) as month;
    insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount, destination, status, tx_hash)
      select run.organization_id, run.id, employee.id, 'base', 1000, '${address}', 'completed', repeat('0', 64)
      from public.payroll_runs as run join public.employees as employee on employee.organization_id = run.organization_id;
    insert into public.notifications (organization_id, auth_user_id, user_id, event_id, type, title, message, resource_type,
        resource_id)
      select member.organization_id, member.auth_user_id, member.id, number, 'payroll.completed', 'Everybody was paid',
        'The payroll run of this month was completed.', 'payroll_run', '1'
      from public.users as member, generate_series(1, 100) as number;
    set session_replication_role = origin;
    create role bench_owner bypassrls;
    grant bench_owner to authenticator;
    grant usage on schema public, private to bench_owner;
    grant all on all tables in schema public, private to bench_owner;
    grant execute on all functions in schema public, private to bench_owner;
  `)
  await sql.unsafe('vacuum analyze')
}
