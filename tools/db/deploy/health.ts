import { exemptTables } from '../check/lint/ignores.ts'
import { quoteName, type Sql } from '../lib/database.ts'
import { readMigrations } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import {
  CONNECTIONS,
  DATABASE,
  FINDINGS,
  INVALID_INDEXES,
  MISSING_INDEXES,
  REPLICATION,
  SLOW_QUERIES,
  STATEMENTS,
  TABLES,
  UNUSED_INDEXES,
  WITHOUT_RLS,
} from './health-queries.ts'

/** A table's size and how much of it is air. */
export type TableHealth = {
  readonly name: string
  readonly bytes: number
  /** Estimated by the last analyze. */
  readonly rows: number
  readonly pages: number
  readonly deadRows: number
  /** Share of pages that the rows do not need, 0 to 1; undefined without statistics. */
  readonly bloat: number | undefined
}

/** A query of pg_stat_statements. */
export type SlowQuery = {
  readonly query: string
  readonly calls: number
  readonly meanMs: number
  readonly totalMs: number
}

/** Something that `private.findings` reports as stuck. */
export type DoctorFinding = {
  readonly severity: string
  readonly kind: string
  readonly count: number
  readonly since: Date
  readonly example: string
}

/** How a database is at one moment. */
export type Health = {
  readonly at: string
  readonly connections: {
    readonly used: number
    readonly usable: number
    readonly active: number
    readonly idleInTransaction: number
    readonly waitingForLocks: number
    readonly oldestTransactionS: number
  }
  readonly bytes: number
  readonly transactionAge: number
  readonly tables: readonly TableHealth[]
  readonly unusedIndexes: readonly { readonly name: string; readonly bytes: number }[]
  readonly missingIndexes: readonly { readonly table: string; readonly name: string; readonly columns: string }[]
  readonly invalidIndexes: readonly string[]
  readonly withoutRls: readonly string[]
  readonly replication: {
    readonly lagS: number | null
    readonly replicas: number
    readonly retainedBytes: number | null
    readonly inactiveSlots: number
  }
  /** Undefined when pg_stat_statements is not there or not loaded. */
  readonly slowQueries: readonly SlowQuery[] | undefined
  /** Undefined when the database has no `private.findings`. */
  readonly findings: readonly DoctorFinding[] | undefined
  /** Counters that only grow, so that the difference of two moments is what happened between them. */
  readonly counters: {
    readonly commits: number
    readonly rollbacks: number
    readonly deadlocks: number
    readonly blocksHit: number
    readonly blocksRead: number
    readonly calls: number | undefined
    readonly totalMs: number | undefined
  }
}

/**
 * Measures a database; it reads catalogues and counters only, never rows of tables. Foreign keys for which the migrations
 * state an exception need no index, and what the tools rolled back themselves is no error of an application.
 */
export async function readHealth(sql: Sql, now: Date, project: Project): Promise<Health> {
  const exempt = exemptTables(
    readMigrations(project).migrations.map((migration) => migration.up),
    'foreign-key-without-index',
  )
  const one = async <Row>(query: string): Promise<Row> => (await sql.unsafe<Row[] & object[]>(query))[0] as Row
  const names = async (query: string): Promise<string[]> =>
    (await sql.unsafe<{ name: string }[]>(query)).map((row) => row.name)
  const database = await one<Omit<Health['counters'], 'calls' | 'totalMs'> & { bytes: number; transactionAge: number }>(
    DATABASE,
  )
  const { bytes, transactionAge, ...counters } = database
  const statements = await readStatements(sql)
  return {
    at: now.toISOString(),
    connections: await one<Health['connections']>(CONNECTIONS),
    bytes,
    transactionAge,
    tables: (await sql.unsafe<(Omit<TableHealth, 'bloat'> & { neededPages: number | null })[]>(TABLES)).map(
      ({ neededPages, ...table }) => ({ ...table, bloat: bloatOf(table.pages, neededPages) }),
    ),
    unusedIndexes: [...(await sql.unsafe<{ name: string; bytes: number }[]>(UNUSED_INDEXES))],
    missingIndexes: (await sql.unsafe<{ table: string; name: string; columns: string }[]>(MISSING_INDEXES)).filter(
      ({ table }) => !exempt.has(table),
    ),
    invalidIndexes: await names(INVALID_INDEXES),
    withoutRls: await names(WITHOUT_RLS),
    replication: await one<Health['replication']>(REPLICATION),
    slowQueries: statements?.slow,
    findings: await readFindings(sql),
    counters: {
      ...counters,
      rollbacks: counters.rollbacks - (await ownRollbacks(sql)),
      calls: statements?.calls,
      totalMs: statements?.totalMs,
    },
  }
}

function bloatOf(pages: number, neededPages: number | null): number | undefined {
  if (neededPages === null) return undefined
  return pages === 0 ? 0 : Math.max(0, 1 - neededPages / pages)
}

async function readStatements(sql: Sql): Promise<{ slow: SlowQuery[]; calls: number; totalMs: number } | undefined> {
  const [extension] = await sql<{ schema: string; loaded: boolean }[]>`
    select n.nspname as schema,
      current_setting('shared_preload_libraries') ~ 'pg_stat_statements' as loaded
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`
  // The extension may be created on a server that does not load its library; its view then only raises.
  if (!extension?.loaded) return undefined
  const schema = quoteName(extension.schema)
  const [total] = await sql.unsafe<{ calls: number; totalMs: number }[]>(STATEMENTS(schema))
  const slow = await sql.unsafe<SlowQuery[]>(SLOW_QUERIES(schema))
  return { slow: [...slow], calls: total?.calls ?? 0, totalMs: total?.totalMs ?? 0 }
}

async function readFindings(sql: Sql): Promise<DoctorFinding[] | undefined> {
  const [row] = await sql<
    { exists: boolean }[]
  >`select to_regprocedure('private.findings(bigint)') is not null as exists`
  return row?.exists ? [...(await sql.unsafe<DoctorFinding[]>(FINDINGS))] : undefined
}

// Every test of a migration ends in a rollback, which the server counts like that of an application.
async function ownRollbacks(sql: Sql): Promise<number> {
  const [table] = await sql<{ exists: boolean }[]>`
    select to_regclass('supabase_migrations.payd_journal') is not null as exists`
  if (!table?.exists) return 0
  const [row] = await sql<{ count: number }[]>`
    select coalesce(sum((details ->> 'rolledBack')::numeric), 0)::float8 as count from supabase_migrations.payd_journal`
  return row?.count ?? 0
}
