import * as z from 'zod/mini'
import { DatabaseError } from './database-error.ts'

/** An id. It is bigint in the database and an exact JSON number below 2^53; the first one that is not is refused. */
export const id = z.int().check(z.positive())
export const ledger = z.int().check(z.nonnegative())
export const accountId = z.string().check(z.regex(/^G[A-Z2-7]{55}$/))
export const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/))
export const sequence = z.string().check(z.regex(/^[1-9][0-9]{0,18}$/))
/** A place in the history of the network; above 2^53, so it is text. */
export const toid = z.string().check(z.regex(/^(0|[1-9][0-9]{0,18})$/))
export const count = z.int().check(z.nonnegative())

/** The answer of a function that returns nothing. */
export const nothing = z.unknown()

/** The answer of a function that returns exactly one row of a set. */
export function oneRow<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.pipe(
    z.array(schema).check(z.length(1)),
    z.transform((rows: z.infer<Schema>[]): z.infer<Schema> => rows[0] as z.infer<Schema>),
  )
}

/** The value of an answer. Throws {@link DatabaseError} when it is not what this version of the functions was written for. */
export function parseAnswer<Schema extends z.ZodMiniType>(
  schema: Schema,
  name: string,
  data: unknown,
): z.infer<Schema> {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  // Only where it differs, never what stands there: rows hold addresses and bodies.
  const where = result.error.issues[0]?.path.join('.') || 'the answer'
  throw new DatabaseError(
    {
      code: 'database_refused',
      message: `The answer differs from what this function expects at ${where}.`,
      hint: 'Deploy the migrations and the functions of the same version of PayD.',
      status: 500,
    },
    `read the answer of ${name}`,
  )
}
