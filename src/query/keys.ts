import { organizationOf } from '../core/client.ts'
import type { Payd } from '../create-payd.ts'
import { type Area, areasOfCommand, areasOfEvents } from './areas.ts'

/** A key of the cache: always begins with `payd` and the organization, so that nothing of one is shown in another. */
export type PaydKey = readonly ['payd', organization: number | 'default', ...rest: readonly unknown[]]

/** What of a QueryClient of TanStack Query is used. */
export interface InvalidatingClient {
  invalidateQueries(filters: { readonly queryKey: PaydKey }): Promise<void>
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

/**
 * Makes everything that the events have changed old. Give it to `subscribeToOrganization` as `onEvents`; for `onResync` invalidate
 * `paydKey(payd)`, which is everything.
 */
export async function invalidateByEvents(
  payd: Payd,
  client: InvalidatingClient,
  events: readonly { readonly type: string }[],
): Promise<void> {
  await invalidate(payd, client, areasOfEvents(events))
}

async function invalidate(payd: Payd, client: InvalidatingClient, areas: readonly Area[]): Promise<void> {
  await Promise.all(areas.map((area) => client.invalidateQueries({ queryKey: paydKey(payd, area) })))
}
