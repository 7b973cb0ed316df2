import {
  Account,
  Asset,
  AuthClawbackEnabledFlag,
  AuthRevocableFlag,
  Claimant,
  Keypair,
  Operation,
  TransactionBuilder,
  xdr,
} from '@stellar/stellar-sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minimumBalance } from '../../tools/sandbox/core/balances.ts'
import { type Chain, TOTAL_COINS } from '../../tools/sandbox/core/chain.ts'
import { entryWire } from '../../tools/sandbox/core/entry-xdr.ts'
import { liabilitiesOf } from '../../tools/sandbox/core/exchange.ts'
import { stateKeyOfWire } from '../../tools/sandbox/core/ledger-keys.ts'
import { createNode, type Node } from '../../tools/sandbox/core/node.ts'
import { type Entry, keyOf, keyOfEntry } from '../../tools/sandbox/core/types.ts'
import { closeMetaXdr } from '../../tools/sandbox/rpc/past.ts'
import { namesIn, type Op } from './support.ts'

const PASSPHRASE = 'PayD Sandbox ; conservation'
const people = Array.from({ length: 4 }, (_, index) => Keypair.fromRawEd25519Seed(Buffer.alloc(32, index + 1)))
const issuer = people[0]?.publicKey() ?? ''
const usd = new Asset('USD', issuer)

// Merges are rare, because they end what could still happen to an account.
const KINDS = [
  ...(['pay', 'pay', 'pay credit', 'pay credit', 'create', 'trust', 'signer'] as const),
  ...(['set aside', 'set aside credit', 'set aside credit', 'claim', 'claim', 'claim'] as const),
  ...(['claw back', 'claw back balance', 'merge'] as const),
  ...(['sell', 'sell', 'sell credit', 'sell credit', 'buy credit', 'passive', 'take back'] as const),
  ...(['path to credit', 'path from credit', 'data', 'freeze', 'sponsored', 'sponsored', 'revoke'] as const),
]
type Kind = (typeof KINDS)[number]

type Step = {
  readonly who: number
  readonly signer: number
  readonly shift: number
  readonly fee: number
  readonly operations: readonly { readonly kind: Kind; readonly to: number; readonly amount: bigint }[]
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(3),
  // Most transactions are signed rightly; some are not.
  signer: fc.oneof({ weight: 9, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(3) }),
  shift: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) }),
  fee: fc.constantFrom(100, 250, 5_000_000),
  operations: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      to: fc.nat(5),
      amount: fc.oneof(
        { weight: 9, arbitrary: fc.bigInt({ min: 1n, max: 50_000_000n }) },
        { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 9223372036854775807n }) },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

test('lumens are neither made nor lost, whatever is submitted', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 4 }), { minLength: 1, maxLength: 12 }), (ledgers) => {
      const node = startNode()
      const told = new Map(entriesOf(node.chain()).map((entry) => [keyOfEntry(entry), entryXdrOf(entry)]))
      for (const steps of ledgers) {
        for (const one of steps) submit(node, one)
        node.closeLedger()
        checkBooks(node.chain())
        applyMeta(told, node.chain())
      }
      // What the metas tell is the state, entry by entry and byte by byte.
      const state = new Map(entriesOf(node.chain()).map((entry) => [keyOfEntry(entry), entryXdrOf(entry)]))
      expect(Object.fromEntries(told)).toEqual(Object.fromEntries(state))
      node.close()
    }),
    { numRuns: 150 },
  )
})

function startNode(): Node {
  const node = createNode({
    passphrase: PASSPHRASE,
    clock: () => 1_800_000_000_000,
    maxOperationsPerLedger: 1000,
    expectedCloseSeconds: 5,
    dataFile: undefined,
  })
  for (const person of people) void node.fund(person.publicKey())
  node.closeLedger()
  const [first, ...others] = people
  const flags = (AuthRevocableFlag | AuthClawbackEnabledFlag) as typeof AuthRevocableFlag
  if (first) send(node, first, [Operation.setOptions({ setFlags: flags })])
  node.closeLedger()
  for (const other of others) send(node, other, [Operation.changeTrust({ asset: usd })])
  node.closeLedger()
  const pay = (to: Keypair) => Operation.payment({ destination: to.publicKey(), asset: usd, amount: '100' })
  if (first) send(node, first, others.map(pay))
  node.closeLedger()
  return node
}

