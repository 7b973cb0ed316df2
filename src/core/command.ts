import type { Database } from '../database.types.ts'
import { type CreateOptions, doorsOf, type PaydClient, type Query } from './client.ts'
import { randomKey } from './random.ts'

type Functions = Database['public']['Functions']
/** A function of the database. */
export type FunctionName = keyof Functions & string
/** The arguments of a database function, by their SQL names. An optional one may be undefined, which JSON leaves out. */
export type FunctionArguments<Name extends FunctionName> = Loose<Functions[Name]['Args']>
type Loose<Arguments> = {
  [Key in keyof Arguments]: object extends Pick<Arguments, Key> ? Arguments[Key] | undefined : Arguments[Key]
}
/** A table or view of the database. */
export type RelationName = (keyof Database['public']['Tables'] | keyof Database['public']['Views']) & string

/** The request that calls a database function; add `.single()` where it answers one row. */
export function call<Name extends FunctionName>(client: PaydClient, name: Name, args: FunctionArguments<Name>): Query {
  return Object.assign(doorsOf(client).rpc(name, args), { payd: client })
}

/**
 * A request that reads a relation, to be narrowed and sent. Every column by default: PostgREST takes longer to read 26 names than to
 * answer 50 rows, and rows may have more columns than their type knows.
 */
export function readFrom(client: PaydClient, relation: RelationName, columns = '*'): Query {
  return Object.assign(doorsOf(client).from(relation).select(columns), { payd: client })
}

/** The caller's idempotency key, or a random one. */
export function idempotencyKey(options: CreateOptions): string {
  return options?.idempotencyKey ?? randomKey()
}

/** The row without columns that exist for the database only. */
export function without<Row>(row: Row, ...hidden: readonly string[]): Row {
  const copy = { ...row } as Record<string, unknown>
  for (const name of hidden) delete copy[name]
  return copy as Row
}
