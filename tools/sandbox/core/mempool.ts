import type { xdr } from '@stellar/stellar-sdk/base'
import { accountOf, availableBalance } from './balances.ts'
import { TX } from './codes.ts'
import { type Envelope, feeAccountOf, feeUnits } from './envelope.ts'
import { type Outcome, resultWire } from './results.ts'
import type { Reader } from './state.ts'
import type { AccountId } from './types.ts'
import { BASE_FEE } from './validate.ts'

/** What a node answers to a submitted envelope. Only an ERROR says anything about the transaction. */
export type Submission =
  | { readonly status: 'PENDING' | 'DUPLICATE' | 'TRY_AGAIN_LATER' }
  | { readonly status: 'ERROR'; readonly result: xdr.TransactionResultWire }

/** The transactions that wait for a ledger: at most one per source account. */
export type Mempool = {
  add(envelope: Envelope, view: AdmissionView): Submission
  /** The set for the next ledger, dearest first, and the fee per operation everyone in it pays. */
  select(minimumFee: bigint): { readonly envelopes: Envelope[]; readonly baseFee: bigint }
  pending(): Envelope[]
  /** Forgets what was applied or became invalid, ages the rest, and evicts what waited too long. */
  afterLedger(applied: readonly Envelope[], isInvalid: (envelope: Envelope) => boolean): void
  ban(envelope: Envelope): void
  clear(): void
}

/** What admission needs to know of the ledger. */
export type AdmissionView = {
  readonly state: Reader
  readonly check: (envelope: Envelope) => Outcome | null
  /** Stroops per operation below which the node refuses: the base fee, or more in a surge. */
  readonly minimumFee: bigint
}

const PENDING_LEDGERS = 4
const BAN_LEDGERS = 10
const REPLACE_FACTOR = 10n
const POOL_LEDGERS = 2

const TRY_AGAIN: Submission = { status: 'TRY_AGAIN_LATER' }

type Waiting = { readonly envelope: Envelope; age: number }

type Pool = {
  readonly maxOperations: number
  readonly waiting: Map<AccountId, Waiting>
  /** Hashes that are refused, by the ledger in which they were banned; the newest first. */
  banned: Set<string>[]
}

/** An empty mempool for ledgers of at most this many operations. */
export function createMempool(maxOperations: number): Mempool {
  const pool: Pool = { maxOperations, waiting: new Map(), banned: [new Set()] }
  return {
    add: (envelope, view) => admit(pool, envelope, view),
    select: (minimumFee) => selectSet(pool, minimumFee),
    pending: () => envelopesOf(pool),
    afterLedger: (applied, isInvalid) => settle(pool, applied, isInvalid),
    ban: (envelope) => dropAndBan(pool, envelope),
    clear() {
      pool.waiting.clear()
      pool.banned = [new Set()]
    },
  }
}

function admit(pool: Pool, envelope: Envelope, view: AdmissionView): Submission {
  if (pool.banned.some((hashes) => hashes.has(envelope.hash))) return TRY_AGAIN
  if (envelope.feeBid < 0n) return refuse(envelope, TX.malformed, 0n)
  const current = pool.waiting.get(envelope.source.id)
  const clash = current && clashWith(current.envelope, envelope)
  if (clash) return clash
  const others = envelopesOf(pool).filter((other) => other !== current?.envelope)
  const room = makeRoom(others, envelope, pool.maxOperations, view.minimumFee)
  if (!room.ok) {
    dropAndBan(pool, envelope)
    return refuse(envelope, TX.insufficient_fee, room.needed)
  }
  const failure = view.check(envelope)
  if (failure) return refuse(envelope, failure, failure.feeCharged ?? BASE_FEE * feeUnits(envelope))
  if (!canPayAll(others, envelope, view.state)) return refuse(envelope, TX.insufficient_balance, 0n)

  for (const victim of room.victims) dropAndBan(pool, victim)
  pool.waiting.set(envelope.source.id, { envelope, age: current?.age ?? 0 })
  return { status: 'PENDING' }
}

function selectSet(pool: Pool, minimumFee: bigint): { readonly envelopes: Envelope[]; readonly baseFee: bigint } {
  const ordered = envelopesOf(pool)
    .filter((envelope) => envelope.feeBid >= minimumFee * feeUnits(envelope))
    .sort((left, right) => compareRates(right, left))
  const envelopes: Envelope[] = []
  let room = pool.maxOperations
  for (const envelope of ordered) {
    if (envelope.operations.length > room) continue
    room -= envelope.operations.length
    envelopes.push(envelope)
  }
  const last = envelopes.at(-1)
  const crowded = last !== undefined && envelopes.length < ordered.length
  return { envelopes, baseFee: crowded ? ratePerUnit(last) : minimumFee }
}

