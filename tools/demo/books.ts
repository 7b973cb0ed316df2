import type { PayrollItem } from '../../src/index.ts'
import { parseAmount } from '../../src/index.ts'
import { assetName, type Horizon, type HorizonOperation } from './horizon.ts'
import type { TeamMember } from './team.ts'

/** What PayD says it paid in one asset, and what the ledger says left the treasury. Stroops. */
export interface AssetBooks {
  readonly asset: string
  readonly payments: number
  readonly items: bigint
  readonly ledger: bigint
}

/** The comparison of PayD's items with the ledger, over everything the treasury ever paid. */
export interface Books {
  readonly assets: readonly AssetBooks[]
  /** Stroops of XLM the treasury paid as fees. */
  readonly fees: bigint
  /** Sentences about everything that does not match; empty when the books are equal. */
  readonly differences: readonly string[]
}

/**
 * Proves that the ledger holds exactly one payment for every paid employee and run, with the same transaction,
 * destination, asset and amount, and that nothing else left the treasury but fees. A claimable balance is the payment of the one
 * who can claim it.
 */
export async function compareBooks(manager: TeamMember, horizon: Horizon, treasury: string): Promise<Books> {
  const [owed, ledger] = await Promise.all([
    paidAccordingToPayd(manager, treasury),
    leftAccordingToLedger(horizon, treasury),
  ])
  const differences = [
    ...compareCounts(owed, ledger.payments),
    ...ledger.others,
    ...(await compareBalances(horizon, treasury, ledger)),
  ]
  const assets = new Set([...owed, ...ledger.payments].map((payment) => payment.asset))
  const sum = (payments: readonly Payment[], asset: string): bigint =>
    payments.reduce((total, payment) => (payment.asset === asset ? total + payment.amount : total), 0n)
  return {
    assets: [...assets].sort().map((asset) => ({
      asset,
      payments: ledger.payments.filter((payment) => payment.asset === asset).length,
      items: sum(owed, asset),
      ledger: sum(ledger.payments, asset),
    })),
    fees: ledger.fees,
    differences,
  }
}

interface Payment {
  readonly hash: string
  readonly destination: string
  readonly asset: string
  /** Stroops. */
  readonly amount: bigint
}

/** One payment for each employee and run: base and bonus are paid together. */
async function paidAccordingToPayd({ payd }: TeamMember, treasury: string): Promise<Payment[]> {
  const payments: Payment[] = []
  for await (const run of payd.payrollRuns.iterate()) {
    if (run.source_account !== treasury) continue
    const byEmployee = new Map<number, Payment>()
    for await (const item of payd.payrollRuns.iterateItems(run.id, { status: 'completed' })) {
      const earlier = byEmployee.get(item.employee_id)?.amount ?? 0n
      byEmployee.set(item.employee_id, toPayment(item, assetName(run), earlier))
    }
    payments.push(...byEmployee.values())
  }
  return payments
}

function toPayment(item: PayrollItem, asset: string, earlier: bigint): Payment {
  const { tx_hash: hash, destination } = item
  if (hash === null || destination === null)
    throw new Error(`Payroll item ${item.id} is paid and names no transaction.`)
  return { hash, destination, asset, amount: earlier + parseAmount(item.amount) }
}

interface Ledger {
  readonly payments: Payment[]
  readonly fees: bigint
  /** Operations that moved something out of the treasury in any other way. */
  readonly others: string[]
  /** What came in, by asset. */
  readonly received: Map<string, bigint>
}

async function leftAccordingToLedger(horizon: Horizon, treasury: string): Promise<Ledger> {
  const ledger = { payments: [] as Payment[], fees: 0n, others: [] as string[], received: new Map<string, bigint>() }
  for await (const operation of horizon.operations(treasury)) {
    const move = await readMove(horizon, operation, treasury)
    if (move === 'none') continue
    if (move === 'other') {
      ledger.others.push(
        `Operation ${operation.id} (${operation.type}) touched the treasury and is no payment of PayD.`,
      )
    } else if (move.destination === treasury) {
      ledger.received.set(move.asset, (ledger.received.get(move.asset) ?? 0n) + move.amount)
    } else {
      ledger.payments.push(move)
    }
  }
  for await (const transaction of horizon.transactions(treasury)) {
    if (transaction.fee_account === treasury) ledger.fees += BigInt(transaction.fee_charged)
  }
  return ledger
}

