import { parseAmount } from '../_shared/contract/amount.ts'
import type { AccountState } from '../_shared/stellar/horizon-records.ts'

/** What the network makes an account keep for each entry, in stroops. */
export const BASE_RESERVE = 5_000_000n

/** What an account can spend of its XLM, in stroops: without its reserves and what its offers promise. Null where that was not read. */
export function spendableXlm({ keeping, balances }: AccountState): bigint | null {
  const native = balances.find(({ asset_issuer }) => asset_issuer === '')
  if (keeping === null || native === undefined) return null
  const entries = BigInt(2 + keeping.subentry_count + keeping.num_sponsoring - keeping.num_sponsored)
  return parseAmount(native.balance) - entries * BASE_RESERVE - parseAmount(native.selling_liabilities)
}
