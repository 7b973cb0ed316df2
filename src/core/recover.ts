import { compareVersions, RELEASE } from '../../supabase/functions/_shared/contract/release.ts'
import { repeatRolledBack, spread, wasRolledBack } from '../../supabase/functions/_shared/contract/rolled-back.ts'
import type { Attempt, Call, Seen } from './call.ts'
import type { PaydClient, Query } from './client.ts'
import { PaydError } from './error.ts'
import { toPaydError } from './explain.ts'
import { wait } from './timer.ts'

export { toPaydError } from './explain.ts'
export { requireOrganization } from './require-organization.ts'

/**
 * The data of a request whose first attempt has failed, or the `PaydError` that says why there are none. This is the only place that
 * repeats anything.
 *
 * - What the database rolled back, because two transactions met, is sent again up to four times: nothing of it happened.
 * - Failures that pass by themselves (no answer, 408, 429, 5xx of a gateway, a database that starts) are sent again twice, after at
 *   most 250 and 1000 ms or after `Retry-After` if that is at most ten seconds; unless the call must not happen twice.
 * - A statement that took too long is never sent again by itself: it would take as long once more.
 */
export async function recover(
  attempt: Attempt,
  { failure, seen, request }: { readonly failure: unknown; readonly seen: Seen; readonly request: Query },
  call: Call,
): Promise<unknown> {
  const random = call.options?.random ?? Math.random
  const ports = { random, pause: (ms: number) => pause(ms, call) }
  const explained = (thrown: unknown): Answer => {
    const { status, response } = seen
    const about = { action: call.action, signal: call.options?.signal, status, headers: response?.headers }
    return { error: toPaydError(thrown, about) }
  }
  let first: Answer | undefined = explained(failure)
  const next = async (): Promise<Answer> => {
    const known = first
    first = undefined
    if (known === undefined) seen.status = seen.response = undefined
    return known ?? (await attempt().then((data) => ({ data }), explained))
  }
  for (let failures = 0; ; failures += 1) {
    const { data, error } = await repeatRolledBack(ports, next, (answer) => answer.error?.sqlState)
    if (error === undefined) return data
    const ms = delayBeforeNext(error, call, failures, random)
    if (ms === undefined) throw await naming(error, request.payd)
    await pause(ms, call)
  }
}

interface Answer {
  readonly data?: unknown
  readonly error?: PaydError
}

/** The same error, with the migration that brings what the database lacks, or the package that its database still serves. */
async function naming(error: PaydError, client: PaydClient | undefined): Promise<PaydError> {
  if (error.code !== 'schema_outdated') return error
  const [{ MIGRATION_OF }, database] = await Promise.all([
    import('./migration-of.ts').catch(() => ({ MIGRATION_OF: {} })),
    releaseOf(client),
  ])
  const told = (hint: string): PaydError => new PaydError(error.message, { ...error, hint, cause: error.cause })
  if (database !== undefined && compareVersions(RELEASE, database.oldest_sdk) < 0) {
    return told(
      `The database has PayD ${database.release}, which serves no package before ${database.oldest_sdk}. Update the package payd (this is ${RELEASE}).`,
    )
  }
  const words = String((error.cause as Partial<Error>).message).match(/\w+/g) ?? []
  const migration = new Map(Object.entries(MIGRATION_OF)).get(
    words.find((word) => Object.hasOwn(MIGRATION_OF, word)) ?? '',
  )
  if (migration === undefined) return error
  const has = database === undefined ? '' : ` The database has PayD ${database.release}; this package is ${RELEASE}.`
  return told(
    `Apply the migration ${migration} (npx payd upgrade, then supabase db push). If it is there, update the package payd.${has}`,
  )
}

interface Release {
  readonly release: string
  readonly oldest_sdk: string
}

/** The release of the database, asked once for each client; undefined where it gives none. */
function releaseOf(client: PaydClient | undefined): Promise<Release | undefined> {
  if (client === undefined) return Promise.resolve(undefined)
  const known = releases.get(client) ?? askRelease(client)
  releases.set(client, known)
  return known
}

const releases = new WeakMap<PaydClient, Promise<Release | undefined>>()

/** The one call of supabase-js that is made here, so that nothing of `client.ts` is loaded for it. */
type Doors = { rpc(name: 'payd_version'): PromiseLike<{ readonly data?: Partial<Release> | null }> }

async function askRelease(client: PaydClient): Promise<Release | undefined> {
  try {
    const { data } = await (client as Doors).rpc('payd_version')
    const { release, oldest_sdk } = data ?? {}
    return release && oldest_sdk ? { release, oldest_sdk } : undefined
  } catch {
    return undefined
  }
}

/** At most so many ms before the second and the third attempt: long enough for a failover, short enough for a person. */
const FAILED_DELAYS_MS = [250, 1_000]
/** A server that asks for a longer wait is believed: the error is returned, and the caller decides. */
const LONGEST_RETRY_AFTER_SECONDS = 10

function delayBeforeNext(error: PaydError, call: Call, failures: number, random: () => number): number | undefined {
  if (call.once === true || !error.retryable || error.code === 'statement_timeout') return undefined
  const ms = FAILED_DELAYS_MS[failures]
  // What was rolled back has had its attempts.
  if (ms === undefined || wasRolledBack(error.sqlState)) return undefined
  const { retryAfter } = error
  if (retryAfter === undefined) return spread(ms, random)
  return retryAfter > LONGEST_RETRY_AFTER_SECONDS ? undefined : Math.max(retryAfter * 1_000, ms)
}

/** Waits, or throws when the caller stops waiting. */
async function pause(ms: number, { action, options }: Call): Promise<true> {
  const signal = options?.signal
  try {
    await (options?.wait ?? wait)(ms, signal)
    return true
  } catch (error) {
    throw toPaydError(error, { action, signal })
  }
}
