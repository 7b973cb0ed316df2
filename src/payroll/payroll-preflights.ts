import { checkValue, optional, rowId, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call, readFrom } from '../core/command.ts'
import type { PayrollRunId } from '../core/ids.ts'
import { type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import type { PayrollPreflight, PayrollPreflightFinding, PayrollPreflightReport } from '../rows.ts'

/** What a report is asked for with. */
export interface PreflightOptions extends CallOptions {
  /** The treasury account the money would leave. Default: the organization's only one. */
  readonly sourceAccount?: string | undefined
}

/**
 * Asks what the ledger says about a run: who cannot be paid and why, and what the treasury lacks. For managers. The answer is read
 * in the background: the event `payroll.checked` says when `preflight` has it. Submission asks by itself.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_checkable`, `source_account_unknown`.
 */
export async function requestPreflight(
  client: PaydClient,
  id: PayrollRunId,
  options: PreflightOptions = {},
): Promise<PayrollPreflight> {
  const request = call(client, 'request_payroll_preflight', {
    payroll_run_id: checkValue('id', id, rowId),
    source_account: checkValue('sourceAccount', options?.sourceAccount, optional(text)),
  })
  return await send<PayrollPreflight>(request.single(), { action: `ask for a report about payroll run ${id}`, options })
}

/**
 * The last report about a run, or null before the first one is asked for. `verdict` is `will_succeed` only where every fact that decides it
 * was read, the report is younger than a quarter of an hour and the run is still the one that was looked at. While the ledger is being
 * read `finished_at` is null.
 */
export async function preflight(
  client: PaydClient,
  id: PayrollRunId,
  options: CallOptions = {},
): Promise<PayrollPreflightReport | null> {
  const request = readFrom(client, 'payroll_preflight_reports').eq('payroll_run_id', checkValue('id', id, rowId))
  return await send<PayrollPreflightReport | null>(request.maybeSingle(), {
    action: `read the report about payroll run ${id}`,
    options,
  })
}

/** One page of what a report found, what fails first. A finding without employee is about the treasury. */
export async function preflightFindings(
  client: PaydClient,
  report: Pick<PayrollPreflightReport, 'payroll_preflight_id'>,
  options: PageOptions = {},
): Promise<Page<PayrollPreflightFinding>> {
  const list: List = {
    relation: 'payroll_preflight_findings',
    order: ['+id'],
    conditions: [
      ['eq', 'payroll_preflight_id', checkValue('payroll_preflight_id', report?.payroll_preflight_id, rowId)],
    ],
    things: 'the findings of the report',
  }
  return await listPage<PayrollPreflightFinding>(client, list, options)
}

/** One page of the reports of a run that are kept: the last one and those that somebody saw when deciding about it, newest first. */
export async function preflights(
  client: PaydClient,
  id: PayrollRunId,
  options: PageOptions = {},
): Promise<Page<PayrollPreflight>> {
  const conditions = [['eq', 'payroll_run_id', checkValue('id', id, rowId)] as const]
  const list: List = { relation: 'payroll_preflights', order: ['-id'], conditions, things: `the reports of run ${id}` }
  return await listPage<PayrollPreflight>(client, list, options)
}
