import { PaydError } from '../core/error.ts'
import { wait } from '../core/timer.ts'

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

/** What to do while listening. */
export interface Listener {
  /** Called with the payload of every message. */
  readonly onMessage: (payload: unknown) => void
  /** Called after every join, the first and each after a lost connection: whatever was sent before is not known. */
  readonly onJoined: () => void
  readonly onStatus: ((status: LiveStatus) => void) | undefined
  readonly onError: ((error: PaydError) => void) | undefined
}

/**
 * Joins a private channel, once for each client and topic however many listen. supabase-js joins again by itself after a lost connection and
 * sends renewed tokens; a channel that ended with its token, because a computer slept, is opened anew here.
 */
export function listen(client: RealtimeClient, topic: string, event: string, listener: Listener): Subscription {
  const shared = sharedChannel(client, topic, event)
  shared.listeners.add(listener)
  listener.onStatus?.(shared.status)
  if (shared.status === 'live') listener.onJoined()
  return {
    unsubscribe: async () => {
      if (!shared.listeners.delete(listener)) return
      listener.onStatus?.('closed')
      if (shared.listeners.size === 0) await shared.close()
    },
  }
}

interface Channel {
  on(type: 'broadcast', filter: { readonly event: string }, callback: (message: { payload: unknown }) => void): Channel
  subscribe(callback: (status: string, error?: Error) => void): Channel
}

interface Door {
  channel(topic: string, options: object): Channel
  removeChannel(channel: Channel): Promise<unknown>
}

interface Shared {
  readonly listeners: Set<Listener>
  status: LiveStatus
  close(): Promise<void>
}

const openChannels = /* @__PURE__ */ new WeakMap<RealtimeClient, Map<string, Shared>>()
/** Channels that are being left: supabase-js would hand out the old one again. */
const leaving = /* @__PURE__ */ new WeakMap<RealtimeClient, Promise<unknown>>()

function sharedChannel(client: RealtimeClient, topic: string, event: string): Shared {
  const door = doorOf(client)
  const ofClient = openChannels.get(client) ?? new Map<string, Shared>()
  openChannels.set(client, ofClient)
  const existing = ofClient.get(topic)
  if (existing !== undefined) return existing

  const end = new AbortController()
  const listeners = new Set<Listener>()
  let channel: Channel | undefined
  const tell = (status: LiveStatus, error?: PaydError): void => {
    shared.status = status
    for (const listener of [...listeners]) {
      listener.onStatus?.(status)
      if (error !== undefined) listener.onError?.(error)
      if (status === 'live') listener.onJoined()
    }
  }

  const leave = (): Promise<unknown> => {
    const left = channel
    channel = undefined
    const gone = left === undefined ? Promise.resolve() : door.removeChannel(left).catch(() => undefined)
    leaving.set(client, Promise.all([leaving.get(client), gone]))
    return gone
  }

  const open = async (pauseMs: number): Promise<void> => {
    await wait(pauseMs, end.signal)
    await leaving.get(client)
    if (end.signal.aborted) return
    const opened = door.channel(topic, { config: { private: true } })
    channel = opened
    opened.on('broadcast', { event }, ({ payload }) => {
      if (channel === opened) for (const listener of [...listeners]) listener.onMessage(payload)
    })
    opened.subscribe((status, error) => {
      if (channel !== opened) return
      if (status === 'SUBSCRIBED') tell('live')
      else if (status === 'CLOSED') {
        tell('reconnecting')
        void leave()
        reopen(Math.min(Math.max(pauseMs * 2, 1_000), 30_000))
      } else if (/unauthorized|permission/i.test(error?.message ?? '')) tell('refused', refusal(topic, error))
      else tell('reconnecting')
    })
  }
  const reopen = (pauseMs: number): void => void open(pauseMs).catch(() => undefined)

  const shared: Shared = {
    listeners,
    status: 'connecting',
    close: async () => {
      ofClient.delete(topic)
      end.abort()
      await leave()
    },
  }
  ofClient.set(topic, shared)
  reopen(0)
  return shared
}

/** The one place that leaves the shallow public type, which spares apps the comparison of the full one. */
function doorOf(client: RealtimeClient): Door {
  if (typeof client?.channel === 'function') return client as unknown as Door
  throw new PaydError('The given client is not a supabase-js client.', {
    kind: 'validation_failed',
    code: 'invalid_client',
    hint: 'Pass what createClient() of @supabase/supabase-js returned: a bound client cannot listen.',
  })
}

function refusal(topic: string, cause: unknown): PaydError {
  return new PaydError(`You may not listen to ${topic}.`, {
    kind: 'permission_denied',
    code: 'realtime_refused',
    hint: 'Only members hear of an organization, and only the person of an inbox. Sign in, and check the id.',
    cause,
  })
}
