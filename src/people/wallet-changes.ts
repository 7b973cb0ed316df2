import { checkFields, checkValue, oneOf, optional, rowId, type Shape, someOf } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { EmployeeId, WalletChangeId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import { WALLET_CHANGES_STATE, type WalletChange, type WalletChangeState } from '../rows.ts'

/** Which changes of payout addresses to list. */
export interface WalletChangeFilter {
  readonly employee_id?: EmployeeId | undefined
  readonly state?: WalletChangeState | readonly WalletChangeState[] | undefined
}

/** The rules of `WalletChangeFilter`. */
export const walletChangeFilter: Shape<WalletChangeFilter> = {
  employee_id: optional(rowId),
  state: someOf(oneOf(WALLET_CHANGES_STATE)),
}

/** One page of the requested changes of payout addresses, newest first. */
export async function list(
  client: PaydClient,
  filter: WalletChangeFilter = {},
  options: PageOptions = {},
): Promise<Page<WalletChange>> {
  return await listPage<WalletChange>(client, walletChanges(filter), options)
}

/** Every change that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: WalletChangeFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<WalletChange, void, undefined> {
  return iterateList<WalletChange>(client, walletChanges(filter), options)
}

function walletChanges(filter: WalletChangeFilter): List {
  const { employee_id, state } = checkFields('the filter', filter, walletChangeFilter)
  return {
    relation: 'wallet_changes',
    order: ['-created_at', '-id'],
    things: 'changes of payout addresses',
    conditions: [
      ['eq', 'employee_id', employee_id],
      ['eq', 'state', state],
    ],
  }
}

/**
 * Confirms a change that waits for a second person, for a manager other than the person who asked for it. Confirming twice is the same.
 *
 * Errors: `role_too_low`, `wallet_change_not_found`, `wallet_change_needs_another_person`, `wallet_change_still_cooling`.
 */
export async function confirm(
  client: PaydClient,
  id: WalletChangeId,
  options: CallOptions = {},
): Promise<WalletChange> {
  const request = call(client, 'confirm_wallet_change', { wallet_change_id: checkValue('id', id, rowId) })
  return await send<WalletChange>(request.single(), { action: `confirm wallet change ${id}`, options })
}

/** Withdraws a change that waits: the address stays as it was. Errors: `role_too_low`, `wallet_change_not_found`. */
export async function cancel(client: PaydClient, id: WalletChangeId, options: CallOptions = {}): Promise<WalletChange> {
  const request = call(client, 'cancel_wallet_change', { wallet_change_id: checkValue('id', id, rowId) })
  return await send<WalletChange>(request.single(), { action: `cancel wallet change ${id}`, options })
}
