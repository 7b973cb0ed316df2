import { DeadlinePassed, untilAborted } from '../_shared/worker/exchange.ts'
import type { Clock, Deadline } from '../_shared/worker/ports.ts'
import { type Connection, openPool } from './connection-pool.ts'
import {
  type Dial,
  type DialAnswer,
  DialFailure,
  type DialProblem,
  type DialRequest,
  isRefusedByRuntime,
  openStopwatch,
} from './dial.ts'
import { EarlyEnd, type HttpAnswer, MalformedAnswer, readAnswer, wholeAnswer } from './http-answer.ts'
import { REQUEST_BYTES, requestBytes } from './request-bytes.ts'
import { isSameAddress } from './same-address.ts'

/** What the runtime offers to connect to an address without asking a name server. */
export type Network = {
  connect(address: string, port: number, signal: AbortSignal): Promise<Connection>
  /** TLS on a connection; the certificate must be valid for the name. */
  startTls(connection: Connection, name: string): Promise<Connection>
}

type Stopwatch = ReturnType<typeof openStopwatch>

const READ_BYTES = 8_192
/** Where an answer is read into; one that nothing will be read into any more is taken for the next answer. */
const spare: Uint8Array[] = []
/** Where a request is written down; one that was sent serves the next. */
const rooms: Uint8Array[] = []
const MAX_SPARE = 64
const DECODER = new TextDecoder()

/**
 * Dials the addresses it is given and nothing else: between the check of a name and the connection no question is asked again, so no
 * name server can answer with another address. TLS is verified by name. A connection is kept for the next request while its answers
 * end where they say; one that the other side has closed meanwhile is replaced once.
 */
export function pinnedDial(network: Network, clock: Clock): Dial {
  const { take, keep } = openPool(clock)

  return async (request, { deadline }) => {
    const watch = openStopwatch(clock)
    // A kept connection counts only while its address is one that the name still stands for.
    const keyOf = (address: string) => `${request.url.protocol}//${request.url.host} ${address}`
    for (const address of request.addresses) {
      const kept = take(keyOf(address))
      if (kept === null) continue
      try {
        const answer = await converse(kept, { request, watch, deadline, keep, key: keyOf(address) })
        return answerOf(answer, watch, kept)
      } catch (error) {
        if (!isEndOfKept(error, watch)) throw failureOf(error, watch, kept.peer)
      }
    }
    const connection = await open(network, request, watch, deadline.signal)
    try {
      const answer = await converse(connection, { request, watch, deadline, keep, key: keyOf(connection.peer) })
      return answerOf(answer, watch, connection)
    } catch (error) {
      throw failureOf(error, watch, connection.peer)
    }
  }
}

async function open(
  network: Network,
  request: DialRequest,
  watch: Stopwatch,
  signal: AbortSignal,
): Promise<Connection> {
  const { url } = request
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  let problem: DialFailure | null = null
  // A host with two addresses may answer at one of them only.
  for (const address of request.addresses.slice(0, 3)) {
    try {
      const connection = await closedIfLate(network.connect(address, port, signal), signal)
      watch.lap('connect')
      if (!isSameAddress(connection.peer, address)) {
        connection.close()
        throw new DialFailure('wrong_peer', watch.phases, connection.peer)
      }
      return url.protocol === 'https:' ? await secure(network, connection, url.hostname, watch, signal) : connection
    } catch (error) {
      if (signal.aborted) throw error
      if (isRefusedByRuntime(error)) throw error
      problem = error instanceof DialFailure ? error : new DialFailure(connectProblem(error), watch.phases, address)
      if (problem.problem !== 'connection_refused' && problem.problem !== 'connection_failed') break
    }
  }
  throw problem ?? new DialFailure('connection_failed', watch.phases, null)
}

async function secure(
  network: Network,
  connection: Connection,
  name: string,
  watch: Stopwatch,
  signal: AbortSignal,
): Promise<Connection> {
  const close = () => connection.close()
  signal.addEventListener('abort', close, { once: true })
  try {
    const secured = await closedIfLate(network.startTls(connection, name.replace(/^\[|\]$/g, '')), signal)
    watch.lap('tls')
    return secured
  } catch (error) {
    connection.close()
    if (signal.aborted) throw error
    throw new DialFailure('tls_failed', watch.phases, connection.peer)
  } finally {
    signal.removeEventListener('abort', close)
  }
}

