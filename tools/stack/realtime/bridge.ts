import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import postgres, { type Sql } from 'postgres'
import { WebSocketServer } from 'ws'
import type { Doorkeeper } from '../gateway-keys.ts'
import { type Connection, type Message, serveConnection } from './connection.ts'
import { mayListen } from './may-listen.ts'

/** The running bridge. */
export type Realtime = {
  /** Takes over a request of the gateway to open a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  stop(): Promise<void>
}

/** What the bridge is made of. */
export type RealtimeOptions = {
  /** The database as the superuser. */
  readonly adminUrl: string
  readonly jwtSecret: string
  readonly doorkeeper: Doorkeeper
}

/**
 * Private Broadcast over /realtime/v1/websocket: what realtime.send() writes reaches the apps that have joined its topic, in the order of the commits.
 * Supabase Realtime reads the messages from the write-ahead log; here a trigger rings.
 */
export async function startRealtime({ adminUrl, jwtSecret, doorkeeper }: RealtimeOptions): Promise<Realtime> {
  const admin = postgres(adminUrl, { max: 2, onnotice: () => undefined })
  const connections = new Set<Connection>()
  let isStopped = false
  const server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 })
  try {
    await ringOnMessages(admin)
    const deliver = inOrder(async (id) => {
      const message = await readMessage(admin, id)
      if (message !== undefined) for (const connection of connections) connection.deliver(message)
    })
    await admin.listen('realtime_messages', deliver)
  } catch (error) {
    await admin.end({ timeout: 1 })
    throw error
  }

  return {
    upgrade: (request, socket, head) => {
      const { searchParams, pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
      const admission = doorkeeper({ apikey: searchParams.get('apikey') ?? undefined })
      if (pathname !== '/realtime/v1/websocket') return refuse(socket, 404, 'There is nothing at this address.')
      if ('status' in admission) return refuse(socket, admission.status, admission.body.message)
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = serveConnection(webSocket, searchParams.get('vsn') === '1.0.0' ? '1.0.0' : '2.0.0', {
          jwtSecret,
          keyToken: () => admission.authorization.slice('Bearer '.length),
          mayListen: (topic, claims) => mayListen(admin, topic, claims),
        })
        connections.add(connection)
        webSocket.on('close', () => connections.delete(connection))
      })
    },
    stop: async () => {
      if (isStopped) return
      isStopped = true
      for (const connection of connections) connection.close()
      for (const webSocket of server.clients) webSocket.terminate()
      server.close()
      await admin.end({ timeout: 5 })
    },
  }
}

async function ringOnMessages(admin: Sql): Promise<void> {
  await admin
    .unsafe(
      `create or replace function realtime.ring() returns trigger language plpgsql security definer set search_path = '' as $$
       begin
         perform pg_catalog.pg_notify('realtime_messages', new.id::text);
         return null;
       end;
       $$;
       create or replace trigger messages_ring after insert on realtime.messages for each row execute function realtime.ring();
       delete from realtime.messages where inserted_at < now() - interval '3 days';`,
    )
    .simple()
}

async function readMessage(admin: Sql, id: string): Promise<Message | undefined> {
  const [message] = await admin<Message[]>`
    select id, topic, event, payload from realtime.messages where id = ${id} and private and extension = 'broadcast'`
  return message
}

/** Calls for one thing after the other, because two reads at a time could change places. */
function inOrder(work: (id: string) => Promise<void>): (id: string) => void {
  let queue = Promise.resolve()
  return (id) => {
    // A message that cannot be read is missed, as by hosted Realtime; apps notice the gap.
    queue = queue.then(() => work(id)).catch(() => undefined)
  }
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n${reason}`)
}
