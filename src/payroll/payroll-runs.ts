import {
  anyText,
  checkFields,
  checkValue,
  day,
  flag,
  oneOf,
  optional,
  rowId,
  type Shape,
  someOf,
  text,
} from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, type FunctionName, idempotencyKey, readFrom } from '../core/command.ts'
import type { PayrollRunId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import { PAYROLL_RUNS_STATUS, type PayrollRun, type PayrollRunStatus } from '../rows.ts'

/** What a run is created with. */
export interface NewPayrollRun {
  /** First day, as `2026-11-01`. */
  readonly period_start: string
  /** Last day, not before the first. */
  readonly period_end: string
  /** Default `XLM`. */
  readonly asset_code?: string | undefined
  /** The issuer's address; empty for XLM. */
  readonly asset_issuer?: string | undefined
  /** At most 28 bytes; every payment of the run carries it. */
  readonly memo?: string | undefined
}

/** The rules of `NewPayrollRun`. */
export const newPayrollRun: Shape<NewPayrollRun> = {
  period_start: day,
  period_end: day,
  asset_code: optional(text),
  asset_issuer: optional(anyText),
  memo: optional(anyText),
}

/**
 * Creates a draft run for a period, with one base item for every active employee who is paid in that asset. For managers.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { createPayrollRun, submitPayrollRun } from 'payd'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * export async function november() {
 *   const run = await createPayrollRun(supabase, { period_start: '2026-11-01', period_end: '2026-11-30' })
 *   return await submitPayrollRun(supabase, run)
 * }
 * ```
 *
 * Errors: `role_too_low`, `invalid_date`, `period_reversed`, `invalid_asset_code`, `invalid_asset_issuer`, `idempotency_key_reused`.
 */
export async function create(client: PaydClient, run: NewPayrollRun, options: CreateOptions = {}): Promise<PayrollRun> {
  const args = { ...checkFields('the payroll run', run, newPayrollRun), idempotency_key: idempotencyKey(options) }
  const request = call(client, 'create_payroll_run', args)
  return await send<PayrollRun>(request.single(), { action: 'create the payroll run', options })
}

/** The run as it is now. Throws `not_found` for a run of another organization as for one that never existed. */
export async function get(client: PaydClient, id: PayrollRunId, options: CallOptions = {}): Promise<PayrollRun> {
  const request = readFrom(client, 'payroll_runs').eq('id', checkValue('id', id, rowId))
  return await send<PayrollRun>(request.single(), { action: `read payroll run ${id}`, options })
}

/** Which runs to list. */
export interface PayrollRunFilter {
  readonly status?: PayrollRunStatus | readonly PayrollRunStatus[] | undefined
  readonly asset_code?: string | undefined
  /** Only runs whose period ends on this day or later. */
  readonly from?: string | undefined
  /** Only runs whose period begins on this day or earlier. */
  readonly to?: string | undefined
}

/** The rules of `PayrollRunFilter`. */
export const payrollRunFilter: Shape<PayrollRunFilter> = {
  status: someOf(oneOf(PAYROLL_RUNS_STATUS)),
  asset_code: optional(text),
  from: optional(day),
  to: optional(day),
}

/** One page of the organization's runs, newest first. `summaries` lists them with what was paid. */
export async function list(
  client: PaydClient,
  filter: PayrollRunFilter = {},
  options: PageOptions = {},
): Promise<Page<PayrollRun>> {
  return await listPage<PayrollRun>(client, payrollRuns(filter), options)
}

/** Every run that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: PayrollRunFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<PayrollRun, void, undefined> {
  return iterateList<PayrollRun>(client, payrollRuns(filter), options)
}

/** The list of runs, or of their summaries, that a filter describes. */
function payrollRuns(filter: PayrollRunFilter): List {
  const { status, asset_code, from, to } = checkFields('the filter', filter, payrollRunFilter)
  return {
    relation: 'payroll_runs',
    order: ['-created_at', '-id'],
    things: 'payroll runs',
    conditions: [
      ['eq', 'status', status],
      ['eq', 'asset_code', asset_code],
      ['gte', 'period_end', from],
      ['lte', 'period_start', to],
    ],
  }
}

/** How to submit a run. */
export interface SubmitOptions extends CallOptions {
  /** Says that a second base pay for the same days is meant for those who already have one. Default false. */
  readonly allowOverlap?: boolean | undefined
  /** Says that several people are meant to be paid at one address. Default false. */
  readonly allowSharedWallets?: boolean | undefined
}

/**
 * Submits a draft run for approval exactly as it was looked at: pass the run as it was shown. It is frozen for its approvers.
 * Submitting twice gives the pending run again.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_draft`, `payroll_run_outdated`, `payroll_run_not_up_to_date`,
 * `payroll_run_is_empty`, `payroll_items_without_destination`, `payroll_items_not_payable`, `base_pay_overlaps`,
 * `wallets_shared`.
 */
export async function submit(
  client: PaydClient,
  seen: Pick<PayrollRun, 'id' | 'version'>,
  options: SubmitOptions = {},
): Promise<PayrollRun> {
  const args = {
    expected_version: checkValue('version', seen?.version, rowId),
    allow_overlap: checkValue('allowOverlap', options?.allowOverlap ?? false, flag),
    allow_shared_wallets: checkValue('allowSharedWallets', options?.allowSharedWallets ?? false, flag),
  }
  return await act(client, 'submit_payroll_run', seen.id, { args, options })
}

/**
 * Approves a pending run with exactly the content that was looked at: pass the run as it was shown to the approver. People
 * who submitted it or took part in preparing it cannot approve it.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_pending`, `approver_is_submitter`, `approver_prepared_run`,
 * `payroll_run_changed`.
 */
export async function approve(
  client: PaydClient,
  seen: Pick<PayrollRun, 'id' | 'content_hash'>,
  options: CallOptions = {},
): Promise<PayrollRun> {
  // A run that is no longer pending has no hash; the database says which state it is in.
  const content_hash = checkValue('content_hash', seen?.content_hash ?? '', anyText)
  return await act(client, 'approve_payroll_run', seen?.id, { args: { content_hash }, options })
}

/**
 * Sends a pending run back to draft, with the reason its submitter reads.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_pending`.
 */
export async function reject(
  client: PaydClient,
  id: PayrollRunId,
  reason: string,
  options: CallOptions = {},
): Promise<PayrollRun> {
  const args = { reason: checkValue('reason', reason, text) }
  // A second rejection would meet the draft that the first one made, so a lost answer is reported and not repeated.
  return await act(client, 'reject_payroll_run', id, { args, options, once: true })
}

/** How to pay a run. */
export interface DisburseOptions extends CallOptions {
  /** The treasury account the money leaves. Default: the organization's only one. */
  readonly sourceAccount?: string | undefined
}

/**
 * Starts the payment of an approved run. The money moves in the background: follow it with `waitUntilFinished`. Starting
 * twice pays once.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_approved`, `source_account_missing`, `source_account_ambiguous`.
 */
export async function disburse(
  client: PaydClient,
  id: PayrollRunId,
  options: DisburseOptions = {},
): Promise<PayrollRun> {
  const args = { source_account: checkValue('sourceAccount', options?.sourceAccount, optional(text)) }
  return await act(client, 'disburse_payroll_run', id, { args, options })
}

/** How to pay what is left. */
export interface RetryOptions extends CallOptions {
  /** The treasury account the money leaves. Default: the one it was to leave before. */
  readonly sourceAccount?: string | undefined
}

/**
 * Pays what a failed run left unpaid, and nothing else.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_failed`, `approvers_asked_again`.
 */
export async function retry(client: PaydClient, id: PayrollRunId, options: RetryOptions = {}): Promise<PayrollRun> {
  const args = { source_account: checkValue('sourceAccount', options?.sourceAccount, optional(text)) }
  return await act(client, 'retry_payroll_run', id, { args, options, once: true })
}

/**
 * Lets a run that is being paid wait: what was sent goes on to its end, and nothing more is sent. The run says why in `stop_reason`.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_processing`.
 */
export async function pause(
  client: PaydClient,
  id: PayrollRunId,
  reason: string,
  options: CallOptions = {},
): Promise<PayrollRun> {
  return await act(client, 'pause_payroll_run', id, { args: { reason: checkValue('reason', reason, text) }, options })
}

/** Lets a paused run go on. Errors: `payroll_run_not_found`, `payroll_run_not_stopped`, `approvers_asked_again`. */
export async function resume(client: PaydClient, id: PayrollRunId, options: CallOptions = {}): Promise<PayrollRun> {
  return await act(client, 'resume_payroll_run', id, { args: {}, options, once: true })
}

/**
 * Ends a run that is being paid: what was sent goes on to its end, and the rest is not paid unless the run is retried. It has failed
 * with `cancelled_by_person` as soon as nothing of it is on its way.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_processing`.
 */
export async function cancel(
  client: PaydClient,
  id: PayrollRunId,
  reason: string,
  options: CallOptions = {},
): Promise<PayrollRun> {
  return await act(client, 'cancel_payroll_run', id, { args: { reason: checkValue('reason', reason, text) }, options })
}

interface Act {
  readonly args: object
  readonly options: CallOptions
  readonly once?: boolean
}

async function act(client: PaydClient, name: FunctionName, id: PayrollRunId, about: Act): Promise<PayrollRun> {
  const request = call(client, name, { payroll_run_id: checkValue('id', id, rowId), ...about.args } as never)
  // The name of the function in words: "could not submit payroll run 7".
  return await send<PayrollRun>(request.single(), { action: `${name.replaceAll('_', ' ')} ${id}`, ...about })
}
