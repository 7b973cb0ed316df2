import type { WebSocket } from 'ws'
import { type JwtClaims, verifyJwt } from '../jwt.ts'
import { decodeFrame, encodeFrame, type Frame, type Version } from './frames.ts'

/** One message that the database sent. */
export type Message = {
  readonly id: string
  readonly topic: string
  readonly event: string
  readonly payload: unknown
}

/** What a connection needs. */
export type ConnectionPorts = {
  readonly jwtSecret: string
  /** Stands for the API key of the connection when a channel names no token. */
  readonly keyToken: () => string
  mayListen(topic: string, claims: JwtClaims): Promise<boolean>
}

/** One WebSocket of an app. */
export type Connection = {
  /** Hands a message to the channel of its topic, if this connection has joined it. */
  deliver(message: Message): void
  close(): void
}

type Channel = { readonly topic: string; readonly joinRef: string | null; expiry: NodeJS.Timeout }

const PREFIX = 'realtime:'
/** The longest timer of Node.js. */
const MAX_TIMER_MS = 2_147_483_647

/**
 * Serves the protocol of Phoenix channels to one app: joining private channels under the policies, renewing tokens, leaving. Channels end with
 * their token. Everything else that Supabase Realtime has is refused by its name.
 */
export function serveConnection(socket: WebSocket, version: Version, ports: ConnectionPorts): Connection {
  const channels = new Map<string, Channel>()
  const send = (frame: Frame): void => {
    if (socket.readyState === socket.OPEN) socket.send(encodeFrame(version, frame))
  }
  const reply = (to: Frame, status: 'ok' | 'error', response: Frame['payload']): void =>
    send({ ...to, event: 'phx_reply', payload: { status, response } })

  const end = (name: string, reason?: string): void => {
    const channel = channels.get(name)
    if (channel === undefined) return
    channels.delete(name)
    clearTimeout(channel.expiry)
    const about = { joinRef: channel.joinRef, ref: null, topic: name }
    if (reason !== undefined) {
      const payload = { extension: 'system', status: 'error', message: reason, channel: channel.topic }
      send({ ...about, event: 'system', payload })
    }
    send({ ...about, ref: channel.joinRef, event: 'phx_close', payload: {} })
  }

  const expiryOf = (name: string, claims: JwtClaims): NodeJS.Timeout => {
    const ms = Number(claims.exp) * 1000 - Date.now()
    return setTimeout(() => end(name, 'Access token has expired'), Math.min(Math.max(ms, 0), MAX_TIMER_MS)).unref()
  }

  /** The claims of the person who may listen to the topic now, or the reason why the topic is closed to this session. */
  const admit = async (topic: string, token: string): Promise<JwtClaims | string> => {
    const claims = verifyJwt(ports.jwtSecret, token)
    if (claims === 'expired') return 'InvalidJWTExpiration: Token has expired'
    if (typeof claims === 'string') return 'Unauthorized: The token is not one of this project'
    if (await ports.mayListen(topic, claims)) return claims
    return `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`
  }

  const join = async (frame: Frame): Promise<void> => {
    const problem = unservedPart(frame)
    if (problem !== undefined) return reply(frame, 'error', { reason: problem })
    const topic = frame.topic.slice(PREFIX.length)
    const claims = await admit(topic, tokenOf(frame) ?? ports.keyToken())
    if (typeof claims === 'string') return reply(frame, 'error', { reason: claims })
    clearTimeout(channels.get(frame.topic)?.expiry)
    channels.set(frame.topic, { topic, joinRef: frame.joinRef, expiry: expiryOf(frame.topic, claims) })
    reply(frame, 'ok', { postgres_changes: [] })
  }

  const renew = async (frame: Frame): Promise<void> => {
    const channel = channels.get(frame.topic)
    const token = tokenOf(frame)
    if (channel === undefined || token === undefined) return
    const claims = await admit(channel.topic, token)
    if (channels.get(frame.topic) !== channel) return
    if (typeof claims === 'string') return end(frame.topic, claims)
    clearTimeout(channel.expiry)
    channel.expiry = expiryOf(frame.topic, claims)
  }

  const handle = async (frame: Frame): Promise<void> => {
    if (frame.topic === 'phoenix' && frame.event === 'heartbeat') return reply(frame, 'ok', {})
    if (frame.event === 'phx_join') return await join(frame)
    if (frame.event === 'access_token') return await renew(frame)
    if (frame.event === 'phx_leave') {
      reply(frame, 'ok', {})
      return end(frame.topic)
    }
    reply(frame, 'error', { reason: `NotServed: This stack does not serve "${frame.event}"; only the database sends.` })
  }

  // Frames are handled one after the other, so that a token is not renewed before its channel was joined.
  let queue = Promise.resolve()
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    const frame = decodeFrame(data, isBinary)
    if (frame === undefined) return socket.close(1003, 'This is no message of Phoenix channels.')
    queue = queue
      .then(() => handle(frame))
      .catch(() =>
        reply(frame, 'error', { reason: 'DatabaseUnavailable: Whether you may listen cannot be found out now' }),
      )
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    for (const { expiry } of channels.values()) clearTimeout(expiry)
    channels.clear()
  })

  return {
    deliver: ({ id, topic, event, payload }) => {
      const channel = channels.get(`${PREFIX}${topic}`)
      if (channel === undefined) return
      const broadcast = { type: 'broadcast', event, payload, meta: { id } }
      send({ joinRef: channel.joinRef, ref: null, topic: `${PREFIX}${topic}`, event: 'broadcast', payload: broadcast })
    },
    close: () => socket.close(1001, 'The stack stops.'),
  }
}

function tokenOf({ payload }: Frame): string | undefined {
  const { access_token: token } = payload
  return typeof token === 'string' && token !== '' && !token.startsWith('sb_') ? token : undefined
}

/** What of the wished channel only hosted Realtime has, in words. */
function unservedPart({ topic, payload }: Frame): string | undefined {
  if (!topic.startsWith(PREFIX)) return `UnknownTopic: A channel is named "${PREFIX}<topic>".`
  const {
    postgres_changes: changes,
    presence,
    broadcast,
    private: isPrivate,
  } = (payload.config ?? {}) as Record<string, unknown>
  if (Array.isArray(changes) && changes.length > 0)
    return 'NotServed: This stack has no Postgres Changes; PayD sends private broadcasts.'
  if ((presence as { enabled?: unknown } | undefined)?.enabled === true) return 'NotServed: This stack has no Presence.'
  if ((broadcast as { replay?: unknown } | undefined)?.replay !== undefined)
    return 'NotServed: This stack replays no broadcasts.'
  if (isPrivate !== true) return 'PrivateOnly: This project only allows private channels.'
  return undefined
}
