import type { PaydClient } from './client.ts'
import { WALLET_COLUMNS } from './columns.ts'
import type { Wallet } from './database.ts'
import type { EmployeeId } from './ids.ts'
import { listPage, type Page, type PageOptions } from './pages.ts'

/** Which wallets to list. */
export interface WalletFilter {
  readonly wallet_type?: Wallet['wallet_type'] | undefined
  readonly employee_id?: EmployeeId | undefined
}

/** One page of the organization's wallets, newest first: one row for each asset at each address. */
export async function listWallets(
  client: PaydClient,
  filter: WalletFilter = {},
  options: PageOptions = {},
): Promise<Page<Wallet>> {
  return await listPage<Wallet, 'created_at'>(
    client,
    {
      table: 'wallets',
      columns: WALLET_COLUMNS,
      orderBy: { column: 'created_at', ascending: false },
      things: 'wallets',
      narrow: (query) => {
        let narrowed = query
        if (filter.wallet_type !== undefined) narrowed = narrowed.eq('wallet_type', filter.wallet_type)
        if (filter.employee_id !== undefined) narrowed = narrowed.eq('employee_id', filter.employee_id)
        return narrowed
      },
    },
    options,
  )
}
