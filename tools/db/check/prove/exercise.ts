import type { A_Const, A_Expr, ColumnRef, Node, UpdateStmt } from 'libpg-query'
import type { AnalysedMigration } from '../../lib/analysis.ts'
import { quoteName, quoteText, type Sql } from '../../lib/database.ts'
import { asNode, relationName, walk, words } from '../../lib/tree.ts'
import type { ProofSettings } from '../settings.ts'
import { type Limit, type Limits, widened } from './limits.ts'
import { insertRow } from './seed/insert.ts'
import { readSeedTables } from './seed/tables.ts'

/** A value that made-up rows are to hold in a column, and why. */
type Wanted = {
  readonly table: string
  readonly column: string
  /** An SQL expression. */
  readonly value: string
  /** What no row may hold before; a value that does not break it exercises nothing. */
  readonly breaks: string | undefined
}

/** What rows hold now that they could not hold before a migration, in words, such as `'on_leave' in public.employees.status`. */
export type Exercised = { readonly held: readonly string[] }

/**
 * Makes rows hold what a migration newly allows: each new value of a list, an enum or a domain, no value where NOT NULL was
 * dropped, the longer text, the larger number, a duplicate, an orphan. A rollback that only works on rows that do not use what the
 * migration brought is found out that way.
 */
export async function exerciseNewValues(
  superuser: Sql,
  before: Limits,
  after: Limits,
  settings: ProofSettings,
): Promise<Exercised> {
  const held: string[] = []
  for (const { old, now } of widened(before, after)) {
    if (settings.referenceTables.includes(old.table)) continue
    let place = 0
    for (const wanted of valuesBeyond(old, now)) {
      if (!(await hold(superuser, wanted, place, settings))) continue
      held.push(`${wanted.value} in ${wanted.table}.${wanted.column}`)
      place += 1
      // One value beyond a range stands for all; of a list every value counts, as far as there are rows.
      if (place === ROWS) break
    }
  }
  return { held }
}

/**
 * Makes rows hold what the updates and deletions of a forward file look for, and others what they write, so that a fix is
 * proven on rows that it touches and a rollback cannot take back more than was done.
 */
export async function exerciseFixes(superuser: Sql, one: AnalysedMigration, settings: ProofSettings): Promise<void> {
  for (const statement of one.up.sql?.statements ?? []) {
    const change = asNode<UpdateStmt>(statement.node, 'UpdateStmt') ?? asNode<UpdateStmt>(statement.node, 'DeleteStmt')
    if (!change) continue
    const table = relationName(change.relation)
    if (settings.referenceTables.includes(table)) continue
    const sought = constantsIn(change.whereClause)
    const written = (change.targetList ?? []).flatMap((entry) => {
      const target = asNode<{ name?: string; val?: Node }>(entry, 'ResTarget')
      const value = target?.val && literal(target.val)
      return target?.name && value ? [{ column: target.name, value }] : []
    })
    for (const [place, values] of [sought, written].entries()) {
      for (const { column, value } of values)
        await hold(superuser, { table, column, value, breaks: undefined }, place, settings)
    }
  }
}

const ROWS = 3

/** Values for the columns of a limit that the old one refused and the new one may accept, the likeliest first. */
function valuesBeyond(old: Limit, now: Limit | undefined): Wanted[] {
  const { kind, table, columns } = old
  const [column = ''] = columns
  const each = (values: readonly string[], breaks?: string): Wanted[] =>
    columns.flatMap((name) => values.map((value) => ({ table, column: name, value, breaks })))
  switch (kind) {
    case 'not-null':
      return [{ table, column, value: 'null', breaks: undefined }]
    case 'enum':
      return each(texts(now?.definition ?? '').filter((value) => !texts(old.definition).includes(value)))
    case 'check':
      return each(candidates(old, now), `not (${old.definition})`)
    case 'domain':
      return each(candidates(old, now), `not (${old.definition.replaceAll(/\bVALUE\b/g, quoteName(column))})`)
    case 'type':
      return each(
        ["repeat('x', 1000)", '9000000000', '12345.1234567', 'now()'],
        `pg_temp.payd_no_cast(${quoteName(column)}::text, ${quoteText(old.definition)})`,
      )
    case 'unique':
      return columns.slice(-1).map((name) => ({
        table,
        column: name,
        value: `(select ${quoteName(name)} from ${quoteName(table)} where ${quoteName(name)} is not null order by ctid desc limit 1)`,
        breaks: undefined,
      }))
    case 'reference':
      return [{ table, column, value: '900000000000001', breaks: undefined }]
  }
}

