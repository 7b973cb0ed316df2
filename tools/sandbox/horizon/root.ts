import { PROTOCOL_VERSION } from '../core/ledger.ts'
import type { Node } from '../core/node.ts'
import { link, pagedLink } from './links.ts'
import type { HorizonRequest } from './page.ts'
import { isoSeconds } from './time.ts'
import type { View } from './view.ts'

/** GET /: which network this is, and how far core and history are. */
export function getRoot({ base }: HorizonRequest, view: View, node: Node): Record<string, unknown> {
  return {
    _links: {
      self: link(base, '/'),
      account: { href: `${base}/accounts/{account_id}`, templated: true },
      accounts: { href: `${base}/accounts{?signer,sponsor,asset,cursor,limit,order}`, templated: true },
      account_transactions: pagedLink(base, '/accounts/{account_id}/transactions'),
      claimable_balances: {
        href: `${base}/claimable_balances{?asset,sponsor,claimant,cursor,limit,order}`,
        templated: true,
      },
      assets: { href: `${base}/assets{?asset_code,asset_issuer,cursor,limit,order}`, templated: true },
      effects: pagedLink(base, '/effects'),
      fee_stats: link(base, '/fee_stats'),
      friendbot: { href: `${base}/friendbot{?addr}`, templated: true },
      ledger: { href: `${base}/ledgers/{sequence}`, templated: true },
      ledgers: pagedLink(base, '/ledgers'),
      offer: { href: `${base}/offers/{offer_id}`, templated: true },
      offers: {
        href: `${base}/offers{?selling,buying,seller,sponsor,cursor,limit,order}`,
        templated: true,
      },
      order_book: {
        href: `${base}/order_book{?selling_asset_type,selling_asset_code,selling_asset_issuer,buying_asset_type,buying_asset_code,buying_asset_issuer,limit}`,
        templated: true,
      },
      operation: { href: `${base}/operations/{id}`, templated: true },
      operations: pagedLink(base, '/operations'),
      payments: pagedLink(base, '/payments'),
      strict_receive_paths: {
        href: `${base}/paths/strict-receive{?source_assets,source_account,destination_amount,destination_asset_type,destination_asset_issuer,destination_asset_code}`,
        templated: true,
      },
      strict_send_paths: {
        href: `${base}/paths/strict-send{?destination_account,destination_assets,source_asset_type,source_asset_issuer,source_asset_code,source_amount}`,
        templated: true,
      },
      transaction: { href: `${base}/transactions/{hash}`, templated: true },
      transactions: pagedLink(base, '/transactions'),
    },
    horizon_version: '28.0.0-payd-sandbox',
    core_version: 'payd-sandbox',
    ingest_latest_ledger: view.ledger,
    history_latest_ledger: view.ledger,
    history_latest_ledger_closed_at: isoSeconds(view.latest.closedAt),
    history_elder_ledger: view.elder,
    core_latest_ledger: node.chain().latest().ledger,
    network_passphrase: node.passphrase,
    current_protocol_version: PROTOCOL_VERSION,
    supported_protocol_version: PROTOCOL_VERSION,
    core_supported_protocol_version: PROTOCOL_VERSION,
  }
}
