import { organizationOf } from '../core/client.ts'
import type { Payd } from '../create-payd.ts'
import { type Area, areasOfCommand, areasOfEvents } from './areas.ts'

/** A key of the cache: always begins with `payd` and the organization, so that nothing of one is shown in another. */
export type PaydKey = readonly ['payd', organization: number | 'default', ...rest: readonly unknown[]]

/** What of a query of TanStack Query is used. */
interface Reading {
  readonly queryKey: readonly unknown[]
  readonly state: { readonly data: unknown; readonly fetchStatus: string }
}

/** What of a QueryClient of TanStack Query is used. */
export interface InvalidatingClient {
  invalidateQueries(filters: { readonly queryKey: readonly unknown[]; readonly exact?: boolean }): Promise<void>
  getQueryCache?(): { findAll(filters: { readonly queryKey: PaydKey }): readonly Reading[] }
}

/** The key of everything of an organization, of one area of it, or of one call. */
export function paydKey(payd: Payd, area?: Area, ...rest: readonly unknown[]): PaydKey {
  const organization = organizationOf(payd.client) ?? 'default'
  return area === undefined ? ['payd', organization] : ['payd', organization, area, ...rest]
}

/** Makes everything that a command in this area may have changed old, so that what is on the screen is read again. */
export async function invalidateArea(payd: Payd, client: InvalidatingClient, area: Area): Promise<void> {
  await invalidate(payd, client, areasOfCommand(area))
}

/** Makes everything of the organization old. Give it to `subscribeToOrganization` as `onResync`. */
export async function invalidateEverything(payd: Payd, client: InvalidatingClient): Promise<void> {
  await invalidateKey(client, paydKey(payd))
}

/** Makes everything that the events have changed old. Give it to `subscribeToOrganization` as `onEvents`. */
export async function invalidateByEvents(
  payd: Payd,
  client: InvalidatingClient,
  events: readonly { readonly type: string }[],
): Promise<void> {
  await invalidate(payd, client, areasOfEvents(events))
}

async function invalidate(payd: Payd, client: InvalidatingClient, areas: readonly Area[]): Promise<void> {
  await Promise.all(areas.map((area) => invalidateKey(client, paydKey(payd, area))))
}

/**
 * Reads what a key stands for again. TanStack Query breaks off a read under way and begins it anew, but not the first read of something, whose
 * answer may be from before the change: that one is read once more when it has ended.
 */
async function invalidateKey(client: InvalidatingClient, queryKey: PaydKey): Promise<void> {
  const begun = client
    .getQueryCache?.()
    .findAll({ queryKey })
    .filter(({ state }) => state.data === undefined && state.fetchStatus !== 'idle')
  await client.invalidateQueries({ queryKey })
  await Promise.all((begun ?? []).map((query) => client.invalidateQueries({ queryKey: query.queryKey, exact: true })))
}
