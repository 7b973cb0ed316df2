import { once } from 'node:events'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connect } from '../../tools/lib/sql.ts'
import { type Channel, listenOn, waitBefore } from '../../tools/stack/channel.ts'
import { type Cluster, startCluster } from '../../tools/stack/cluster.ts'

let cluster: Cluster
let url: string

beforeAll(async () => {
  cluster = await startCluster()
  url = await cluster.createDatabase('channel')
})
afterAll(() => cluster?.stop())

test('each attempt to reach a lost database waits twice as long as the one before, up to ten seconds', () => {
  expect([0, 1, 2, 5, 6, 1000].map(waitBefore)).toEqual([250, 500, 1_000, 8_000, 10_000, 10_000])
})

test('a database that goes away is reached again, and what waits is looked for when it is back', async () => {
  await using door = await openDoor(cluster.port)
  const heard: string[] = []
  let reopened = 0
  const address = new URL(url)
  address.port = String(door.port)
  const channel: Channel = await listenOn({
    databaseUrl: address.href,
    channel: 'bell',
    onNotification: (payload) => heard.push(payload),
    onReopened: () => {
      reopened += 1
    },
    log: () => undefined,
  })
  const sql = connect(url)
  try {
    await sql.notify('bell', 'before')
    await vi.waitFor(() => expect(heard).toEqual(['before']))

    await door.shutUntil(2)
    door.open()
    await vi.waitFor(() => expect(reopened).toBe(1), { timeout: 30_000 })
    await sql.notify('bell', 'after')
    await vi.waitFor(() => expect(heard).toEqual(['before', 'after']))
  } finally {
    await sql.end()
    await channel.close()
  }
})

test('a database that is not there at the start is an error', async () => {
  const options = {
    channel: 'bell',
    onNotification: () => undefined,
    onReopened: () => undefined,
    log: () => undefined,
  }
  await expect(listenOn({ databaseUrl: 'postgresql://x:y@127.0.0.1:1/z', ...options })).rejects.toThrow(/ECONNREFUSED/)
})

/** A door before the database: open, it passes everything on; shut, it ends every session and each new one at once. */
async function openDoor(target: number) {
  const sockets = new Set<Socket>()
  let knocks = 0
  let isOpen = true
  const server: Server = createServer((incoming) => {
    incoming.on('error', () => undefined)
    if (!isOpen) {
      knocks += 1
      incoming.destroy()
      return
    }
    const outgoing = dial(target, '127.0.0.1')
    outgoing.on('error', () => undefined)
    for (const socket of [incoming, outgoing]) sockets.add(socket)
    incoming.pipe(outgoing).pipe(incoming)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    open: () => {
      isOpen = true
    },
    /** Ends every session and lets no new one in until so many have been tried. */
    shutUntil: async (count: number): Promise<void> => {
      isOpen = false
      for (const socket of sockets) socket.destroy()
      await vi.waitFor(() => expect(knocks).toBeGreaterThanOrEqual(count), { timeout: 60_000 })
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
