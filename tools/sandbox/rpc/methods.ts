import { encodeEntry } from '../core/entry-xdr.ts'
import { feeUnits } from '../core/envelope.ts'
import { PROTOCOL_VERSION } from '../core/ledger.ts'
import { stateKeyOf } from '../core/ledger-keys.ts'
import { encodeResult } from '../core/results.ts'
import { distribution, recentTransactions } from '../horizon/fee-stats.ts'
import { type View, viewOf } from '../horizon/view.ts'
import type { Context } from '../services.ts'
import { handIn } from '../submission.ts'
import { RpcError } from './error.ts'
import { getEvents } from './events.ts'
import { closeMetaXdr, getLedgers, getTransactions, transactionFields } from './past.ts'
import { simulate } from './simulate.ts'

type Params = Readonly<Record<string, unknown>>
type Method = (context: Context, params: Params, base: string) => Record<string, unknown>

const MAX_KEYS = 200
const RETENTION = 120_960

/** The methods of Stellar RPC that the sandbox offers. */
export const RPC_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['getHealth', getHealth],
  ['getLatestLedger', getLatestLedger],
  ['getNetwork', getNetwork],
  ['getLedgerEntries', getLedgerEntries],
  ['getTransaction', getTransaction],
  ['sendTransaction', sendTransaction],
  ['getFeeStats', getFeeStats],
  ['getEvents', (context, params) => getEvents(params, rpcView(context))],
  ['getTransactions', (context, params) => getTransactions(params, rpcView(context))],
  ['getLedgers', (context, params) => getLedgers(params, rpcView(context))],
  ['getVersionInfo', getVersionInfo],
  ['simulateTransaction', simulateTransaction],
])

function getHealth(context: Context): Record<string, unknown> {
  const view = rpcView(context)
  return {
    status: 'healthy',
    latestLedger: view.ledger,
    latestLedgerCloseTime: String(view.latest.closedAt),
    oldestLedger: view.elder,
    oldestLedgerCloseTime: String(oldestCloseTimeOf(view)),
    ledgerRetentionWindow: RETENTION,
  }
}

function getLatestLedger(context: Context): Record<string, unknown> {
  const { latest } = rpcView(context)
  return {
    id: latest.hash,
    protocolVersion: PROTOCOL_VERSION,
    sequence: latest.ledger,
    closeTime: String(latest.closedAt),
    headerXdr: latest.headerXdr,
    metadataXdr: closeMetaXdr(latest),
  }
}

function getNetwork({ node }: Context, _: Params, base: string): Record<string, unknown> {
  return {
    friendbotUrl: `${base}/friendbot`,
    passphrase: node.passphrase,
    protocolVersion: PROTOCOL_VERSION,
  }
}

function getLedgerEntries(context: Context, { keys }: Params): Record<string, unknown> {
  if (!Array.isArray(keys)) throw new RpcError(-32602, 'invalid parameters: keys must be an array of base64 LedgerKeys')
  if (keys.length > MAX_KEYS) {
    throw new RpcError(-32602, `key count (${keys.length}) exceeds maximum supported (${MAX_KEYS})`)
  }
  const view = rpcView(context)
  const entries = keys.flatMap((key: unknown, index) => {
    const place = readKey(key, index)
    const entry = place === null ? undefined : view.state.get(place)
    if (!entry) return []
    const life = 'liveUntil' in entry && { liveUntilLedgerSeq: entry.liveUntil }
    return [{ key, ...encodeEntry(entry), lastModifiedLedgerSeq: entry.modified, ...life }]
  })
  return { entries, latestLedger: view.ledger }
}

function getTransaction(context: Context, { hash }: Params): Record<string, unknown> {
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/i.test(hash)) {
    throw new RpcError(-32602, `unexpected hash length (${String(hash).length})`)
  }
  const view = rpcView(context)
  const record = view.history.byHash.get(hash.toLowerCase())
  // A real server reads the transaction before it reads the range, so the newest ledger may be missing from the search.
  const searched = context.faults.rpcRace() ? view.ledger - 1 : view.ledger
  const found = record && record.ledger <= searched && record.ledger >= view.elder
  return {
    status: !found ? 'NOT_FOUND' : record.successful ? 'SUCCESS' : 'FAILED',
    txHash: hash,
    latestLedger: view.ledger,
    latestLedgerCloseTime: String(view.latest.closedAt),
    oldestLedger: view.elder,
    oldestLedgerCloseTime: String(oldestCloseTimeOf(view)),
    ...(found && transactionFields(record)),
  }
}

function sendTransaction(context: Context, { transaction }: Params): Record<string, unknown> {
  const { node } = context
  const envelope = typeof transaction === 'string' ? node.chain().parse(transaction) : null
  if (!envelope) throw new RpcError(-32602, 'invalid_xdr')
  const { ledger, closedAt } = node.chain().latest()
  const submission = handIn(context, envelope)
  return {
    status: submission.status,
    hash: envelope.hash,
    latestLedger: ledger,
    latestLedgerCloseTime: String(closedAt),
    ...(submission.status === 'ERROR' && { errorResultXdr: encodeResult(submission.result) }),
  }
}

function simulateTransaction(context: Context, { transaction }: Params): Record<string, unknown> {
  const view = rpcView(context)
  const envelope = typeof transaction === 'string' ? view.chain.parse(transaction) : null
  if (!envelope) return { error: 'Could not unmarshal transaction', latestLedger: view.ledger }
  return simulate(envelope, view)
}

function getVersionInfo(): Record<string, unknown> {
  return {
    version: '28.0.0-payd-sandbox',
    commitHash: '0'.repeat(40),
    buildTimestamp: '2026-01-01T00:00:00',
    captiveCoreVersion: 'payd-sandbox',
    protocolVersion: PROTOCOL_VERSION,
  }
}

function getFeeStats(context: Context): Record<string, unknown> {
  const view = rpcView(context)
  const transactions = recentTransactions(view)
  const charged = transactions.map(({ feeCharged, envelope }) => feeCharged / feeUnits(envelope))
  const none = { ...distribution([0n]), transactionCount: '0', ledgerCount: 5 }
  return {
    inclusionFee: { ...distribution(charged), transactionCount: String(transactions.length), ledgerCount: 5 },
    sorobanInclusionFee: none,
    latestLedger: view.ledger,
  }
}

function rpcView(context: Context): View {
  const { historyRetentionLedgers } = context.options
  return viewOf(context, historyRetentionLedgers === 0 ? RETENTION : historyRetentionLedgers)
}

function oldestCloseTimeOf({ history, elder, latest }: View): number {
  return history.ledgers.closedAt(elder) ?? latest.closedAt
}

function readKey(key: unknown, index: number): string | null {
  try {
    if (typeof key === 'string') return stateKeyOf(key)
  } catch {
    // Falls through to the one answer for everything that is no LedgerKey.
  }
  throw new RpcError(-32602, `cannot unmarshal key value ${String(key)} at index ${index}`)
}