const texts = (definition: string): string[] =>
  [...definition.matchAll(/'((?:[^']|'')*)'/g)].map((match) => `'${match[1]}'`)

const numbers = (definition: string): number[] =>
  [...definition.matchAll(/(?<![\w'.])-?\d+(?:\.\d+)?(?![\w'])/g)].map((match) => Number(match[0]))

function candidates(old: Limit, now: Limit | undefined): string[] {
  const listed = texts(now?.definition ?? '').filter((value) => !texts(old.definition).includes(value))
  const bounds = [...new Set([...numbers(now?.definition ?? ''), ...numbers(old.definition)])]
  const around = bounds.flatMap((bound) => [String(bound), String(bound - 1), String(bound + 1)])
  const long = bounds
    .filter((bound) => bound > 0 && bound < 20_000)
    .flatMap((bound) => [`repeat('x', ${bound})`, `repeat('x', ${bound + 1})`])
  return [...listed, ...around, ...long, "'payd_unlisted'", "''", '-1', '0', 'null']
}

/** Whether a row holds the value afterwards: one that is there, or a new one. */
async function hold(superuser: Sql, wanted: Wanted, place: number, settings: ProofSettings): Promise<boolean> {
  const { table, column, value, breaks } = wanted
  const [name, into] = [quoteName(table), quoteName(column)]
  const isNew = `if not exists (select from ${name} where ${breaks}) then raise exception 'it was allowed before'; end if;`
  const change = `do $change$ declare v_rows bigint; begin
    update ${name} set ${into} = ${value} where ctid = (select ctid from ${name} order by ctid offset ${place} limit 1);
    get diagnostics v_rows = row_count;
    if v_rows = 0 then raise exception 'there is no row'; end if;
    ${breaks === undefined ? '' : isNew}
  end $change$;`
  try {
    await superuser.unsafe(`begin; set local session_replication_role = replica; ${NO_CAST} ${change} commit`).simple()
    return true
  } catch {
    await superuser.unsafe('rollback').catch(() => undefined)
  }
  if (breaks !== undefined && !/^'/.test(value)) return false
  const seeded = (await readSeedTables(superuser)).find((candidate) => candidate.name === table)
  if (!seeded) return false
  const values = { ...settings.values, [`${table}.${column}`]: value }
  return (await insertRow(superuser, seeded, ROWS + 1 + place, values)) === undefined
}

// Whether a value would not survive the way back into the former type.
const NO_CAST = `create or replace function pg_temp.payd_no_cast(value text, type text) returns boolean language plpgsql as $cast$
  declare v_back text;
  begin
    execute format('select (%L::%s)::text', value, type) into v_back;
    return v_back is distinct from value;
  exception when others then
    return true;
  end $cast$;`

/** The constants that a condition compares columns with: `status = 'x'`, `status in ('x', 'y')`, `memo is null`. */
function constantsIn(where: Node | undefined): { column: string; value: string }[] {
  const found: { column: string; value: string }[] = []
  const add = (column: string | undefined, value: string | undefined): void => {
    if (column && value) found.push({ column, value })
  }
  walk(where ? [where] : [], (kind, value) => {
    if (kind === 'NullTest' && value.nulltesttype === 'IS_NULL') add(columnOf(value.arg as Node), 'null')
    if (kind !== 'A_Expr') return
    const { lexpr, rexpr, name } = value as A_Expr
    const operator = words(name).at(-1)
    if (operator !== '=' || !lexpr || !rexpr) return
    const first = asNode<{ items?: Node[] }>(rexpr, 'List')?.items?.[0] ?? rexpr
    add(columnOf(lexpr), literal(first))
  })
  return found
}

const columnOf = (node: Node | undefined): string | undefined =>
  words(asNode<ColumnRef>(node, 'ColumnRef')?.fields).at(-1)

function literal(node: Node): string | undefined {
  const inner = asNode<{ arg?: Node }>(node, 'TypeCast')?.arg
  const constant = asNode<A_Const>(inner ?? node, 'A_Const')
  if (!constant) return undefined
  if (constant.isnull) return 'null'
  if (constant.sval) return quoteText(constant.sval.sval ?? '')
  if (constant.boolval) return constant.boolval.boolval ? 'true' : 'false'
  if (constant.ival) return String(constant.ival.ival ?? 0)
  return constant.fval?.fval
}
