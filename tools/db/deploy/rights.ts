import { readProofSettings } from '../check/settings.ts'
import { quoteName, type Sql } from '../lib/database.ts'
import type { Project } from '../lib/project.ts'
import { projectScope } from '../lib/scope.ts'
import type { JournalEntry } from './journal.ts'
import { fingerprint } from './loss.ts'

/** One right, setting or set of reference rows of a database, with the SQL that takes it away and that grants it. */
export type Right = {
  /** What it is, as people say it. */
  readonly key: string
  readonly value: string
  readonly undo: string
  readonly keep: string
  /** Whether it opens row level security in any project. */
  readonly isDangerous: boolean
}

/** What differs from what the last push left. */
export type RightDifference = { readonly sentence: string; readonly undo: string; readonly keep: string }

// Who signs in through the API, and what each may become, decides what row level security lets through; the migrations'
// catalogue says nothing about it, because roles belong to the server.
const API = `('anon', 'authenticated', 'service_role', 'authenticator')`

const MEMBERSHIPS = `
select format('%s is a member of %s', m.rolname, r.rolname) as key, 'true' as value,
  format('revoke %I from %I;', r.rolname, m.rolname) as undo, format('grant %I to %I;', r.rolname, m.rolname) as keep,
  m.rolname <> 'authenticator' as "isDangerous"
from pg_auth_members g join pg_roles r on r.oid = g.roleid join pg_roles m on m.oid = g.member where m.rolname in ${API}`

const ATTRIBUTES = `
select format('%s %s', rolname, word), 'true', format('alter role %I no%s;', rolname, word), format('alter role %I %s;', rolname, word),
  rolname <> 'service_role' or word <> 'bypassrls'
from pg_roles, lateral (values ('superuser', rolsuper), ('bypassrls', rolbypassrls), ('createrole', rolcreaterole), ('createdb', rolcreatedb)) as has (word, it)
where it and rolname in ${API}`

const SETTINGS = `
select format('setting %s of %s', split_part(entry, '=', 1), r.rolname), substr(entry, strpos(entry, '=') + 1),
  format('alter role %I reset %s;', r.rolname, split_part(entry, '=', 1)),
  format('alter role %I set %s = %L;', r.rolname, split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)),
  split_part(entry, '=', 1) in ('row_security', 'session_replication_role', 'role')
from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) as entry
where r.rolname in ${API} and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))`

const DEFAULTS = `
select format('%s gets %s on new %s of %s%s', grantee, privilege, things, owner, in_schema), 'true',
  format('alter default privileges for role %I%s revoke %s on %s from %s;', owner, in_schema, privilege, things, grantee_sql),
  format('alter default privileges for role %I%s grant %s on %s to %s;', owner, in_schema, privilege, things, grantee_sql),
  schema in ('private', 'archive')
from (
  select coalesce(n.nspname, '') as schema, o.rolname as owner, coalesce(' in schema ' || quote_ident(n.nspname), '') as in_schema, a.privilege_type as privilege,
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end as things,
    coalesce(g.rolname, 'PUBLIC') as grantee, coalesce(quote_ident(g.rolname), 'public') as grantee_sql
  from pg_default_acl d join pg_roles o on o.oid = d.defaclrole left join pg_namespace n on n.oid = d.defaclnamespace,
    lateral aclexplode(d.defaclacl) a left join pg_roles g on g.oid = a.grantee
) as given where grantee in ('anon', 'authenticated', 'service_role', 'PUBLIC')`

const SCHEMAS = (owned: string): string => `
select format('%s has %s on schema %s', coalesce(g.rolname, 'PUBLIC'), a.privilege_type, n.nspname), 'true',
  format('revoke %s on schema %I from %s;', a.privilege_type, n.nspname, coalesce(quote_ident(g.rolname), 'public')),
  format('grant %s on schema %I to %s;', a.privilege_type, n.nspname, coalesce(quote_ident(g.rolname), 'public')),
  a.privilege_type = 'CREATE'
from pg_namespace n, lateral aclexplode(n.nspacl) a left join pg_roles g on g.oid = a.grantee
where n.nspname in (${owned}) and (a.grantee = 0 or g.rolname in ('anon', 'authenticated', 'service_role', 'authenticator'))`

/** Everything that decides who may do what beside the catalogue of the migrations, and the rows that only migrations write. */
export async function readRights(sql: Sql, project: Project): Promise<Right[]> {
  const [{ schemas } = { schemas: [] }] = await sql<{ schemas: string[] }[]>`
    select array_agg(nspname::text) as schemas from pg_namespace`
  const scope = projectScope(project)
  const owned = ['public', ...schemas.filter((name) => scope.ownsSchema(name))].map((name) => `'${name}'`).join(', ')
  const rights = await sql.unsafe<Right[]>(
    [MEMBERSHIPS, ATTRIBUTES, SETTINGS, DEFAULTS, SCHEMAS(owned)].join('\nunion all\n'),
  )
  return [...rights, ...(await referenceRows(sql, project))]
}

async function referenceRows(sql: Sql, project: Project): Promise<Right[]> {
  const found: Right[] = []
  for (const table of readProofSettings(project).referenceTables) {
    const [there] = await sql<{ exists: boolean }[]>`select to_regclass(${quoteName(table)}) is not null as exists`
    if (!there?.exists) continue
    const [row] = await sql.unsafe<{ rows: number; hash: string }[]>(fingerprint(`select * from ${quoteName(table)}`))
    const look = '-- npm run db -- drift --full shows each row with the SQL for both ways.'
    found.push({
      key: `rows of ${table}`,
      value: `${row?.rows} rows ${row?.hash}`,
      undo: look,
      keep: look,
      isDangerous: false,
    })
  }
  return found
}

/** The rights as the journal keeps them. */
export const asRecord = (rights: readonly Right[]): Record<string, Pick<Right, 'value' | 'undo' | 'keep'>> =>
  Object.fromEntries(rights.map(({ key, value, undo, keep }) => [key, { value, undo, keep }]))

/** What the last push, rollback or acceptance left; undefined when none recorded it. */
export function knownRights(journal: readonly JournalEntry[]): Record<string, Right> | undefined {
  const entry = journal.findLast((one) => one.details.rights !== undefined)
  return entry?.details.rights as Record<string, Right> | undefined
}

/**
 * What differs from what the last push left, and what no project may have at all. Without something to compare with, or
 * when migrations were applied past the tools, only the latter can be told.
 */
export function rightDifferences(now: readonly Right[], known: Record<string, Right> | undefined): RightDifference[] {
  const byKey = new Map(now.map((right) => [right.key, right]))
  const isKnown = ({ key, value }: Right): boolean => known?.[key]?.value === value
  const added = now
    .filter((right) => (known ? !isKnown(right) : right.isDangerous))
    .map(({ key, value, undo, keep }) => {
      const was = known?.[key]?.value
      const sentence =
        was === undefined ? (value === 'true' ? key : `${key} is ${value}`) : `${key} was ${was} and is ${value}`
      return { sentence, undo, keep }
    })
  const removed = Object.entries(known ?? {})
    .filter(([key]) => !byKey.has(key))
    .map(([key, { undo, keep }]) => ({ sentence: `no longer: ${key}`, undo: keep, keep: undo }))
  return [...added, ...removed]
}
