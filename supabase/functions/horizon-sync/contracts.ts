import type { ContractEventRecord, ContractEvents, LedgerRpc, RpcAnswer } from '../_shared/stellar/ledger-rpc.ts'
import { decodeResult } from '../_shared/stellar/result.ts'
import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import { accountsIn, contractKey, readContractValue, readWasmHash } from './contract-values.ts'
import type { ContractClaim, ContractEventRow, ContractPage } from './database.ts'
import { keepClaimed } from './leases.ts'
import type { SyncPorts, SyncTurn } from './turn.ts'

/** How many contracts were claimed, and what was recorded of them. */
export type ContractCounts = { readonly claimed: number; readonly recorded: number; readonly failed: number }

const MAX_PAGES = 20
/** What the database keeps of one event. */
const MAX_DATA_LENGTH = 60_000

/**
 * Walks the events of the registered contracts from where each was left, and compares the code that each runs with the registered
 * one. Where no RPC server is configured nothing is claimed.
 */
export async function syncContracts(ports: SyncPorts, turn: SyncTurn): Promise<ContractCounts> {
  const claims = turn.mayClaim()
    ? await ports.database.claimContractWalks({ batch_size: 10, lease_seconds: turn.limits.leaseSeconds })
    : []
  const lease = keepClaimed(ports, turn, claims)
  return await walkAll(ports, turn, claims).finally(lease.end)
}

async function walkAll(ports: SyncPorts, turn: SyncTurn, claims: readonly ContractClaim[]): Promise<ContractCounts> {
  let counts: ContractCounts = { claimed: claims.length, recorded: 0, failed: 0 }
  for (const claim of claims) {
    const startedAtMs = ports.clock.now()
    let details: Readonly<Record<string, string | number>> = {}
    let outcome = 'failed'
    try {
      const recorded = await walk(ports, turn, claim)
      counts = { ...counts, recorded: counts.recorded + recorded }
      outcome = 'read'
      details = { recorded }
    } catch (error) {
      // The lease ends by itself, and the worker that takes it next goes on from the place that the database knows.
      counts = { ...counts, failed: counts.failed + 1 }
      details = failureFields(error)
      if (error instanceof DatabaseError && error.code === 'database_unreachable') throw error
    }
    ports.log({ event: 'sync.contract', outcome, durationMs: ports.clock.now() - startedAtMs, ...details })
  }
  return counts
}

async function walk(ports: SyncPorts, turn: SyncTurn, claim: ContractClaim): Promise<number> {
  const rpc = turn.openRpc(claim.rpc_url)
  const tell = (page: Partial<ContractPage>, place = claim.place) =>
    ports.database.applyContractWalk({ page: { ...emptyPage(claim), place, ...page } })
  if ((await turn.networkOfRpc(claim.rpc_url, claim.network_passphrase)).kind !== 'same') {
    await tell({ outcome: 'no_answer' })
    return 0
  }
  const code = { ...(await codeOf(rpc, claim)), ...(await failureOfUpgrade(turn, claim)) }
  let place = claim.place
  let recorded = 0
  for (let pages = 0; ; pages++) {
    const read = await readEvents(rpc, claim, place)
    const isLast = read.outcome !== 'more' || pages >= MAX_PAGES || !turn.mayClaim()
    const outcome = read.outcome === 'more' && isLast ? 'end' : read.outcome
    const applied = await tell({ ...read, ...(isLast ? code : {}), outcome }, place)
    recorded += applied.recorded
    if (isLast) return recorded
    place = read.next_place
  }
}

function emptyPage({ contract_id, lease_token }: ContractClaim): ContractPage {
  return {
    contract_id,
    lease_token,
    place: null,
    next_place: null,
    outcome: 'end',
    oldest_ledger: null,
    deployment: null,
    wasm_hash: null,
    verified_ledger: null,
    upgrade_failure: null,
    events: [],
  }
}

