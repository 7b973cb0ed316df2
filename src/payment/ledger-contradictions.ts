import { checkFields, checkValue, oneOf, optional, rowId, type Shape, someOf, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { PayrollRunId } from '../core/ids.ts'
import { type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import {
  LEDGER_CONTRADICTIONS_PROPOSED_VERDICT,
  LEDGER_CONTRADICTIONS_STATE,
  type LedgerContradiction,
  type LedgerContradictionProposedVerdict,
  type LedgerContradictionState,
  type PaymentsInDoubt,
} from '../rows.ts'

/** Which contradictions to list. */
export interface LedgerContradictionFilter {
  readonly state?: LedgerContradictionState | readonly LedgerContradictionState[] | undefined
}

/** The rules of `LedgerContradictionFilter`. */
export const ledgerContradictionFilter: Shape<LedgerContradictionFilter> = {
  state: someOf(oneOf(LEDGER_CONTRADICTIONS_STATE)),
}

/** One page of what the ledger says against the books, newest first. */
export async function list(
  client: PaydClient,
  filter: LedgerContradictionFilter = {},
  options: PageOptions = {},
): Promise<Page<LedgerContradiction>> {
  const { state } = checkFields('the filter', filter, ledgerContradictionFilter)
  const conditions = [['eq', 'state', state] as const]
  const found: List = { relation: 'ledger_contradictions', order: ['-id'], conditions, things: 'ledger contradictions' }
  return await listPage<LedgerContradiction>(client, found, options)
}

/** Which payments in doubt to list. */
export interface PaymentsInDoubtFilter {
  readonly payroll_run_id?: PayrollRunId | undefined
}

/** The rules of `PaymentsInDoubtFilter`. */
export const paymentsInDoubtFilter: Shape<PaymentsInDoubtFilter> = { payroll_run_id: optional(rowId) }

/** One page of the payments that are in the books and that the ledger contradicts, the newest transaction first. */
export async function payments(
  client: PaydClient,
  filter: PaymentsInDoubtFilter = {},
  options: PageOptions = {},
): Promise<Page<PaymentsInDoubt>> {
  const { payroll_run_id } = checkFields('the filter', filter, paymentsInDoubtFilter)
  const found: List = {
    relation: 'payments_in_doubt',
    order: ['-transaction_id', '-contradiction_id'],
    conditions: [['eq', 'payroll_run_id', payroll_run_id]],
    things: 'payments in doubt',
  }
  return await listPage<PaymentsInDoubt>(client, found, options)
}

/**
 * Says what is true of the payments that the ledger contradicts; the verdict counts once a second person says the same. Of payments that
 * the account does not know it is `paid` or `not_paid`; of a balance that differs, or a payment that was found, `as_recorded` or
 * `not_as_recorded`. What was not paid, or not as recorded, is proven by the ledger before anything is corrected.
 *
 * Errors: `role_too_low`, `ledger_contradiction_not_found`, `ledger_contradiction_resolved`, `ledger_contradiction_needs_another_person`,
 * `invalid_verdict`.
 */
export async function resolve(
  client: PaydClient,
  id: number,
  verdict: LedgerContradictionProposedVerdict,
  reason: string,
  options: CallOptions = {},
): Promise<LedgerContradiction> {
  const args = {
    contradiction_id: checkValue<number>('id', id, rowId),
    verdict: checkValue('verdict', verdict, oneOf(LEDGER_CONTRADICTIONS_PROPOSED_VERDICT)),
    reason: checkValue('reason', reason, text),
  }
  const about = { action: `resolve ledger contradiction ${id}`, options, once: true }
  return await send<LedgerContradiction>(call(client, 'resolve_ledger_contradiction', args).single(), about)
}
