import type { Sql } from 'postgres'
import { withConnection } from '../tools/lib/sql.ts'
import { startCluster } from '../tools/stack/cluster.ts'
import { type Benchmark, measuredSession, type ResultRow, spread } from './measure.ts'

const SIZES = [1_000, 10_000, 100_000]
const ROUNDS = 5
const ADMIN = '00000000-0000-4000-8000-000000000001'
const MANAGER = '00000000-0000-4000-8000-000000000002'

/** A run created, submitted and approved, with totals, audit, events and hash, against one bare insert of its items. */
export const payroll: Benchmark = async (tell) => {
  const rows: ResultRow[] = []
  for (const size of SIZES) {
    const ratios = await measureSize(size)
    const row = {
      what: `${size.toLocaleString('en')} employees: create, submit, approve over bare insert`,
      unit: '×',
      ...spread(ratios),
      ...(size === 10_000 ? { aim: 'at most 1.3' } : {}),
    }
    tell(`${row.what}: ${row.median.toFixed(2)}`)
    rows.push(row)
  }
  return {
    title: 'Preparing a payroll run',
    remarks:
      'Above the bare insert stand one pass over all items at submission and one at approval: both compute the hash of everything that is paid and compare every item with what the employee has now. Leaving out the second pass would meet the aim, and an approval would then trust what nobody looked at again.',
    method: `Processor time of the database backend. Bare insert: one INSERT … SELECT of the items into a table with the same columns, foreign keys and indexes, without triggers. ${ROUNDS} rounds in turn, each rolled back.`,
    rows,
  }
}

async function measureSize(size: number): Promise<number[]> {
  const cluster = await startCluster()
  try {
    await cluster.createDatabase('bench')
    await cluster.migrate('bench')
    return await withConnection(cluster.urlFor('bench', 'supabase_admin'), async (sql) => {
      await load(sql, size)
      const session = await measuredSession(sql)
      const ratios: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const bare = await session.cpuOf(() => rolledBack(sql, bareInsert))
        const ours = await session.cpuOf(() => rolledBack(sql, wholeRun))
        ratios.push(ours / bare)
      }
      return ratios
    })
  } finally {
    await cluster.stop()
  }
}

async function load(sql: Sql, size: number): Promise<void> {
  const address = 'GDZZDAEDBKTZRSQX5OLITL6DZSPNDEURBGQI7QZO3MXZTVYVA4BUNE5Y'
  await sql.unsafe(`
    set session_replication_role = replica;
    insert into auth.users (id, email) values ('${ADMIN}', 'admin@example.com'), ('${MANAGER}', 'manager@example.com');
    insert into public.organizations (name) values ('Bench');
    insert into public.users (organization_id, auth_user_id, email, role)
      values (1, '${ADMIN}', 'admin@example.com', 'admin'), (1, '${MANAGER}', 'manager@example.com', 'manager');
    insert into public.employees (organization_id, first_name, last_name, email, salary, wallet_address, wallet_address_set_at)
      select 1, 'First', 'Last', 'person' || number || '@example.com', 1000 + number * 0.0000001, '${address}', now() from generate_series(1, ${size}) as number;
    insert into public.payroll_runs (organization_id, batch_id, period_start, period_end, status, source_account, submitted_by, submitted_at, content_hash, approved_at, processed_at)
      select 1, 'month ' || month, make_date(2026, month, 1), make_date(2026, month, 28), 'completed', '${address}', 2, now(), 'x', now(), now() from generate_series(8, 10) as month;
    insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount, destination, status, tx_hash)
      select 1, run.id, employee.id, 'base', employee.salary, '${address}', 'completed', repeat('0', 64) from public.payroll_runs as run cross join public.employees as employee;
    set session_replication_role = origin;
    create table public.bare_items (like public.payroll_items including all);
    alter table public.bare_items
      add foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
      add foreign key (organization_id, employee_id) references public.employees (organization_id, id);
  `)
  await sql.unsafe('vacuum analyze public.employees')
}

async function rolledBack(sql: Sql, work: (sql: Sql) => Promise<void>): Promise<void> {
  await sql.unsafe('begin')
  await work(sql)
  await sql.unsafe('rollback')
}

async function bareInsert(sql: Sql): Promise<void> {
  await sql.unsafe(
    `insert into public.payroll_runs (organization_id, batch_id, period_start, period_end) values (1, 'bare', '2026-11-01', '2026-11-30')`,
  )
  await sql.unsafe(`
    insert into public.bare_items (organization_id, payroll_run_id, employee_id, item_type, amount, destination)
    select 1, (select max(id) from public.payroll_runs), employee.id, 'base', employee.salary, employee.wallet_address
    from public.employees as employee where employee.organization_id = 1 and employee.status = 'active' and employee.deleted_at is null`)
}

async function wholeRun(sql: Sql): Promise<void> {
  await actAs(sql, MANAGER)
  const [run] = await sql.unsafe(
    `select id from private.create_payroll_run('2026-11-01', '2026-11-30', 'XLM', '', null, null)`,
  )
  await sql.unsafe(
    `select private.submit_payroll_run(id, version, false, true) from public.payroll_runs where id = ${run?.id}`,
  )
  await actAs(sql, ADMIN)
  await sql.unsafe(
    `select private.approve_payroll_run(id, content_hash) from public.payroll_runs where id = ${run?.id}`,
  )
}

async function actAs(sql: Sql, subject: string): Promise<void> {
  await sql.unsafe(`select set_config('request.jwt.claims', '{"sub": "${subject}", "role": "authenticated"}', true)`)
}
