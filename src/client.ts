import { repeatRolledBack, spread, wasRolledBack } from '../supabase/functions/_shared/contract/rolled-back.ts'
import type { FunctionArguments, FunctionName, TableName } from './database.ts'
import { attempt, PaydError, toPaydError } from './errors.ts'
import type { OrganizationId } from './ids.ts'
import { type Wait, wait } from './timer.ts'

/**
 * The supabase-js client of the app, which owns the session. Only these two doors are used, and their types are kept
 * shallow: comparing the full generic client costs every app seconds of type checking, or exceeds the compiler's depth.
 */
export interface PaydClient {
  from(relation: never): unknown
  rpc(name: never, args?: never): unknown
}

/** What every call takes. */
export interface CallOptions {
  /** Stops waiting for the answer; the call then throws `aborted`, or `timed_out` for `AbortSignal.timeout`. */
  readonly signal?: AbortSignal | undefined
  /** Waits between attempts. Tests inject their own. */
  readonly wait?: Wait | undefined
  /** Uniform in [0, 1); spreads attempts, so that two callers who met do not meet again. Tests inject their own. */
  readonly random?: (() => number) | undefined
}

/** What every call that creates something takes. */
export interface CreateOptions extends CallOptions {
  /** Same key and same arguments give the first result again. Default: a random key, kept over the retries of this call. */
  readonly idempotencyKey?: string | undefined
}

/** One PostgREST request in the making. It is sent when it is awaited, once per await. */
export interface Query extends PromiseLike<Answer> {
  select(columns: string): Query
  eq(column: string, value: string | number | boolean): Query
  is(column: string, value: null): Query
  lte(column: string, value: string | number): Query
  gte(column: string, value: string | number): Query
  or(filters: string): Query
  order(column: string, options: { readonly ascending: boolean }): Query
  limit(count: number): Query
  single(): Query
  maybeSingle(): Query
  abortSignal(signal: AbortSignal): Query
  setHeader(name: string, value: string): Query
}

interface Answer {
  readonly data: unknown
  readonly error: unknown
  readonly status: number
}

interface Doors {
  from(relation: string): { select(columns: string): Query }
  rpc(name: string, args: object): Query
}

/** A request that reads `columns` of a table, to be narrowed and handed to `send`. */
export function readFrom(client: PaydClient, table: TableName, columns: string): Query {
  return doorsOf(client).from(table).select(columns)
}

/** Names a call for error messages, as it reads after "could not", and carries the caller's options. */
export interface Call {
  readonly action: string
  readonly options: CallOptions
}

/**
 * The data of one request. Rows are trusted to have the generated types; a contract test holds PostgREST to them. What the database
 * rolled back, because two transactions met, is sent again as it is: the first request changed nothing.
 */
export async function send<Data>(request: Query, call: Call): Promise<Data> {
  const ports = { random: randomOf(call), pause: (ms: number) => pause(ms, call) }
  const ask = () => attempt(askOnce<Data>(request, call))
  const { data, error } = await repeatRolledBack(ports, ask, (answer) => answer.error?.sqlState)
  if (error !== null) throw error
  return data as Data
}

async function askOnce<Data>(request: Query, { action, options }: Call): Promise<Data> {
  const { signal } = options
  let answer: Answer
  try {
    signal?.throwIfAborted()
    answer = await (signal === undefined ? request : request.abortSignal(signal))
  } catch (error) {
    throw toPaydError(error, { action, signal })
  }
  if (answer.error !== null) throw toPaydError(answer.error, { action, signal, status: answer.status })
  return answer.data as Data
}

/** One call of a database function. */
export interface Command<Name extends FunctionName> extends Call {
  readonly name: Name
  readonly args: FunctionArguments<Name>
  /** Whether doing it twice equals doing it once. Only then is an attempt repeated whose end is not known. */
  readonly repeatable: boolean
  /** The columns to return, for functions that return rows of a table. */
  readonly columns?: string
  /** Whether the function returns exactly one row. */
  readonly single?: boolean
}

/** At most so many ms before the second and the third attempt: long enough for a failover, short enough for a person. */
const RETRY_DELAYS_MS = [250, 1_000]

/** The result of a database function. Failures of repeatable commands that may pass are tried twice more. */
export async function run<Data, Name extends FunctionName = FunctionName>(
  client: PaydClient,
  command: Command<Name>,
): Promise<Data> {
  const delays = command.repeatable ? RETRY_DELAYS_MS : []
  for (const delayMs of delays) {
    try {
      return await send<Data>(queryFor(client, command), command)
    } catch (error) {
      const failure = toPaydError(error)
      if (!failure.retryable || wasRolledBack(failure.sqlState)) throw error
      await pause(spread(delayMs, randomOf(command)), command)
    }
  }
  return await send<Data>(queryFor(client, command), command)
}

function queryFor(client: PaydClient, command: Command<FunctionName>): Query {
  const request = doorsOf(client).rpc(command.name, command.args)
  const selected = command.columns === undefined ? request : request.select(command.columns)
  return command.single === false ? selected : selected.single()
}

function randomOf({ options }: Call): () => number {
  return options.random ?? Math.random
}

/** Waits, or throws when the caller stops waiting. */
async function pause(ms: number, { action, options }: Call): Promise<true> {
  try {
    await (options.wait ?? wait)(ms, options.signal)
    return true
  } catch (error) {
    throw toPaydError(error, { action, signal: options.signal })
  }
}

/** The caller's idempotency key, or a random one. */
export function idempotencyKey(options: CreateOptions): string {
  return options.idempotencyKey ?? crypto.randomUUID()
}

/**
 * A client whose every call acts in one organization. People who belong to several need it; the database checks the membership.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { inOrganization, listEmployees, parseOrganizationId } from 'payd'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * const acme = inOrganization(supabase, parseOrganizationId('1'))
 * export const people = () => listEmployees(acme)
 * ```
 */
export function inOrganization(client: PaydClient, organizationId: OrganizationId): PaydClient {
  const doors = doorsOf(client)
  const named = (query: Query): Query => query.setHeader('x-organization-id', String(organizationId))
  const bound: Doors = {
    from: (relation) => ({ select: (columns) => named(doors.from(relation).select(columns)) }),
    rpc: (name, args) => named(doors.rpc(name, args)),
  }
  return bound as unknown as PaydClient
}

/** The one place that leaves the shallow public type, after checking that the object is what it claims to be. */
function doorsOf(client: PaydClient): Doors {
  const doors = client as unknown as Partial<Doors> | null | undefined
  if (typeof doors?.from !== 'function' || typeof doors.rpc !== 'function') {
    throw new PaydError('The given client is not a supabase-js client.', {
      kind: 'validation_failed',
      code: 'invalid_client',
      hint: 'Pass what createClient() of @supabase/supabase-js returned.',
    })
  }
  return doors as Doors
}
