import type { Sql } from './database.ts'

/** What a row of the residual query says, and of which object; a setting of the database belongs to none. */
export type ResidualEntry = {
  readonly value: string
  readonly schema: string
  readonly name: string
  readonly isPartition: boolean
}

/** Rows of the catalogue that the fact engine does not compare, by a name that says what they are. */
export type Residual = ReadonlyMap<string, ResidualEntry>

// What the fact engine does not compare (measured by single mutations): the physical order of columns, storage,
// compression, statistics targets, column options, TOAST options, the CLUSTER mark, casts, extended statistics, text
// search configurations, database settings, and whether an index or constraint is valid.
const RESIDUAL = `
with found (key, value, relation, type) as (
  select 'column ' || a.attrelid::regclass || '.' || quote_ident(attname), format('%s|%s|%s|%s|%s', row_number()
      over (partition by attrelid order by attnum), attstorage, attcompression, coalesce(attstattarget, -1), attoptions), a.attrelid, null::oid
    from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relkind in ('r', 'p') and attnum > 0 and not attisdropped
    and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema|supabase_migrations)'
  union all select 'cast ' || format_type(castsource, null) || '->' || format_type(casttarget, null),
    format('%s|%s|%s', castfunc::regprocedure, castcontext, castmethod), null,
    case when castsource >= 16384 then castsource else casttarget end from pg_cast where oid >= 16384
  union all select 'clustered ' || indexrelid::regclass, 'true', indrelid, null from pg_index where indisclustered
  union all select 'invalid index ' || indexrelid::regclass, 'true', indrelid, null from pg_index where not (indisvalid and indisready)
  union all select 'unvalidated constraint ' || conrelid::regclass || '.' || quote_ident(conname), 'true', conrelid, null
    from pg_constraint where not convalidated
  union all select 'toast ' || c.oid::regclass, array_to_string(t.reloptions, ','), c.oid, null
    from pg_class c join pg_class t on t.oid = c.reltoastrelid where t.reloptions is not null
  union all select 'statistics ' || stxnamespace::regnamespace || '.' || stxname, pg_get_statisticsobjdef(oid), stxrelid, null from pg_statistic_ext
  union all select 'large object ' || oid, lomowner::regrole::text, null, null from pg_largeobject_metadata
  union all select 'setting ' || coalesce(nullif(setrole, 0)::regrole::text, '*'), array_to_string(setconfig, ','), null, null
    from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())
)
select key, value, coalesce(n.nspname, '') as schema, coalesce(c.relname, t.typname, '') as name, coalesce(c.relispartition, false) as "isPartition"
from found left join pg_class c on c.oid = found.relation left join pg_type t on t.oid = found.type
  left join pg_namespace n on n.oid = coalesce(c.relnamespace, t.typnamespace)
union all select 'tsconfig ' || mapcfg::regconfig, string_agg(format('%s:%s:%s', maptokentype, mapseqno, mapdict::regdictionary),
    ',' order by maptokentype, mapseqno), max(n.nspname), max(cfgname), false
  from pg_ts_config_map join pg_ts_config cfg on cfg.oid = mapcfg join pg_namespace n on n.oid = cfgnamespace
  where mapcfg >= 16384 group by mapcfg
order by 1`

/** Reads them at one moment. */
export async function readResidual(sql: Sql): Promise<Residual> {
  const rows = await sql.begin('isolation level repeatable read read only', async (transaction) => {
    // Without a search path every name is printed with its schema, whatever the database's setting is.
    await transaction.unsafe(`set local search_path = ''`)
    return transaction.unsafe<(Omit<ResidualEntry, 'value'> & { key: string; value: string | null })[]>(RESIDUAL)
  })
  return new Map(rows.map(({ key, value, ...of }) => [key, { ...of, value: value ?? '' }]))
}
