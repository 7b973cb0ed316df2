import type { Node, ObjectWithArgs, RangeVar, TypeName } from 'libpg-query'

/** The content of a tree's node when it is of this type. */
export function asNode<Value>(node: Node | undefined, kind: string): Value | undefined {
  return node && kind in node ? ((node as Record<string, unknown>)[kind] as Value) : undefined
}

/** Calls `visit` for every node below `root`, parents first, with its type and its content. */
export function walk(root: unknown, visit: (kind: string, value: Record<string, unknown>) => void): void {
  if (Array.isArray(root)) {
    for (const entry of root) walk(entry, visit)
    return
  }
  if (root === null || typeof root !== 'object') return
  // This loop sees every node of every file, so it allocates nothing.
  for (const key in root) {
    const value = (root as Record<string, unknown>)[key]
    if (value === null || typeof value !== 'object') continue
    // Node types start with a capital letter, fields do not; a field that holds one fixed type leaves its name out.
    const kind = key.charCodeAt(0) < 97 ? key : FIELD_TYPES.get(key)
    if (kind !== undefined && !Array.isArray(value)) visit(kind, value as Record<string, unknown>)
    walk(value, visit)
  }
}

const FIELD_TYPES: ReadonlyMap<string, string> = new Map([
  ['relation', 'RangeVar'],
  ['table', 'RangeVar'],
  ['view', 'RangeVar'],
  ['sequence', 'RangeVar'],
  ['pktable', 'RangeVar'],
  ['typevar', 'RangeVar'],
  ['rel', 'RangeVar'],
  ['typeName', 'TypeName'],
  ['returnType', 'TypeName'],
  ['argType', 'TypeName'],
  ['sourcetype', 'TypeName'],
  ['targettype', 'TypeName'],
  ['func', 'ObjectWithArgs'],
  ['funccall', 'FuncCall'],
])

/** `schema.name` of a table-like reference; without a schema it counts as public. */
export const relationName = (relation: RangeVar | undefined): string =>
  relation ? `${relation.schemaname ?? 'public'}.${relation.relname ?? ''}` : ''

/** The words of a dotted name, such as `['private', 'refuse']`. */
export const words = (names: readonly Node[] | undefined): string[] =>
  (names ?? []).flatMap((name) => ('String' in name ? [name.String.sval ?? ''] : []))

/** `schema.name` of a dotted name; without a schema it counts as public. */
export function dottedName(names: readonly Node[] | undefined): string {
  const parts = words(names)
  return parts.length > 1 ? parts.slice(-2).join('.') : `public.${parts[0] ?? ''}`
}

/** `schema.name` of a type; built-in types are `pg_catalog.…` or `public.…`, as they were written. */
export const typeNameOf = (type: TypeName | undefined): string => dottedName(type?.names)

/** `schema.name` of what a DROP, COMMENT or ALTER names, whatever the kind of object. */
export function objectName(object: Node | undefined): string {
  if (!object) return ''
  if ('List' in object) return dottedName(object.List.items)
  if ('TypeName' in object) return typeNameOf(object.TypeName)
  if ('ObjectWithArgs' in object) return dottedName((object.ObjectWithArgs as ObjectWithArgs).objname)
  if ('RangeVar' in object) return relationName(object.RangeVar)
  if ('String' in object) return object.String.sval ?? ''
  return ''
}

/** `schema.table` of what names a column, constraint, trigger or policy: everything but its last word. */
export function ownerName(object: Node | undefined): string {
  if (!object || !('List' in object)) return ''
  const parts = words(object.List.items)
  return parts.length > 2 ? parts.slice(-3, -1).join('.') : `public.${parts[0] ?? ''}`
}
