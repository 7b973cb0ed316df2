import { checkFields, checkValue, day, oneOf, optional, rowId, type Shape, someOf, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import { type List, listPage, type Page, type PageOptions, readAll } from '../core/pages.ts'
import { send } from '../core/send.ts'
import {
  type AccountHistory,
  HISTORY_GAPS_KIND,
  HISTORY_GAPS_STATE,
  type HistoryGap,
  type HistoryGapKind,
  type HistoryGapState,
  LEDGER_MOVEMENTS_DIRECTION,
  LEDGER_MOVEMENTS_KIND,
  LEDGER_TRANSACTIONS_ORIGIN,
  type LedgerDifference,
  type LedgerMovement,
  type LedgerMovementDirection,
  type LedgerMovementKind,
  type LedgerStatement,
  type LedgerTransaction,
  type LedgerTransactionOrigin,
} from '../rows.ts'

/** How far the history of each account that payrolls are paid from is known. */
export async function histories(client: PaydClient, options: CallOptions = {}): Promise<AccountHistory[]> {
  const list: List = { relation: 'account_histories', order: ['+account_id'], conditions: [], things: 'histories' }
  return await readAll<AccountHistory>(client, list, options)
}

/** Which transactions of the ledger to list. */
export interface LedgerTransactionFilter {
  readonly account_id?: string | undefined
  readonly origin?: LedgerTransactionOrigin | readonly LedgerTransactionOrigin[] | undefined
  readonly tx_hash?: string | undefined
}

/** The rules of `LedgerTransactionFilter`. */
export const ledgerTransactionFilter: Shape<LedgerTransactionFilter> = {
  account_id: optional(text),
  origin: someOf(oneOf(LEDGER_TRANSACTIONS_ORIGIN)),
  tx_hash: optional(text),
}

/** One page of everything that the organization's accounts took part in on the ledger, newest first. */
export async function transactions(
  client: PaydClient,
  filter: LedgerTransactionFilter = {},
  options: PageOptions = {},
): Promise<Page<LedgerTransaction>> {
  const { account_id, origin, tx_hash } = checkFields('the filter', filter, ledgerTransactionFilter)
  const found: List = {
    relation: 'ledger_transactions',
    order: ['-ledger', '-application_order', '-id'],
    conditions: [
      ['eq', 'account_id', account_id],
      ['eq', 'origin', origin],
      ['eq', 'tx_hash', tx_hash],
    ],
    things: 'transactions of the ledger',
  }
  return await listPage<LedgerTransaction>(client, found, options)
}

/** Which movements to list. */
export interface LedgerMovementFilter {
  readonly account_id?: string | undefined
  readonly kind?: LedgerMovementKind | readonly LedgerMovementKind[] | undefined
  readonly direction?: LedgerMovementDirection | undefined
  readonly asset_code?: string | undefined
}

/** The rules of `LedgerMovementFilter`. */
export const ledgerMovementFilter: Shape<LedgerMovementFilter> = {
  account_id: optional(text),
  kind: someOf(oneOf(LEDGER_MOVEMENTS_KIND)),
  direction: optional(oneOf(LEDGER_MOVEMENTS_DIRECTION)),
  asset_code: optional(text),
}

/** One page of the amounts that came to or left the organization's accounts, newest first. */
export async function movements(
  client: PaydClient,
  filter: LedgerMovementFilter = {},
  options: PageOptions = {},
): Promise<Page<LedgerMovement>> {
  const { account_id, kind, direction, asset_code } = checkFields('the filter', filter, ledgerMovementFilter)
  const found: List = {
    relation: 'ledger_movements',
    order: ['-ledger', '-application_order', '-id'],
    conditions: [
      ['eq', 'account_id', account_id],
      ['eq', 'kind', kind],
      ['eq', 'direction', direction],
      ['eq', 'asset_code', asset_code],
    ],
    things: 'movements of the ledger',
  }
  return await listPage<LedgerMovement>(client, found, options)
}

/** Which days of the statement to list. */
export interface LedgerStatementFilter {
  readonly account_id?: string | undefined
  readonly asset_code?: string | undefined
  /** This day of the ledger (UTC) or later. */
  readonly from?: string | undefined
  /** Before this day. */
  readonly before?: string | undefined
}

/** The rules of `LedgerStatementFilter`. */
export const ledgerStatementFilter: Shape<LedgerStatementFilter> = {
  account_id: optional(text),
  asset_code: optional(text),
  from: optional(day),
  before: optional(day),
}

/** One page of what each account held, received and paid day by day, newest first. */
export async function statements(
  client: PaydClient,
  filter: LedgerStatementFilter = {},
  options: PageOptions = {},
): Promise<Page<LedgerStatement>> {
  const { account_id, asset_code, from, before } = checkFields('the filter', filter, ledgerStatementFilter)
  const found: List = {
    relation: 'ledger_statements',
    order: ['-day', '+account_id', '+asset_code', '+asset_issuer'],
    conditions: [
      ['eq', 'account_id', account_id],
      ['eq', 'asset_code', asset_code],
      ['gte', 'day', from],
      ['lt', 'day', before],
    ],
    things: 'days of the statement',
  }
  return await listPage<LedgerStatement>(client, found, options)
}

/** One page of payments without a plan and plans without a payment, newest first. */
export async function differences(client: PaydClient, options: PageOptions = {}): Promise<Page<LedgerDifference>> {
  const order = ['-occurred_at', '+difference_id'] as const
  const found: List = { relation: 'ledger_differences', order, conditions: [], things: 'differences' }
  return await listPage<LedgerDifference>(client, found, options)
}

/** Which gaps to list. */
export interface HistoryGapFilter {
  readonly account_id?: string | undefined
  readonly kind?: HistoryGapKind | readonly HistoryGapKind[] | undefined
  readonly state?: HistoryGapState | readonly HistoryGapState[] | undefined
}

/** The rules of `HistoryGapFilter`. */
export const historyGapFilter: Shape<HistoryGapFilter> = {
  account_id: optional(text),
  kind: someOf(oneOf(HISTORY_GAPS_KIND)),
  state: someOf(oneOf(HISTORY_GAPS_STATE)),
}

/** One page of the parts of histories that are missing or do not fit, newest first. */
export async function gaps(
  client: PaydClient,
  filter: HistoryGapFilter = {},
  options: PageOptions = {},
): Promise<Page<HistoryGap>> {
  const { account_id, kind, state } = checkFields('the filter', filter, historyGapFilter)
  const found: List = {
    relation: 'history_gaps',
    order: ['-found_at', '-id'],
    conditions: [
      ['eq', 'account_id', account_id],
      ['eq', 'kind', kind],
      ['eq', 'state', state],
    ],
    things: 'gaps',
  }
  return await listPage<HistoryGap>(client, found, options)
}

/**
 * Accepts that a part of an account's history stays unknown; the books go on behind it. Only an admin can.
 *
 * Errors: `role_too_low`, `history_gap_not_found`, `history_gap_closed`.
 */
export async function acceptGap(
  client: PaydClient,
  id: number,
  reason: string,
  options: CallOptions = {},
): Promise<HistoryGap> {
  const args = { gap_id: checkValue<number>('id', id, rowId), reason: checkValue('reason', reason, text) }
  const about = { action: `accept history gap ${id}`, options, once: true }
  return await send<HistoryGap>(call(client, 'accept_history_gap', args).single(), about)
}
