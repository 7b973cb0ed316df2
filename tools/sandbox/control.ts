import { isAccountId } from './core/addresses.ts'
import { type DumpPage, dumpPage } from './dump.ts'
import { lastEnvelopeOf } from './faults/false-records.ts'
import type { FailureMode, Fault } from './faults/fault.ts'
import { parseFault, whole } from './faults/parse.ts'
import { type FaultStatus, failureFault } from './faults/registry.ts'
import { invalidField, notFound, Problem } from './http/problem.ts'
import { json, type Reply } from './http/reply.ts'
import type { Services } from './services.ts'

/*
 * Control routes, for tests in other processes: GET /_sandbox and /_sandbox/ledger-dump, POST /_sandbox/<change>, and DELETE
 * /_sandbox/faults[/<id>]. Bodies are JSON and the same as the arguments in process; every POST and DELETE answers with the status.
 * docs/sandbox.md describes each.
 */

/** A request to a control route. */
export type ControlRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
}

/** Answers a control request. Throws a Problem for an unknown route or a wrong argument. */
export function control(services: Services, { method, path, query, body }: ControlRequest): Reply {
  if (method === 'GET') {
    if (path === '/_sandbox') return json(statusOf(services))
    if (path === '/_sandbox/ledger-dump') return json(dumpOf(services, query))
    throw notFound()
  }
  const name = path.slice('/_sandbox/'.length)
  if (method === 'DELETE') removeFaults(services, name)
  else if (method === 'POST' && name === 'faults') addFaults(services, body)
  else {
    const change = method === 'POST' ? CHANGES.get(name) : undefined
    if (!change) throw notFound()
    change(services, parseArguments(body))
  }
  return json(statusOf(services))
}

/**
 * Turns a fault on and returns its number. A server that freezes without a ledger shows the newest one from now on.
 * Throws 400 for a replay of an account that has sent nothing.
 */
export function addFault({ node, faults }: Services, fault: Fault): number {
  if (fault.kind === 'holder' && fault.envelope === 'replayed' && !lastEnvelopeOf(node.chain(), fault.account)) {
    throw invalidField('envelope', `${fault.account} has sent no transaction that could be replayed`)
  }
  const isOpen = fault.kind === 'frozen' && fault.ledger === undefined
  return faults.add(isOpen ? { ...fault, ledger: node.chain().latest().ledger } : fault)
}

/** What the network is doing and which faults are on. */
export type SandboxStatus = {
  readonly network_passphrase: string
  readonly ledger: number
  readonly ledger_hash: string
  /** Close time of the newest ledger in epoch seconds. */
  readonly closed_at: number
  readonly ledger_interval_ms: number | 'manual'
  readonly running: boolean
  /** How many resets there were. */
  readonly epoch: number
  readonly pending: readonly { readonly hash: string; readonly source: string; readonly sequence: string }[]
  /** Stroops per operation. */
  readonly minimum_fee: string
  /** The network's own time. */
  readonly clock: string
  readonly faults: FaultStatus
}

/** The status of a sandbox. */
export function statusOf({ node, faults, options, ledgers, clock }: Services): SandboxStatus {
  const { ledger, hash, closedAt } = node.chain().latest()
  return {
    network_passphrase: node.passphrase,
    ledger,
    ledger_hash: hash,
    closed_at: closedAt,
    ledger_interval_ms: options.ledgerIntervalMs,
    running: ledgers.running(),
    epoch: node.epoch(),
    pending: node.pending().map(({ hash: pending, source, seq }) => ({
      hash: pending,
      source: source.id,
      sequence: seq.toString(),
    })),
    minimum_fee: node.minimumFee().toString(),
    clock: new Date(clock.now()).toISOString(),
    faults: faults.status(),
  }
}

type Arguments = Readonly<Record<string, unknown>>

const CHANGES = new Map<string, (services: Services, args: Arguments) => void>([
  ['close', closeLedgers],
  ['clock', moveClock],
  ['stop', ({ ledgers }) => ledgers.stop()],
  ['resume', ({ ledgers }) => ledgers.resume()],
  [
    'fail-submissions',
    ({ faults }, args) => {
      const { stage } = args
      if (stage !== 'before' && stage !== 'after') throw invalidField('stage', 'stage must be "before" or "after"')
      faults.add({ route: 'submissions', count: countOf(args), ...failureFault(modeOf(args)), stage })
    },
  ],
  [
    'fail-reads',
    ({ faults }, args) => void faults.add({ route: 'reads', count: countOf(args), ...failureFault(modeOf(args)) }),
  ],
  [
    'lag',
    ({ faults }, args) => {
      const { ledgers, everySecondRead } = args
      if (!isWhole(ledgers, 0, 255)) throw invalidField('ledgers', 'ledgers must be a whole number from 0 to 255')
      faults.setLag({ ledgers, everySecondRead: everySecondRead === true })
    },
  ],
  ['rate-limit', ({ faults }, args) => faults.setRateLimit(switchOf(args))],
  ['rpc-race', ({ faults }, args) => faults.setRpcRace(switchOf(args))],
  ['surge', ({ node }, args) => node.setSurge(surgeOf(args.baseFee))],
  [
    'clear',
    ({ node, faults }) => {
      faults.clear()
      node.setSurge(null)
    },
  ],
  ['reset', ({ node }) => node.reset()],
])

