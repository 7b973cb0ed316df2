import {
  checkFields,
  checkValue,
  flag,
  oneOf,
  optional,
  rowId,
  type Shape,
  someOf,
  text,
  walletId,
} from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { readFrom } from '../core/command.ts'
import type { EmployeeId, WalletId } from '../core/ids.ts'
import {
  type IterateOptions,
  iterateList,
  type List,
  listPage,
  type Page,
  type PageOptions,
  refuseForeign,
} from '../core/pages.ts'
import { send } from '../core/send.ts'
import { type AssetBalance, WALLETS_WALLET_TYPE, type Wallet, type WalletType } from '../rows.ts'

/** Which wallets to list. */
export interface WalletFilter {
  readonly wallet_type?: WalletType | readonly WalletType[] | undefined
  readonly employee_id?: EmployeeId | undefined
  readonly asset_code?: string | undefined
  readonly is_frozen?: boolean | undefined
}

/** The rules of `WalletFilter`. */
export const walletFilter: Shape<WalletFilter> = {
  wallet_type: someOf(oneOf(WALLETS_WALLET_TYPE)),
  employee_id: optional(rowId),
  asset_code: optional(text),
  is_frozen: optional(flag),
}

/** One page of the organization's wallets, newest first: one row for each asset at each address. */
export async function list(
  client: PaydClient,
  filter: WalletFilter = {},
  options: PageOptions = {},
): Promise<Page<Wallet>> {
  return await listPage<Wallet>(client, wallets(filter), options)
}

/** Every wallet that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: WalletFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<Wallet, void, undefined> {
  return iterateList<Wallet>(client, wallets(filter), options)
}

function wallets(filter: WalletFilter): List {
  const { wallet_type, employee_id, asset_code, is_frozen } = checkFields('the filter', filter, walletFilter)
  return {
    relation: 'wallets',
    order: ['-created_at', '-id'],
    things: 'wallets',
    conditions: [
      ['eq', 'wallet_type', wallet_type],
      ['eq', 'employee_id', employee_id],
      ['eq', 'asset_code', asset_code],
      ['eq', 'is_frozen', is_frozen],
    ],
  }
}

/** One wallet. Throws `not_found` for one of another organization as for one that never existed. */
export async function get(client: PaydClient, id: WalletId, options: CallOptions = {}): Promise<Wallet> {
  const request = readFrom(client, 'wallets').eq('id', checkValue('id', id, walletId))
  return await send<Wallet>(request.single(), { action: `read wallet ${id}`, options })
}

/** What the wallets of each type held of each asset when they were last seen. Never add different assets. */
export async function balances(client: PaydClient, options: CallOptions = {}): Promise<AssetBalance[]> {
  const request = readFrom(client, 'balances_by_asset').order('asset_code', { ascending: true })
  const found = await send<AssetBalance[]>(request, { action: 'read the balances', options })
  if (found.length === 0) await refuseForeign(client, options)
  return found
}
