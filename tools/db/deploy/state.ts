import { runScript, type Sql } from '../lib/database.ts'

// Everything PayD remembers about a database lies in that database, beside the history of the Supabase CLI, so that it
// cannot be out of step with it and is no part of the project's own catalogue. The CLI leaves columns and tables that it
// does not know alone. `applied_at` is filled by its default in the same transaction as the history row, also when the CLI pushed alone.
const STATE = `
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text);
alter table supabase_migrations.schema_migrations add column if not exists rollback text[];
alter table supabase_migrations.schema_migrations add column if not exists applied_at timestamptz;
alter table supabase_migrations.schema_migrations alter column applied_at set default clock_timestamp();
create table if not exists supabase_migrations.payd_environment (
  is_the_only_row boolean primary key default true check (is_the_only_row),
  name text not null,
  claimed_by text not null,
  claimed_at timestamptz not null default clock_timestamp()
);
create table if not exists supabase_migrations.payd_journal (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  version text,
  actor text not null,
  details jsonb not null default '{}'
);
create index if not exists payd_journal_version_idx on supabase_migrations.payd_journal (version, kind);
create table if not exists supabase_migrations.payd_backfills (
  name text primary key,
  definition text not null,
  last_key text,
  rows bigint not null default 0,
  batches bigint not null default 0,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);`

/** Creates the tables and columns in which PayD remembers; safe to run again. */
export const prepareState = (sql: Sql): Promise<void> => runScript(sql, STATE)

/** Whether the database has everything `prepareState` creates. */
export async function hasState(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ ready: boolean }[]>`
    select to_regclass('supabase_migrations.payd_environment') is not null
      and to_regclass('supabase_migrations.payd_journal') is not null
      and to_regclass('supabase_migrations.payd_backfills') is not null
      and (select count(*) = 2 from pg_attribute
        where attrelid = to_regclass('supabase_migrations.schema_migrations') and not attisdropped
          and attname in ('rollback', 'applied_at')) as ready`
  return row?.ready ?? false
}
