import type { Sql } from 'postgres'

/** Everything a database declares, as `what it is` → `how it is`. Equal catalogues mean equal databases, oids aside. */
export type Catalogue = ReadonlyMap<string, string>

/** Reads the catalogue of the session's database, the rows of its own tables included. */
export function readCatalogue(sql: Sql): Promise<Catalogue> {
  return sql.begin('read only', async (snapshot) => {
    // Without a search path every name is written with its schema.
    await snapshot`select set_config('search_path', '', true)`
    const facts = await snapshot.unsafe<Fact[]>(FACTS)
    const tables = await snapshot.unsafe<{ name: string }[]>(OWN_TABLES)
    const rows = tables.length === 0 ? [] : await snapshot.unsafe<Fact[]>(rowsOf(tables))
    return new Map([...facts, ...rows].map(({ what, how }) => [what, how ?? '']))
  }) as Promise<Catalogue>
}

type Fact = { readonly what: string; readonly how: string | null }

/** What the first catalogue has otherwise than the second, as sentences. */
export function differences(found: Catalogue, expected: Catalogue): string[] {
  const sentences: string[] = []
  for (const [what, how] of found) {
    const wanted = expected.get(what)
    if (wanted === undefined) sentences.push(`surplus: ${what} = ${how}`)
    else if (wanted !== how) sentences.push(`different: ${what} = ${how} instead of ${wanted}`)
  }
  for (const what of expected.keys()) if (!found.has(what)) sentences.push(`missing: ${what}`)
  return sentences.sort()
}

// The history of the CLI is its own business; the rest of the server's own schemas never changes.
const OURS = `not in ('pg_catalog', 'information_schema', 'pg_toast', 'supabase_migrations')`

