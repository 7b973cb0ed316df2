import type { Sql } from '../../lib/database.ts'
import { notPlatformSchema } from '../../lib/platform.ts'
import type { ApplicationQuery } from './queries.ts'

/** Who asks: a role of the data API, and for people their id in Supabase Auth. */
export type Identity = {
  readonly role: 'anon' | 'authenticated' | 'service_role'
  readonly subject: string | undefined
}

/** What each identity sees in each table (`<rows> <hash of their keys>`, or the SQLSTATE of the refusal), by `<role> <subject> <table or view> <name>`. */
export type Visibility = ReadonlyMap<string, string>

/** Why a query of the application cannot be planned, by its index; missing means that it can. */
export type PlanProblems = ReadonlyMap<number, string>

// The keys count too: a policy that shows as many rows of another tenant is the worst of all.
const COUNT = `create function pg_temp.count_rows(names text[], keys text[]) returns table (name text, seen text)
language plpgsql as $$
begin
  for i in 1 .. coalesce(array_length(names, 1), 0) loop
    name := names[i];
    begin
      execute format('select count(*) || coalesce('' '' || sum(hashtextextended((%s)::text, 0)::numeric), '''') from %s', keys[i], name)
      into seen;
    exception when others then
      seen := sqlstate;
    end;
    return next;
  end loop;
end $$;
grant execute on function pg_temp.count_rows(text[], text[]) to public;`

const PLAN = `create function pg_temp.plan_all(queries text[]) returns table (place integer, problem text)
language plpgsql as $$
declare v_index integer;
begin
  for v_index in 1 .. coalesce(array_length(queries, 1), 0) loop
    begin
      execute queries[v_index];
    exception when others then
      place := v_index - 1; problem := sqlerrm; return next;
    end;
  end loop;
end $$;
grant execute on function pg_temp.plan_all(text[]) to public;`

/** What anon, a few people and the service see of every table, under row level security: how many rows, and which. */
export async function readVisibility(sql: Sql): Promise<Visibility> {
  const tables = await sql.unsafe<{ name: string; kind: string; key: string }[]>(`
    select format('%I.%I', n.nspname, c.relname) as name, case relkind when 'v' then 'view' else 'table' end as kind,
      coalesce((select 'row(' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')' from pg_index i
        join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey) where i.indrelid = c.oid and i.indisprimary), 'null') as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v') and c.relpersistence = 'p' and ${notPlatformSchema('n.nspname')} order by 1`)
  const lists = [tables.map((table) => table.name), tables.map((table) => table.key)]
  const kinds = new Map(tables.map((table) => [table.name, table.kind]))
  const seen = new Map<string, string>()
  await inPassing(sql, COUNT, async (run) => {
    for (const identity of await identities(run)) {
      await become(run, identity)
      const rows = await run.unsafe<{ name: string; seen: string }[]>('select * from pg_temp.count_rows($1, $2)', lists)
      for (const row of rows)
        seen.set([identity.role, identity.subject ?? '-', kinds.get(row.name), row.name].join(' '), row.seen)
      await run.unsafe('reset role')
    }
  })
  return seen
}

/** Plans every query of the application as the role that asks it, with the rights it has, and without running it. */
export async function readPlans(sql: Sql, queries: readonly ApplicationQuery[]): Promise<PlanProblems> {
  const problems = new Map<number, string>()
  const [{ version } = { version: 0 }] = await sql<{ version: number }[]>`
    select current_setting('server_version_num')::int as version`
  await inPassing(sql, PLAN, async (run) => {
    for (const role of ['authenticated', 'service_role'] as const) {
      const indexes = queries.flatMap((query, index) => (query.role === role ? [index] : []))
      const texts = indexes.map((index) => planning(queries[index]?.sql ?? '', version))
      await become(run, { role, subject: undefined })
      const rows = await run.unsafe<{ place: number; problem: string }[]>('select * from pg_temp.plan_all($1)', [texts])
      for (const row of rows) problems.set(indexes[row.place] ?? -1, row.problem)
      await run.unsafe('reset role')
    }
  })
  return problems
}

// EXPLAIN checks names, types and rights without parameters; before PostgreSQL 16 only PREPARE takes a query that has some.
function planning(query: string, version: number): string {
  if (version >= 160000) return `explain (generic_plan, costs off) ${query}`
  return `prepare payd_probe as ${query}; deallocate payd_probe`
}

type Run = Pick<Sql, 'unsafe'>

// The helper functions and the change of role disappear with the transaction.
async function inPassing(sql: Sql, helper: string, work: (run: Run) => Promise<void>): Promise<void> {
  const done = new Error('done')
  await sql
    .begin(async (transaction) => {
      await transaction.unsafe(helper)
      await work(transaction)
      throw done
    })
    .catch((error: unknown) => {
      if (error !== done) throw error
    })
}

/** Somebody who signed up and belongs nowhere. */
const STRANGER = '00000000-0000-4000-8000-000000000000'

async function identities(run: Run): Promise<Identity[]> {
  const people = await run
    .unsafe<{ id: string }[]>('select id::text as id from auth.users order by id limit 2')
    .catch(() => [])
  return [
    { role: 'anon', subject: undefined },
    ...[...people.map((person) => person.id), STRANGER].map((subject) => ({ role: 'authenticated' as const, subject })),
    { role: 'service_role', subject: undefined },
  ]
}

async function become(run: Run, { role, subject }: Identity): Promise<void> {
  const claims = JSON.stringify({ role, ...(subject ? { sub: subject } : {}) })
  await run.unsafe(`select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)`, [claims, role])
}