function submit(node: Node, { who, signer, shift, fee, operations }: Step): void {
  const source = people[who]
  const [first] = people
  if (!source || !first) return
  const balances = node.chain().store.find('balances', 0)
  const ids = balances.flatMap((entry) => (entry.kind === 'balance' ? [entry.id] : [])).sort()
  const offers = node
    .chain()
    .store.find(`offers|${source.publicKey()}`)
    .flatMap((entry) => (entry.kind === 'offer' ? [entry.id.toString()] : []))
  const built = operations.flatMap((operation) => operationsOf(operation, source, ids, offers))
  const own = people[signer] ?? source
  const needed = operations.flatMap(({ kind, to }) => {
    if (kind.startsWith('claw back') || kind === 'freeze') return [first]
    return kind === 'sponsored' ? [people[to] ?? own] : []
  })
  send(node, source, built, { fee, shift, signers: [...new Set([own, ...needed])] })
}

function send(
  node: Node,
  source: Keypair,
  operations: readonly Op[],
  { fee = 100, shift = 0, signers = [source] }: { fee?: number; shift?: number; signers?: readonly Keypair[] } = {},
): void {
  const entry = node.chain().store.get(keyOf.account(source.publicKey()))
  if (entry?.kind !== 'account') return
  const builder = new TransactionBuilder(new Account(source.publicKey(), (entry.seq + BigInt(shift)).toString()), {
    fee: String(fee),
    networkPassphrase: PASSPHRASE,
    timebounds: { minTime: 0, maxTime: 0 },
  })
  for (const operation of operations) builder.addOperation(operation)
  const transaction = builder.build()
  for (const signer of signers) transaction.sign(signer)
  const envelope = node.chain().parse(transaction.toXdr())
  if (!envelope) throw new Error('The envelope of the SDK cannot be read.')
  node.submit(envelope)
}

/** The operations of a step; a sponsored one has its frame around it. */
function operationsOf(
  operation: Step['operations'][number],
  source: Keypair,
  balances: readonly string[],
  offers: readonly string[],
): Op[] {
  if (operation.kind !== 'sponsored') return [operationOf(operation, operation.kind, source, balances, offers)]
  const sponsor = people[operation.to]?.publicKey() ?? issuer
  const kinds = ['data', 'trust', 'signer', 'sell credit', 'set aside'] as const
  const kind = kinds[Number(operation.amount % 5n)] ?? 'data'
  return [
    Operation.beginSponsoringFutureReserves({ source: sponsor, sponsoredId: source.publicKey() }) as Op,
    operationOf(operation, kind, source, balances, offers),
    Operation.endSponsoringFutureReserves({ source: source.publicKey() }) as Op,
  ]
}

function operationOf(
  { to, amount }: Step['operations'][number],
  kind: Exclude<Kind, 'sponsored'>,
  source: Keypair,
  balances: readonly string[],
  offers: readonly string[],
): Op {
  const destination = people[to]?.publicKey() ?? Keypair.fromRawEd25519Seed(Buffer.alloc(32, 100 + to)).publicKey()
  const text = `${amount / 10_000_000n}.${(amount % 10_000_000n).toString().padStart(7, '0')}`
  const claimants = people.map((person) => new Claimant(person.publicKey()))
  const balanceId = balances[to] ?? `00000000${'0'.repeat(64)}`
  // Prices around one, so that offers often cross, and now and then a change of an own offer.
  const price = { n: Number(90n + (amount % 21n)), d: 100 }
  const offerId = amount % 4n === 0n ? (offers[0] ?? '0') : '0'
  switch (kind) {
    case 'pay':
      return Operation.payment({ destination, asset: Asset.native(), amount: text })
    case 'pay credit':
      return Operation.payment({ destination, asset: usd, amount: text })
    case 'create':
      return Operation.createAccount({ destination, startingBalance: text })
    case 'trust':
      return Operation.changeTrust(amount % 2n === 0n ? { asset: usd } : { asset: usd, limit: text })
    case 'set aside':
      return Operation.createClaimableBalance({ asset: Asset.native(), amount: text, claimants })
    case 'set aside credit':
      return Operation.createClaimableBalance({ asset: usd, amount: text, claimants })
    case 'claim':
      return Operation.claimClaimableBalance({ balanceId })
    case 'claw back':
      return Operation.clawback({ source: issuer, asset: usd, from: destination, amount: text })
    case 'claw back balance':
      return Operation.clawbackClaimableBalance({ source: issuer, balanceId })
    case 'merge':
      return Operation.accountMerge({ destination })
    case 'sell':
      return Operation.manageSellOffer({ selling: Asset.native(), buying: usd, amount: text, price, offerId })
    case 'sell credit':
      return Operation.manageSellOffer({ selling: usd, buying: Asset.native(), amount: text, price, offerId })
    case 'buy credit':
      return Operation.manageBuyOffer({ selling: Asset.native(), buying: usd, buyAmount: text, price, offerId })
    case 'passive':
      return Operation.createPassiveSellOffer({ selling: usd, buying: Asset.native(), amount: text, price })
    case 'take back':
      return Operation.manageSellOffer({
        selling: usd,
        buying: Asset.native(),
        amount: '0',
        price,
        offerId: offers[0] ?? '1',
      })
    case 'path to credit':
      return Operation.pathPaymentStrictReceive({
        sendAsset: Asset.native(),
        sendMax: '10000',
        destination,
        destAsset: usd,
        destAmount: text,
        path: [],
      })
    case 'path from credit':
      return Operation.pathPaymentStrictSend({
        sendAsset: usd,
        sendAmount: text,
        destination,
        destAsset: Asset.native(),
        destMin: '0.0000001',
        path: [],
      })
    case 'data':
      return Operation.manageData({ name: `entry ${to}`, value: amount % 3n === 0n ? null : text })
    case 'freeze':
      return Operation.setTrustLineFlags({
        source: issuer,
        trustor: destination,
        asset: usd,
        flags: { authorized: amount % 2n === 0n },
      })
    case 'revoke':
      return amount % 2n === 0n
        ? Operation.revokeTrustlineSponsorship({ account: destination, asset: usd })
        : Operation.revokeDataSponsorship({ account: destination, name: `entry ${to}` })
    case 'signer': {
      const ed25519PublicKey = destination === source.publicKey() ? issuer : destination
      return Operation.setOptions({ signer: { ed25519PublicKey, weight: 1 } })
    }
  }
}

