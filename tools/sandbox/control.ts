import { isAccountId } from './core/addresses.ts'
import { type DumpPage, dumpPage } from './dump.ts'
import type { FailureMode, FaultStatus } from './faults.ts'
import { invalidField, notFound, Problem } from './http/problem.ts'
import { json, type Reply } from './http/reply.ts'
import type { Services } from './services.ts'

/*
 * Control routes, for tests in other processes. Bodies are JSON and the same as the arguments in process.
 *
 *   GET  /_sandbox                   what the network is doing and which faults are on
 *   GET  /_sandbox/ledger-dump       applied operations and fees, in pages: ?account=G… &cursor=… &limit=1..200
 *   POST /_sandbox/close             {"count":1}   closes ledgers now
 *   POST /_sandbox/stop, /resume     ledgers stop closing by themselves, and start again
 *   POST /_sandbox/fail-submissions  {"count":1,"stage":"before"|"after","how":504|"reset"|"hang"}
 *   POST /_sandbox/fail-reads        {"count":1,"how":503|"reset"|"hang"}
 *   POST /_sandbox/lag               {"ledgers":3,"everySecondRead":false}
 *   POST /_sandbox/rate-limit        {"on":true}   one request a second, 101 at once
 *   POST /_sandbox/rpc-race          {"on":true}   getTransaction may miss the newest ledger it names
 *   POST /_sandbox/surge             {"baseFee":"5000"} stroops per operation, or null
 *   POST /_sandbox/clear             all faults and the surge end
 *   POST /_sandbox/reset             the network starts again at ledger 1, as testnet does
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
  if (method !== 'POST') throw notFound()
  const change = CHANGES.get(path.slice('/_sandbox/'.length))
  if (!change) throw notFound()
  change(services, parseArguments(body))
  return json(statusOf(services))
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
  readonly faults: FaultStatus
}

/** The status of a sandbox. */
export function statusOf({ node, faults, options, ledgers }: Services): SandboxStatus {
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
    faults: faults.status(),
  }
}

type Arguments = Readonly<Record<string, unknown>>

const CHANGES = new Map<string, (services: Services, args: Arguments) => void>([
  ['close', ({ ledgers }, args) => void ledgers.close(countOf(args))],
  ['stop', ({ ledgers }) => ledgers.stop()],
  ['resume', ({ ledgers }) => ledgers.resume()],
  [
    'fail-submissions',
    ({ faults }, args) => {
      const { stage } = args
      if (stage !== 'before' && stage !== 'after') throw invalidField('stage', 'stage must be "before" or "after"')
      faults.failSubmissions({ count: countOf(args), stage, how: modeOf(args) })
    },
  ],
  ['fail-reads', ({ faults }, args) => faults.failReads({ count: countOf(args), how: modeOf(args) })],
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

function parseArguments(body: string): Arguments {
  if (body.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(body)
    if (isRecord(value)) return value
  } catch {
    // Falls through to the one answer for every body that is no JSON object.
  }
  throw new Problem({ status: 400, type: 'bad_request', title: 'Bad Request', detail: 'Send a JSON object.' })
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
