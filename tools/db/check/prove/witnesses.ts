import type { AnalysedMigration } from '../../lib/analysis.ts'
import type { Catalog, CatalogEntry } from '../../lib/catalog.ts'
import { count } from '../../lib/command.ts'
import type { Finding } from '../../lib/finding.ts'
import { pairFinding } from './compare.ts'
import type { PlanProblems, Visibility } from './probes.ts'
import type { ApplicationQuery } from './queries.ts'

/**
 * Whether anybody could see other rows of an older table after a change of the catalogue. What is new and has its own rights leaves
 * older tables as they are, and so do columns, constraints, indexes and triggers; a new function that shares its name with an
 * older one may be called in its place, so it counts as a change.
 */
export function mayShowOtherRows(before: Catalog, after: Catalog): boolean {
  const functions = new Set(
    [...before].flatMap(([key, { schema, name }]) => (isFunction(key) ? [`${schema}.${name}`] : [])),
  )
  const isHarmless = (key: string, { root, schema, name }: CatalogEntry): boolean => {
    if (isFunction(root)) return !functions.has(`${schema}.${name}`)
    if (schema === '') return false
    return !before.has(root) || /^(column|constraint|index|trigger|statistics) /.test(key)
  }
  const added = [...after].filter(([key]) => !before.has(key))
  const isSame = [...before].every(([key, { value }]) => after.get(key)?.value === value)
  return !isSame || !added.every(([key, entry]) => isHarmless(key, entry))
}

const isFunction = (key: string): boolean => key.startsWith('function ')

/**
 * Tables of which somebody sees other rows than before, though the header announces neither new rights nor a break. Where a
 * data migration changed the rows themselves, the same rights show other rows, so those tables and all views are left out;
 * one that changes who somebody is says under "breaking:" what people will see.
 */
export function checkVisibility(
  one: AnalysedMigration,
  before: Visibility,
  after: Visibility,
  changedTables: readonly string[],
): Finding[] {
  const classes = one.header.header?.classes ?? one.classes.map((reason) => reason.changeClass)
  if (isBreakSaid(one) || classes.some((name) => name === 'modify-rls' || name === 'breaking-change')) return []
  return [...before].flatMap(([key, seen]) => {
    const now = after.get(key)
    if (now === undefined || now === seen) return []
    const [role, ...rest] = key.split(' ')
    const [kind, table = ''] = rest.slice(-2)
    if (changedTables.includes(table) || (kind === 'view' && changedTables.length > 0)) return []
    const isSwapped = inWords(now) === inWords(seen)
    const what = isSwapped
      ? `${role} sees other rows of ${table} than before (${inWords(now)} each time).`
      : `${role} sees ${inWords(now)} of ${table}, and saw ${inWords(seen)} before.`
    const why = 'Rows that appear for the wrong person are a leak, and rows that vanish look like lost data.'
    return [
      pairFinding(
        one.up,
        'visible-rows',
        table,
        what,
        why,
        'If it is meant, say under "breaking:" what people will see; if not, find the policy, grant, function or row that changed.',
      ),
    ]
  })
}

/** Queries of the application that could be planned before the migration and no longer can. */
export function checkPlans(
  one: AnalysedMigration,
  queries: readonly ApplicationQuery[],
  before: PlanProblems,
  after: PlanProblems,
): Finding[] {
  const isAnnounced = isBreakSaid(one)
  return [...after].flatMap(([index, problem]) => {
    const query = queries[index]
    if (!query || before.has(index) || isAnnounced) return []
    const what = `A query of the application no longer works (${query.source}): ${problem}.`
    const why = 'The application that runs now keeps running while the migration is deployed.'
    const fix =
      'Expand first: keep what it reads until the new application is out, and take it away in a later migration; or say under "breaking:" what must change.'
    return [pairFinding(one.up, 'query-broken', lastName(query.sql), what, why, fix)]
  })
}

const isBreakSaid = (one: AnalysedMigration): boolean => (one.header.header?.breaking ?? 'no') !== 'no'

// A refusal is an SQLSTATE of five characters; anything else starts with a number of rows.
const inWords = (seen: string): string =>
  /^[0-9A-Z]{5}$/.test(seen) ? `nothing (${seen})` : count(Number(seen.split(' ')[0]), 'row')

const lastName = (sql: string): string => /public\.(\w+)/.exec(sql)?.[1] ?? ''
