import { checkValue, rowId } from './check.ts'
import { type PaydError, refusal } from './error.ts'
import type { OrganizationId } from './ids.ts'
import type { Wait } from './timer.ts'

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
  in(column: string, values: readonly (string | number)[]): Query
  is(column: string, value: null): Query
  not(column: string, operator: string, value: null): Query
  lt(column: string, value: string | number): Query
  lte(column: string, value: string | number): Query
  gte(column: string, value: string | number): Query
  or(filters: string): Query
  order(column: string, options: { readonly ascending: boolean }): Query
  limit(count: number): Query
  range(from: number, to: number): Query
  single(): Query
  maybeSingle(): Query
  abortSignal(signal: AbortSignal): Query
  setHeader(name: string, value: string): Query
  /** Older versions of supabase-js have no retries of their own. */
  retry?(enabled: boolean): Query
  /** What sends the request; not part of the published types of supabase-js. */
  fetch?: typeof globalThis.fetch
  /** The client that the request came from, for the question which release of PayD its database has. */
  payd?: PaydClient
}

/** What supabase-js makes of an answer. */
interface Answer {
  readonly data: unknown
  readonly error: unknown
  readonly status: number
}

interface Doors {
  readonly organizationId?: OrganizationId
  from(relation: string): { select(columns: string): Query }
  rpc(name: string, args: object): Query
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
  checkValue('organizationId', organizationId, rowId)
  // A client that is bound already stays where it is: code that was handed it may not act in another organization.
  if (doors.organizationId !== undefined && doors.organizationId !== organizationId) {
    throw mismatch(doors.organizationId, organizationId)
  }
  const named = (query: Query): Query => query.setHeader('x-organization-id', String(organizationId))
  const bound: Doors = {
    organizationId,
    from: (relation) => ({ select: (columns) => named(doors.from(relation).select(columns)) }),
    rpc: (name, args) => named(doors.rpc(name, args)),
  }
  return bound as unknown as PaydClient
}

/** The organization that the client was bound to, if it was. */
export function organizationOf(client: PaydClient): OrganizationId | undefined {
  return doorsOf(client).organizationId
}

/** Refuses an organization that is not the one the client is bound to. */
export function requireSameOrganization(client: PaydClient, organizationId: OrganizationId): void {
  const bound = organizationOf(client)
  if (bound !== undefined && bound !== organizationId) throw mismatch(bound, organizationId)
}

function mismatch(bound: OrganizationId, wanted: OrganizationId): PaydError {
  return refusal(
    'organization_mismatch',
    `This client acts in organization ${bound}, not in ${wanted}.`,
    'Bind the client of supabase-js to the other organization instead.',
  )
}

/** The one place that leaves the shallow public type, after checking that the object is what it claims to be. */
export function doorsOf(client: PaydClient): Doors {
  const doors = client as unknown as Partial<Doors> | null | undefined
  if (typeof doors?.from !== 'function' || typeof doors.rpc !== 'function') {
    throw refusal('invalid_client', 'This is no supabase-js client.', 'Pass what createClient() returned.')
  }
  return doors as Doors
}
