import type { HorizonAnswer } from './horizon.ts'
import type { AccountSigner, AccountState } from './horizon-records.ts'
import { isCurrent } from './is-current.ts'

/** Who signs for an account, as of one ledger: the weight that a payment needs, and every key with what it weighs. */
export type SignerReading = {
  readonly ledger: number
  readonly threshold: number
  readonly signers: readonly AccountSigner[]
}

/**
 * Who signs for an account as the latest ledger says; a reason when the answer does not show it. An instance that lags would count
 * signers who were removed, or miss new ones. Signers of other kinds (hashes, transactions signed beforehand, signed payloads) are left out,
 * because their signatures show no key.
 */
export function readSigners(
  account: HorizonAnswer<AccountState>,
  expected: { readonly account: string; readonly latestLedger: number | null },
): SignerReading | 'signers_not_read' | 'signers_unreadable' {
  if (expected.latestLedger === null || !isCurrent(account, expected.latestLedger)) return 'signers_not_read'
  const { account_id, ledger, keeping, signers } = account.value
  if (account_id !== expected.account || ledger === null || keeping === null || signers === null) {
    return 'signers_unreadable'
  }
  return { ledger, threshold: keeping.threshold, signers }
}
