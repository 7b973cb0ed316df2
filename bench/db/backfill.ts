import { writeFileSync } from 'node:fs'
import { type ScratchServer, scratchName } from '../../tools/db/lib/scratch.ts'
import { withConnection } from '../../tools/lib/sql.ts'
import { applyMigrations } from '../../tools/stack/migrate.ts'
import type { ResultRow } from '../measure.ts'
import { commandMs, constant, copyOfPayd } from './command.ts'

const EMPLOYEES = 200_000

/** A new column filled for 200,000 of PayD's employees, and what their triggers wrote about it. */
export async function backfill(
  server: ScratchServer,
  root: string,
  tell: (line: string) => void,
): Promise<ResultRow[]> {
  const project = copyOfPayd(root)
  writeFileSync(project.environmentsFile, JSON.stringify({ local: { url: '$BENCH_DATABASE_URL' } }))
  const name = scratchName('filled')
  const url = await server.createDatabase(name)
  try {
    await applyMigrations(project.root, url)
    await withConnection(server.superuserUrlFor(name), (sql) => sql.unsafe(COMPANY))
    const environment = { BENCH_DATABASE_URL: url }
    await commandMs(project, ['status', '--claim', '--env', 'local'], environment)
    const before = await written(url)
    const fill = ['--table', 'public.employees', '--set', 'nickname = first_name', '--where', 'nickname is null']
    const ms = await commandMs(project, ['backfill', 'names', '--env', 'local', ...fill, '--pause', '1'], environment)
    const after = await written(url)
    tell(`backfill of ${EMPLOYEES}: ${(ms / 1_000).toFixed(1)} s, ${after - before} rows written besides`)
    return [
      {
        what: `backfill of a new column of ${EMPLOYEES.toLocaleString('en')} employees`,
        unit: 's',
        ...constant(ms / 1_000),
      },
      { what: 'events, lines of trails and versions that it wrote', unit: '', ...constant(after - before), aim: '0' },
    ]
  } finally {
    await server.dropDatabase(name)
  }
}

/** Events, lines of trails, and versions of employees above the first. */
async function written(url: string): Promise<number> {
  const [row] = await withConnection(
    url,
    (sql) => sql<{ rows: number }[]>`
      select ((select count(*) from public.events) + (select count(*) from public.audit_logs)
        + (select coalesce(sum(version - 1), 0) from public.employees))::int as rows`,
  )
  return row?.rows ?? Number.NaN
}

const COMPANY = `
  set session_replication_role = replica;
  insert into public.organizations (name) values ('Acme');
  insert into public.employees (organization_id, first_name, last_name, email)
    select id, 'First' || number, 'Last', 'person' || number || '@example.com'
    from public.organizations, generate_series(1, ${EMPLOYEES}) as number;
  set session_replication_role = origin;
  set role postgres;
  alter table public.employees add column nickname text;
  reset role;
  analyze public.employees;`