async function readMove(
  horizon: Horizon,
  operation: HorizonOperation,
  treasury: string,
): Promise<Payment | 'none' | 'other'> {
  const { type, transaction_hash: hash } = operation
  const isOwn = operation.source_account === treasury
  if (type === 'payment' && operation.to !== undefined) {
    const asset = operation.asset_type === 'native' ? 'XLM' : assetName(operation)
    return { hash, destination: operation.to, asset, amount: parseAmount(operation.amount ?? '') }
  }
  if (type === 'create_account' && operation.account !== undefined) {
    return { hash, destination: operation.account, asset: 'XLM', amount: parseAmount(operation.starting_balance ?? '') }
  }
  if (type === 'create_claimable_balance' && isOwn) return setAside(operation, treasury)
  if (type === 'claim_claimable_balance') return isOwn ? await takenBack(horizon, operation, treasury) : 'none'
  // A trustline moves no money, whether an account trusts an asset that the treasury issues or the treasury trusts one. What is
  // clawed back of a balance that waits had left the treasury when it was set aside.
  const movesNothing = (type === 'change_trust' && isOwn) || type === 'clawback_claimable_balance'
  return movesNothing ? 'none' : 'other'
}

/** Money that waits for somebody on the ledger has left the treasury: it is that person's payment. */
function setAside({ transaction_hash: hash, ...operation }: HorizonOperation, treasury: string): Payment | 'other' {
  const { asset: name = '', amount = '', claimants = [] } = operation
  const [payee, ...others] = claimants.filter(({ destination }) => destination !== treasury)
  if (payee === undefined || others.length > 0) return 'other'
  const asset = name === 'native' ? 'XLM' : name
  return { hash, destination: payee.destination, asset, amount: parseAmount(amount) }
}

/** A balance that the treasury took back: only the effects say how much it was. */
async function takenBack(
  horizon: Horizon,
  { id, transaction_hash: hash }: HorizonOperation,
  treasury: string,
): Promise<Payment | 'other'> {
  for await (const effect of horizon.effects(id)) {
    if (effect.type !== 'account_credited' || effect.account !== treasury) continue
    const asset = effect.asset_type === 'native' ? 'XLM' : assetName(effect)
    return { hash, destination: treasury, asset, amount: parseAmount(effect.amount ?? '') }
  }
  return 'other'
}

function compareCounts(owed: readonly Payment[], paid: readonly Payment[]): string[] {
  const key = ({ hash, destination, asset, amount }: Payment): string =>
    `${amount} stroops of ${asset} to ${destination} in ${hash}`
  const open = new Map<string, number>()
  for (const payment of owed) open.set(key(payment), (open.get(key(payment)) ?? 0) + 1)
  for (const payment of paid) open.set(key(payment), (open.get(key(payment)) ?? 0) - 1)
  return [...open].flatMap(([payment, count]) => {
    if (count > 0) return [`PayD says it paid ${payment}, and the ledger has ${count} less of it.`]
    return count < 0 ? [`The ledger paid ${payment}, and PayD knows ${-count} less of it.`] : []
  })
}

/** What came in, less what was paid and the fees, must be what is there: nothing left in a way this proof cannot see. */
async function compareBalances(horizon: Horizon, treasury: string, ledger: Ledger): Promise<string[]> {
  const balances = (await horizon.balances(treasury)) ?? []
  return balances.flatMap(({ asset, balance }) => {
    const paid = ledger.payments.reduce((sum, payment) => (payment.asset === asset ? sum + payment.amount : sum), 0n)
    const expected = (ledger.received.get(asset) ?? 0n) - paid - (asset === 'XLM' ? ledger.fees : 0n)
    const actual = parseAmount(balance)
    if (actual === expected) return []
    return [`The treasury holds ${actual} stroops of ${asset}, and ${expected} should be left of what it received.`]
  })
}
