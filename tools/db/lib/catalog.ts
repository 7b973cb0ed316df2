import { createHash } from 'node:crypto'
import { CATALOG } from './catalog-query.ts'
import { type Sql, withDatabase } from './database.ts'
import { compareText } from './finding.ts'
import { isPlatformSchema } from './platform.ts'
import type { Scope } from './scope.ts'

/** What is known of one object, and what it belongs to. */
export type CatalogEntry = {
  /** What the object is like, as JSON with sorted keys. */
  readonly value: string
  /** The key of the table, view, function, type or schema that it stands and falls with; its own for these. */
  readonly root: string
  /** Where that is; empty for what belongs to the server or the database as a whole. */
  readonly schema: string
  readonly name: string
  readonly isPartition: boolean
  /** The name of a trigger or a policy, which may stand on somebody else's table. */
  readonly attached: string | null
}

/** Every object of a database at one moment, by a name such as `column public.notes.body`. */
export type Catalog = ReadonlyMap<string, CatalogEntry>

/** One difference between two catalogues. */
export type CatalogDifference = {
  readonly change: 'added' | 'removed' | 'changed'
  /** What differs, such as `policy public.notes."Members can read notes"`. */
  readonly subject: string
  readonly detail: string
}

/** Changes when the digest of the same objects does, so that the lock file is written anew. */
export const CATALOG_FORM = '2'

/** Reads the catalogue at one moment. */
export async function readCatalog(sql: Sql): Promise<Catalog> {
  const rows = await sql.begin('isolation level repeatable read read only', async (transaction) => {
    // Without a search path every name is printed with its schema, whatever the database's setting is.
    await transaction.unsafe(`set local search_path = ''`)
    // Compiling a query that reads some thousand rows takes longer than running it.
    await transaction.unsafe('set local jit = off')
    return transaction.unsafe<(CatalogEntry & { key: string })[]>(CATALOG)
  })
  return new Map(rows.map(({ key, ...entry }) => [key, entry]))
}

/** Everything in which two catalogues differ, sorted; empty means identical. What comes or goes with its table is not named twice. */
export function catalogDifferences(from: Catalog, to: Catalog): CatalogDifference[] {
  const missingIn = (other: Catalog, one: Catalog, change: 'added' | 'removed'): CatalogDifference[] =>
    [...one].flatMap(([subject, { root }]) => {
      const isPartOfAnother = root !== subject && one.has(root) && !other.has(root)
      return other.has(subject) || isPartOfAnother ? [] : [{ change, subject, detail: '' }]
    })
  const changed = [...to].flatMap(([subject, { value }]) => {
    const was = from.get(subject)?.value
    return was === undefined || was === value
      ? []
      : [{ change: 'changed' as const, subject, detail: inWords(was, value) }]
  })
  return [...missingIn(to, from, 'removed'), ...missingIn(from, to, 'added'), ...changed].sort((a, b) =>
    compareText(a.subject, b.subject),
  )
}

/** A digest of the project's own objects that is equal for equal catalogues on any server, and which the lock file stores. */
export function catalogDigest(catalog: Catalog, scope: Scope): string {
  const lines = [...catalog].flatMap(([key, entry]) => (isOwn(entry, scope) ? [`${key} ${entry.value}`] : []))
  return createHash('sha256').update(lines.sort(compareText).join('\n')).digest('hex')
}

/** The digest of a database now. */
export const digestAt = async (url: string, scope: Scope): Promise<string> =>
  catalogDigest(await withDatabase(url, readCatalog), scope)

/** The catalogue without what others made: what two servers of one project must share. */
export const projectCatalog = (catalog: Catalog, scope: Scope): Catalog =>
  new Map([...catalog].filter(([, entry]) => isOwn(entry, scope)))

/** How many objects in a catalogue belong to somebody else. */
export const countForeign = (catalog: Catalog, scope: Scope): number =>
  [...catalog].filter(
    ([key, entry]) => key === entry.root && entry.name && !isPlatformSchema(entry.schema) && !isOwn(entry, scope),
  ).length

/** Attributes of an entry, such as `validated` of a constraint. */
export const attributes = (entry: CatalogEntry): Readonly<Record<string, unknown>> => JSON.parse(entry.value)

/** A difference as a line of a report. */
export const printDifference = ({ change, subject, detail }: CatalogDifference): string =>
  `${change === 'added' ? '+' : change === 'removed' ? '-' : '~'} ${subject}${detail ? ` (${detail})` : ''}`

// Extensions, roles, settings and default privileges are the host's business, publications the dashboard's; a trigger of ours
// on auth.users is not.
function isOwn({ schema, name, isPartition, attached }: CatalogEntry, scope: Scope): boolean {
  if (schema === '') return false
  if (name === '') return scope.ownsSchema(schema)
  if (attached !== null && isPlatformSchema(schema)) return scope.ownsAttached(schema, name, attached)
  return scope.owns(schema, name, isPartition)
}

function inWords(was: string, is: string): string {
  const [before, after] = [JSON.parse(was), JSON.parse(is)] as Record<string, unknown>[]
  const names = Object.keys({ ...before, ...after })
  return names
    .filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
    .map((name) => `${name} ${shown(before?.[name])} became ${shown(after?.[name])}`)
    .join(', ')
}

function shown(value: unknown): string {
  const text = value === undefined ? 'default' : typeof value === 'string' ? value : JSON.stringify(value)
  const line = text.replace(/\s+/g, ' ')
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
