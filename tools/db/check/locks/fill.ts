import { databaseError, quoteName, type Sql } from '../../lib/database.ts'
import { errorText } from '../../lib/errors.ts'

type Column = {
  readonly name: string
  readonly type: string
  readonly isUnique: boolean
  readonly sample: string | null
}

/**
 * Multiplies the rows of a table until it holds so many, and gathers statistics. Triggers and foreign keys are off, unique
 * columns get new values, checks still hold. Resolves with the number of rows there are, and why it is less than wanted.
 */
export async function fillTable(
  superuser: Sql,
  table: string,
  rows: number,
): Promise<{ rows: number; problem?: string }> {
  const [{ present } = { present: 0 }] = await superuser.unsafe<{ present: number }[]>(
    `select count(*)::int as present from ${quoteName(table)}`,
  )
  if (present === 0) return { rows: 0, problem: 'no row could be made up' }
  if (present >= rows) return { rows: present }
  const columns = await columnsOf(superuser, table)
  const names = columns.map((column) => quoteName(column.name)).join(', ')
  const values = columns
    .map((column) => (column.isUnique ? varied(column) : `base.${quoteName(column.name)}`))
    .join(', ')
  try {
    await superuser.unsafe('set session_replication_role = replica')
    await superuser.unsafe(`
      insert into ${quoteName(table)} (${names}) overriding system value
      select ${values} from (select * from ${quoteName(table)} limit 1) as base, generate_series(1, ${rows - present}) as n`)
    return { rows }
  } catch (error) {
    return { rows: present, problem: databaseError(error)?.message ?? errorText(error) }
  } finally {
    await superuser.unsafe('reset session_replication_role')
    await superuser.unsafe(`analyze ${quoteName(table)}`)
  }
}

// Of every unique index one column is varied: the one whose type takes any number, before a text.
async function columnsOf(sql: Sql, table: string): Promise<Column[]> {
  const columns = await sql.unsafe<{ name: string; type: string; number: number; sample: string | null }[]>(
    `select a.attname as name, format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), null) as type, a.attnum as number,
       (select to_jsonb(r) ->> a.attname from (select * from ${quoteName(table)} limit 1) as r) as sample
     from pg_attribute a join pg_type t on t.oid = a.atttypid
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     order by a.attnum`,
    [quoteName(table)],
  )
  const indexes = await sql.unsafe<{ keys: number[]; text: string }[]>(
    `select array(select unnest(indkey)::int) as keys, pg_get_indexdef(indexrelid) as text from pg_index where indrelid = $1::regclass and indisunique`,
    [quoteName(table)],
  )
  const rank = (type: string): number =>
    [/^bigint/, /^(uuid|numeric)/, /^timestamp/, /^(integer|text)/].findIndex((pattern) => pattern.test(type))
  const varied = new Set<string>()
  for (const { keys, text } of indexes) {
    // An index on an expression names its columns only in its text.
    const members = columns.filter(
      (column) => keys.includes(column.number) || (keys.includes(0) && text.includes(column.name)),
    )
    if (members.some((column) => varied.has(column.name))) continue
    const best = members.filter((column) => rank(column.type) >= 0).sort((a, b) => rank(a.type) - rank(b.type))[0]
    if (best) varied.add(best.name)
  }
  return columns.map(({ name, type, sample }) => ({ name, type, sample, isUnique: varied.has(name) }))
}

const FAR = 1_000_000

function varied({ name, type, sample }: Column): string {
  const column = `base.${quoteName(name)}`
  if (/^(bigint|integer|numeric)/.test(type)) return `coalesce(${column}, 0) + ${FAR} + n`
  if (type === 'uuid') return 'gen_random_uuid()'
  if (/^timestamp/.test(type)) return `coalesce(${column}, now()) + n * interval '1 second'`
  if (sample !== null && /^[0-9a-f]{64}$/.test(sample)) return `md5(n::text) || md5('more ' || n)`
  return `coalesce(${column}, '') || n`
}
