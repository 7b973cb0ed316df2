import { formatAmount, parseAmount } from '../_shared/contract/amount.ts'
import type { StopCode } from '../_shared/contract/errors.ts'
import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import type { PayingOperation } from './plan.ts'
import { BASE_RESERVE, spendableXlm } from './spendable.ts'

/** What the network charges for an operation at least, in stroops. */
const LEAST_FEE = 100n

/** What an operation takes of the account that pays. */
export type PaidAmount = Pick<PayingOperation, 'operation_type' | 'asset_code' | 'asset_issuer' | 'amount'>

/** What is on its way from the account already, summed by asset. */
export type TakenInFlight = { readonly asset_code: string; readonly asset_issuer: string; readonly amount: string }

/** How the next payments are signed and paid, and what the account must pay beside them. */
export type Circumstances = {
  /** What the named signers weigh together, where wallets sign. */
  readonly wallets?: { readonly weight: number } | null
  /** Whether the account pays the fee itself; a channel account pays it otherwise. */
  readonly paysFees?: boolean
  readonly inFlight?: readonly TakenInFlight[]
}

/** Why the account cannot pay. */
export type Shortage = { readonly code: StopCode; readonly detail: string }

/**
 * Why the network is known to refuse these payments because of their source: the account holds too little, may not send the asset,
 * or what signs for it has too little weight. Null when none of these is known. Of the fee, which the network decides, the least is counted, and none
 * where a channel account pays it. What is in flight is taken off what the account holds.
 */
export function shortageOf(
  account: AccountState,
  operations: readonly PaidAmount[],
  { wallets = null, paysFees = true, inFlight = [] }: Circumstances = {},
): Shortage | null {
  const { keeping } = account
  if (keeping === null) return null
  const threshold = Math.max(keeping.threshold, 1)
  if (wallets !== null && wallets.weight < threshold) {
    const detail = `The named signers of the account weigh ${wallets.weight} together, and a payment needs ${threshold}. Name more of its signers, or give them more weight on the ledger; then retry the run.`
    return { code: 'signers_weigh_too_little', detail }
  }
  if (wallets === null && keeping.weight < threshold) {
    const detail = `The key of the account has the weight ${keeping.weight}, and a payment needs ${threshold}. Give the key more weight, or lower the medium threshold of the account.`
    return { code: 'signing_weight_too_low', detail }
  }
  const xlm = spendableXlm(account)
  if (xlm === null) return null
  // For each of the two claimants of a balance its payer keeps one reserve, until it is claimed.
  const waiting = operations.filter(({ operation_type }) => operation_type === 'create_claimable_balance')
  const reserves = BigInt(waiting.length) * 2n * BASE_RESERVE
  const takenXlm = sumOf(operations, 'XLM', '') + (paysFees ? BigInt(operations.length) * LEAST_FEE : 0n) + reserves
  const xlmInFlight = sumOf(inFlight, 'XLM', '')
  // What is on its way says nothing about payments that take no XLM.
  if (takenXlm > 0n && xlm < takenXlm + xlmInFlight) return shortBy('XLM', xlm, takenXlm, xlmInFlight)

  const [first] = operations
  if (first === undefined || first.asset_issuer === '' || first.asset_issuer === account.account_id) return null
  const { asset_code, asset_issuer } = first
  const line = account.balances.find(
    (balance) => balance.asset_code === asset_code && balance.asset_issuer === asset_issuer,
  )
  if (line === undefined) return { code: 'op_src_no_trust', detail: SOURCE_SENTENCES.op_src_no_trust }
  if (!line.is_authorized) return { code: 'op_src_not_authorized', detail: SOURCE_SENTENCES.op_src_not_authorized }
  const held = parseAmount(line.balance) - parseAmount(line.selling_liabilities)
  const taken = sumOf(operations, asset_code, asset_issuer)
  const assetInFlight = sumOf(inFlight, asset_code, asset_issuer)
  return held < taken + assetInFlight ? shortBy(asset_code, held, taken, assetInFlight) : null
}

const SOURCE_SENTENCES = {
  op_src_no_trust: 'The source account has no trustline for the asset. Add the trustline, then retry the run.',
  op_src_not_authorized:
    'The issuer has not authorized the source account to send this asset. Ask the issuer of the asset, then retry the run.',
}

function shortBy(code: string, held: bigint, taken: bigint, inFlight: bigint): Shortage {
  const spendable = held > 0n ? held : 0n
  const others = inFlight > 0n ? ` and what is on its way takes ${formatAmount(inFlight)} more` : ''
  const detail = `The treasury account can spend ${formatAmount(spendable)} ${code}, and the next payments with their fees and reserves take ${formatAmount(taken)}${others}: it is short by ${formatAmount(taken + inFlight - spendable)} ${code}. Fund it for the whole run, then retry.`
  return { code: 'treasury_short', detail }
}

function sumOf(amounts: readonly TakenInFlight[], code: string, issuer: string): bigint {
  return amounts
    .filter(({ asset_code, asset_issuer }) => asset_code === code && asset_issuer === issuer)
    .reduce((sum, { amount }) => sum + parseAmount(amount), 0n)
}