const FACTS = `
select 'schema ' || nspname as what, format('%s %s', nspowner::regrole, sorted.acl) as how
  from pg_catalog.pg_namespace, lateral (select array_agg(i::text order by i::text) as acl from unnest(nspacl) as i) as sorted
  where nspname ${OURS} and nspname !~ '^pg_temp|^pg_toast_temp'
union all
select 'relation ' || c.oid::regclass, format('%s %s rls=%s force=%s options=%s persistence=%s identity=%s acl=%s view=%s',
    c.relkind, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relpersistence, c.relreplident, sorted.acl,
    case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end)
  from pg_catalog.pg_class as c, lateral (select array_agg(i::text order by i::text) as acl from unnest(c.relacl) as i) as sorted
  where c.relnamespace::regnamespace::text ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
union all
select 'column ' || a.attrelid::regclass || '.' || a.attname, format('%s %s null=%s default=%s identity=%s generated=%s storage=%s%s stats=%s acl=%s',
    row_number() over (partition by a.attrelid order by a.attnum), pg_catalog.format_type(a.atttypid, a.atttypmod), not a.attnotnull,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstorage, a.attcompression, a.attstattarget,
    (select array_agg(i::text order by i::text) from unnest(a.attacl) as i))
  from pg_catalog.pg_attribute as a
  join pg_catalog.pg_class as c on c.oid = a.attrelid
  left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace::regnamespace::text ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and a.attnum > 0 and not a.attisdropped
union all
select 'constraint ' || conname || ' of ' || coalesce(nullif(conrelid, 0)::regclass::text, nullif(contypid, 0)::regtype::text, ''),
    format('%s validated=%s', pg_catalog.pg_get_constraintdef(oid), convalidated)
  from pg_catalog.pg_constraint where connamespace::regnamespace::text ${OURS}
union all
select 'index ' || indexrelid::regclass, format('%s valid=%s ready=%s clustered=%s', pg_catalog.pg_get_indexdef(indexrelid), indisvalid, indisready, indisclustered)
  from pg_catalog.pg_index join pg_catalog.pg_class as c on c.oid = indexrelid where c.relnamespace::regnamespace::text ${OURS}
union all
select 'function ' || p.oid::regprocedure, format('%s %s acl=%s', p.proowner::regrole,
    case when p.prokind in ('f', 'p') then pg_catalog.pg_get_functiondef(p.oid) end, sorted.acl)
  from pg_catalog.pg_proc as p, lateral (select array_agg(i::text order by i::text) as acl from unnest(p.proacl) as i) as sorted
  where p.pronamespace::regnamespace::text ${OURS}
union all
select 'trigger ' || tgname || ' of ' || tgrelid::regclass, format('%s enabled=%s', pg_catalog.pg_get_triggerdef(oid), tgenabled)
  from pg_catalog.pg_trigger where not tgisinternal
union all
select 'policy ' || polname || ' of ' || polrelid::regclass, format('%s permissive=%s roles=%s using=%s check=%s', polcmd, polpermissive,
    (select array_agg(r::regrole::text order by r::regrole::text) from unnest(polroles) as r),
    pg_catalog.pg_get_expr(polqual, polrelid), pg_catalog.pg_get_expr(polwithcheck, polrelid))
  from pg_catalog.pg_policy
union all
select 'type ' || t.oid::regtype, format('%s %s base=%s null=%s default=%s labels=%s acl=%s', t.typtype, t.typowner::regrole,
    pg_catalog.format_type(t.typbasetype, t.typtypmod), not t.typnotnull, t.typdefault,
    (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_catalog.pg_enum as e where e.enumtypid = t.oid), sorted.acl)
  from pg_catalog.pg_type as t, lateral (select array_agg(i::text order by i::text) as acl from unnest(t.typacl) as i) as sorted
  where t.typnamespace::regnamespace::text ${OURS}
union all
select 'cast ' || pg_catalog.format_type(castsource, null) || ' as ' || pg_catalog.format_type(casttarget, null),
    format('%s %s %s', castfunc::regprocedure, castcontext, castmethod)
  from pg_catalog.pg_cast where oid >= 16384
union all
select format('default privileges of %s on %s in %s', defaclrole::regrole, defaclobjtype, defaclnamespace::regnamespace), sorted.acl::text
  from pg_catalog.pg_default_acl, lateral (select array_agg(i::text order by i::text) as acl from unnest(defaclacl) as i) as sorted
union all
select 'sequence ' || seqrelid::regclass, format('%s start=%s by=%s max=%s cycle=%s', seqtypid::regtype, seqstart, seqincrement, seqmax, seqcycle)
  from pg_catalog.pg_sequence join pg_catalog.pg_class as c on c.oid = seqrelid where c.relnamespace::regnamespace::text ${OURS}
union all
select 'comment on ' || object.type || ' ' || object.identity, description
  from pg_catalog.pg_description as d, lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) as object
  where d.objoid >= 16384 and coalesce(object.schema, '') ${OURS}
union all
select object.type || ' ' || object.identity, 'exists'
  from (
    select 'pg_catalog.pg_extension'::regclass as classid, oid from pg_catalog.pg_extension
    union all select 'pg_catalog.pg_event_trigger'::regclass, oid from pg_catalog.pg_event_trigger
    union all select 'pg_catalog.pg_publication'::regclass, oid from pg_catalog.pg_publication
    union all select 'pg_catalog.pg_statistic_ext'::regclass, oid from pg_catalog.pg_statistic_ext
    union all select 'pg_catalog.pg_operator'::regclass, oid from pg_catalog.pg_operator
    union all select 'pg_catalog.pg_collation'::regclass, oid from pg_catalog.pg_collation
    union all select 'pg_catalog.pg_language'::regclass, oid from pg_catalog.pg_language
    union all select 'pg_catalog.pg_ts_config'::regclass, oid from pg_catalog.pg_ts_config
    union all select 'pg_catalog.pg_ts_dict'::regclass, oid from pg_catalog.pg_ts_dict
    union all select 'pg_catalog.pg_rewrite'::regclass, oid from pg_catalog.pg_rewrite
  ) as other, lateral pg_catalog.pg_identify_object(other.classid, other.oid, 0) as object
  where other.oid >= 16384
union all
select format('setting of %s in this database', coalesce(nullif(setrole, 0)::regrole::text, 'everybody')), setconfig::text
  from pg_catalog.pg_db_role_setting where setdatabase = (select oid from pg_catalog.pg_database where datname = current_database())`

const OWN_TABLES = `
select c.oid::regclass::text as name
from pg_catalog.pg_class as c
where c.relkind = 'r' and c.relnamespace::regnamespace::text ${OURS} and c.relnamespace::regnamespace::text not in ('auth', 'extensions')
order by 1`

// Error codes, transitions and jobs are rows; a rollback must take its own away and nothing else. Times are when, not what.
const rowsOf = (tables: readonly { name: string }[]): string =>
  tables
    .map(
      ({ name }) =>
        `select 'row of ${name} ' || (to_jsonb(stored) - 'created_at' - 'updated_at')::text as what, count(*)::text as how from ${name} as stored group by 1`,
    )
    .join('\nunion all\n')
