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
import { createNode, type Node } from '../../tools/sandbox/core/node.ts'
import { type AccountEntry, keyOf } from '../../tools/sandbox/core/types.ts'
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
      for (const steps of ledgers) {
        for (const one of steps) submit(node, one)
        node.closeLedger()
        checkBooks(node.chain())
      }
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
  const built = operations.map((operation) => operationOf(operation, source, ids))
  const own = people[signer] ?? source
  const issuerSigns = own !== first && operations.some(({ kind }) => kind.startsWith('claw back'))
  send(node, source, built, { fee, shift, signers: issuerSigns ? [own, first] : [own] })
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

function operationOf(
  { kind, to, amount }: Step['operations'][number],
  source: Keypair,
  balances: readonly string[],
): Op {
  const destination = people[to]?.publicKey() ?? Keypair.fromRawEd25519Seed(Buffer.alloc(32, 100 + to)).publicKey()
  const text = `${amount / 10_000_000n}.${(amount % 10_000_000n).toString().padStart(7, '0')}`
  const claimants = people.map((person) => new Claimant(person.publicKey()))
  const balanceId = balances[to] ?? `00000000${'0'.repeat(64)}`
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
    case 'signer': {
      const ed25519PublicKey = destination === source.publicKey() ? issuer : destination
      return Operation.setOptions({ signer: { ed25519PublicKey, weight: 1 } })
    }
  }
}

function checkBooks(chain: Chain): void {
  let lumens = chain.feePool()
  let credit = 0n
  const subentries = new Map<string, number>()
  const sponsored = new Map<string, number>()
  const accounts: AccountEntry[] = []
  for (const entry of entriesOf(chain)) {
    if (entry.kind === 'account') {
      lumens += entry.balance
      accounts.push(entry)
      add(subentries, entry.id, entry.signers.length)
    } else if (entry.kind === 'trustline') {
      credit += entry.balance
      expect(entry.balance).toBeGreaterThanOrEqual(0n)
      expect(entry.balance).toBeLessThanOrEqual(entry.limit)
      add(subentries, entry.account, 1)
    } else if (entry.kind === 'balance') {
      if (entry.asset === 'native') lumens += entry.amount
      else credit += entry.amount
      add(sponsored, entry.sponsor, entry.claimants.length)
    }
  }
  expect(lumens).toBe(TOTAL_COINS)
  expect(credit).toBe(issuedBy(chain))
  for (const account of accounts) {
    expect(account.subentries).toBe(subentries.get(account.id) ?? 0)
    expect(account.numSponsoring).toBe(sponsored.get(account.id) ?? 0)
    // A fee may go below the reserve only when a later transaction of the ledger raised the reserve first.
    expect(account.balance).toBeGreaterThanOrEqual(0n)
    expect(minimumBalance(account)).toBeGreaterThanOrEqual(10_000_000n)
  }
  checkResults(chain)
}

/** Credit in circulation as the effects tell it: what others got from the issuer, less what it got or clawed back. */
function issuedBy(chain: Chain): bigint {
  let issued = 0n
  for (const { account, type, details } of chain.history.effects) {
    if (account !== issuer || details.asset_code !== 'USD') continue
    const amount = BigInt(String(details.amount).replace('.', ''))
    if (type === 'account_debited') issued += amount
    if (type === 'account_credited') issued -= amount
  }
  return issued
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

function entriesOf({ store, history }: Chain) {
  const ids = new Set([...history.ofAccount.keys()])
  const accounts = [...ids].flatMap((id) => store.get(keyOf.account(id)) ?? [])
  const root = store.find(`signer|${history.transactions[0]?.envelope.source.id ?? ''}`, 0)
  const lines = store.find(`holders|USD:${issuer}`, 0)
  return new Set([...accounts, ...root, ...lines, ...store.find('balances', 0)])
}

function add(counts: Map<string, number>, id: string, count: number): void {
  counts.set(id, (counts.get(id) ?? 0) + count)
}
