import { parseAmount } from '../_shared/contract/amount.ts'
import type { AccountState } from '../_shared/stellar/horizon-records.ts'

/** Why nothing can go through a channel account. */
export type ChannelProblem =
  | 'account_missing'
  | 'key_missing'
  | 'short_of_fees'
  | 'weight_too_low'
  | 'numbers_exhausted'

/** What the network makes an account keep for each entry, in stroops. */
const BASE_RESERVE = 5_000_000n

/**
 * Why a transaction whose fee may be so many stroops cannot go through the channel account: its key has too little weight to use a
 * number, or the network would refuse to take that fee. Null when neither is known.
 */
export function channelProblem(channel: AccountState, feeStroops: bigint): ChannelProblem | null {
  const { keeping, balances } = channel
  if (keeping === null) return null
  if (keeping.weight < Math.max(keeping.threshold, 1)) return 'weight_too_low'
  const native = balances.find(({ asset_issuer }) => asset_issuer === '')
  if (native === undefined) return null
  const entries = BigInt(2 + keeping.subentry_count + keeping.num_sponsoring - keeping.num_sponsored)
  const kept = entries * BASE_RESERVE + parseAmount(native.selling_liabilities)
  return parseAmount(native.balance) - kept < feeStroops ? 'short_of_fees' : null
}
