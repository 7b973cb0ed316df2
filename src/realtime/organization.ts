import type { EventType } from '../../supabase/functions/_shared/contract/events.ts'
import { inOrganization, type PaydClient } from '../core/client.ts'
import type { PaydError } from '../core/error.ts'
import { toPaydError } from '../core/explain.ts'
import type { OrganizationId } from '../core/ids.ts'
import { lastSequence } from '../events/events.ts'
import { type LiveStatus, listen, type RealtimeClient, type Subscription } from './channel.ts'

/** A hint that something happened; the rows are the truth. */
export interface LiveEvent {
  /** `evt_…`, as webhooks carry it. */
  readonly id: string
  readonly sequence: number
  readonly type: EventType | (string & {})
  /** Such as `payroll_run`, with the id of the row. */
  readonly resource_type: string
  readonly resource_id: string
}

const LOOK_EVERY_MS = 60_000

/** Why what is on the screen may be old. */
export type ResyncReason = 'joined' | 'rejoined' | 'gap'

/** What to do when something happens. */
export interface OrganizationHandlers {
  /** Called with what happened, in order, each event once. */
  readonly onEvents?: ((events: readonly LiveEvent[]) => void) | undefined
  /**
   * The newest sequence number from before anything was read, of `getLastEventSequence`: the first join then makes everything be read again
   * only when something has happened since.
   */
  readonly since?: number | undefined
  /**
   * Called when everything that is shown must be read again: after the first join (what is read then misses nothing), after a lost connection
   * in which something happened, and when one message shows that another is missing, or none comes of what has happened.
   */
  readonly onResync: (reason: ResyncReason) => void
  /**
   * How often the newest event is asked for, in milliseconds; a minute when left out. Messages are sent once: when the last one is lost, none
   * comes after it that would show the gap.
   */
  readonly lookEveryMs?: number | undefined
  readonly onStatus?: ((status: LiveStatus) => void) | undefined
  /** Called when the person may not listen, or the newest event could not be read; the subscription goes on. */
  readonly onError?: ((error: PaydError) => void) | undefined
}

/**
 * Hears of everything that happens in an organization, for its members. Subscribe first and read in `onResync`: then nothing falls between the two.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { parseOrganizationId } from 'payd'
 * import { subscribeToOrganization } from 'payd/realtime'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * export const follow = () =>
 *   subscribeToOrganization(supabase, parseOrganizationId('1'), {
 *     onResync: (reason) => console.log('Read everything again:', reason),
 *     onEvents: (events) => console.log(events.map(({ type }) => type)),
 *   })
 * ```
 */
export function subscribeToOrganization(
  client: PaydClient & RealtimeClient,
  organizationId: OrganizationId,
  handlers: OrganizationHandlers,
): Subscription {
  const bound = inOrganization(client, organizationId)
  /** The newest sequence number that the app knows of; undefined until it was read, before the first join or after it. */
  let known = handlers.since
  let hasCaughtUp = false
  /** Messages that arrive while the newest number is being read. */
  let waiting: Summary[] | undefined = []
  let joins = 0

  const take = ({ first_sequence, last_sequence, events }: Summary): void => {
    if (known === undefined || last_sequence <= known) return
    const news = events.filter(({ sequence }) => sequence > (known ?? 0))
    // A message names the first twenty events of a statement only; a gap before it means that another message was lost.
    const isComplete = first_sequence <= known + 1 && news.at(-1)?.sequence === last_sequence
    known = last_sequence
    if (news.length > 0) handlers.onEvents?.(news)
    if (!isComplete) handlers.onResync('gap')
  }

  const catchUp = async (): Promise<void> => {
    const join = ++joins
    waiting ??= []
    try {
      const newest = await lastSequence(bound)
      // Another join has begun meanwhile, and reads again.
      if (join !== joins) return
      const isOld = known === undefined || newest > known
      const reason = hasCaughtUp ? 'rejoined' : 'joined'
      known = Math.max(known ?? 0, newest)
      hasCaughtUp = true
      if (isOld) handlers.onResync(reason)
    } catch (error) {
      handlers.onError?.(toPaydError(error, { action: 'read the newest event' }))
      if (join !== joins) return
      // What is not known is read again: better once too often than something missed.
      known ??= 0
      handlers.onResync('gap')
    }
    const messages = waiting ?? []
    waiting = undefined
    for (const message of messages) take(message)
  }

  /** What the look before found: by the next one its message has come, or is lost. */
  let foundBefore = 0
  const look = async (): Promise<void> => {
    if (known === undefined || waiting !== undefined) return
    if (known < foundBefore) {
      known = foundBefore
      handlers.onResync('gap')
    }
    foundBefore = await lastSequence(bound)
  }
  // A look that fails is made up for by the next one.
  const looks = setInterval(() => void look().catch(() => undefined), handlers.lookEveryMs ?? LOOK_EVERY_MS)

  const subscription = listen(client, `organization:${organizationId}`, 'events', {
    onJoined: () => void catchUp(),
    onMessage: (payload) => {
      const summary = readSummary(payload)
      if (summary === undefined) handlers.onResync('gap')
      else if (waiting === undefined) take(summary)
      else waiting.push(summary)
    },
    onStatus: handlers.onStatus,
    onError: handlers.onError,
  })
  return {
    unsubscribe: () => {
      clearInterval(looks)
      return subscription.unsubscribe()
    },
  }
}

interface Summary {
  readonly first_sequence: number
  readonly last_sequence: number
  readonly events: readonly LiveEvent[]
}

/** The message, or nothing where another version sends another one. */
function readSummary(payload: unknown): Summary | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const { first_sequence, last_sequence, events } = payload as Partial<Record<keyof Summary, unknown>>
  if (!Number.isSafeInteger(first_sequence) || !Number.isSafeInteger(last_sequence)) return undefined
  if (!Array.isArray(events) || !events.every(isLiveEvent)) return undefined
  return { first_sequence, last_sequence, events } as Summary
}

function isLiveEvent(value: unknown): value is LiveEvent {
  if (typeof value !== 'object' || value === null) return false
  const { id, sequence, type } = value as Partial<Record<keyof LiveEvent, unknown>>
  return typeof id === 'string' && Number.isSafeInteger(sequence) && typeof type === 'string'
}
