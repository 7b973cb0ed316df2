import { connect } from './database.ts'
import { compareText } from './finding.ts'
import {
  type CatalogDifference,
  digestOf,
  type FactReader,
  type Facts,
  factDifferences,
  foreignObjects,
  openFactReader,
  projectAmong,
  projectFacts,
  projectLines,
  sqlBetween,
} from './pg-delta.ts'
import { type Residual, readResidual } from './residual.ts'
import type { Scope } from './scope.ts'

/** The whole catalogue of a database at one moment. */
export type Catalog = { readonly facts: Facts; readonly residual: Residual }

/** Reads the catalogue of one database as often as it is asked. */
export type CatalogReader = { read(): Promise<Catalog>; close(): Promise<void> }

/** Opens a reader; close it before the database is used as a template. */
export function openCatalogReader(url: string): CatalogReader {
  const facts: FactReader = openFactReader(url)
  const sql = connect(url)
  return {
    read: async () => {
      const [known, residual] = await Promise.all([facts.read(), readResidual(sql)])
      return { facts: known, residual }
    },
    close: async () => {
      await Promise.all([facts.close(), sql.end({ timeout: 5 })])
    },
  }
}

/** The catalogue of a database now. */
export async function readCatalog(url: string): Promise<Catalog> {
  const reader = openCatalogReader(url)
  try {
    return await reader.read()
  } finally {
    await reader.close()
  }
}

/** Everything in which two catalogues differ; empty means identical. */
export function catalogDifferences(from: Catalog, to: Catalog): CatalogDifference[] {
  return [...factDifferences(from.facts, to.facts), ...residualDifferences(from.residual, to.residual)].sort((a, b) =>
    compareText(a.subject, b.subject),
  )
}

/** A digest of the project's own objects that is equal for equal catalogues on any server, and which the lock file stores. */
export function catalogDigest(catalog: Catalog, scope: Scope): string {
  const known = digests.get(catalog)
  if (known?.scope === scope) return known.digest
  const residual = [...projectResidual(catalog, scope)].map(([key, { value }]) => `${key} ${value}`)
  const digest = digestOf([...projectLines(catalog.facts, scope), ...residual.sort(compareText)])
  digests.set(catalog, { scope, digest })
  return digest
}

// The catalogue after one migration is the one before the next, and it never changes.
const digests = new WeakMap<Catalog, { scope: Scope; digest: string }>()

/** The catalogue without what others made: what two servers of one project must share. */
export const projectCatalog = (catalog: Catalog, scope: Scope): Catalog => ({
  facts: projectFacts(catalog.facts, scope),
  residual: projectResidual(catalog, scope),
})

/** How many objects in a catalogue belong to somebody else. */
export const countForeign = (catalog: Catalog, scope: Scope): number => foreignObjects(catalog.facts, scope)

/** The SQL that turns `from` into `to`; what only the residual query sees is not part of it. */
export const migrationBetween = (from: Catalog, to: Catalog): string[] => sqlBetween(from.facts, to.facts)

/** The SQL that turns the project's own objects in `from` into those of `to` and leaves everything else in `from` alone. */
export const projectMigrationBetween = (from: Catalog, to: Catalog, scope: Scope): string[] =>
  sqlBetween(from.facts, projectAmong(to.facts, from.facts, scope))

/** A difference as a line of a report. */
export const printDifference = ({ change, subject, detail }: CatalogDifference): string =>
  `${change === 'added' ? '+' : change === 'removed' ? '-' : '~'} ${subject}${detail ? ` (${inWords(subject, detail)})` : ''}`

// A column of the residual query is five facts in a row, which only differ in words.
function inWords(subject: string, detail: string): string {
  if (!subject.startsWith('column ')) return detail
  const [was = '', is] = detail.split(' became ')
  if (is === undefined) return `place ${was.split('|')[0]}`
  const [before, after] = [was.split('|'), is.split('|')]
  const names = ['place', 'storage', 'compression', 'statistics target', 'options']
  return names
    .flatMap((name, at) =>
      before[at] === after[at] ? [] : [`${name} ${before[at] || 'default'} became ${after[at] || 'default'}`],
    )
    .join(', ')
}

function residualDifferences(from: Residual, to: Residual): CatalogDifference[] {
  const valueIn = (residual: Residual, key: string): string => residual.get(key)?.value ?? ''
  const removed = [...from.keys()].filter((key) => !to.has(key))
  const added = [...to.keys()].filter((key) => !from.has(key))
  const changed = [...from.keys()].filter((key) => to.has(key) && valueIn(to, key) !== valueIn(from, key))
  return [
    ...removed.map((subject) => ({ change: 'removed' as const, subject, detail: valueIn(from, subject) })),
    ...added.map((subject) => ({ change: 'added' as const, subject, detail: valueIn(to, subject) })),
    ...changed.map((subject) => ({
      change: 'changed' as const,
      subject,
      detail: `${valueIn(from, subject)} became ${valueIn(to, subject)}`,
    })),
  ]
}

const projectResidual = ({ residual }: Catalog, scope: Scope): Residual =>
  new Map([...residual].filter(([, { schema, name, isPartition }]) => scope.owns(schema, name, isPartition)))
