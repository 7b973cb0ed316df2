import { buildFactBase, encodeId, extract, type FactBase, plan, renderPlanFiles } from '@supabase/pg-delta'
import { Pool } from 'pg'
import { readAddress } from '../../lib/address.ts'
import { isPlatformSchema } from './platform.ts'
import type { Scope } from './scope.ts'

// The only file that knows @supabase/pg-delta, which works out the SQL between two databases. Reading what it needs for that takes
// many times as long as the catalogue, so it is asked only when there is a difference to mend.

/** What the engine knows about the objects of a database. */
export type Facts = FactBase

/** Reads them. */
export async function readFacts(url: string): Promise<Facts> {
  const { host, port, database, user, password, tls, settings } = readAddress(url)
  const session = {
    max: 1,
    application_name: 'payd-db-catalog',
    ...(settings.options ? { options: settings.options } : {}),
  }
  const pool = new Pool({ host, port, database, user, password, ssl: tls, ...session })
  // Without a listener the end of a session on the server's side would end this process.
  pool.on('error', () => undefined)
  try {
    return (await extract(pool)).factBase
  } finally {
    await pool.end()
  }
}

/** The SQL that turns `from` into `to`, one text for each transaction. Dropping is allowed, because that is what a rollback does. */
export const sqlBetween = (from: Facts, to: Facts): string[] =>
  renderPlanFiles(plan(from, to), { allowDrops: true }).files.map((file) => file.contents)

/** The SQL that turns the project's own objects in `from` into those of `to` and leaves everything else in `from` alone. */
export const projectSqlBetween = (from: Facts, to: Facts, scope: Scope): string[] =>
  sqlBetween(from, projectAmong(to, from, scope))

/**
 * The project's facts of one database among all the others of another one: what a plan needs that changes only the project.
 * A plan between bare project facts is refused, because the roles that its grants name would not exist.
 */
function projectAmong(project: Facts, surroundings: Facts, scope: Scope): Facts {
  const [isOwn, isOwnThere] = [isOwnIn(project, scope), isOwnIn(surroundings, scope)]
  const byId = (facts: readonly Fact[]): Map<string, Fact> => new Map(facts.map((fact) => [encodeId(fact.id), fact]))
  const own = byId(project.facts().filter(isOwn))
  const others = byId(surroundings.facts().filter((fact) => !isOwnThere(fact)))
  const all = new Map([...own, ...others])
  // What lies in something of the project that is not there any more cannot be planned.
  const stands = (fact: Fact | undefined): boolean =>
    fact !== undefined && (!fact.parent || stands(all.get(encodeId(fact.parent))))
  const facts = [...all.values()].filter(stands)
  const kept = byId(facts)
  const edges = [
    ...surroundings.edges.filter((edge) => others.has(encodeId(edge.from))),
    ...project.edges.filter((edge) => own.has(encodeId(edge.from))),
  ].filter((edge) => kept.has(encodeId(edge.from)) && kept.has(encodeId(edge.to)))
  return buildFactBase(facts, edges)
}

type Fact = ReturnType<FactBase['facts']>[number]

const ROOTS = new Set([
  'table',
  'view',
  'materializedView',
  'foreignTable',
  'sequence',
  'domain',
  'type',
  'function',
  'procedure',
  'aggregate',
])

// A fact is the project's when the object at the end of its parents is.
function isOwnIn(facts: Facts, scope: Scope): (fact: Fact) => boolean {
  return (fact) => {
    for (let at: Fact | undefined = fact; at; at = at.parent && facts.get(at.parent)) {
      const { id, payload } = at
      if (id.kind === 'schema') return scope.ownsSchema(id.name)
      if (id.kind === 'trigger' || id.kind === 'policy') {
        if (isPlatformSchema(id.schema)) return scope.ownsAttached(id.schema, id.table, id.name)
      }
      if (ROOTS.has(id.kind) && 'schema' in id && 'name' in id)
        return scope.owns(id.schema, id.name, 'partitionBound' in payload && payload.partitionBound !== null)
      if (!at.parent) return false
    }
    return false
  }
}
