import type { AccountBalance, AccountKeeping, AccountSigner } from '../_shared/stellar/horizon-records.ts'
import type { ChannelProblem } from './channel-state.ts'

/** A channel account as it was read; without a problem payments can go through it. */
export type ChannelState = {
  readonly account_id: string
  readonly problem: ChannelProblem | null
  /** The XLM that it can spend on fees; null where it cannot be used anyway. */
  readonly spendable: string | null
}

/** What the ledger says about the account that a run would be paid from. */
export type TreasuryState = {
  readonly ledger: number
  readonly has_key: boolean
  readonly channels: readonly ChannelState[]
} & (
  | { readonly account_exists: false }
  | ({
      readonly account_exists: true
      readonly balances: readonly AccountBalance[]
      /** Who signs for it; null when the server does not say. */
      readonly signers: readonly AccountSigner[] | null
    } & AccountKeeping)
)
