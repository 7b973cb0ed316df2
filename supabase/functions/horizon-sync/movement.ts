import type { Asset } from '@stellar/stellar-sdk/base'

/** How an amount came to or left an account. */
export type MovementKind =
  | 'payment'
  | 'path_payment'
  | 'account_created'
  | 'account_merged'
  | 'claimable_balance_created'
  | 'claimable_balance_claimed'
  | 'clawback'
  | 'trade'
  | 'liquidity_pool'
  | 'contract'
  | 'inflation'
  | 'fee'

/** An amount of an asset that came to or left one account. */
export type Movement = {
  /** The place of the operation in its transaction; null for the fee. */
  readonly operation_index: number | null
  readonly kind: MovementKind
  readonly direction: 'in' | 'out'
  readonly asset_code: string
  /** '' for native XLM. */
  readonly asset_issuer: string
  /** Decimal text in units of the asset. */
  readonly amount: string
  /** Who paid or was paid, where one account did. */
  readonly counterparty: string | null
  /** The balance on the ledger that was created or claimed. */
  readonly claimable_balance_id: string | null
}

/** What became of a claimable balance in one transaction. */
export type BalanceFact = {
  readonly operation_index: number
  readonly claimable_balance_id: string
} & (
  | {
      readonly status: 'created'
      readonly asset_code: string
      readonly asset_issuer: string
      readonly amount: string
      readonly claimants: readonly { readonly destination: string; readonly expires_at: string | null }[]
    }
  | { readonly status: 'claimed'; readonly claimant: string }
  | { readonly status: 'clawed_back' }
)

/** An asset as rows name it. */
export function assetOf(asset: Asset): { readonly asset_code: string; readonly asset_issuer: string } {
  if (asset.isNative()) return { asset_code: 'XLM', asset_issuer: '' }
  return { asset_code: asset.code, asset_issuer: asset.issuer ?? '' }
}
