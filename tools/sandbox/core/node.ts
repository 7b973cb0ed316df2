import { addressOf, isAccountId } from './addresses.ts'
import { larger } from './amounts.ts'
import { accountOf } from './balances.ts'
import { type Chain, createChain, type LedgerContents } from './chain.ts'
import type { Envelope } from './envelope.ts'
import type { LedgerRecord, TransactionRecord } from './history.ts'
import { type Journal, type JournalHeader, openJournal, readJournal, replay } from './journal.ts'
import { createMempool, type Mempool, type Submission } from './mempool.ts'
import type { AccountId } from './types.ts'
import { BASE_FEE, type CheckContext, checkValid } from './validate.ts'

/** How a node is set up; times of the clock are milliseconds. */
export type NodeOptions = {
  readonly passphrase: string
  readonly clock: () => number
  readonly maxOperationsPerLedger: number
  readonly expectedCloseSeconds: number
  readonly dataFile: string | undefined
}

/** What friendbot did: the transaction that created the account, or null because it existed already. */
export type Funding = TransactionRecord | null

type FundingQueue = Map<AccountId, (result: Funding) => void>

/** The network as one node shows it: a chain with a mempool and a clock. Ledgers close only when told to. */
export type Node = {
  readonly passphrase: string
  chain(): Chain
  submit(envelope: Envelope): Submission
  closeLedger(): LedgerRecord
  /** Resolves when the ledger with the new account has closed. Rejects what is not a `G…` address. */
  fund(address: AccountId): Promise<Funding>
  pending(): readonly Envelope[]
  /** Stroops per operation the node takes at least; null ends a surge. */
  setSurge(fee: bigint | null): void
  minimumFee(): bigint
  /** Calls back after each ledger and after a reset; returns the way to stop that. */
  onLedger(listener: () => void): () => void
  /** Starts the network again at ledger 1 with the same passphrase. */
  reset(): void
  /** Epoch of the chain: how many resets there were. */
  epoch(): number
  close(): void
}

/** A node whose chain is new, or rebuilt from the data file. */
export function createNode(options: NodeOptions): Node {
  const state: NodeState = {
    ...openChain(options, secondsOf(options)),
    options,
    mempool: createMempool(options.maxOperationsPerLedger),
    listeners: new Set(),
    surge: BASE_FEE,
    funding: new Map(),
  }
  return {
    passphrase: options.passphrase,
    chain: () => state.chain,
    submit(envelope) {
      const { chain, surge } = state
      const context = admissionContext(state)
      const check = (other: Envelope) => checkValid(other, chain.store, context)
      return state.mempool.add(envelope, { state: chain.store, check, minimumFee: surge })
    },
    closeLedger: () => closeLedger(state),
    fund(address) {
      if (!isAccountId(address)) return Promise.reject(new Error(`"${address}" is not a G… address to fund.`))
      if (accountOf(state.chain.store, address) || state.funding.has(address)) return Promise.resolve(null)
      return new Promise((done) => state.funding.set(address, done))
    },
    pending: () => state.mempool.pending(),
    setSurge(fee) {
      state.surge = larger(fee ?? BASE_FEE, BASE_FEE)
    },
    minimumFee: () => state.surge,
    onLedger(listener) {
      state.listeners.add(listener)
      return () => void state.listeners.delete(listener)
    },
    reset: () => reset(state),
    epoch: () => state.header.epoch,
    close() {
      refuseFunding(state)
      state.journal?.close()
    },
  }
}

type NodeState = {
  readonly options: NodeOptions
  readonly mempool: Mempool
  readonly journal: Journal | null
  readonly listeners: Set<() => void>
  chain: Chain
  header: JournalHeader
  surge: bigint
  funding: FundingQueue
}

function closeLedger(state: NodeState): LedgerRecord {
  const { chain, mempool, options, journal } = state
  const { ledger, closedAt } = chain.latest()
  // Time never runs backwards, and several ledgers may close within one second.
  const closeTime = Math.max(closedAt, secondsOf(options))
  const next = { ledgerSeq: ledger + 1, headerSeq: ledger, closeTime: BigInt(closeTime) }
  for (const envelope of mempool.pending()) {
    const unusable = envelope.seq === BigInt(ledger + 1) << 32n
    const failure = checkValid(envelope, chain.store, {
      ...next,
      upperOffset: 0n,
      networkId: chain.networkId,
      applying: false,
    })
    if (unusable || failure) mempool.ban(envelope)
  }
  const { envelopes, baseFee } = mempool.select(state.surge)
  const asked = state.funding
  state.funding = new Map()
  const contents: LedgerContents = { closedAt: closeTime, envelopes, funded: [...asked.keys()], baseFee }
  const record = chain.close(contents)
  // A ledger is announced only after it is in the file.
  journal?.append(chain, record, contents)
  const context = admissionContext(state)
  mempool.afterLedger(envelopes, (envelope) => checkValid(envelope, chain.store, context) !== null)
  answerFunding(record, asked)
  notify(state)
  return record
}

function reset(state: NodeState): void {
  state.header = { ...state.header, epoch: state.header.epoch + 1, genesisAt: secondsOf(state.options) }
  state.chain = createChain(state.header)
  state.mempool.clear()
  refuseFunding(state)
  state.journal?.restart(state.header, state.chain)
  notify(state)
}

/** A node admits a transaction only if it would still be valid some time from now. */
function admissionContext({ chain, options }: NodeState): CheckContext {
  const { ledger, closedAt } = chain.latest()
  const drift = Math.max(0, secondsOf(options) - closedAt)
  const upperOffset = BigInt(2 * options.expectedCloseSeconds + drift)
  return {
    ledgerSeq: ledger + 1,
    headerSeq: ledger,
    closeTime: BigInt(closedAt),
    upperOffset,
    networkId: chain.networkId,
    applying: false,
  }
}

function secondsOf({ clock }: NodeOptions): number {
  return Math.floor(clock() / 1000)
}

function notify({ listeners }: NodeState): void {
  for (const listener of [...listeners]) listener()
}

function refuseFunding(state: NodeState): void {
  for (const done of state.funding.values()) done(null)
  state.funding = new Map()
}

function openChain(
  { passphrase, maxOperationsPerLedger, dataFile }: NodeOptions,
  now: number,
): { chain: Chain; header: JournalHeader; journal: Journal | null } {
  const fresh: JournalHeader = {
    payd_sandbox: 1,
    passphrase,
    epoch: 0,
    genesisAt: now,
    maxOperations: maxOperationsPerLedger,
  }
  if (dataFile === undefined) return { chain: createChain(fresh), header: fresh, journal: null }
  const stored = readJournal(dataFile)
  const header = stored?.header ?? fresh
  if (header.passphrase !== passphrase) {
    throw new Error(
      `${dataFile} belongs to the network "${header.passphrase}", not to "${passphrase}". ` +
        'Start with that passphrase, or name another file with --data.',
    )
  }
  const chain = createChain(header)
  const unsealed = stored ? replay(dataFile, chain, stored.lines) : 0
  return { chain, header, journal: openJournal(dataFile, header, chain, unsealed) }
}

function answerFunding(record: LedgerRecord, asked: FundingQueue): void {
  if (asked.size === 0) return
  const created = new Map<AccountId, TransactionRecord>()
  for (const transaction of record.transactions) {
    for (const { body } of transaction.successful ? transaction.operations : []) {
      if (body.type === 0) created.set(addressOf(body.createAccountOp.destination.ed25519), transaction)
    }
  }
  for (const [address, done] of asked) done(created.get(address) ?? null)
}
