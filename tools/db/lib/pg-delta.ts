import { createHash } from 'node:crypto'
import {
  buildFactBase,
  type Delta,
  diff,
  ENGINE_VERSION,
  encodeId,
  extract,
  type FactBase,
  plan,
  renderPlanFiles,
} from '@supabase/pg-delta'
import { Pool } from 'pg'
import { readAddress } from '../../lib/address.ts'
import { compareText } from './finding.ts'
import { isPlatformSchema } from './platform.ts'
import type { Scope } from './scope.ts'

// The only file that knows @supabase/pg-delta, which is pinned because every release may name its facts differently.

/** Everything the engine knows about the objects of a database: grants, policies, bodies, comments and owners included. */
export type Facts = {
  readonly base: FactBase
  /** Kinds of objects that the engine sees and does not compare, such as `statistics`. */
  readonly unmodeled: readonly string[]
  readonly serverVersion: string
}

/** One difference between two catalogues. */
export type CatalogDifference = {
  readonly change: 'added' | 'removed' | 'changed'
  /** What differs, such as `policy:public.notes.Members can read notes`. */
  readonly subject: string
  readonly detail: string
}

/** A connection that may be used for several extractions in a row; the second is faster because the server's caches are warm. */
export type FactReader = { read(): Promise<Facts>; close(): Promise<void> }

/** The name and version of the engine, for the lock file. */
export const engineVersion = (): string => ENGINE_VERSION

/** Opens a reader on one database. */
export function openFactReader(url: string): FactReader {
  const { host, port, database, user, password, tls, settings } = readAddress(url)
  const session = {
    max: 1,
    application_name: 'payd-db-catalog',
    ...(settings.options ? { options: settings.options } : {}),
  }
  const pool = new Pool({ host, port, database, user, password, ssl: tls, ...session })
  // Without a listener the end of a session on the server's side would end this process.
  pool.on('error', () => undefined)
  return {
    read: async () => {
      const { factBase, diagnostics, pgVersion } = await extract(pool)
      const unmodeled = diagnostics
        .filter((diagnostic) => diagnostic.code === 'unmodeled_kind')
        .map((diagnostic) => String((diagnostic.context as { kind?: unknown } | undefined)?.kind ?? diagnostic.message))
      return { base: factBase, unmodeled, serverVersion: pgVersion }
    },
    close: () => pool.end(),
  }
}

/** What has to happen to `from` to become `to`, one entry for each fact. */
export function factDifferences(from: Facts, to: Facts): CatalogDifference[] {
  // The hash is over every fact and edge, and comparing it spares the walk through thousands of equal ones.
  if (from.base.rootHash === to.base.rootHash) return []
  return diff(from.base, to.base).flatMap((delta) => describe(delta, from, to))
}

/** The SQL that turns `from` into `to`, one text for each transaction. Dropping is allowed, because that is what a rollback does. */
export function sqlBetween(from: Facts, to: Facts): string[] {
  return renderPlanFiles(plan(from.base, to.base), { allowDrops: true }).files.map((file) => file.contents)
}

/** The facts that belong to the project, wherever the database is. */
export function projectFacts(facts: Facts, scope: Scope): Facts {
  const own = facts.base.facts().filter(isOwnIn(facts, scope))
  const kept = new Set(own.map(encoded))
  const edges = facts.base.edges.filter((edge) => kept.has(encodeId(edge.from)) && kept.has(encodeId(edge.to)))
  // A trigger of ours on a table of the platform has lost its parent, which no longer matters here.
  const roots = own.map((fact) =>
    fact.parent && !kept.has(encodeId(fact.parent)) ? { id: fact.id, payload: fact.payload } : fact,
  )
  return { ...facts, base: buildFactBase(roots, edges) }
}

/**
 * The project's facts of one database among all the others of another one: what a plan needs that changes only the project.
 * A plan between bare project facts is refused, because the roles that its grants name would not exist.
 */