function checkBooks(chain: Chain): void {
  let lumens = chain.feePool()
  let credit = 0n
  const subentries = new Map<string, bigint>()
  const sponsoring = new Map<string, bigint>()
  const sponsored = new Map<string, bigint>()
  const promises = new Map<string, bigint>()
  const sponsor = (by: string | null, owner: string | null, reserves: number): void => {
    if (by === null) return
    add(sponsoring, by, BigInt(reserves))
    if (owner !== null) add(sponsored, owner, BigInt(reserves))
  }
  const entries = entriesOf(chain)
  for (const entry of entries) {
    if (entry.kind === 'account') {
      lumens += entry.balance
      add(subentries, entry.id, BigInt(entry.signers.length))
      sponsor(entry.sponsor, entry.id, 2)
      for (const signer of entry.signers) sponsor(signer.sponsor, entry.id, 1)
    } else if (entry.kind === 'trustline') {
      credit += entry.balance
      add(subentries, entry.account, 1n)
      sponsor(entry.sponsor, entry.account, 1)
    } else if (entry.kind === 'data') {
      add(subentries, entry.account, 1n)
      sponsor(entry.sponsor, entry.account, 1)
    } else if (entry.kind === 'offer') {
      add(subentries, entry.seller, 1n)
      sponsor(entry.sponsor, entry.seller, 1)
      const { selling, buying } = liabilitiesOf(entry.price, entry.amount)
      add(promises, `${entry.seller} sells ${entry.selling}`, selling)
      add(promises, `${entry.seller} buys ${entry.buying}`, buying)
    } else if (entry.kind === 'balance') {
      if (entry.asset === 'native') lumens += entry.amount
      else credit += entry.amount
      sponsor(entry.sponsor, null, entry.claimants.length)
    }
  }
  expect(lumens).toBe(TOTAL_COINS)
  expect(credit).toBe(issuedBy(chain))
  for (const entry of entries) {
    if (entry.kind === 'trustline') {
      expect(entry.selling).toBe(promises.get(`${entry.account} sells ${entry.asset}`) ?? 0n)
      expect(entry.buying).toBe(promises.get(`${entry.account} buys ${entry.asset}`) ?? 0n)
      expect(entry.balance).toBeGreaterThanOrEqual(entry.selling)
      expect(entry.balance).toBeLessThanOrEqual(entry.limit - entry.buying)
    }
    if (entry.kind !== 'account') continue
    expect(BigInt(entry.subentries)).toBe(subentries.get(entry.id) ?? 0n)
    expect(BigInt(entry.numSponsoring)).toBe(sponsoring.get(entry.id) ?? 0n)
    expect(BigInt(entry.numSponsored)).toBe(sponsored.get(entry.id) ?? 0n)
    expect(entry.selling).toBe(promises.get(`${entry.id} sells native`) ?? 0n)
    expect(entry.buying).toBe(promises.get(`${entry.id} buys native`) ?? 0n)
    // A fee may go below the reserve only when a later transaction of the ledger raised the reserve first.
    expect(entry.balance).toBeGreaterThanOrEqual(0n)
    expect(minimumBalance(entry)).toBeGreaterThanOrEqual(0n)
  }
  checkResults(chain)
}