function settle(pool: Pool, applied: readonly Envelope[], isInvalid: (envelope: Envelope) => boolean): void {
  for (const envelope of applied) {
    const current = pool.waiting.get(envelope.source.id)?.envelope
    if (current && current.seq <= envelope.seq) pool.waiting.delete(envelope.source.id)
    dropAndBan(pool, envelope)
  }
  pool.banned = [new Set<string>(), ...pool.banned].slice(0, BAN_LEDGERS)
  for (const entry of [...pool.waiting.values()]) {
    entry.age += 1
    if (entry.age >= PENDING_LEDGERS || isInvalid(entry.envelope)) dropAndBan(pool, entry.envelope)
  }
}

function envelopesOf({ waiting }: Pool): Envelope[] {
  return [...waiting.values()].map(({ envelope }) => envelope)
}

function dropAndBan({ waiting, banned }: Pool, envelope: Envelope): void {
  if (waiting.get(envelope.source.id)?.envelope === envelope) waiting.delete(envelope.source.id)
  banned[0]?.add(envelope.hash)
}

/** The answer to a second transaction of one source, or null when it may replace the first. */
function clashWith(current: Envelope, envelope: Envelope): Submission | null {
  const bumped = current.feeBump && !envelope.feeBump && current.innerHash === envelope.hash
  if (bumped || current.hash === envelope.hash) return { status: 'DUPLICATE' }
  if (envelope.seq < current.seq) return refuse(envelope, TX.bad_seq, 0n)
  if (!envelope.feeBump || envelope.seq !== current.seq) return TRY_AGAIN
  const needed = REPLACE_FACTOR * current.feeBid * feeUnits(envelope)
  if (envelope.feeBid * feeUnits(current) >= needed) return null
  return refuse(envelope, TX.insufficient_fee, divideUp(needed, feeUnits(current)))
}

type Room =
  | { readonly ok: true; readonly victims: readonly Envelope[] }
  | { readonly ok: false; readonly needed: bigint }

/** Whom a new envelope pushes out of a full pool, or the fee it would have needed. */
function makeRoom(others: readonly Envelope[], envelope: Envelope, maxOperations: number, minimumFee: bigint): Room {
  const required = minimumFee * feeUnits(envelope)
  // Below the base fee itself the ordinary check answers; only a surge is the pool's business.
  if (minimumFee > BASE_FEE && envelope.feeBid < required) return { ok: false, needed: required }
  let excess = envelope.operations.length - maxOperations * POOL_LEDGERS
  for (const other of others) excess += other.operations.length
  const victims: Envelope[] = []
  for (const other of excess > 0 ? [...others].sort(compareRates) : []) {
    if (excess <= 0) break
    if (rateGap(other, envelope) >= 0n) {
      return { ok: false, needed: (ratePerUnit(other) + 1n) * feeUnits(envelope) }
    }
    victims.push(other)
    excess -= other.operations.length
  }
  return { ok: true, victims }
}

/** Whether the fee source can pay this bid on top of every other bid it has in the pool. */
function canPayAll(others: readonly Envelope[], envelope: Envelope, state: Reader): boolean {
  const payer = feeAccountOf(envelope)
  const account = accountOf(state, payer)
  let owed = envelope.feeBid
  for (const other of others) if (feeAccountOf(other) === payer) owed += other.feeBid
  return account !== undefined && availableBalance(account) >= owed
}

function refuse(
  envelope: Envelope,
  failure:
    | Outcome
    | typeof TX.malformed
    | typeof TX.bad_seq
    | typeof TX.insufficient_fee
    | typeof TX.insufficient_balance,
  feeCharged: bigint,
): Submission {
  const outcome = typeof failure === 'number' ? { code: failure, outer: true, operations: [] } : failure
  return { status: 'ERROR', result: resultWire(envelope, outcome, feeCharged) }
}

/** Orders bids per operation; equal bids by hash, so that the order never depends on who came first. */
function compareRates(left: Envelope, right: Envelope): number {
  const gap = rateGap(left, right)
  if (gap !== 0n) return gap < 0n ? -1 : 1
  return left.hash < right.hash ? -1 : 1
}

/** Positive when the left bid per operation is higher. */
function rateGap(left: Envelope, right: Envelope): bigint {
  return left.feeBid * feeUnits(right) - right.feeBid * feeUnits(left)
}

function ratePerUnit(envelope: Envelope): bigint {
  return divideUp(envelope.feeBid, feeUnits(envelope))
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor
}