/** The stroops of a surge, or null. Throws 400 when the text is no whole number of stroops. */
export function surgeOf(text: unknown): bigint | null {
  if (text === null || text === undefined) return null
  if (typeof text === 'string' && /^\d{1,10}$/.test(text)) return BigInt(text)
  throw invalidField('baseFee', 'baseFee must be a text of stroops per operation, such as "5000", or null')
}

function dumpOf(services: Services, query: URLSearchParams): DumpPage {
  const account = query.get('account')
  const cursor = query.get('cursor')
  const limit = query.get('limit')
  if (account !== null && !isAccountId(account)) throw invalidField('account', 'account must be a G… address')
  if (cursor !== null && !/^\d{1,19}$/.test(cursor)) throw invalidField('cursor', 'cursor must be a next_cursor')
  if (limit !== null && !isWhole(Number(limit), 1, 200)) throw invalidField('limit', 'limit must be from 1 to 200')
  return dumpPage(services.node.chain(), {
    ...(account !== null && { account }),
    ...(cursor !== null && { cursor }),
    ...(limit !== null && { limit: Number(limit) }),
  })
}

function addFaults(services: Services, body: string): void {
  const value = parseJson(body)
  const list = Array.isArray(value) ? value : [value]
  // All are read before the first is turned on, so that a wrong one changes nothing.
  const faults = list.map((fields: unknown) => parseFault(requireRecord(fields)))
  for (const fault of faults) addFault(services, fault)
}

function removeFaults({ faults }: Services, name: string): void {
  const [folder, id, ...rest] = name.split('/')
  if (folder !== 'faults' || rest.length > 0) throw notFound()
  if (id !== undefined) {
    if (!faults.remove(Number(id))) throw notFound()
    return
  }
  for (const fault of faults.status().list) faults.remove(fault.id)
}

function closeLedgers({ ledgers, clock }: Services, args: Arguments): void {
  const { seconds = 0 } = args
  const wait = whole('seconds', seconds, 0, 1_000_000_000)
  for (let left = countOf(args); left > 0; left -= 1) {
    clock.advance(wait * 1000)
    ledgers.close(1)
  }
}

/** Moves the clock by seconds, or to a time. Time never runs backwards, so an earlier time is refused. */
function moveClock({ clock }: Services, { seconds, time }: Arguments): void {
  if ((seconds === undefined) === (time === undefined)) {
    throw invalidField('seconds', 'Give either seconds to move forward by, or a time to move to')
  }
  if (time === undefined) {
    clock.advance(whole('seconds', seconds, 0, 1_000_000_000) * 1000)
    return
  }
  const target = typeof time === 'string' ? Date.parse(time) : Number.NaN
  const ahead = target - clock.now()
  if (Number.isNaN(ahead)) throw invalidField('time', 'time must be a text such as "2027-02-28T12:00:00Z"')
  if (ahead < 0) throw invalidField('time', `time must not be before ${new Date(clock.now()).toISOString()}`)
  clock.advance(ahead)
}

function parseArguments(body: string): Arguments {
  return body.trim() === '' ? {} : requireRecord(parseJson(body))
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw notAnObject()
  }
}

function requireRecord(value: unknown): Arguments {
  if (isRecord(value)) return value
  throw notAnObject()
}

function notAnObject(): Problem {
  return new Problem({ status: 400, type: 'bad_request', title: 'Bad Request', detail: 'Send a JSON object.' })
}

function isRecord(value: unknown): value is Arguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

function countOf({ count = 1 }: Arguments): number {
  if (isWhole(count, 1, 100_000)) return count
  throw invalidField('count', 'count must be a whole number from 1 to 100000')
}

function modeOf({ how }: Arguments): FailureMode {
  if (how === 'reset' || how === 'hang' || isWhole(how, 400, 599)) return how
  throw invalidField('how', 'how must be a status from 400 to 599, "reset" or "hang"')
}

function switchOf({ on }: Arguments): boolean {
  if (typeof on === 'boolean') return on
  throw invalidField('on', 'on must be true or false')
}
