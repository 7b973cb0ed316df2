import { notPlatformSchema } from '../lib/platform.ts'

// One query for each question. Each returns rows with the names that health.ts reads; sizes are bytes, times are seconds
// or milliseconds as their names say.

export const CONNECTIONS = `
select count(*) filter (where backend_type = 'client backend')::int as used,
  (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int) as usable,
  count(*) filter (where state = 'active' and pid <> pg_backend_pid())::int as active,
  count(*) filter (where state like 'idle in transaction%')::int as "idleInTransaction",
  count(*) filter (where wait_event_type = 'Lock')::int as "waitingForLocks",
  coalesce(max(extract(epoch from clock_timestamp() - xact_start))
    filter (where backend_type = 'client backend' and application_name not like 'payd-db%'), 0)::float8 as "oldestTransactionS"
from pg_stat_activity`

export const DATABASE = `
select pg_database_size(datname)::float8 as bytes, xact_commit::float8 as commits, xact_rollback::float8 as rollbacks,
  deadlocks::float8 as deadlocks, blks_hit::float8 as "blocksHit", blks_read::float8 as "blocksRead",
  (select age(datfrozenxid) from pg_database where datname = current_database())::float8 as "transactionAge"
from pg_stat_database where datname = current_database()`

// The share of a table's pages that its rows would not need: pages it has, against pages that its estimated rows of their
// average width fill at its fill factor. The sizes of indexes and TOAST say nothing about bloat. Without statistics of
// every column there is no estimate.
export const TABLES = `
with columns as (
  select a.attrelid, count(*) as columns, count(s.attname) as known, max(coalesce(s.null_frac, 0)) as null_share,
    sum(coalesce(s.avg_width, 0) * (1 - coalesce(s.null_frac, 0))) as width
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname and not s.inherited
  where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'm')
  group by a.attrelid
), sized as (
  select c.oid, n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid)::float8 as bytes,
    c.relpages::float8 as pages, greatest(c.reltuples, 0)::float8 as rows,
    case when columns.known = columns.columns and c.reltuples > 0 then
      -- Row header, null bitmap where needed, and data, each aligned to 8 bytes, plus the 4 bytes of the line pointer.
      ceil(c.reltuples / floor((8192 - 24)
        * coalesce((select option_value::float8 / 100 from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), 1)
        / (4 + 8 * ceil((23 + case when columns.null_share > 0 then ceil(columns.columns / 8.0) else 0 end) / 8.0)
             + 8 * ceil(columns.width / 8.0))))
    end::float8 as "neededPages"
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join columns on columns.attrelid = c.oid
  where c.relkind in ('r', 'm') and ${notPlatformSchema('n.nspname')}
)
select sized.name, bytes, rows, pages, "neededPages", coalesce(stats.n_dead_tup, 0)::float8 as "deadRows",
  stats.seq_scan::float8 as "sequentialScans"
from sized left join pg_stat_user_tables stats on stats.relid = sized.oid
order by bytes desc`

export const UNUSED_INDEXES = `
select n.nspname || '.' || i.relname as name, pg_relation_size(i.oid)::float8 as bytes
from pg_index x
join pg_class i on i.oid = x.indexrelid
join pg_namespace n on n.oid = i.relnamespace
join pg_stat_user_indexes s on s.indexrelid = i.oid
where s.idx_scan = 0 and not x.indisunique and not x.indisprimary and not x.indisexclusion and x.indisvalid
  and i.relkind = 'i' and ${notPlatformSchema('n.nspname')}
  -- An index that serves a foreign key is used by deletes of the parent, which may be rare and must not be slow.
  and not exists (select from pg_constraint c where c.contype = 'f' and c.conrelid = x.indrelid
    and c.conkey[1] = x.indkey[0])
order by bytes desc, name`

// A foreign key is served when its columns are the first columns of a valid index in any order, and the index leaves out
// no row but those in which a column of the key is null.
export const MISSING_INDEXES = `
select n.nspname || '.' || t.relname as "table", c.conname as name,
  (select string_agg(quote_ident(a.attname), ', ' order by k.place) from unnest(c.conkey) with ordinality as k (number, place)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number) as columns
from pg_constraint c
join pg_class t on t.oid = c.conrelid
join pg_namespace n on n.oid = t.relnamespace
where c.contype = 'f' and c.conparentid = 0 and ${notPlatformSchema('n.nspname')}
  and not exists (
    select from pg_index x where x.indrelid = c.conrelid and x.indisvalid
      and (x.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
      and (x.indpred is null or pg_get_expr(x.indpred, x.indrelid) ~* '^\\(\\w+ is not null\\)$'))
order by 1, 2`

export const INVALID_INDEXES = `
select n.nspname || '.' || i.relname as name from pg_index x
join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace
where not x.indisvalid and ${notPlatformSchema('n.nspname')} order by 1`

export const WITHOUT_RLS = `
select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname = 'public' order by 1`

export const REPLICATION = `
select
  (select max(extract(epoch from coalesce(replay_lag, '0'::interval)))::float8 from pg_stat_replication) as "lagS",
  (select count(*)::int from pg_stat_replication) as replicas,
  (select max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn))::float8 from pg_replication_slots) as "retainedBytes",
  (select count(*)::int from pg_replication_slots where not active) as "inactiveSlots"`

export const SLOW_QUERIES = (schema: string): string => `
select left(regexp_replace(query, '\\s+', ' ', 'g'), 160) as query, calls::float8 as calls, mean_exec_time as "meanMs",
  total_exec_time as "totalMs"
from ${schema}.pg_stat_statements
where dbid = (select oid from pg_database where datname = current_database()) and query !~* 'pg_stat_|pg_catalog'
order by total_exec_time desc limit 10`

export const STATEMENTS = (schema: string): string => `
select coalesce(sum(calls), 0)::float8 as calls, coalesce(sum(total_exec_time), 0)::float8 as "totalMs"
from ${schema}.pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
  and query !~* 'pg_stat_|pg_catalog|pg_class|supabase_migrations|hashtextextended|^\\s*(create|alter|drop|comment|grant|revoke|copy|lock|do)\\M'`

export const FINDINGS = `
select severity, kind, count(*)::int as count, min(since) as since, min(problem) as example
from private.findings(null) group by severity, kind order by 1, 2`