/** The hash of the code that the ledger shows; nothing when the server does not say. */
async function codeOf(rpc: LedgerRpc, { contract_id }: ContractClaim): Promise<Partial<ContractPage>> {
  const key = contractKey(contract_id)
  const answer = await rpc.entries([key])
  if (answer.kind !== 'answered') return {}
  const verified_ledger = answer.value.ledger
  const entry = answer.value.entries.get(key)
  if (entry === undefined) return { deployment: 'missing', verified_ledger }
  const wasm_hash = readWasmHash(entry)
  if (wasm_hash === null) return {}
  return wasm_hash === ''
    ? { deployment: 'not_wasm', verified_ledger }
    : { deployment: 'wasm', wasm_hash, verified_ledger }
}

/** Why the transaction of an upgrade failed; nothing unless the ledger shows that it did. */
async function failureOfUpgrade(turn: SyncTurn, claim: ContractClaim): Promise<Partial<ContractPage>> {
  if (claim.upgrade_tx_hash === null) return {}
  const network = await turn.networkOf(claim.horizon_url, claim.network_passphrase)
  if (network.kind !== 'same') return {}
  const found = await turn.openHorizon(claim.horizon_url).transaction(claim.upgrade_tx_hash)
  if (found.kind !== 'answered' || found.value.successful) return {}
  const result = decodeResult(found.value.result_xdr)
  if (result === null || result.transaction_code === 'tx_success') return {}
  return { upgrade_failure: result.operation_codes.find((code) => code !== 'op_success') ?? result.transaction_code }
}

type EventsRead = Pick<ContractPage, 'outcome' | 'next_place' | 'oldest_ledger' | 'events'>

async function readEvents(rpc: LedgerRpc, claim: ContractClaim, place: string | null): Promise<EventsRead> {
  const answer = await eventsFrom(rpc, claim, place)
  if (answer.kind !== 'answered') return { outcome: 'no_answer', next_place: null, oldest_ledger: null, events: [] }
  if (answer.value === 'out_of_range') {
    const range = await rpc.range()
    if (range.kind !== 'answered') return { outcome: 'no_answer', next_place: null, oldest_ledger: null, events: [] }
    return { outcome: 'out_of_range', next_place: null, oldest_ledger: range.value.oldestLedger, events: [] }
  }
  const { events, cursor, latestLedger, oldestLedger } = answer.value
  const rows = events.filter(({ contractId }) => contractId === claim.contract_id).map(rowOf)
  // The server looks through a limited number of ledgers at a time: an empty page is an end only at the newest one.
  const isAtTheEnd = BigInt(cursor.slice(0, 19)) >> 32n >= BigInt(latestLedger)
  const outcome = isAtTheEnd || cursor === place ? 'end' : 'more'
  return { outcome, next_place: cursor, oldest_ledger: oldestLedger, events: rows }
}

/** A contract whose walk begins is read from the oldest ledger that the server keeps. */
async function eventsFrom(
  rpc: LedgerRpc,
  { contract_id }: ContractClaim,
  place: string | null,
): Promise<RpcAnswer<ContractEvents>> {
  if (place !== null) return await rpc.events(contract_id, { cursor: place })
  const range = await rpc.range()
  if (range.kind !== 'answered') return range
  return await rpc.events(contract_id, { startLedger: range.value.oldestLedger })
}

function rowOf(event: ContractEventRecord): ContractEventRow {
  const topics = event.topic.map((topic) => readContractValue(topic)?.value ?? { unreadable: topic.slice(0, 200) })
  const value = readContractValue(event.value)?.value ?? { unreadable: event.value.slice(0, 200) }
  const data = { topics, value }
  const [name] = topics
  return {
    event_id: event.id,
    contract_id: event.contractId,
    event_type: typeof name === 'string' && name !== '' ? name.slice(0, 100) : 'event',
    category: 'contract',
    data: JSON.stringify(data).length <= MAX_DATA_LENGTH ? data : { is_shortened: true },
    tx_hash: event.txHash,
    ledger_sequence: event.ledger,
    closed_at: event.ledgerClosedAt,
    accounts: [...new Set(accountsIn([...topics, value]))].slice(0, 100),
  }
}
