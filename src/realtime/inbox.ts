import { inOrganization, type PaydClient } from '../core/client.ts'
import { PaydError } from '../core/error.ts'
import { toPaydError } from '../core/explain.ts'
import type { OrganizationId } from '../core/ids.ts'
import { countUnread } from '../notifications/notifications.ts'
import { type LiveStatus, listen, type RealtimeClient, type Subscription } from './channel.ts'

/** What of a supabase-js client says who is signed in. */
export interface AuthClient {
  readonly auth: { getSession(): Promise<{ data: { session: { user: { id: string } } | null } }> }
}

/** What to do when the inbox changes. */
export interface InboxHandlers {
  /** Called with how many notifications are unread: at once, and whenever there are new ones. */
  readonly onUnread: (count: number) => void
  readonly onStatus?: ((status: LiveStatus) => void) | undefined
  readonly onError?: ((error: PaydError) => void) | undefined
}

/**
 * Hears of new notifications of the signed-in person in an organization, and counts those that are unread.
 *
 * Errors: `not_signed_in`.
 */
export async function subscribeToInbox(
  client: PaydClient & RealtimeClient & AuthClient,
  organizationId: OrganizationId,
  handlers: InboxHandlers,
): Promise<Subscription> {
  const { data } = await client.auth.getSession()
  if (data.session === null) {
    const details = { kind: 'unauthenticated', code: 'not_signed_in', hint: 'Sign in, then try again.' } as const
    throw new PaydError('You are not signed in.', details)
  }
  const bound = inOrganization(client, organizationId)
  let counting: 'no' | 'yes' | 'again' = 'no'
  let isOpen = true

  /** One count at a time; news that arrive during one cause exactly one more. */
  const count = async (): Promise<void> => {
    if (counting !== 'no') {
      counting = 'again'
      return
    }
    do {
      counting = 'yes'
      try {
        const unread = await countUnread(bound)
        if (isOpen) handlers.onUnread(unread)
      } catch (error) {
        if (isOpen) handlers.onError?.(toPaydError(error, { action: 'count the unread notifications' }))
      }
    } while ((counting as string) === 'again' && isOpen)
    counting = 'no'
  }

  const subscription = listen(client, `notifications:${data.session.user.id}`, 'notifications', {
    onJoined: () => void count(),
    onMessage: (payload) => {
      const about = (payload as { organization_id?: unknown } | null)?.organization_id
      if (about === organizationId || about === undefined) void count()
    },
    onStatus: handlers.onStatus,
    onError: handlers.onError,
  })
  return {
    unsubscribe: async () => {
      isOpen = false
      await subscription.unsubscribe()
    },
  }
}