export function projectAmong(project: Facts, surroundings: Facts, scope: Scope): Facts {
  const [isOwn, isOwnThere] = [isOwnIn(project, scope), isOwnIn(surroundings, scope)]
  const own = new Map(
    project.base
      .facts()
      .filter(isOwn)
      .map((fact) => [encoded(fact), fact]),
  )
  const others = new Map(
    surroundings.base
      .facts()
      .filter((fact) => !isOwnThere(fact))
      .map((fact) => [encoded(fact), fact]),
  )
  const all = new Map([...own, ...others])
  // What lies in something of the project that is not there any more cannot be planned.
  const stands = (fact: Fact | undefined): boolean =>
    fact !== undefined && (!fact.parent || stands(all.get(encodeId(fact.parent))))
  const facts = [...all.values()].filter(stands)
  const kept = new Set(facts.map(encoded))
  const edges = [
    ...surroundings.base.edges.filter((edge) => others.has(encodeId(edge.from))),
    ...project.base.edges.filter((edge) => own.has(encodeId(edge.from))),
  ].filter((edge) => kept.has(encodeId(edge.from)) && kept.has(encodeId(edge.to)))
  return { ...project, base: buildFactBase(facts, edges) }
}

/** Ids, hashes and owners of the project's facts as sorted lines: equal for equal catalogues on any server. */
export function projectLines(facts: Facts, scope: Scope): string[] {
  const own = facts.base.facts().filter(isOwnIn(facts, scope))
  const kept = new Set(own.map(encoded))
  const lines = own.map((fact) => `${encoded(fact)} ${facts.base.hashOf(fact.id)}`)
  const owners = facts.base.edges
    .filter((edge) => edge.kind === 'owner' && kept.has(encodeId(edge.from)))
    .map((edge) => `${encodeId(edge.from)} belongs to ${encodeId(edge.to)}`)
  return [...lines, ...owners].sort(compareText)
}

/** How many objects of others stand beside the project, without what the platform brings. */
export function foreignObjects(facts: Facts, scope: Scope): number {
  const isOwn = isOwnIn(facts, scope)
  return facts.base
    .facts()
    .filter(({ id }) => ROOTS.has(id.kind) && 'schema' in id && id.schema !== null && !isPlatformSchema(id.schema))
    .filter((fact) => !isOwn(fact)).length
}

/** SHA-256 of lines. */
export const digestOf = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.join('\n')).digest('hex')

type Fact = ReturnType<FactBase['facts']>[number]

const encoded = (fact: Fact): string => encodeId(fact.id)

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

// A fact is the project's when the object at the end of its parents is. Extensions, roles and default privileges are the
// host's business, publications the dashboard's; a trigger of ours on auth.users is not.
function isOwnIn(facts: Facts, scope: Scope): (fact: Fact) => boolean {
  return (fact) => {
    for (let at: Fact | undefined = fact; at; at = at.parent && facts.base.get(at.parent)) {
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

function describe(delta: Delta, from: Facts, to: Facts): CatalogDifference[] {
  switch (delta.verb) {
    case 'add':
      return [{ change: 'added', subject: encodeId(delta.fact.id), detail: '' }]
    case 'remove':
      return [{ change: 'removed', subject: encodeId(delta.fact.id), detail: '' }]
    case 'set':
      return [
        {
          change: 'changed',
          subject: encodeId(delta.id),
          detail: `${delta.attr}: ${JSON.stringify(delta.from)} became ${JSON.stringify(delta.to)}`,
        },
      ]
    case 'link':
    case 'unlink': {
      // The edges of an object that came or went say nothing that its own entry does not.
      const isOnBothSides = from.base.has(delta.edge.from) && to.base.has(delta.edge.from)
      if (!isOnBothSides) return []
      const change = delta.verb === 'link' ? 'added' : 'removed'
      return [{ change, subject: encodeId(delta.edge.from), detail: `${delta.edge.kind} ${encodeId(delta.edge.to)}` }]
    }
  }
}