type Conversation = {
  readonly request: DialRequest
  readonly watch: Stopwatch
  readonly deadline: Deadline
  readonly keep: (key: string, connection: Connection) => void
  readonly key: string
}

/** One request and its answer. In every case the connection is kept or closed. */
function converse(connection: Connection, around: Conversation): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const fail = (error: unknown): void => {
      if (isOver) return
      isOver = true
      // A read or write that waits is ended by closing what it waits for.
      connection.close()
      reject(error)
    }
    around.deadline.onPassed(() => fail(new DeadlinePassed('The deadline passed.')))
    if (isOver) return
    exchangeOn(connection, around).then((answer) => {
      if (isOver) return
      isOver = true
      if (answer.isReusable) around.keep(around.key, connection)
      else connection.close()
      resolve(answer)
    }, fail)
  })
}

async function exchangeOn(connection: Connection, { request, watch }: Conversation): Promise<HttpAnswer> {
  const sending = send(connection, request)
  const into = spare.pop() ?? new Uint8Array(READ_BYTES)
  const count = await connection.read(into)
  if (count === null || count === 0) throw new EarlyEnd()
  watch.lap('wait')
  const first = into.subarray(0, count)
  const answer =
    wholeAnswer(first, request.maxResponseBytes) ??
    (await readAnswer(first, () => readInto(connection, into), request.maxResponseBytes))
  watch.lap('read')
  if (spare.length < MAX_SPARE) spare.push(into)
  // An answer that comes before the request was read leaves the connection in the middle of it.
  return sending.isSent ? answer : { ...answer, isReusable: false }
}

async function readInto(connection: Connection, into: Uint8Array): Promise<Uint8Array | null> {
  const count = await connection.read(into)
  return count === null ? null : into.slice(0, count)
}

/** Begins to send a request. A failure is seen by the reader of the answer. */
function send(connection: Connection, request: DialRequest): { isSent: boolean } {
  const sending = { isSent: false }
  const room = rooms.pop() ?? new Uint8Array(REQUEST_BYTES)
  writeAll(connection, requestBytes(request, room)).then(
    () => {
      sending.isSent = true
      if (rooms.length < MAX_SPARE) rooms.push(room)
    },
    () => undefined,
  )
  return sending
}

async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length; ) {
    sent += await connection.write(sent === 0 ? bytes : bytes.subarray(sent))
  }
}

function answerOf(answer: HttpAnswer, watch: Stopwatch, connection: Connection): DialAnswer {
  return {
    status: answer.status,
    header: (name) => answer.headers.get(name) ?? null,
    body: answer.body.length === 0 ? '' : DECODER.decode(answer.body),
    phases: watch.phases,
    peer: connection.peer,
    dialler: null,
  }
}

/** A connection that comes after the deadline is closed, because its caller has stopped waiting. */
async function closedIfLate(opening: Promise<Connection>, signal: AbortSignal): Promise<Connection> {
  opening.then(
    (connection) => signal.aborted && connection.close(),
    () => undefined,
  )
  return untilAborted(opening, signal)
}

/** Whether a kept connection was found closed: by an end or a reset before a single byte of the answer. */
function isEndOfKept(error: unknown, watch: Stopwatch): boolean {
  return watch.phases.wait === null && (error instanceof EarlyEnd || isReset(error))
}

function isReset(error: unknown): boolean {
  return error instanceof Error && /^(ConnectionReset|ConnectionAborted|BrokenPipe|UnexpectedEof)$/.test(error.name)
}

function failureOf(error: unknown, watch: Stopwatch, peer: string): unknown {
  if (error instanceof DeadlinePassed) return new DialFailure('timeout', watch.phases, peer)
  if (error instanceof MalformedAnswer) return new DialFailure('malformed_answer', watch.phases, peer)
  if (error instanceof EarlyEnd) return new DialFailure('connection_closed', watch.phases, peer)
  if (isReset(error)) return new DialFailure('connection_reset', watch.phases, peer)
  return error
}

function connectProblem(error: unknown): DialProblem {
  return error instanceof Error && error.name === 'ConnectionRefused' ? 'connection_refused' : 'connection_failed'
}
