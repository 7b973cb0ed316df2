import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { errorText } from '../lib/error-text.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

/** What is listened to, and who is told. */
export type ChannelOptions = {
  readonly databaseUrl: string
  readonly channel: string
  readonly onNotification: (payload: string) => void
  /** The session was lost and is open again; what was said meanwhile was not heard. */
  readonly onReopened: () => void
  /** Gets a sentence when the session is lost. */
  readonly log: (sentence: string) => void
}

/** A session that listens. */
export type Channel = { close(): Promise<void> }

/**
 * Listens on a channel until it is closed. A lost session is opened again, and the wait before each attempt doubles up to
 * ten seconds, so a database that is away for long is not flooded. Throws when the first session cannot be opened.
 */
export async function listenOn(options: ChannelOptions): Promise<Channel> {
  const closing = new AbortController()
  let client = await open(options, () => void reopen())

  const reopen = async (): Promise<void> => {
    for (let attempt = 0; !closing.signal.aborted; attempt += 1) {
      try {
        await delay(waitBefore(attempt), undefined, { signal: closing.signal })
        client = await open(options, () => void reopen())
        return options.onReopened()
      } catch (error) {
        if (!closing.signal.aborted)
          options.log(`The session that hears doorbells is lost and cannot be opened again yet: ${errorText(error)}`)
      }
    }
  }
  return {
    close: async () => {
      closing.abort()
      await client.end().catch(() => undefined)
    },
  }
}

/** How long to wait before an attempt to open a lost session again, counted from 0: never a storm, never for long. */
export const waitBefore = (attempt: number): number => Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS)

/** Opens a session that listens; `onLost` is told once when it ends. */
async function open(options: ChannelOptions, onLost: () => void): Promise<Client> {
  const client = new Client({
    connectionString: options.databaseUrl,
    application_name: 'payd-doorbells',
    keepAlive: true,
  })
  // A broken connection is reported as an error first and as an end afterwards; the end decides.
  client.on('error', () => undefined)
  client.on('notification', ({ payload }) => options.onNotification(payload ?? ''))
  await client.connect()
  await client.query(`listen ${client.escapeIdentifier(options.channel)}`)
  client.once('end', onLost)
  return client
}
