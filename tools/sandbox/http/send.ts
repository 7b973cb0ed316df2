import type { ServerResponse } from 'node:http'
import { textOf } from '../faults/answer.ts'
import type { Reply } from './reply.ts'

type Answer = Extract<Reply, { readonly body: unknown }>

/** Sends a reply as it is, or as far as its fault lets it come. */
export function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'reset') {
    response.destroy()
    return
  }
  if ('stream' in reply) {
    reply.stream(response)
    return
  }
  const bytes = Buffer.from(textOf(reply))
  const { delivery } = reply
  if (delivery?.kind === 'huge') {
    void sendHuge(response, reply, bytes, delivery.bytes)
    return
  }
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': bytes.length })
  switch (delivery?.kind) {
    case undefined:
      response.end(bytes)
      return
    case 'cut':
      response.write(bytes.subarray(0, partOf(bytes, delivery.bytes)), () => response.destroy())
      return
    case 'stall':
      response.flushHeaders()
      response.write(bytes.subarray(0, partOf(bytes, delivery.bytes)))
      return
    case 'slow':
      sendSlowly(response, bytes, delivery.bytes, delivery.everyMs)
  }
}

function partOf(bytes: Buffer, wanted: number | undefined): number {
  return Math.min(bytes.length - 1, wanted ?? Math.floor(bytes.length / 2))
}

function sendSlowly(response: ServerResponse, bytes: Buffer, step: number, everyMs: number): void {
  let sent = 0
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + step))
    sent += step
    if (sent >= bytes.length) response.end()
  }, everyMs)
  timer.unref()
  response.on('close', () => clearInterval(timer))
}

const BLOCK = Buffer.alloc(64 * 1024, ' ')

/** The answer, blanks up to so many bytes, and no length that would warn the reader. JSON allows the blanks. */
async function sendHuge(response: ServerResponse, reply: Answer, bytes: Buffer, size: number): Promise<void> {
  response.writeHead(reply.status, reply.headers)
  response.write(bytes)
  for (let sent = bytes.length; sent < size && !response.destroyed; sent += BLOCK.length) {
    if (!response.write(BLOCK.subarray(0, size - sent))) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          response.off('drain', go).off('close', go)
          resolve()
        }
        response.on('drain', go).on('close', go)
      })
    }
  }
  response.end()
}
