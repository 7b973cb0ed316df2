const grantees = (acl: string, kind: string, owner: string): string =>
  `aclexplode(coalesce(${acl}, acldefault(${kind}, ${owner})))`

// What an extension brought comes and goes with it.
const notOfExtension = (catalog: string, oid: string): string =>
  `not exists (select from member m where m.classid = '${catalog}'::regclass and m.objid = ${oid})`

const project = (name: string): string =>
  `${name} !~ '^pg_(toast|temp)' and ${name} not in ('pg_catalog', 'information_schema', 'supabase_migrations')`

/** Kinds of objects of which the catalogue only says that they are there. */
export const UNCOMPARED: readonly string[] = [
  'operator class',
  'operator family',
  'conversion',
  'transform',
  'access method',
  'language',
  'text search parser',
  'text search template',
  'subscription',
]

/**
 * One row for each object of a database: what it is by name, what it is like as JSON whose keys people read, and which
 * table, view, function or type it stands and falls with (`root`, and `schema` and `name` of that). Definitions are as PostgreSQL
 * prints them, without a search path; owners and roles by name; so two servers with the same objects give the same rows.
 * What a grant says stands in rows of its own, one for each grantee.
 */
export const CATALOG = `
with member as materialized (
  select classid, objid from pg_depend where deptype = 'e'
), relation as materialized (
  select c.*, c.oid::regclass::text as shown, n.nspname::text as schema, coalesce(o.relname, c.relname)::text as name,
    case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'm' then 'materialized view'
      when 'f' then 'foreign table' when 'c' then 'type' else 'sequence' end as kind, o.oid as owned_by
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_depend d on c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid
      and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
    left join pg_class o on o.oid = d.refobjid
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c', 'S') and ${project('n.nspname')} and ${notOfExtension('pg_class', 'c.oid')}
), object (class, oid, sub, kind, shown, root, schema, name, is_partition, attached, owner, acl, acl_kind, value) as materialized (
  select 'pg_class'::regclass, c.oid, 0, kind, shown, coalesce('table ' || owned_by::regclass, kind || ' ' || shown), schema, name, relispartition,
    null::text, relowner, relacl,
    case kind when 'sequence' then 's' else 'r' end::"char",
    jsonb_build_object('persistence', nullif(relpersistence, 'p'), 'row level security', relrowsecurity, 'forced', relforcerowsecurity,
      'replica identity', nullif(relreplident, 'd'), 'options', (select array_agg(o order by o) from unnest(c.reloptions) o),
      'options of toast', (select reloptions from pg_class where oid = c.reltoastrelid),
      'partitioned by', pg_get_partkeydef(c.oid), 'bound', pg_get_expr(relpartbound, c.oid),
      'parents', (select array_agg(inhparent::regclass::text order by inhseqno) from pg_inherits where inhrelid = c.oid),
      'populated', case kind when 'materialized view' then relispopulated end,
      'definition', case when kind in ('view', 'materialized view') then pg_get_viewdef(c.oid) end,
      'foreign', (select to_jsonb(f) - 'ftrelid' - 'ftserver' from pg_foreign_table f where ftrelid = c.oid),
      'owned by', owned_by::regclass::text,
      'numbers', (select format('%s from %s by %s within %s and %s, cache %s, cycle %s', seqtypid::regtype, seqstart, seqincrement,
        seqmin, seqmax, seqcache, seqcycle) from pg_sequence where seqrelid = c.oid))
    from relation c where relkind <> 'c'
  union all
  select 'pg_class'::regclass, r.oid, attnum, 'column', r.shown || '.' || quote_ident(attname), r.kind || ' ' || r.shown, schema, name,
    relispartition, null, relowner, attacl, 'c',
    jsonb_build_object('place', row_number() over (partition by attrelid order by attnum), 'type', format_type(atttypid, atttypmod),
      'not null', attnotnull, 'identity', nullif(attidentity, ''), 'generated', nullif(attgenerated, ''),
      'default', pg_get_expr(adbin, adrelid), 'collation', case when attcollation <> typcollation then attcollation::regcollation::text end,
      'storage', nullif(attstorage, typstorage), 'compression', nullif(attcompression, ''),
      'statistics target', nullif(attstattarget, -1), 'options', attoptions)
    from relation r join pg_attribute a on attrelid = r.oid and attnum > 0 and not attisdropped join pg_type t on t.oid = atttypid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relkind <> 'S'
  union all
  select 'pg_constraint'::regclass, k.oid, 0, 'constraint', r.shown || '.' || quote_ident(conname), r.kind || ' ' || r.shown, schema, name,
    relispartition, null, null, null, null,
    jsonb_build_object('definition', pg_get_constraintdef(k.oid), 'validated', convalidated)
    from relation r join pg_constraint k on conrelid = r.oid where contype <> 'n'
  union all
  select 'pg_class'::regclass, indexrelid, 0, 'index', i.indexrelid::regclass::text, r.kind || ' ' || r.shown, schema, name,
    relispartition, null, null, null, null,
    jsonb_build_object('definition', pg_get_indexdef(indexrelid), 'valid', indisvalid and indisready,
      'clustered', nullif(indisclustered, false), 'replica identity', nullif(indisreplident, false))
    from relation r join pg_index i on indrelid = r.oid
  union all
  select 'pg_trigger'::regclass, g.oid, 0, 'trigger', r.shown || '.' || quote_ident(tgname), r.kind || ' ' || r.shown, schema, name,
    relispartition, tgname, null, null, null, jsonb_build_object('definition', pg_get_triggerdef(g.oid), 'enabled', tgenabled)
    from relation r join pg_trigger g on tgrelid = r.oid where not tgisinternal
  union all
  select 'pg_policy'::regclass, p.oid, 0, 'policy', r.shown || '.' || quote_ident(polname), r.kind || ' ' || r.shown, schema, name,
    relispartition, polname, null, null, null,
    jsonb_build_object('command', polcmd, 'permissive', polpermissive, 'using', pg_get_expr(polqual, polrelid),
      'check', pg_get_expr(polwithcheck, polrelid),
      'roles', (select array_agg(case o when 0 then 'public' else o::regrole::text end order by 1) from unnest(polroles) o))
    from relation r join pg_policy p on polrelid = r.oid
  union all
  select 'pg_rewrite'::regclass, w.oid, 0, 'rule', r.shown || '.' || quote_ident(rulename), r.kind || ' ' || r.shown, schema, name,
    relispartition, null, null, null, null, jsonb_build_object('definition', pg_get_ruledef(w.oid), 'enabled', ev_enabled)
    from relation r join pg_rewrite w on ev_class = r.oid where rulename <> '_RETURN'
  union all
  select 'pg_proc'::regclass, p.oid, 0, 'function', p.oid::regprocedure::text, 'function ' || p.oid::regprocedure, nspname, proname, false, null,
    proowner, proacl, 'f',
    jsonb_build_object('definition', case prokind when 'a' then null else pg_get_functiondef(p.oid) end,
      'aggregate', case prokind when 'a' then (select format('%s %s %s %s %s %s %s', aggkind, aggtransfn, format_type(aggtranstype, null),
        aggfinalfn, aggcombinefn, agginitval, nullif(aggsortop, 0)::regoperator) from pg_aggregate where aggfnoid = p.oid) end)
    from pg_proc p join pg_namespace n on n.oid = pronamespace where ${project('nspname')} and ${notOfExtension('pg_proc', 'p.oid')}
  union all
  select 'pg_type'::regclass, t.oid, 0, 'type', t.oid::regtype::text, 'type ' || t.oid::regtype, nspname, typname, false, null, typowner, typacl, 'T',
    jsonb_build_object('kind', typtype, 'not null', typnotnull, 'default', typdefault,
      'base', case typtype when 'd' then format_type(typbasetype, typtypmod) end,
      'collation', case typtype when 'd' then nullif(typcollation, 0)::regcollation::text end,
      'labels', (select array_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = t.oid),
      'range', (select format('%s %s %s %s', rngsubtype::regtype, (select opcname from pg_opclass where oid = rngsubopc), rngcanonical, rngsubdiff)
        from pg_range where rngtypid = t.oid))
    from pg_type t join pg_namespace n on n.oid = typnamespace
    where (typtype in ('d', 'e', 'r', 'p') or typtype = 'b' and typcategory <> 'A'
        or typtype = 'c' and (select relkind from pg_class where oid = typrelid) = 'c')
      and ${project('nspname')} and ${notOfExtension('pg_type', 't.oid')}
  union all
  select 'pg_constraint'::regclass, k.oid, 0, 'constraint', t.oid::regtype || '.' || quote_ident(conname), 'type ' || t.oid::regtype, nspname, typname,
    false, null, null, null, null, jsonb_build_object('definition', pg_get_constraintdef(k.oid), 'validated', convalidated)
    from pg_constraint k join pg_type t on t.oid = contypid join pg_namespace n on n.oid = typnamespace where ${project('nspname')}
  union all
  select 'pg_namespace'::regclass, oid, 0, 'schema', quote_ident(nspname), 'schema ' || quote_ident(nspname), nspname, '', false, null, nspowner, nspacl, 'n', '{}'
    from pg_namespace where ${project('nspname')}
  union all
  select 'pg_statistic_ext'::regclass, s.oid, 0, 'statistics', stxnamespace::regnamespace || '.' || quote_ident(stxname), r.kind || ' ' || r.shown,
    schema, name, relispartition, null, stxowner, null, null,
    jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid), 'target', nullif(stxstattarget, -1))
    from relation r join pg_statistic_ext s on stxrelid = r.oid
  union all
  select 'pg_cast'::regclass, c.oid, 0, 'cast', format_type(castsource, null) || ' as ' || format_type(casttarget, null), null, nspname, typname, false, null,
    null, null, null, jsonb_build_object('function', castfunc::regprocedure::text, 'context', castcontext, 'method', castmethod)
    from pg_cast c join pg_type t on t.oid = case when castsource >= 16384 then castsource else casttarget end
      join pg_namespace n on n.oid = typnamespace where c.oid >= 16384 and ${notOfExtension('pg_cast', 'c.oid')}
  union all
  select 'pg_ts_config'::regclass, c.oid, 0, 'text search configuration', c.oid::regconfig::text, null, nspname, cfgname, false, null, cfgowner, null, null,
    jsonb_build_object('map', (select array_agg(format('%s:%s:%s', maptokentype, mapseqno, mapdict::regdictionary) order by maptokentype, mapseqno)
      from pg_ts_config_map where mapcfg = c.oid))
    from pg_ts_config c join pg_namespace n on n.oid = cfgnamespace where ${project('nspname')} and ${notOfExtension('pg_ts_config', 'c.oid')}
  union all
  select 'pg_ts_dict'::regclass, d.oid, 0, 'text search dictionary', d.oid::regdictionary::text, null, nspname, dictname, false, null, dictowner, null, null,
    jsonb_build_object('options', dictinitoption)
    from pg_ts_dict d join pg_namespace n on n.oid = dictnamespace where ${project('nspname')} and ${notOfExtension('pg_ts_dict', 'd.oid')}
  union all
  select 'pg_collation'::regclass, c.oid, 0, 'collation', c.oid::regcollation::text, null, nspname, collname, false, null, collowner, null, null,
    jsonb_build_object('provider', collprovider, 'deterministic', collisdeterministic, 'collate', collcollate)
    from pg_collation c join pg_namespace n on n.oid = collnamespace where ${project('nspname')} and ${notOfExtension('pg_collation', 'c.oid')}
  union all
  select 'pg_operator'::regclass, o.oid, 0, 'operator', o.oid::regoperator::text, null, nspname, oprname, false, null, oprowner, null, null,
    jsonb_build_object('function', oprcode::text, 'commutator', nullif(oprcom, 0)::regoperator::text, 'negator', nullif(oprnegate, 0)::regoperator::text,
      'restrict', oprrest::text, 'join', oprjoin::text, 'merges', oprcanmerge, 'hashes', oprcanhash)
    from pg_operator o join pg_namespace n on n.oid = oprnamespace where ${project('nspname')} and ${notOfExtension('pg_operator', 'o.oid')}
  union all
  select 'pg_extension'::regclass, oid, 0, 'extension', quote_ident(extname), null, '', '', false, null, extowner, null, null,
    jsonb_build_object('version', extversion, 'schema', extnamespace::regnamespace::text) from pg_extension
  union all
  select 'pg_event_trigger'::regclass, oid, 0, 'event trigger', quote_ident(evtname), null, '', '', false, null, evtowner, null, null,
    jsonb_build_object('event', evtevent, 'function', evtfoid::regproc::text, 'enabled', evtenabled, 'tags', evttags)
    from pg_event_trigger e where ${notOfExtension('pg_event_trigger', 'e.oid')}
  union all
  select 'pg_publication'::regclass, p.oid, 0, 'publication', quote_ident(pubname), null, '', '', false, null, pubowner, null, null,
    to_jsonb(p) - 'oid' - 'pubname' - 'pubowner' || jsonb_build_object(
      'tables', (select array_agg(format('%s %s %s', prrelid::regclass, pg_get_expr(prqual, prrelid), prattrs) order by prrelid::regclass::text)
        from pg_publication_rel where prpubid = p.oid),
      'schemas', (select array_agg(pnnspid::regnamespace::text order by pnnspid::regnamespace::text) from pg_publication_namespace where pnpubid = p.oid))
    from pg_publication p
  union all
  select 'pg_foreign_data_wrapper'::regclass, oid, 0, 'foreign data wrapper', quote_ident(fdwname), null, '', '', false, null, fdwowner, fdwacl, 'F',
    jsonb_build_object('handler', fdwhandler::text, 'options', md5(fdwoptions::text))
    from pg_foreign_data_wrapper f where ${notOfExtension('pg_foreign_data_wrapper', 'f.oid')}
  union all
  select 'pg_foreign_server'::regclass, oid, 0, 'server', quote_ident(srvname), null, '', '', false, null, srvowner, srvacl, 'S',
    jsonb_build_object('type', srvtype, 'version', srvversion, 'options', md5(srvoptions::text)) from pg_foreign_server
  union all
  select 'pg_foreign_server'::regclass, 0, 0, 'user mapping', quote_ident(srvname) || ' ' || quote_ident(usename), null, '', '', false, null, null, null, null,
    jsonb_build_object('options', md5(umoptions::text)) from pg_user_mappings
  union all
  select 'pg_largeobject_metadata'::regclass, oid, 0, 'large object', oid::text, null, '', '', false, null, lomowner, lomacl, 'L', '{}' from pg_largeobject_metadata
  union all
  select 'pg_authid'::regclass, oid, 0, 'role', quote_ident(rolname), null, '', '', false, null, null, null, null,
    to_jsonb(r) - 'oid' - 'rolname' - 'rolpassword' || jsonb_build_object('member of', (select array_agg(roleid::regrole::text order by roleid::regrole::text)
      from pg_auth_members where member = r.oid))
    from pg_roles r where rolname !~ '^pg_'
  union all
  select 'pg_database'::regclass, 0, 0, 'setting', coalesce(nullif(setrole, 0)::regrole::text, '*'), null, '', '', false, null, null, null, null,
    jsonb_build_object('settings', setconfig) from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())
  union all
  select 'pg_default_acl'::regclass, oid, 0, 'default rights', format('%s %s of %s', coalesce(nullif(defaclnamespace, 0)::regnamespace::text, '*'),
    defaclobjtype, defaclrole::regrole), null, '', '', false, null, defaclrole, defaclacl, defaclobjtype, '{}' from pg_default_acl
  union all
  select 'pg_seclabel'::regclass, 0, 0, 'security label', provider || ' ' || pg_describe_object(classoid, objoid, objsubid), null, '', '', false, null, null, null, null,
    jsonb_build_object('label', label) from pg_seclabel
  union all
  select classid, objid, 0, kind, pg_describe_object(classid, objid, 0), null, '', '', false, null, null, null, null, '{}'
    from (select 'pg_opclass'::regclass as classid, oid as objid, 'operator class' as kind from pg_opclass
      union all select 'pg_opfamily'::regclass, oid, 'operator family' from pg_opfamily
      union all select 'pg_conversion'::regclass, oid, 'conversion' from pg_conversion
      union all select 'pg_transform'::regclass, oid, 'transform' from pg_transform
      union all select 'pg_am'::regclass, oid, 'access method' from pg_am
      union all select 'pg_language'::regclass, oid, 'language' from pg_language
      union all select 'pg_ts_parser'::regclass, oid, 'text search parser' from pg_ts_parser
      union all select 'pg_ts_template'::regclass, oid, 'text search template' from pg_ts_template
      union all select 'pg_subscription'::regclass, oid, 'subscription' from pg_subscription) as uncompared
    where objid >= 16384 and not exists (select from member m where m.classid = uncompared.classid and m.objid = uncompared.objid)
)
select kind || ' ' || shown as key, coalesce(root, kind || ' ' || shown) as root, schema, name, is_partition as "isPartition", attached,
  jsonb_strip_nulls(value || jsonb_build_object('owner', case when kind <> 'column' then nullif(owner, 0)::regrole::text end,
    'comment', description))::text as value
from object left join pg_description d on d.objoid = object.oid and d.classoid = object.class and d.objsubid = object.sub
union all
select format('right of %s on %s %s', coalesce(quote_ident(r.rolname), 'PUBLIC'), kind, shown), coalesce(root, kind || ' ' || shown), schema, name, is_partition, attached,
  jsonb_build_object('may', array_agg(distinct privilege_type || case when is_grantable then ' and pass it on' else '' end
    order by privilege_type || case when is_grantable then ' and pass it on' else '' end))::text
from object, ${grantees('acl', 'acl_kind', 'owner')} a left join pg_roles r on r.oid = a.grantee
where acl_kind is not null
group by r.rolname, kind, shown, root, schema, name, is_partition, attached`
