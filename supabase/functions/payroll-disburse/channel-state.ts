import type { AccountState } from '../_shared/stellar/horizon-records.ts'
import { spendableXlm } from './spendable.ts'

/** Why nothing can go through a channel account. */
export type ChannelProblem =
  | 'account_missing'
  | 'key_missing'
  | 'short_of_fees'
  | 'weight_too_low'
  | 'numbers_exhausted'

/**
 * Why a transaction whose fee may be so many stroops cannot go through the channel account: its key has too little weight to use a
 * number, or the network would refuse to take that fee. Null when neither is known.
 */
export function channelProblem(channel: AccountState, feeStroops: bigint): ChannelProblem | null {
  const { keeping } = channel
  if (keeping === null) return null
  if (keeping.weight < Math.max(keeping.threshold, 1)) return 'weight_too_low'
  const spendable = spendableXlm(channel)
  return spendable !== null && spendable < feeStroops ? 'short_of_fees' : null
}
