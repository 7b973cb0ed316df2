import type { ServerResponse } from 'node:http'
import type { Node } from '../core/node.ts'
import type { Reply } from './reply.ts'

/** A reader of one resource: with a cursor, where the resource is a list. */
export type StreamRead = (cursor: string | null) => Promise<Reply>

/** How a stream begins: where, and after how many events it ends, as Horizon ends one after a page. */
export type StreamStart = { readonly cursor: string | null; readonly limit: number }

/**
 * The answer to `Accept: text/event-stream`: the records after the cursor, then those of every ledger that closes; of a single
 * resource, its state whenever it changed. What cannot be read at the beginning is answered as an ordinary request would be.
 */
export async function openStream(node: Node, read: StreamRead, start: StreamStart): Promise<Reply> {
  const first = await read(start.cursor)
  if (typeof first === 'string' || 'stream' in first || first.status !== 200) return first
  return { stream: (response) => run(response, { node, read, start, first }) }
}

type Answer = Extract<Reply, { readonly body: unknown }>

function run(
  response: ServerResponse,
  {
    node,
    read,
    start,
    first,
  }: { readonly node: Node; readonly read: StreamRead; readonly start: StreamStart; readonly first: Answer },
): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache',
    'Access-Control-Allow-Origin': '*',
  })
  response.write('retry: 1000\nevent: open\ndata: "hello"\n\n')
  let { cursor } = start
  let sent = 0
  let shown = ''
  const tell = (answer: Answer): void => {
    const records = recordsIn(answer.body)
    if (records === null) {
      const text = JSON.stringify(answer.body)
      if (text !== shown) response.write(`data: ${text}\n\n`)
      shown = text
      return
    }
    for (const record of records.slice(0, start.limit - sent)) {
      response.write(`id: ${record.paging_token}\ndata: ${JSON.stringify(record)}\n\n`)
      cursor = record.paging_token
      sent += 1
    }
    if (sent >= start.limit) response.end('retry: 10\nevent: close\ndata: "byebye"\n\n')
  }
  tell(first)
  // One read at a time, so that no record is told twice.
  let queue = Promise.resolve()
  const onLedger = async (): Promise<void> => {
    if (response.writableEnded || response.destroyed) return
    const answer = await read(cursor)
    if (answer === 'hang') return
    if (answer === 'reset' || 'stream' in answer) response.destroy()
    else if (answer.status === 200 && answer.delivery === undefined) tell(answer)
    else response.end(`event: err\ndata: ${JSON.stringify(answer.body)}\n\n`)
  }
  const stop = node.onLedger(() => {
    queue = queue.then(onLedger)
  })
  response.on('close', stop)
}

function recordsIn(body: unknown): { readonly paging_token: string }[] | null {
  if (typeof body !== 'object' || body === null || !('_embedded' in body)) return null
  const { _embedded: embedded } = body
  if (typeof embedded !== 'object' || embedded === null || !('records' in embedded)) return null
  const { records } = embedded
  return Array.isArray(records) ? records.filter(hasToken) : null
}

function hasToken(record: unknown): record is { readonly paging_token: string } {
  return (
    typeof record === 'object' && record !== null && 'paging_token' in record && typeof record.paging_token === 'string'
  )
}
