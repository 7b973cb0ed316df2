import type { Sql } from './database.ts'
import { notPlatformSchema } from './platform.ts'

const own = (schema: string): string => notPlatformSchema(`${schema}::regnamespace::text`)

// Definitions as PostgreSQL prints them, hashed, so that only differences are long.
const STRUCTURE = `
select 'relation ' || c.oid::regclass as k, md5(concat_ws('|', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relacl,
    reloptions, relowner::regrole, case when relkind in ('v', 'm') then pg_get_viewdef(c.oid) end)) as v
  from pg_class c where relkind in ('r', 'p', 'v', 'm', 'S', 'f') and ${own('relnamespace')}
union all select 'column ' || a.attrelid::regclass || '.' || quote_ident(attname), md5(concat_ws('|', row_number() over
    (partition by attrelid order by attnum), format_type(atttypid, atttypmod), attnotnull, attacl, attidentity, attgenerated,
    attstorage, attcompression, attstattarget, attoptions, pg_get_expr(d.adbin, d.adrelid)))
  from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where relkind in ('r', 'p', 'v', 'm', 'f') and attnum > 0 and not attisdropped and ${own('relnamespace')}
union all select 'index ' || indexrelid::regclass, md5(concat_ws('|', pg_get_indexdef(indexrelid), indisvalid, indisclustered))
  from pg_index i join pg_class c on c.oid = i.indexrelid where ${own('relnamespace')}
union all select 'constraint ' || coalesce(nullif(conrelid, 0)::regclass::text, nullif(contypid, 0)::regtype::text) || '.' || conname,
    md5(concat_ws('|', pg_get_constraintdef(oid), convalidated))
  from pg_constraint where ${own('connamespace')}
union all select 'sequence ' || seqrelid::regclass, md5(concat_ws('|', seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle))
  from pg_sequence s join pg_class c on c.oid = s.seqrelid where ${own('relnamespace')}
union all select 'rule ' || ev_class::regclass || '.' || rulename, md5(concat_ws('|', pg_get_ruledef(r.oid), ev_enabled))
  from pg_rewrite r join pg_class c on c.oid = r.ev_class where rulename <> '_RETURN' and ${own('relnamespace')}
union all select 'event trigger ' || evtname, md5(concat_ws('|', evtevent, evtfoid::regproc, evtenabled, evttags)) from pg_event_trigger
union all select 'function ' || oid::regprocedure, md5(concat_ws('|', prosrc, prosqlbody, proacl, proconfig, provolatile, prosecdef, prokind,
    proretset, proleakproof, proisstrict, prolang, prorettype::regtype, proowner::regrole, pg_get_function_arguments(oid)))
  from pg_proc where ${own('pronamespace')}
union all select 'trigger ' || tgrelid::regclass || '.' || tgname, md5(concat_ws('|', pg_get_triggerdef(oid), tgenabled))
  from pg_trigger where not tgisinternal
union all select 'policy ' || polrelid::regclass || '.' || polname, md5(concat_ws('|', polcmd, polpermissive, polroles::regrole[],
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)))
  from pg_policy
union all select 'type ' || oid::regtype, md5(concat_ws('|', typtype, typnotnull, typdefault, typacl, typowner::regrole, typbasetype::regtype,
    (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid)))
  from pg_type t where typtype in ('c', 'd', 'e', 'r') and ${own('typnamespace')}
union all select 'schema ' || nspname, md5(concat_ws('|', nspacl, nspowner::regrole)) from pg_namespace where nspname !~ '^pg_'
union all select 'rights by default ' || coalesce(nullif(defaclnamespace, 0)::regnamespace::text, '*') || ' ' || defaclobjtype::text
    || ' ' || defaclrole::regrole, md5(defaclacl::text)
  from pg_default_acl
union all select 'cast ' || castsource::regtype || ' as ' || casttarget::regtype, md5(concat_ws('|', castfunc::regproc, castcontext, castmethod))
  from pg_cast where oid >= 16384
union all select 'statistics ' || stxnamespace::regnamespace || '.' || stxname, md5(pg_get_statisticsobjdef(oid)) from pg_statistic_ext
union all select 'comment on ' || pg_describe_object(classoid, objoid, objsubid), md5(description)
  from pg_description where objoid >= 16384`

/** Every object of the project by name, with a hash of its definition. */
export type Structure = ReadonlyMap<string, string>

/**
 * Reads the catalogue in a fraction of the time of the fact engine: good enough to say whether two states of
 * one database are the same, and which objects differ, but not how.
 */
export async function readStructure(sql: Sql): Promise<Structure> {
  const rows = await sql.begin('isolation level repeatable read read only', async (transaction) => {
    // Without a search path every name is printed with its schema, whatever the database's setting is.
    await transaction.unsafe(`set local search_path = ''`)
    return transaction.unsafe<{ k: string; v: string | null }[]>(STRUCTURE)
  })
  return new Map(rows.map((row) => [row.k, row.v ?? '']))
}

/** The objects that only one of two states has, or that differ, sorted. */
export function structureDifferences(from: Structure, to: Structure): string[] {
  const removed = [...from.keys()].filter((key) => !to.has(key)).map((key) => `- ${key}`)
  const added = [...to.keys()].filter((key) => !from.has(key)).map((key) => `+ ${key}`)
  const changed = [...from.keys()]
    .filter((key) => to.has(key) && to.get(key) !== from.get(key))
    .map((key) => `~ ${key}`)
  return [...removed, ...added, ...changed].sort()
}
