import { connect } from './database.ts'
import { compareText } from './finding.ts'
import {
  type CatalogDifference,
  digestOf,
  type FactReader,
  type Facts,
  factDifferences,
  openFactReader,
  portableFacts,
  portableLines,
  projectOnPlatformOf,
  sqlBetween,
} from './pg-delta.ts'
import { isPlatformSchema } from './platform.ts'
import { readResidual } from './residual.ts'

/** The whole catalogue of a database at one moment. */
export type Catalog = { readonly facts: Facts; readonly residual: ReadonlyMap<string, string> }

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

/**
 * A digest of the project's own objects that is equal for equal catalogues on any server, and which the lock file stores.
 * Roles, extensions and what the platform brings are not part of it.
 */
export function catalogDigest(catalog: Catalog): string {
  const known = digests.get(catalog)
  if (known !== undefined) return known
  const residual = [...projectResidual(catalog)].map(([key, value]) => `${key} ${value}`)
  const digest = digestOf([...portableLines(catalog.facts), ...residual.sort(compareText)])
  digests.set(catalog, digest)
  return digest
}

// The catalogue after one migration is the one before the next, and it never changes.
const digests = new WeakMap<Catalog, string>()

/** The catalogue without roles, extensions and what the platform brings: what two servers of one project must share. */
export const projectCatalog = (catalog: Catalog): Catalog => ({
  facts: portableFacts(catalog.facts),
  residual: projectResidual(catalog),
})

/** The SQL that turns `from` into `to`; what only the residual query sees is not part of it. */
export const migrationBetween = (from: Catalog, to: Catalog): string[] => sqlBetween(from.facts, to.facts)

/** The SQL that turns the project's own objects in `from` into those of `to` and leaves the platform of `from` alone. */
export const projectMigrationBetween = (from: Catalog, to: Catalog): string[] =>
  sqlBetween(from.facts, projectOnPlatformOf(to.facts, from.facts))

/** A difference as a line of a report. */
export const printDifference = ({ change, subject, detail }: CatalogDifference): string =>
  `${change === 'added' ? '+' : change === 'removed' ? '-' : '~'} ${subject}${detail ? ` (${detail})` : ''}`

function residualDifferences(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): CatalogDifference[] {
  const removed = [...from.keys()].filter((key) => !to.has(key))
  const added = [...to.keys()].filter((key) => !from.has(key))
  const changed = [...from.keys()].filter((key) => to.has(key) && to.get(key) !== from.get(key))
  return [
    ...removed.map((subject) => ({ change: 'removed' as const, subject, detail: from.get(subject) ?? '' })),
    ...added.map((subject) => ({ change: 'added' as const, subject, detail: to.get(subject) ?? '' })),
    ...changed.map((subject) => ({
      change: 'changed' as const,
      subject,
      detail: `${from.get(subject)} became ${to.get(subject)}`,
    })),
  ]
}

const projectResidual = (catalog: Catalog): Map<string, string> =>
  new Map([...catalog.residual].filter(([key]) => !key.startsWith('setting ') && !isPlatformSchema(schemaOf(key))))

const schemaOf = (key: string): string => /^\D*? ?([a-z_][\w]*)\./.exec(key.slice(key.indexOf(' ') + 1))?.[1] ?? ''
