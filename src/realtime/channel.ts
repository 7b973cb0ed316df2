import { PaydError } from '../core/error.ts'

/** What of a supabase-js client is used for live updates, besides its two doors. */
export interface RealtimeClient {
  channel(topic: string, options?: never): unknown
  removeChannel(channel: never): unknown
}

/** Whether messages arrive: `live` after every join, `reconnecting` while the connection is lost, `refused` when the person may not listen. */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'refused' | 'closed'

/** A subscription that goes on until it is ended. */
export interface Subscription {
  /** Ends it; no handler is called any more. Ending twice does no harm. */
  readonly unsubscribe: () => Promise<void>
}

interface Channel {
  on(
    type: 'broadcast',
    filter: { readonly event: string },
    callback: (message: { readonly payload: unknown }) => void,
  ): Channel
  subscribe(callback: (status: string, error?: Error) => void): Channel
}

/** What to do while listening. */
export interface Listener {
  readonly topic: string
  readonly event: string
  /** Called with the payload of every message. */
  readonly onMessage: (payload: unknown) => void
  /** Called after every join, the first and each after a lost connection: whatever was sent before is not known. */
  readonly onJoined: () => void
  readonly onStatus?: ((status: LiveStatus) => void) | undefined
  readonly onError?: ((error: PaydError) => void) | undefined
}

/** Joins a private channel. supabase-js joins again by itself after a lost connection, and sends renewed tokens. */
export function listen(client: RealtimeClient, listener: Listener): Subscription {
  let isOpen = true
  const tell = (status: LiveStatus): void => {
    if (isOpen) listener.onStatus?.(status)
  }
  tell('connecting')
  const channel = doorOf(client).channel(listener.topic, { config: { private: true } })
  channel
    .on('broadcast', { event: listener.event }, ({ payload }) => {
      if (isOpen) listener.onMessage(payload)
    })
    .subscribe((status, error) => {
      if (!isOpen) return
      if (status === 'SUBSCRIBED') {
        tell('live')
        listener.onJoined()
      } else if (status === 'CHANNEL_ERROR' && /unauthorized|permission|not allowed/i.test(error?.message ?? '')) {
        tell('refused')
        listener.onError?.(refused(listener.topic, error))
      } else if (status === 'CLOSED') tell('closed')
      else tell('reconnecting')
    })
  return {
    unsubscribe: async () => {
      if (!isOpen) return
      tell('closed')
      isOpen = false
      await client.removeChannel(channel as never)
    },
  }
}

/** The one place that leaves the shallow public type, which spares apps the comparison of the full one. */
function doorOf(client: RealtimeClient): { channel(topic: string, options: object): Channel } {
  if (typeof client?.channel === 'function')
    return client as unknown as { channel(topic: string, options: object): Channel }
  throw new PaydError('The given client is not a supabase-js client.', {
    kind: 'validation_failed',
    code: 'invalid_client',
    hint: 'Pass what createClient() of @supabase/supabase-js returned: a bound client cannot listen.',
  })
}

function refused(topic: string, cause: unknown): PaydError {
  return new PaydError(`You may not listen to ${topic}.`, {
    kind: 'permission_denied',
    code: 'realtime_refused',
    hint: 'Only members hear of an organization, and only the person of an inbox. Sign in, and check the id.',
    cause,
  })
}
