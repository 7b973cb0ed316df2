import { type FileHandle, open, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isPaydError, type PaydEvent, verifyWebhook } from 'payd/webhooks'

/** How a receiver is set up. */
export interface ReceiverOptions {
  /** The secret of the subscription; the old and the new one during a rotation. */
  readonly secrets: readonly string[]
  readonly port: number
  /** Keeps every event that was accepted, one a line, so that an event that comes twice is known after a restart as well. */
  readonly file: string
  /** Called once for every event, after it was stored. */
  readonly onEvent: (event: PaydEvent, sequence: number) => void
}

/** A receiver that listens. */
export interface Receiver {
  readonly url: string
  close(): Promise<void>
}

/** More than any event of PayD has. */
const MAX_BODY_BYTES = 65_536

/** Listens for webhooks of PayD: verifies each, stores it, and answers; what was stored before is answered and not handled again. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const seen = await readIds(options.file)
  const file = await open(options.file, 'a')
  // One after the other, so that two deliveries of one event at the same moment are not both new.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }

  const receive = async (request: IncomingMessage): Promise<number> => {
    if (request.method !== 'POST') return 405
    const body = await readBody(request)
    if (body === null) return 413
    let event: PaydEvent
    try {
      event = await verifyWebhook({ headers: request.headers, body }, { secrets: options.secrets })
    } catch (error) {
      if (!isPaydError(error)) throw error
      console.error(`Refused a delivery: ${error.message} ${error.hint ?? ''}`)
      return error.code === 'invalid_webhook_body' ? 400 : 401
    }
    const sequence = Number(request.headers['webhook-sequence'] ?? 0)
    const isNew = await inTurn(() => remember(file, seen, event, sequence))
    if (isNew) options.onEvent(event, sequence)
    return 204
  }

  const server = createServer((request, response) => {
    receive(request).then(
      (status) => response.writeHead(status).end(),
      (error: unknown) => {
        // Not stored, so not accepted: PayD sends it again.
        console.error(error)
        response.writeHead(500).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeIdleConnections()
      })
      await file.close()
    },
  }
}

/** Writes an event down unless it was; resolves when it is on the disk. */
async function remember(file: FileHandle, seen: Set<string>, event: PaydEvent, sequence: number): Promise<boolean> {
  if (seen.has(event.id)) return false
  await file.appendFile(`${JSON.stringify({ sequence, ...event })}\n`)
  await file.datasync()
  seen.add(event.id)
  return true
}

async function readIds(file: string): Promise<Set<string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return ''
  })
  // A process that was killed may have left half a line: its event was not accepted and comes again.
  return new Set(text.split('\n').flatMap((line) => /"id":"(evt_[^"]+)".*\}$/.exec(line)?.[1] ?? []))
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MAX_BODY_BYTES) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}
