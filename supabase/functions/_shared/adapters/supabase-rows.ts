import * as z from 'zod/mini'
import { DatabaseError } from '../core/database.ts'

// Ids are bigint in the database and exact JSON numbers below 2^53; z.int() refuses the first one that is not.
const id = z.int().check(z.positive())
const ledger = z.int().check(z.nonnegative())
const accountId = z.string().check(z.regex(/^G[A-Z2-7]{55}$/))
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const sequence = z.string().check(z.regex(/^[1-9][0-9]{0,18}$/))
const count = z.int().check(z.nonnegative())

export const disbursementClaim = z.object({
  payroll_run_id: id,
  organization_id: id,
  source_account: accountId,
  lease_token: z.string(),
  memo: z.nullable(z.string()),
  network_passphrase: z.string(),
  horizon_url: z.string(),
  max_fee_stroops: z.int().check(z.positive()),
  transaction: z.nullable(
    z.object({
      id,
      tx_hash: hash,
      envelope_xdr: z.string(),
      signed_envelope_xdr: z.nullable(z.string()),
      sequence_number: sequence,
      max_ledger: ledger,
      attempts: count,
      submission_state: z.string(),
    }),
  ),
})

export const plannedOperation = z.object({
  operation_index: count,
  employee_id: id,
  operation_type: z.enum(['payment', 'create_account']),
  destination: z.string(),
  asset_code: z.string(),
  asset_issuer: z.string(),
  amount: z.string(),
})

export const persistedTransaction = z.object({ id })

export const walletClaim = z.object({
  account_id: z.string(),
  lease_token: z.string(),
  horizon_url: z.string(),
  network_passphrase: z.string(),
})

export const walletCounts = z.object({ updated: count, unchanged: count, stale: count })

export const trackingClaim = z.object({
  transaction_id: id,
  tx_hash: hash,
  source_account: accountId,
  sequence_number: sequence,
  max_ledger: ledger,
  lease_token: z.string(),
  horizon_url: z.string(),
  network_passphrase: z.string(),
})

export const deliveryClaim = z.object({
  delivery_id: id,
  lease_token: z.string(),
  attempt_number: z.int().check(z.positive()),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  timeout_ms: z.int(),
})

export const deliveryCounts = z.object({ delivered: count, retrying: count, dead: count, stale: count })

/** The rows of an answer. Throws {@link DatabaseError} when they are not what this version of the functions was written for. */
export function rowsOf<Schema extends z.ZodMiniType>(schema: Schema, name: string, data: unknown): z.infer<Schema>[] {
  return parsed(z.array(schema), name, data)
}

/** The only row of an answer; throws {@link DatabaseError} when there is another number of them. */
export function rowOf<Schema extends z.ZodMiniType>(schema: Schema, name: string, data: unknown): z.infer<Schema> {
  const [row] = parsed(z.array(schema).check(z.length(1)), name, data)
  return row as z.infer<Schema>
}

/** An answer that is one value; throws {@link DatabaseError} when it is another kind of value. */
export function scalarOf<Schema extends z.ZodMiniType>(schema: Schema, name: string, data: unknown): z.infer<Schema> {
  return parsed(schema, name, data)
}

function parsed<Schema extends z.ZodMiniType>(schema: Schema, name: string, data: unknown): z.infer<Schema> {
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
