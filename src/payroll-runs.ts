import { type CallOptions, type CreateOptions, idempotencyKey, type PaydClient, readFrom, run, send } from './client.ts'
import { PAYROLL_RUN_COLUMNS } from './columns.ts'
import type { FunctionName, PayrollRun, PayrollRunStatus } from './database.ts'
import { toPaydError } from './errors.ts'
import type { PayrollRunId } from './ids.ts'
import { listPage, type Page, type PageOptions } from './pages.ts'
import { wait } from './timer.ts'

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
 * Errors: `role_too_low`, `period_reversed`, `period_missing`, `invalid_asset_code`, `invalid_asset_issuer`, `idempotency_key_reused`.
 */
export async function createPayrollRun(
  client: PaydClient,
  newRun: NewPayrollRun,
  options: CreateOptions = {},
): Promise<PayrollRun> {
  return await run<PayrollRun>(client, {
    name: 'create_payroll_run',
    args: { ...newRun, idempotency_key: idempotencyKey(options) },
    columns: PAYROLL_RUN_COLUMNS,
    repeatable: true,
    action: 'create the payroll run',
    options,
  })
}

/** The run as it is now. Throws `not_found` for a run of another organization as for one that never existed. */
export async function getPayrollRun(
  client: PaydClient,
  id: PayrollRunId,
  options: CallOptions = {},
): Promise<PayrollRun> {
  const query = readFrom(client, 'payroll_runs', PAYROLL_RUN_COLUMNS).eq('id', id).single()
  return await send<PayrollRun>(query, { action: `read payroll run ${id}`, options })
}

/** Which runs to list. */
export interface PayrollRunFilter {
  readonly status?: PayrollRunStatus | undefined
}

/** One page of the organization's runs, newest first. */
export async function listPayrollRuns(
  client: PaydClient,
  filter: PayrollRunFilter = {},
  options: PageOptions = {},
): Promise<Page<PayrollRun>> {
  const { status } = filter
  return await listPage<PayrollRun, 'created_at'>(
    client,
    {
      table: 'payroll_runs',
      columns: PAYROLL_RUN_COLUMNS,
      orderBy: { column: 'created_at', ascending: false },
      things: 'payroll runs',
      narrow: (query) => (status === undefined ? query : query.eq('status', status)),
    },
    options,
  )
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
 * `payroll_run_is_empty`, `payroll_items_without_destination`, `payroll_items_not_payable`, `base_pay_overlaps`, `wallets_shared`.
 */
export async function submitPayrollRun(
  client: PaydClient,
  seen: Pick<PayrollRun, 'id' | 'version'>,
  options: SubmitOptions = {},
): Promise<PayrollRun> {
  const { id, version } = seen
  const args = {
    expected_version: version,
    allow_overlap: options.allowOverlap ?? false,
    allow_shared_wallets: options.allowSharedWallets ?? false,
  }
  return await act(client, 'submit_payroll_run', { id, args, action: 'submit', options, repeatable: true })
}

/**
 * Approves a pending run with exactly the content that was looked at: pass the run as it was shown to the approver. People who
 * submitted it or took part in preparing it cannot approve it.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_pending`, `approver_is_submitter`, `approver_prepared_run`,
 * `payroll_run_changed`.
 */
export async function approvePayrollRun(
  client: PaydClient,
  seen: Pick<PayrollRun, 'id' | 'content_hash'>,
  options: CallOptions = {},
): Promise<PayrollRun> {
  const { id, content_hash } = seen
  return await act(client, 'approve_payroll_run', {
    id,
    args: { content_hash },
    action: 'approve',
    options,
    repeatable: true,
  })
}

/**
 * Sends a pending run back to draft, with the reason its submitter reads.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_pending`.
 */
export async function rejectPayrollRun(
  client: PaydClient,
  id: PayrollRunId,
  reason: string,
  options: CallOptions = {},
): Promise<PayrollRun> {
  // A second rejection would meet the draft that the first one made, so a lost answer is reported and not repeated.
  return await act(client, 'reject_payroll_run', { id, args: { reason }, action: 'reject', options, repeatable: false })
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
export async function disbursePayrollRun(
  client: PaydClient,
  id: PayrollRunId,
  options: DisburseOptions = {},
): Promise<PayrollRun> {
  const args = { source_account: options.sourceAccount }
  return await act(client, 'disburse_payroll_run', { id, args, action: 'disburse', options, repeatable: true })
}

/** Pays what a failed run left unpaid, and nothing else. Errors: `payroll_run_not_found`, `payroll_run_not_failed`. */
export async function retryPayrollRun(
  client: PaydClient,
  id: PayrollRunId,
  options: CallOptions = {},
): Promise<PayrollRun> {
  return await act(client, 'retry_payroll_run', { id, action: 'retry', options, repeatable: false })
}

/** How to wait for the end of a run. */
export interface WaitOptions extends CallOptions {
  /** Pause between two looks, in ms. Default 1000. */
  readonly intervalMs?: number | undefined
  /** Called with the run whenever its row changed. */
  readonly onChange?: ((run: PayrollRun) => void) | undefined
}

/**
 * The run once it is completed or failed. Waits as long as it takes: pass `signal: AbortSignal.timeout(ms)` for a limit.
 * Failures to look that may pass are looked past.
 */
export async function waitUntilFinished(
  client: PaydClient,
  id: PayrollRunId,
  options: WaitOptions = {},
): Promise<PayrollRun> {
  const { signal, intervalMs = 1_000, onChange } = options
  let version: number | undefined
  for (;;) {
    try {
      const current = await getPayrollRun(client, id, options)
      if (current.version !== version) onChange?.(current)
      version = current.version
      if (current.status === 'completed' || current.status === 'failed') return current
    } catch (error) {
      if (!toPaydError(error).retryable) throw error
    }
    try {
      await (options.wait ?? wait)(intervalMs, signal)
    } catch (error) {
      throw toPaydError(error, { action: `wait for payroll run ${id}`, signal })
    }
  }
}

interface Act {
  readonly id: PayrollRunId
  readonly args?: object
  readonly action: string
  readonly options: CallOptions
  readonly repeatable: boolean
}

async function act(client: PaydClient, name: FunctionName, { id, args, action, ...rest }: Act): Promise<PayrollRun> {
  return await run<PayrollRun>(client, {
    name,
    args: { payroll_run_id: id, ...args },
    columns: PAYROLL_RUN_COLUMNS,
    action: `${action} payroll run ${id}`,
    ...rest,
  })
}