/** What the metas of the newest ledger tell, applied to what earlier ones told, as a reader of metas would. */
function applyMeta(told: Map<string, string>, chain: Chain): void {
  const close = xdr.LedgerCloseMeta.fromXdr(closeMetaXdr(chain.latest()), 'base64').toXdrObject()
  const { txProcessing } = close.v === 0 ? close.v0 : { txProcessing: [] }
  for (const { feeProcessing } of txProcessing) applyChanges(told, feeProcessing)
  for (const { txApplyProcessing: meta } of txProcessing) {
    if (meta.v !== 4) throw new Error('A meta is not of version 4.')
    applyChanges(told, meta.v4.txChangesBefore)
    for (const { changes } of meta.v4.operations) applyChanges(told, changes)
  }
}

function applyChanges(told: Map<string, string>, changes: readonly xdr.LedgerEntryChangeWire[]): void {
  const text = (entry: xdr.LedgerEntryWire): string =>
    Buffer.from(xdr.LedgerEntry.schema.encode(entry)).toString('base64')
  const keyOfWire = (key: xdr.LedgerKeyWire): string => stateKeyOfWire(key) ?? ''
  for (const change of changes) {
    if (change.type === 2) told.delete(keyOfWire(change.removed))
    else if (change.type === 3) expect(told.get(keyOfData(change.state))).toBe(text(change.state))
    else if (change.type === 0) {
      expect(told.has(keyOfData(change.created))).toBe(false)
      told.set(keyOfData(change.created), text(change.created))
    } else if (change.type === 1) told.set(keyOfData(change.updated), text(change.updated))
  }
}

/** The key of an entry by the SDK's own reading of it. */
function keyOfData({ data }: xdr.LedgerEntryWire): string {
  switch (data.type) {
    case 0:
      return stateKeyOfWire({ type: 0, account: data.account }) ?? ''
    case 1:
      return stateKeyOfWire({ type: 1, trustLine: data.trustLine }) ?? ''
    case 2:
      return stateKeyOfWire({ type: 2, offer: data.offer }) ?? ''
    case 3:
      return stateKeyOfWire({ type: 3, data: data.data }) ?? ''
    case 4:
      return stateKeyOfWire({ type: 4, claimableBalance: data.claimableBalance }) ?? ''
    default:
      throw new Error('An entry of an unknown type.')
  }
}

function entryXdrOf(entry: Entry): string {
  return Buffer.from(xdr.LedgerEntry.schema.encode(entryWire(entry))).toString('base64')
}

/**
 * Credit in circulation as the effects tell it: what others got from the issuer, less what it got or clawed back.
 * The trades of a path payment that the issuer sends are steps on the way: its ends are told as debit and credit.
 */
function issuedBy(chain: Chain): bigint {
  const paths = chain.history.operations.filter(({ body, source }) => isPath(body) && source.id === issuer)
  const steps = new Set(paths.map(({ id }) => id))
  let issued = 0n
  for (const { account, type, details, id } of chain.history.effects) {
    if (account !== issuer) continue
    if (type === 'trade' && !steps.has(id)) {
      if (details.sold_asset_code === 'USD') issued += stroopsOf(details.sold_amount)
      if (details.bought_asset_code === 'USD') issued -= stroopsOf(details.bought_amount)
    }
    if (details.asset_code !== 'USD') continue
    if (type === 'account_debited') issued += stroopsOf(details.amount)
    if (type === 'account_credited') issued -= stroopsOf(details.amount)
  }
  return issued
}

function isPath({ type }: xdr.OperationBodyWire): boolean {
  return type === 2 || type === 13
}

function stroopsOf(amount: unknown): bigint {
  return BigInt(String(amount).replace('.', ''))
}

/** Every stored result is XDR that the SDK reads with the same meaning. */
function checkResults(chain: Chain): void {
  for (const { resultXdr, successful, operations } of chain.latest().transactions) {
    const names = namesIn(xdr.TransactionResult.fromXdr(resultXdr, 'base64'))
    expect(names.transaction === 'txSuccess').toBe(successful)
    for (const [index, name] of names.operations.entries()) {
      expect(name.endsWith('Success')).toBe(operations[index]?.resultCode === 'op_success')
    }
  }
}

function entriesOf({ store, history }: Chain): Entry[] {
  const ids = [...history.ofAccount.keys()]
  const root = history.transactions[0]?.envelope.source.id ?? ''
  const accounts = [...new Set([root, ...ids])].flatMap((id) => store.get(keyOf.account(id)) ?? [])
  const lines = store.find(`holders|USD:${issuer}`)
  const data = ids.flatMap((id) => store.find(`data|${id}`))
  return [...accounts, ...lines, ...data, ...store.find('offers'), ...store.find('balances')]
}

function add(counts: Map<string, bigint>, id: string, count: bigint): void {
  counts.set(id, (counts.get(id) ?? 0n) + count)
}
